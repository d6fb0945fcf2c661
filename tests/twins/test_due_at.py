"""The stored due_at is the rule's, whichever way an offer's lifetime went."""

import random
from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW, pace

from spotcoffee.domain.tickets import due_at
from spotcoffee.services.follow_ups import follow_list
from spotcoffee.storage.models import Ticket

pytestmark = pytest.mark.django_db


def test_after_any_change_of_the_lifetime_due_at_is_what_the_rule_says() -> None:
    dice = random.Random(1)
    factories.access_point(factories.organisation())
    of = factories.ticket_list(factories.offer(factories.Organisation.objects.get()))
    for _ in range(300):
        began = NOW - timedelta(seconds=dice.randrange(10**6)) if dice.random() < 0.7 else None
        factories.ticket(of, first_login_at=began, due_at=began and began + timedelta(seconds=dice.randrange(10**6)))

    for lifetime in (3600, None, 1, 86_400, 100 * 366 * 86_400):
        of.offer.__class__.objects.update(lifetime=lifetime)
        follow_list(of.pk, interim_interval=300, pace=pace())

        for ticket in Ticket.objects.select_related("ticket_list__offer__organisation"):
            assert ticket.due_at == due_at(ticket.ticket_list.offer.as_terms(), ticket.first_login_at)
