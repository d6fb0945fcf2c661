"""A guest's new device takes the place of his oldest: three times an hour, for the next login alone."""

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW

from spotcoffee.services.devices import TooOften, let_new_device_in
from spotcoffee.storage.models import DeviceReplacement, Ticket


@pytest.fixture
def ticket(db: None) -> Ticket:
    owner = factories.organisation()
    return factories.ticket(factories.ticket_list(factories.offer(owner, factories.access_point(owner))))


def test_the_next_login_comes_first_for_two_minutes(ticket: Ticket) -> None:
    assert let_new_device_in(ticket.pk, now=NOW) is None

    ticket.refresh_from_db()
    assert ticket.replace_until == NOW + timedelta(seconds=120)


def test_the_fourth_time_in_an_hour_is_too_often(ticket: Ticket) -> None:
    for minutes in (0, 10, 20):
        assert let_new_device_in(ticket.pk, now=NOW + timedelta(minutes=minutes)) is None

    fourth = let_new_device_in(ticket.pk, now=NOW + timedelta(minutes=59))
    later = let_new_device_in(ticket.pk, now=NOW + timedelta(minutes=60))

    assert fourth == TooOften(NOW + timedelta(hours=1))
    assert later is None
    assert DeviceReplacement.objects.count() == 3


def test_other_tickets_do_not_count(ticket: Ticket) -> None:
    other = factories.ticket(ticket.ticket_list)
    for _ in range(3):
        let_new_device_in(other.pk, now=NOW)

    assert let_new_device_in(ticket.pk, now=NOW) is None
