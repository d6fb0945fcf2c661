"""What a ticket has used, and the state that follows from it. The state is computed, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from spotcoffee.domain.accounting import Charge
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period, next_period_start, period_start, seconds_in_period
from spotcoffee.domain.units import Octets, Seconds, seconds_left


class State(Enum):
    """The states of a ticket (rules.md, section 3)."""

    VIRGIN = "virgin"
    STARTED = "started"
    CONSUMED = "consumed"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Colour(Enum):
    """The colour that stands beside the word and the icon of a state."""

    GREEN = "green"
    ORANGE = "orange"
    RED = "red"


COLOURS = {
    State.VIRGIN: Colour.GREEN,
    State.STARTED: Colour.ORANGE,
    State.CONSUMED: Colour.RED,
    State.EXPIRED: Colour.RED,
    State.REVOKED: Colour.RED,
}


class PeriodSum(NamedTuple):
    """The seconds spent in one period: of which kind, in which zone, from when."""

    period: Period
    zone: str
    starts_at: datetime
    seconds: Seconds


class Usage(NamedTuple):
    """What one ticket has used so far.

    period_sum: the sum of the period it was last charged in; None: nothing was charged in any yet.
    """

    first_login_at: datetime | None = None
    revoked: bool = False
    used_time: Seconds = 0
    used_down: Octets = 0
    used_up: Octets = 0
    period_sum: PeriodSum | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is left to a ticket now. None: no limit."""

    expires_at: datetime | None
    credit: Seconds | None
    period: Seconds | None
    period_reopens_at: datetime | None
    time: Seconds | None
    down: Octets | None
    up: Octets | None


def state(terms: Terms, usage: Usage, *, now: datetime) -> State:
    """The state of a ticket at `now` (aware)."""
    if usage.revoked:
        return State.REVOKED
    expires = expires_at(terms, usage)
    if expires is not None and now >= expires:
        return State.EXPIRED
    if is_spent(terms, usage):
        return State.CONSUMED
    return State.STARTED if usage.first_login_at is not None else State.VIRGIN


def is_spent(terms: Terms, usage: Usage) -> bool:
    """Whether the credit or a quota is used up."""
    return (
        (terms.credit is not None and usage.used_time >= terms.credit)
        or (terms.quota_down is not None and usage.used_down >= terms.quota_down)
        or (terms.quota_up is not None and usage.used_up >= terms.quota_up)
    )


def due_at(terms: Terms, first_login_at: datetime | None) -> datetime | None:
    """When a started ticket's answer changes by itself, the validity apart, which hangs on the offer alone."""
    if first_login_at is None or terms.lifetime is None:
        return None
    return first_login_at + timedelta(seconds=terms.lifetime)


def expires_at(terms: Terms, usage: Usage) -> datetime | None:
    """The earlier of the end of the lifetime and the end of the validity."""
    ends = [end for end in (due_at(terms, usage.first_login_at), terms.valid_until) if end is not None]
    return min(ends, default=None)


def used_in_period(terms: Terms, usage: Usage, *, now: datetime) -> Seconds:
    """The seconds spent in the period that `now` lies in; 0 without a period limit.

    The sum must be of the terms' own period and zone: storage makes it anew when they changed.
    """
    kept = usage.period_sum
    if terms.period is None or kept is None:
        return 0
    return kept.seconds if kept.starts_at == period_start(terms.period, terms.zone, now) else 0


def sum_is_stale(terms: Terms, usage: Usage) -> bool:
    """Whether the kept sum was counted by another calendar than the terms now have."""
    if terms.period is None:
        return False
    kept = usage.period_sum
    if kept is None:
        return usage.first_login_at is not None
    return kept.period is not terms.period or kept.zone != terms.zone.key


def balance(terms: Terms, usage: Usage, *, now: datetime) -> Balance:
    """What is left to the ticket at `now`, never negative."""
    credit = left(terms.credit, usage.used_time)
    period, reopens_at = None, None
    if terms.period is not None and terms.period_limit is not None:
        period = left(terms.period_limit, used_in_period(terms, usage, now=now))
        if period == 0:
            reopens_at = next_period_start(terms.period, terms.zone, now)
    expires = expires_at(terms, usage)
    until_end = None if expires is None else max(0, seconds_left(expires, now))
    times = [time for time in (credit, period, until_end) if time is not None]
    return Balance(
        expires_at=expires,
        credit=credit,
        period=period,
        period_reopens_at=reopens_at,
        time=min(times, default=None),
        down=left(terms.quota_down, usage.used_down),
        up=left(terms.quota_up, usage.used_up),
    )


def left(limit: int | None, used: int) -> int | None:
    """What is left of a limit, never negative; None without a limit."""
    return None if limit is None else max(0, limit - used)


def begin_lifetime(usage: Usage, terms: Terms, *, at: datetime) -> Usage:
    """The usage once the ticket has logged in for the first time; its period is counted from here."""
    return usage._replace(first_login_at=at, period_sum=_current_sum(usage, terms, now=at))


def spend(usage: Usage, charge: Charge, terms: Terms, *, now: datetime) -> Usage:
    """The usage after a charge, or after seconds came back. Nothing ever falls below zero.

    Seconds of an earlier period never count in the current one.
    """
    return usage._replace(
        used_time=max(0, usage.used_time + charge.seconds),
        used_down=usage.used_down + charge.down,
        used_up=usage.used_up + charge.up,
        period_sum=_moved_sum(usage, charge, terms, now=now),
    )


def sum_period(spans: Iterable[tuple[datetime, Seconds]], terms: Terms, *, now: datetime) -> PeriodSum | None:
    """The sum of the current period, made anew from (beginning, charged seconds) of the sessions that touch it."""
    current = _current_sum(Usage(), terms, now=now)
    if current is None:
        return None
    seconds = sum(
        seconds_in_period(current.period, terms.zone, of=now, begin=began_at, end=began_at + timedelta(seconds=charged))
        for began_at, charged in spans
    )
    return current._replace(seconds=seconds)


def _current_sum(usage: Usage, terms: Terms, *, now: datetime) -> PeriodSum | None:
    if terms.period is None:
        # A sum kept while charges pass it by would be wrong later: it is made anew when a period comes back.
        return None
    start = period_start(terms.period, terms.zone, now)
    seconds = used_in_period(terms, usage, now=now)
    return PeriodSum(period=terms.period, zone=terms.zone.key, starts_at=start, seconds=seconds)


def _moved_sum(usage: Usage, charge: Charge, terms: Terms, *, now: datetime) -> PeriodSum | None:
    current = _current_sum(usage, terms, now=now)
    if current is None:
        return None
    spent = seconds_in_period(current.period, terms.zone, of=now, begin=charge.begin, end=charge.end)
    sign = 1 if charge.seconds > 0 else -1
    return current._replace(seconds=max(0, current.seconds + sign * spent))
