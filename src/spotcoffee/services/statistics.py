"""Sessions, guests, time, volumes and sales of a while, by hour, day or month of the organisation's calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from spotcoffee.domain.periods import Period, next_period_start, period_start
from spotcoffee.services import reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid
from spotcoffee.storage.models import Offer, Organisation
from spotcoffee.storage.queries import statistics as queries
from spotcoffee.storage.queries.statistics import Range, Sums

# Steps in one answer: three months of hours, six years of days.
MOST_STEPS: Final = 2_200
# A calendar has no month before the first year, and none after the last.
_FIRST: Final = datetime(1971, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9000, 1, 1, tzinfo=UTC)
STEPS: Final = {"hour": Period.HOUR, "day": Period.DAY, "month": Period.MONTH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What happened. guests: different tickets. time: seconds that were charged. sold: tickets sold at the desk."""

    sessions: int = 0
    guests: int = 0
    time: int = 0
    down: int = 0
    up: int = 0
    sold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """steps: the beginning of each, and what happened in it. access_points, offers: by id."""

    zone: str
    steps: list[tuple[datetime, Figures]]
    access_points: dict[int, Figures]
    offers: dict[int, Figures]


def sum_up(caller: Caller, *, begin: datetime, end: datetime, by: str) -> Statistics:
    """The figures of begin <= instant < end, in reach. Raises Invalid: the wrong way round, or too many steps."""
    zone = ZoneInfo(Organisation.objects.get(pk=caller.organisation_id).time_zone)
    starts = _starts(begin, end, STEPS[by], zone)
    which = Range(caller.organisation_id, begin, end, _points(caller), _offers(caller))
    by_step, sold = queries.sessions_by_bucket(which, starts), queries.sales_by_bucket(which, starts)
    points = queries.sessions_by_access_point(which)
    offers, sold_of = queries.sessions_by_offer(which), queries.sales_by_offer(which)
    return Statistics(
        zone=zone.key,
        steps=[(start, _figures(by_step.get(at), sold.get(at, 0))) for at, start in enumerate(starts)],
        access_points={key: _figures(sums, 0) for key, sums in sorted(points.items())},
        offers={key: _figures(offers.get(key), sold_of.get(key, 0)) for key in sorted({*offers, *sold_of})},
    )


def traffic(caller: Caller, *, begin: datetime, end: datetime, by: str) -> list[tuple[datetime, int, int]]:
    """The beginning of each step and the octets down and up in it, in reach. Raises Invalid as sum_up does."""
    zone = ZoneInfo(Organisation.objects.get(pk=caller.organisation_id).time_zone)
    starts = _starts(begin, end, STEPS[by], zone)
    found = queries.traffic_by_bucket(Range(caller.organisation_id, starts[0], end, _points(caller)), starts)
    return [(start, *found.get(at, (0, 0))) for at, start in enumerate(starts)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """What was sold at the desk. amounts: what was taken, by currency; tickets without a price add nothing."""

    sold: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)


def takings(caller: Caller, *, begins: Sequence[datetime], end: datetime) -> list[Sales]:
    """What was sold from each of these instants until `end`, in reach. begins: in order, before `end`."""
    which = Range(caller.organisation_id, begins[0], end, None, _offers(caller))
    rows = queries.takings_by_bucket(which, begins)
    return [_sales([row for row in rows if row[0] >= at]) for at in range(len(begins))]


def _sales(rows: Sequence[tuple[int, str | None, str | None, int]]) -> Sales:
    amounts: dict[str, Decimal] = {}
    for _, price, currency, count in rows:
        if price is not None and currency is not None and Decimal(price):
            amounts[currency] = amounts.get(currency, Decimal(0)) + Decimal(price) * count
    return Sales(sold=sum(row[3] for row in rows), amounts=amounts)


def _starts(begin: datetime, end: datetime, step: Period, zone: ZoneInfo) -> list[datetime]:
    faults = [(name, "out_of_range") for name, at in (("from", begin), ("to", end)) if not _FIRST <= at < _LAST]
    if faults:
        raise Invalid(faults)
    if end <= begin:
        raise Invalid([("to", "validity_reversed")])
    starts = [period_start(step, zone, begin)]
    while (following := next_period_start(step, zone, starts[-1])) < end:
        starts.append(following)
        if len(starts) > MOST_STEPS:
            raise Invalid([("from", "too_wide")])
    return starts


def _points(caller: Caller) -> list[int] | None:
    return None if caller.access_points is None else sorted(caller.access_points)


def _offers(caller: Caller) -> list[int] | None:
    if caller.access_points is None:
        return None
    return list(Offer.objects.filter(reach.offers(caller)).values_list("pk", flat=True))


def _figures(sums: Sums | None, sold: int) -> Figures:
    found = sums or Sums()
    return Figures(
        sessions=found.sessions,
        guests=found.guests,
        time=found.time,
        down=found.down,
        up=found.up,
        sold=sold,
    )
