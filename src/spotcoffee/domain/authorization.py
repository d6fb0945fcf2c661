"""May this ticket connect now, and within which limits? One answer for RADIUS, portal, pages and API."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import next_period_start, period_start
from spotcoffee.domain.tickets import Balance, Usage, balance, due_at, left, used_in_period
from spotcoffee.domain.units import (
    BitsPerSecond,
    Octets,
    Seconds,
    seconds_left,
    whole_seconds,
)

# How long an Accept waits for its first report, and how long it counts as a device meanwhile.
RESERVATION_LIFE: Final[Seconds] = 120
# How long a guest may surf past a quota that only reports can enforce.
QUOTA_SLICE: Final[Seconds] = 900


class Reason(Enum):
    """Why a login is refused, in the order in which the reasons are checked (rules.md, section 4)."""

    UNKNOWN_TICKET = "unknown_ticket"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason, no password
    REVOKED = "revoked"
    WRONG_ACCESS_POINT = "wrong_access_point"
    NOT_YET_VALID = "not_yet_valid"
    VALIDITY_ENDED = "validity_ended"
    LIFETIME_ENDED = "lifetime_ended"
    CREDIT_USED_UP = "credit_used_up"
    QUOTA_DOWN_USED_UP = "quota_down_used_up"
    QUOTA_UP_USED_UP = "quota_up_used_up"
    PERIOD_LIMIT_REACHED = "period_limit_reached"
    TOO_MANY_DEVICES = "too_many_devices"


class Presence(NamedTuple):
    """One session or reservation of a ticket, as far as it counts for another login.

    reserved: an Accept that no report has taken yet.
    seen_at: the event time of the last report, or of the Accept of a reservation.
    began_at: when the session began; the Accept of a reservation.
    charged: seconds charged; most: the most that may be charged, None without a cap.
    """

    device: str
    access_point: AccessPoint
    reserved: bool
    began_at: datetime
    seen_at: datetime
    charged: Seconds = 0
    most: Seconds | None = None

    def counts_at(self, now: datetime) -> bool:
        """Whether it is a device that is on."""
        return not self.reserved or now - self.seen_at < timedelta(seconds=RESERVATION_LIFE)

    def unreported_since(self, now: datetime) -> datetime:
        """From when on its time is used but not charged yet; `now` where there is none."""
        if self.reserved:
            return now
        if self.access_point.accounting is Accounting.FULL:
            elapsed = min(now - self.seen_at, timedelta(seconds=self.access_point.silence_allowed))
        else:
            elapsed = now - self.began_at - timedelta(seconds=self.charged)
        if self.most is not None:
            elapsed = min(elapsed, timedelta(seconds=self.most - self.charged))
        return now - max(elapsed, timedelta(0))


class Limits(NamedTuple):
    """What an Accept grants. None: no limit."""

    session_timeout: Seconds | None
    idle_timeout: Seconds | None
    rate_down: BitsPerSecond | None
    rate_up: BitsPerSecond | None
    down_left: Octets | None
    up_left: Octets | None


class Accept(NamedTuple):
    """The ticket may connect, within these limits. replaced_device: the one that must make room for it."""

    limits: Limits
    replaced_device: str | None = None


class Reject(NamedTuple):
    """The ticket may not connect. reopens_at: when it may again, where the clock alone will open it."""

    reason: Reason
    reopens_at: datetime | None = None


Decision: TypeAlias = Accept | Reject


class Request(NamedTuple):
    """Who asks, and where.

    session_began_at: set when a running session is decided again. replaces: the guest asked to replace a device.
    """

    device: str
    access_point: AccessPoint
    session_began_at: datetime | None = None
    replaces: bool = False


def authorize(
    terms: Terms,
    usage: Usage,
    *,
    request: Request,
    offered_on: Iterable[int],
    presences: Iterable[Presence],
    now: datetime,
) -> Decision:
    """Decide whether a ticket may open one more session, and within which limits.

    The ticket is known and its password right. `now` is aware. offered_on: ids of the access points of the offer.
    presences: the ticket's open sessions and live reservations, older ones of the same device included.
    Reasons come in the order of rules.md, section 4. Never raises for a well-formed ticket.
    """
    presences = list(presences)
    usage_now = _with_unreported(terms, usage, presences, now=now)
    refusal = _refusal(terms, usage_now, request=request, offered_on=offered_on, now=now)
    if refusal is not None:
        return refusal
    others = [p for p in presences if p.counts_at(now) and p.device != request.device]
    replaced = None
    if len({p.device for p in others}) >= terms.max_devices:
        if not request.replaces:
            return Reject(Reason.TOO_MANY_DEVICES)
        replaced = min(others, key=lambda p: p.began_at).device
    return Accept(_limits(terms, usage_now, request=request, now=now), replaced)


def balance_now(terms: Terms, usage: Usage, presences: Iterable[Presence], *, now: datetime) -> Balance:
    """What is left to a ticket, the seconds counted that its open sessions have used since their last reports."""
    reckoned = _with_unreported(terms, usage, list(presences), now=now)
    reported = balance(terms, usage, now=now)
    credit = left(terms.credit, reckoned.time)
    period = None if reported.period is None else left(terms.period_limit, reckoned.time_in_period)
    until_end = None if reported.expires_at is None else max(0, seconds_left(reported.expires_at, now))
    times = [time for time in (credit, period, until_end) if time is not None]
    return replace(reported, credit=credit, period=period, time=min(times, default=None))


def _with_unreported(terms: Terms, usage: Usage, presences: list[Presence], *, now: datetime) -> "_UsageNow":
    begins = [p.unreported_since(now) for p in presences]
    in_period = used_in_period(terms, usage, now=now)
    if terms.period is not None and begins:
        start = period_start(terms.period, terms.zone, now)
        in_period += sum(whole_seconds(now - max(begin, start)) for begin in begins)
    return _UsageNow(usage, usage.used_time + sum(whole_seconds(now - begin) for begin in begins), in_period)


class _UsageNow(NamedTuple):
    """What was charged, and the time with what open sessions have used since their last report."""

    charged: Usage
    time: Seconds
    time_in_period: Seconds


def _refusal(
    terms: Terms, usage: _UsageNow, *, request: Request, offered_on: Iterable[int], now: datetime
) -> Reject | None:
    charged = usage.charged
    lifetime_ends_at = due_at(terms, charged.first_login_at)
    if charged.revoked:
        return Reject(Reason.REVOKED)
    if request.access_point.id not in offered_on:
        return Reject(Reason.WRONG_ACCESS_POINT)
    if terms.valid_from is not None and now < terms.valid_from:
        return Reject(Reason.NOT_YET_VALID, terms.valid_from)
    if terms.valid_until is not None and now >= terms.valid_until:
        return Reject(Reason.VALIDITY_ENDED)
    if lifetime_ends_at is not None and now >= lifetime_ends_at:
        return Reject(Reason.LIFETIME_ENDED)
    if terms.credit is not None and usage.time >= terms.credit:
        return Reject(Reason.CREDIT_USED_UP)
    if terms.quota_down is not None and charged.used_down >= terms.quota_down:
        return Reject(Reason.QUOTA_DOWN_USED_UP)
    if terms.quota_up is not None and charged.used_up >= terms.quota_up:
        return Reject(Reason.QUOTA_UP_USED_UP)
    if terms.period is None or terms.period_limit is None or usage.time_in_period < terms.period_limit:
        return None
    return Reject(Reason.PERIOD_LIMIT_REACHED, next_period_start(terms.period, terms.zone, now))


def _limits(terms: Terms, usage: _UsageNow, *, request: Request, now: datetime) -> Limits:
    bounds = list(_bounds(terms, usage, request=request, now=now))
    return Limits(
        session_timeout=max(1, min(bounds)) if bounds else None,
        idle_timeout=terms.idle_timeout,
        rate_down=terms.rate_down,
        rate_up=terms.rate_up,
        down_left=left(terms.quota_down, usage.charged.used_down),
        up_left=left(terms.quota_up, usage.charged.used_up),
    )


def _bounds(terms: Terms, usage: _UsageNow, *, request: Request, now: datetime) -> Iterator[Seconds]:
    """The bounds of the table in rules.md, section 4: session, credit, lifetime, validity, period, slice."""
    if terms.session_duration is not None:
        began_at = request.session_began_at or now
        yield seconds_left(began_at + timedelta(seconds=terms.session_duration), now)
    shared = []
    if terms.credit is not None:
        shared.append(terms.credit - usage.time)
    if terms.period is not None and terms.period_limit is not None:
        until_next = seconds_left(next_period_start(terms.period, terms.zone, now), now)
        shared.append(_period_bound(terms.period_limit, usage.time_in_period, until_next=until_next))
    yield from shared
    lifetime_ends_at = due_at(terms, usage.charged.first_login_at or now)
    if lifetime_ends_at is not None and terms.lifetime is not None:
        yield min(terms.lifetime, seconds_left(lifetime_ends_at, now))
    if terms.valid_until is not None:
        yield seconds_left(terms.valid_until, now)
    if not request.access_point.can_disconnect:
        if terms.max_devices > 1 and shared:
            yield -(-min(shared) // terms.max_devices)
        if _has_quota(terms) and not request.access_point.enforces_quotas:
            yield QUOTA_SLICE


def _has_quota(terms: Terms) -> bool:
    return terms.quota_down is not None or terms.quota_up is not None


def _period_bound(limit: Seconds, used: Seconds, *, until_next: Seconds) -> Seconds:
    # An allowance that outlives its period meets the next one's, and no further.
    return limit - used if limit - used < until_next else until_next + limit
