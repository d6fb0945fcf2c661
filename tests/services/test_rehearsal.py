"""A login replayed for the desk: decided as a real one, and leaving nothing behind."""

import pytest
from tests import factories as make

from spotcoffee.domain.authorization import Accept, Reason, Reject
from spotcoffee.services.errors import NotFound
from spotcoffee.services.rehearsal import rehearse_login
from spotcoffee.storage.models import AccessPoint, Attempt, Session, Ticket


@pytest.fixture
def people(db: None) -> make.Cast:
    """The cast."""
    return make.cast()


@pytest.fixture
def room(people: make.Cast) -> AccessPoint:
    """Where guests connect."""
    return make.access_point(people.parc)


@pytest.fixture
def ticket(people: make.Cast, room: AccessPoint) -> Ticket:
    """A login and password of an hour, exact as imported ones are."""
    offer = make.offer(people.parc, room, credit=3_600)
    return make.ticket(make.ticket_list(offer), "Chambre-12", "geheim ", exact=True)


def _rehearse(people: make.Cast, ticket: Ticket, point: int, device: str = "?") -> object:
    return rehearse_login(
        people.at_parc, ticket.pk, point, device=device, keys=make.KEYS, interim_interval=300, now=make.NOW
    )


def test_the_tickets_own_login_and_password_are_tried(people: make.Cast, ticket: Ticket, room: AccessPoint) -> None:
    decision = _rehearse(people, ticket, room.pk)
    assert isinstance(decision, Accept)
    assert decision.limits.session_timeout == 3_600


def test_nothing_is_left_behind(people: make.Cast, ticket: Ticket, room: AccessPoint) -> None:
    _rehearse(people, ticket, room.pk)
    ticket.refresh_from_db()
    assert ticket.first_login_at is None
    assert not Session.objects.exists()
    assert not Attempt.objects.exists()


def test_a_device_that_is_on_does_not_count_against_itself(
    people: make.Cast, ticket: Ticket, room: AccessPoint
) -> None:
    make.session(ticket, room, device="020000000001")
    assert _rehearse(people, ticket, room.pk) == Reject(Reason.TOO_MANY_DEVICES)
    assert isinstance(_rehearse(people, ticket, room.pk, "020000000001"), Accept)


def test_places_that_are_elsewhere_or_archived_do_not_exist(
    people: make.Cast, ticket: Ticket, room: AccessPoint
) -> None:
    other = make.access_point(people.elsewhere, address="192.0.2.9")
    archived = make.access_point(people.parc, archived=True)
    for point in (other.pk, archived.pk, 0):
        with pytest.raises(NotFound):
            _rehearse(people, ticket, point)
