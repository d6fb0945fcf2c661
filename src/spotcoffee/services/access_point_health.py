"""How each access point fares: what was heard of it, and what its packets, or their absence, show.

A packet that no access point's secret opens is known by its source address alone; here it finds its access point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Final

from spotcoffee.domain.access_points import Accounting
from spotcoffee.services import settings
from spotcoffee.services.access_points import AccessPointView
from spotcoffee.services.callers import Caller
from spotcoffee.services.sweeps import FELL_SILENT
from spotcoffee.storage.models import AccessPoint, AccessPointFault

# What was shown longer ago than this is past.
_RECENT: Final = timedelta(days=1)
# Sources of invented packets are many: the latest are looked at.
_MOST_SOURCES: Final = 300
# Packets from there may be read and unread by turns, a moment apart.
_AT_ONCE: Final = timedelta(seconds=5)
UNKNOWN: Final = "unknown_source"


class State(Enum):
    """WELL: heard, with nothing against it. QUIET: not heard for a while, with nobody online. SILENT: with guests."""

    NEVER_HEARD = "never_heard"
    WELL = "well"
    QUIET = "quiet"
    SILENT = "silent"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong. code: as its fault is called. count: how often it was seen since it first was."""

    code: str
    last_at: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """troubles: what keeps guests off; oddities: what is only worth knowing."""

    state: State
    heard_at: datetime | None
    troubles: Sequence[Trouble] = ()
    oddities: Sequence[Trouble] = ()

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.state not in (State.SILENT, State.FAILING)


@dataclass(frozen=True, slots=True)
class Stranger:
    """An address that speaks to us and belongs to no access point."""

    source: str
    first_at: datetime
    last_at: datetime
    count: int


def look(
    caller: Caller, views: Sequence[AccessPointView], *, interim_interval: int, now: datetime
) -> tuple[dict[int, Health], list[Stranger]]:
    """The health of these access points by id, and the strangers who knock.

    Strangers are nobody's: they are shown to whoever reaches all of the only organisation.
    """
    sources = _sources(now)
    records = AccessPoint.objects.in_bulk([view.id for view in views])
    found = {}
    for view in views:
        record = records[view.id]
        mine = [fault for fault in sources if _is_from(fault.source, view.address)]
        found[view.id] = _health(view, record, mine, interim_interval=interim_interval, now=now)
    strangers = [fault for fault in sources if fault.code == UNKNOWN]
    if not strangers or caller.access_points is not None or not settings.is_alone():
        return found, []
    # Heard before it was added, it is no stranger any more.
    known = list(AccessPoint.objects.filter(archived=False).values_list("address", flat=True))
    return found, [
        Stranger(fault.source, fault.first_at, fault.last_at, fault.count)
        for fault in strangers
        if not any(_is_from(fault.source, address) for address in known)
    ]


def _sources(now: datetime) -> list[AccessPointFault]:
    recent = AccessPointFault.objects.filter(access_point=None, last_at__gte=now - _RECENT)
    return list(recent.order_by("-last_at")[:_MOST_SOURCES])


def _is_from(source: str, network: str) -> bool:
    try:
        return ip_address(source) in ip_network(network, strict=False)
    except (ValueError, TypeError):
        return False


def _health(
    view: AccessPointView,
    record: AccessPoint,
    from_there: Sequence[AccessPointFault],
    *,
    interim_interval: int,
    now: datetime,
) -> Health:
    heard_at = max(filter(None, (record.last_seen_at, record.controller_seen_at)), default=None)
    troubles = [
        Trouble(fault.code, fault.last_at, fault.count)
        for fault in from_there
        if fault.code != UNKNOWN and fault.last_at >= record.created_at and _is_since(fault.last_at, heard_at)
    ]
    if record.controller_fault:
        troubles.append(Trouble(f"controller.{record.controller_fault}", now, 1))
    return Health(
        state=_state(view, record, heard_at, bool(troubles), interim_interval=interim_interval, now=now),
        heard_at=heard_at,
        troubles=troubles,
        oddities=_oddities(view, now),
    )


def _is_since(at: datetime, heard_at: datetime | None) -> bool:
    return heard_at is None or at >= heard_at - _AT_ONCE


def _state(
    view: AccessPointView,
    record: AccessPoint,
    heard_at: datetime | None,
    is_failing: bool,
    *,
    interim_interval: int,
    now: datetime,
) -> State:
    if is_failing:
        return State.FAILING
    if heard_at is None:
        return State.NEVER_HEARD
    rhythm = timedelta(seconds=record.as_value(interim_interval=interim_interval).interim_interval)
    if now - heard_at < 2 * rhythm + timedelta(minutes=1):
        return State.WELL
    is_reporting = view.open_sessions and view.accounting in (None, Accounting.FULL.value)
    return State.SILENT if is_reporting or _lost_since(view, heard_at) else State.QUIET


def _lost_since(view: AccessPointView, heard_at: datetime) -> bool:
    """Whether guests were online when it was last heard, and their sessions were lost since."""
    return any(
        fault["code"] == FELL_SILENT and isinstance(at := fault["last_at"], datetime) and at > heard_at
        for fault in view.faults
    )


def _oddities(view: AccessPointView, now: datetime) -> list[Trouble]:
    return [
        Trouble(str(fault["code"]), at, count)
        for fault in view.faults
        if fault["code"] != FELL_SILENT
        and isinstance(at := fault["last_at"], datetime)
        and now - at < _RECENT
        and isinstance(count := fault["count"], int)
    ]
