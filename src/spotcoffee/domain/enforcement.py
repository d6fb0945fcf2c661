"""Who keeps each limit of an offer at an access point: its equipment, or the server; and where nobody can."""

from enum import Enum

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.offers import Terms


class Limit(Enum):
    """What an offer limits, as far as access points differ in it."""

    TIME = "time"
    IDLE = "idle"
    RATES = "rates"
    QUOTAS = "quotas"
    CHANGES = "changes"


class Keeper(Enum):
    """Who sees to a limit. LATE: the server, but not at once. OWN: the equipment, by a setting of its own."""

    EQUIPMENT = "equipment"
    SERVER = "server"
    LATE = "late"
    OWN = "own"
    NOBODY = "nobody"


def keepers(terms: Terms, access_point: AccessPoint) -> dict[Limit, Keeper]:
    """For each limit that the offer has, who keeps it there. CHANGES: who tells running sessions of a change."""
    found: dict[Limit, Keeper] = {}
    if any((terms.credit, terms.lifetime, terms.session_duration, terms.period_limit, terms.valid_until)):
        # Every kind of equipment obeys the time of an Accept.
        found[Limit.TIME] = Keeper.EQUIPMENT
    if terms.idle_timeout is not None:
        found[Limit.IDLE] = _of_idle(access_point)
    if terms.rate_down is not None or terms.rate_up is not None:
        found[Limit.RATES] = Keeper.EQUIPMENT if access_point.keeps_rates else Keeper.NOBODY
    if terms.quota_down is not None or terms.quota_up is not None:
        found[Limit.QUOTAS] = _of_quotas(access_point)
    found[Limit.CHANGES] = _of_changes(access_point)
    return found


def _of_idle(access_point: AccessPoint) -> Keeper:
    if access_point.keeps_idle_time:
        # A controller takes no idle time: the server polls it, and puts off who moves nothing.
        return Keeper.SERVER if access_point.controlled else Keeper.EQUIPMENT
    # Where nothing is told of guests' traffic there is no timer at all.
    return Keeper.NOBODY if access_point.controlled and access_point.accounting is Accounting.NONE else Keeper.OWN


def _of_quotas(access_point: AccessPoint) -> Keeper:
    if access_point.enforces_quotas:
        return Keeper.EQUIPMENT
    return Keeper.SERVER if access_point.can_disconnect else Keeper.LATE


def _of_changes(access_point: AccessPoint) -> Keeper:
    if access_point.can_change:
        return Keeper.EQUIPMENT
    return Keeper.SERVER if access_point.can_disconnect else Keeper.LATE
