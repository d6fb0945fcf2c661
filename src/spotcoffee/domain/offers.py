"""What an offer grants: its terms, and what is wrong or odd about them (rules.md, section 2)."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.periods import NOMINAL, Period
from spotcoffee.domain.units import MOST_OCTETS, MOST_RATE, MOST_SECONDS, BitsPerSecond, Octets, Seconds

LEAST_RATE: BitsPerSecond = 8_000
MOST_DEVICES = 10_000
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The parameters of an offer that decide. None: no limit."""

    valid_from: datetime | None = None
    valid_until: datetime | None = None
    lifetime: Seconds | None = None
    session_duration: Seconds | None = None
    credit: Seconds | None = None
    period_limit: Seconds | None = None
    period: Period | None = None
    idle_timeout: Seconds | None = None
    rate_down: BitsPerSecond | None = None
    rate_up: BitsPerSecond | None = None
    quota_down: Octets | None = None
    quota_up: Octets | None = None
    max_devices: int = 1
    zone: ZoneInfo = PARIS


class Fault(Enum):
    """Why terms can't be saved. The value is a stable code."""

    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"
    RATE_TOO_LOW = "rate_too_low"
    PERIOD_MISSING = "period_missing"
    VALIDITY_REVERSED = "validity_reversed"
    NO_ACCESS_POINT = "no_access_point"
    QUOTA_NOT_COUNTED = "quota_not_counted"


class Warning(Enum):  # noqa: A001 - the field's word; the built-in is never meant in this package
    """What is accepted but surely surprises someone. The value is a stable code."""

    PERIOD_LIMIT_ABOVE_PERIOD = "period_limit_above_period"
    SESSION_ABOVE_CREDIT = "session_above_credit"
    IDLE_ABOVE_SESSION = "idle_above_session"
    NO_TIME_LIMIT = "no_time_limit"


_MOST = {
    "lifetime": MOST_SECONDS,
    "session_duration": MOST_SECONDS,
    "credit": MOST_SECONDS,
    "period_limit": MOST_SECONDS,
    "idle_timeout": MOST_SECONDS,
    "rate_down": MOST_RATE,
    "rate_up": MOST_RATE,
    "quota_down": MOST_OCTETS,
    "quota_up": MOST_OCTETS,
    "max_devices": MOST_DEVICES,
}


def faults(terms: Terms, access_points: list[AccessPoint]) -> list[tuple[str, Fault]]:
    """All that keeps an offer from being saved: (field, fault), in the order of the fields."""
    found = list(_faults(terms, access_points))
    order = ["access_points", *(field.name for field in fields(Terms))]
    return sorted(found, key=lambda fault: order.index(fault[0]))


def _faults(terms: Terms, access_points: list[AccessPoint]) -> Iterator[tuple[str, Fault]]:
    for name, most in _MOST.items():
        value = getattr(terms, name)
        if value is None:
            continue
        if value <= 0:
            yield name, Fault.NOT_POSITIVE
        elif value > most:
            yield name, Fault.TOO_LARGE
        elif name in ("rate_down", "rate_up") and value < LEAST_RATE:
            yield name, Fault.RATE_TOO_LOW
    if terms.period_limit is not None and terms.period is None:
        yield "period", Fault.PERIOD_MISSING
    if terms.valid_from and terms.valid_until and terms.valid_until <= terms.valid_from:
        yield "valid_until", Fault.VALIDITY_REVERSED
    if not access_points:
        yield "access_points", Fault.NO_ACCESS_POINT
    if any(point.accounting is Accounting.NONE for point in access_points):
        for name in ("quota_down", "quota_up"):
            if getattr(terms, name) is not None:
                yield name, Fault.QUOTA_NOT_COUNTED


def warnings(terms: Terms) -> list[tuple[str, Warning]]:
    """What to point out before saving: (field, warning)."""
    found = []
    if terms.period_limit and terms.period and terms.period_limit > NOMINAL[terms.period]:
        found.append(("period_limit", Warning.PERIOD_LIMIT_ABOVE_PERIOD))
    if terms.session_duration and terms.credit and terms.session_duration > terms.credit:
        found.append(("session_duration", Warning.SESSION_ABOVE_CREDIT))
    if terms.idle_timeout and terms.session_duration and terms.idle_timeout > terms.session_duration:
        found.append(("idle_timeout", Warning.IDLE_ABOVE_SESSION))
    if not (terms.valid_until or terms.lifetime or terms.credit or terms.period_limit):
        found.append(("credit", Warning.NO_TIME_LIMIT))
    return found
