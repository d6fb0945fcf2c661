"""The state of a ticket in SQL is the state by the rule, on generated offers and tickets at the edges of each."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from tests import factories
from tests.factories import NOW

from spotcoffee.domain.tickets import State, Usage, state
from spotcoffee.storage.models import Offer, Ticket, TicketList
from spotcoffee.storage.queries import states

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def around(at: datetime, dice: random.Random) -> datetime:
    return at + dice.choice((-timedelta(days=400), -SECOND, -MICROSECOND, timedelta(0), MICROSECOND, SECOND))


def maybe(value: object, dice: random.Random) -> object:
    return value if dice.random() < 0.6 else None


def drawn_offer(dice: random.Random) -> Offer:
    return factories.offer(
        factories.Organisation.objects.get(),
        lifetime=maybe(dice.choice((1, 3600, 86_400, 100 * 366 * 86_400)), dice),
        valid_until=maybe(around(NOW, dice), dice),
        credit=maybe(dice.choice((1, 3600)), dice),
        quota_down=maybe(10**18, dice),
        quota_up=maybe(1, dice),
    )


def drawn_ticket(of: TicketList, dice: random.Random) -> Ticket:
    lifetime = of.offer.lifetime or 60
    began = NOW - timedelta(seconds=lifetime) if lifetime < 10**9 else NOW
    return factories.ticket(
        of,
        first_login_at=maybe(around(began, dice), dice),
        revoked_at=NOW if dice.random() < 0.1 else None,
        used_time=dice.choice((0, 0, 1, 3599, 3600, 3601)),
        used_down=dice.choice((0, 0, 10**18 - 1, 10**18)),
        used_up=dice.choice((0, 0, 1, 2)),
    )


def by_rule(ticket: Ticket) -> State:
    usage = Usage(
        first_login_at=ticket.first_login_at,
        revoked=ticket.revoked_at is not None,
        used_time=ticket.used_time,
        used_down=ticket.used_down,
        used_up=ticket.used_up,
    )
    return state(ticket.ticket_list.offer.as_terms(), usage, now=NOW)


@pytest.fixture
def drawn() -> list[Ticket]:
    dice = random.Random(20260715)
    factories.access_point(factories.organisation())
    lists = [factories.ticket_list(drawn_offer(dice)) for _ in range(60)]
    return [drawn_ticket(of, dice) for of in lists for _ in range(12)]


def test_each_ticket_has_the_state_of_the_rule(drawn: list[Ticket]) -> None:
    expected = {ticket.pk: by_rule(ticket) for ticket in drawn}

    assert states.of_tickets(expected, now=NOW) == expected
    assert set(expected.values()) == set(State)


def test_each_list_counts_what_the_rule_counts(drawn: list[Ticket]) -> None:
    expected = Counter((ticket.ticket_list_id, by_rule(ticket)) for ticket in drawn)

    counted = states.count({ticket.ticket_list_id for ticket in drawn}, now=NOW)

    found = {(key, state): tickets for key, by_state in counted.items() for state, (tickets, _) in by_state.items()}
    assert found == expected


def test_each_page_of_a_state_holds_what_the_rule_finds(drawn: list[Ticket]) -> None:
    of = drawn[0].ticket_list_id
    mine = [ticket for ticket in drawn if ticket.ticket_list_id == of]

    for wanted in State:
        expected = [ticket.pk for ticket in mine if by_rule(ticket) is wanted]
        first = states.page(of, wanted, now=NOW, after=0, limit=2)
        rest = states.page(of, wanted, now=NOW, after=first[-1], limit=100) if first else []
        assert first + rest == expected
