"""Calendar periods in local time: the hour, day, week and month in which a period limit is counted.

rules.md, section 5. Differences are taken in UTC, so that a day of the spring change has 82,800 seconds.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import assert_never
from zoneinfo import ZoneInfo

from spotcoffee.domain.units import DAY, HOUR, WEEK, Seconds, whole_seconds


class Period(Enum):
    """The calendar unit that a period limit is counted in."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


NOMINAL: dict[Period, Seconds] = {
    Period.HOUR: HOUR,
    Period.DAY: DAY,
    Period.WEEK: WEEK,
    Period.MONTH: 31 * DAY,
}


def period_start(period: Period, zone: ZoneInfo, at: datetime) -> datetime:
    """The first instant, in UTC, of the period that `at` lies in."""
    return _bounds(period, zone, at)[0]


def next_period_start(period: Period, zone: ZoneInfo, at: datetime) -> datetime:
    """The first instant, in UTC, after the period that `at` lies in. Always later than `at`."""
    return _bounds(period, zone, at)[1]


def seconds_in_period(period: Period, zone: ZoneInfo, *, of: datetime, begin: datetime, end: datetime) -> Seconds:
    """How many of the whole seconds from `begin` to `end` lie in the period of `of`: its part of the split."""
    start, following = _bounds(period, zone, of)
    first, last = max(begin, start), min(end, following)
    return max(0, whole_seconds(last - begin) - whole_seconds(first - begin))


# One decision asks several times, and a whole batch of reports at the same instant.
@lru_cache(maxsize=4096)
def _bounds(period: Period, zone: ZoneInfo, at: datetime) -> tuple[datetime, datetime]:
    if period is Period.HOUR:
        return _hour(zone, at)
    day = at.astimezone(zone).date()
    start, following = _days(period, zone, day)
    if following <= at:
        # A clock that went back over midnight repeats a date that was already over.
        start, following = _days(period, zone, day + timedelta(days=1))
    return start, following


def _hour(zone: ZoneInfo, at: datetime) -> tuple[datetime, datetime]:
    # Taken off in UTC: in autumn the two hours 02 are two periods.
    at, local = at.astimezone(UTC), at.astimezone(zone)
    start = at - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    following = start + timedelta(seconds=HOUR)
    # Half an hour's change of clock (Lord Howe) cuts an hour in two.
    if start.astimezone(zone).utcoffset() != local.utcoffset():
        start = _clock_change(zone, start, at)
    elif (following - timedelta(seconds=1)).astimezone(zone).utcoffset() != local.utcoffset():
        following = _clock_change(zone, at, following)
    return start, following


def _clock_change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    return _first_second(before, after, lambda at: at.astimezone(zone).utcoffset() != offset)


@lru_cache(maxsize=4096)
def _days(period: Period, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    match period:
        case Period.DAY | Period.HOUR:
            first, last = day, day + timedelta(days=1)
        case Period.WEEK:
            first = day - timedelta(days=day.weekday())
            last = first + timedelta(days=7)
        case Period.MONTH:
            first = day.replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1)
        case _:
            assert_never(period)
    return _first_instant(zone, first), _first_instant(zone, last)


def _first_instant(zone: ZoneInfo, day: date) -> datetime:
    midnight = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    if midnight.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, time()):
        return midnight
    # Midnight was skipped by a clock change: look for the first second of the day, however it begins.
    days = timedelta(days=2)
    return _first_second(midnight - days, midnight + days, lambda at: at.astimezone(zone).date() >= day)


def _first_second(before: datetime, after: datetime, holds: Callable[[datetime], bool]) -> datetime:
    """The first whole second after `before`, where it does not hold, at which it does; at `after` it holds."""
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if holds(middle):
            after = middle
        else:
            before = middle
    return after
