"""Traffic and takings of a while, in SQL on both databases."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests import factories as make
from tests.factories import KEYS, NOW, Cast, cast

from spotcoffee.services import sales, statistics
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid
from spotcoffee.storage.models import AccessPoint, Offer, Session, Ticket

pytestmark = pytest.mark.django_db
# 10:00 in Paris.
TEN = NOW


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def room(people: Cast) -> AccessPoint:
    return make.access_point(people.parc)


@pytest.fixture
def offer(people: Cast, room: AccessPoint) -> Offer:
    return make.offer(people.parc, room, price="3.50", currency="EUR")


def _hours(at: float) -> datetime:
    return TEN + timedelta(hours=at)


def _on(room: AccessPoint, offer: Offer, begin: float, end: float, **columns: int) -> Session:
    ticket = make.ticket(make.ticket_list(offer))
    return make.session(ticket, room, began_at=_hours(begin), seen_at=_hours(end), **columns)


def _traffic(caller: Caller, begin: float, end: float) -> list[tuple[int, int]]:
    steps = statistics.traffic(caller, begin=_hours(begin), end=_hours(end), by="hour")
    return [(down, up) for _, down, up in steps]


def test_a_session_moves_its_volume_evenly_over_its_time(people: Cast, room: AccessPoint, offer: Offer) -> None:
    # From 10:30 to 12:30: a quarter, a half, a quarter.
    _on(room, offer, 0.5, 2.5, down=8_000, up=400)
    assert _traffic(people.at_parc, 0, 4) == [(2_000, 100), (4_000, 200), (2_000, 100), (0, 0)]


def test_what_lies_outside_is_left_out(people: Cast, room: AccessPoint, offer: Offer) -> None:
    _on(room, offer, -1, 1, down=10_000, up=10)
    _on(room, offer, 5, 6, down=99, up=99)
    assert _traffic(people.at_parc, 0, 2) == [(5_000, 5), (0, 0)]


def test_large_volumes_and_sessions_of_no_time_are_counted(people: Cast, room: AccessPoint, offer: Offer) -> None:
    _on(room, offer, 0, 1, down=5 * 10**15, up=1)
    _on(room, offer, 0.5, 0.5, down=7, up=7)
    ((down, up),) = _traffic(people.at_parc, 0, 1)
    assert down == pytest.approx(5 * 10**15 + 7, rel=1e-9)
    assert up == 8


def test_only_what_is_in_reach_counts(people: Cast, room: AccessPoint, offer: Offer) -> None:
    terrace = make.access_point(people.parc)
    _on(room, offer, 0, 1, down=100)
    _on(terrace, make.offer(people.parc, terrace), 0, 1, down=11)
    assert _traffic(people.at_parc, 0, 1) == [(111, 0)]
    assert _traffic(Caller(people.parc.pk, "eve", frozenset({room.pk})), 0, 1) == [(100, 0)]
    assert _traffic(Caller(people.parc.pk, "eve", frozenset()), 0, 1) == [(0, 0)]
    assert _traffic(people.stranger, 0, 1) == [(0, 0)]


def test_too_long_a_while_is_refused(people: Cast) -> None:
    with pytest.raises(Invalid):
        statistics.traffic(people.at_parc, begin=TEN - timedelta(days=400), end=TEN, by="hour")


def test_what_was_taken_since_each_of_several_instants(people: Cast, offer: Offer) -> None:
    free = make.offer(people.parc, name="Gratuit")
    dollars = make.offer(people.parc, price="2", currency="USD")
    for at, of in ((-30, offer), (-2, offer), (-1, free), (-1, dollars), (-0.5, offer)):
        sales.sell(people.at_parc, of.pk, keys=KEYS, pace=make.pace(_hours(at)))
    week, day = statistics.takings(people.at_parc, begins=[_hours(-24 * 7), _hours(-10)], end=_hours(0))
    assert (week.sold, week.amounts) == (5, {"EUR": Decimal("10.5"), "USD": Decimal(2)})
    assert (day.sold, day.amounts) == (4, {"EUR": Decimal(7), "USD": Decimal(2)})
    sales.cancel(people.at_parc, _last_sold(offer), now=_hours(-0.5))
    (day,) = statistics.takings(people.at_parc, begins=[_hours(-10)], end=_hours(0))
    assert day.amounts["EUR"] == Decimal("3.5")
    assert statistics.takings(people.stranger, begins=[_hours(-10)], end=_hours(0))[0].sold == 0


def _last_sold(offer: Offer) -> int:
    return int(Ticket.objects.filter(ticket_list__offer=offer, handout__at=_hours(-0.5)).get().pk)
