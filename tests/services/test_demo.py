"""The demo: made once, in an empty database only, and shown again at each start."""

from datetime import datetime

import pytest
from tests import factories
from tests.factories import KEYS, pace

from spotcoffee.domain.codes import normalise
from spotcoffee.domain.tickets import State
from spotcoffee.services.demo import Demo, fill
from spotcoffee.storage.models import Offer, Organisation, Session, Ticket
from spotcoffee.storage.queries.states import of_tickets

pytestmark = pytest.mark.django_db


def filled(language: str = "fr") -> Demo:
    demo = fill(keys=KEYS, pace=pace(), language=language, zone="Europe/Paris")
    assert demo is not None
    return demo


def test_an_empty_database_gets_an_account_access_points_offers_and_tickets() -> None:
    demo = filled()

    assert demo.password is not None
    assert [address for _, address, _ in demo.access_points] == ["127.0.0.1", "127.0.0.2"]
    assert all(len(secret) >= 24 for _, _, secret in demo.access_points)
    assert len(demo.offers) == Offer.objects.filter(price=None).count() > 5
    for offer in demo.offers:
        for code in offer.codes:
            assert Ticket.objects.filter(
                login_key=KEYS.login_key(Organisation.objects.get().pk, normalise(code))
            ).exists()


def test_the_second_start_adds_nothing_and_shows_the_same() -> None:
    first = filled()
    second = filled()

    assert second.password is None
    assert (second.offers, second.access_points) == (first.offers, first.access_points)


def test_a_ticket_that_was_used_is_shown_no_more() -> None:
    code = normalise(filled().offers[0].codes[0])
    Ticket.objects.filter(login_key=KEYS.login_key(Organisation.objects.get().pk, code)).update(
        first_login_at=factories.NOW
    )

    assert code not in [normalise(shown) for shown in filled().offers[0].codes]


def test_someone_s_own_database_is_left_alone() -> None:
    factories.organisation()

    assert fill(keys=KEYS, pace=pace(), language="fr", zone="Europe/Paris") is None
    assert not Offer.objects.exists()


def test_names_are_in_the_language_of_the_place() -> None:
    assert "No limit" in [offer.name for offer in filled("en").offers]


def test_the_demo_has_lived_for_two_weeks() -> None:
    filled()

    now = pace().clock()
    states = set(state_of_all(now).values())
    assert {State.VIRGIN, State.STARTED, State.CONSUMED, State.EXPIRED} <= states
    ended = Session.objects.filter(ended_at__isnull=False, acct_session_id__isnull=False)
    assert ended.count() > 60
    assert len({session.ended_at.date() for session in ended}) > 10
    assert not Session.objects.filter(ended_at__gt=now).exists()
    assert not Ticket.objects.filter(handed_out_at__gt=now).exists()


def state_of_all(now: datetime) -> dict[int, State]:
    return of_tickets(list(Ticket.objects.values_list("pk", flat=True)), now=now)
