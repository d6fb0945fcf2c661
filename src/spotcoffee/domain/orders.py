"""What a running session must be told after a change or a report: nothing, other limits, or to end.

rules.md, section 7. A session is decided again as if its device logged in now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.domain.authorization import Accept, Presence, Reason, Reject, Request, authorize
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.sessions import Grant, Session, grant_of
from spotcoffee.domain.tickets import Usage
from spotcoffee.domain.units import Seconds, whole_seconds

# The end of a session may move by this much before its equipment is told.
END_TOLERANCE: Final[Seconds] = 30


class OrderReason(Enum):
    """Why an order is given where no reason of a refusal says it."""

    SESSION_ENDED = "session_ended"
    MOVED = "moved"
    REPLACED = "replaced"
    STAFF = "staff"
    GUEST = "guest"
    LIMITS_CHANGED = "limits_changed"


@dataclass(frozen=True, slots=True)
class Disconnect:
    """End the session."""

    reason: Reason | OrderReason


@dataclass(frozen=True, slots=True)
class Change:
    """Give the session other limits."""

    grant: Grant


Redecision: TypeAlias = Disconnect | Change | None


def redecide(
    session: Session,
    terms: Terms,
    usage: Usage,
    *,
    access_point: AccessPoint,
    offered_on: Iterable[int],
    others: Iterable[tuple[Session, Presence]],
    own: Presence,
    now: datetime,
) -> Redecision:
    """Decide a running session again. None: it may go on as it is.

    others: the ticket's other open sessions and live reservations. Of too many devices those accepted last stay.
    """
    presences = [own]
    for other, presence in others:
        is_newer = (other.since, other.id) > (session.since, session.id)
        presences.append(presence if is_newer else presence._replace(device=session.device))
    decision = authorize(
        terms,
        usage,
        request=Request(device=session.device, access_point=access_point, session_began_at=session.began_at),
        offered_on=offered_on,
        presences=presences,
        now=now,
    )
    if isinstance(decision, Reject):
        return Disconnect(decision.reason)
    age = whole_seconds(session.age(now))
    if terms.session_duration is not None and age >= terms.session_duration:
        return Disconnect(OrderReason.SESSION_ENDED)
    return _change(session, decision, access_point=access_point, age=age)


def _change(session: Session, decision: Accept, *, access_point: AccessPoint, age: Seconds) -> Change | None:
    held, due = session.grant, grant_of(decision.limits, session.meter, age=age)
    return Change(due) if differs(held, due, access_point) else None


def differs(held: Grant, due: Grant, access_point: AccessPoint) -> bool:
    """Whether limits differ enough, in what the equipment enforces, for an order."""
    capable = access_point.capabilities
    if _end_moves(held.session_timeout, due.session_timeout):
        return True
    if access_point.keeps_rates and (held.rate_down, held.rate_up) != (due.rate_down, due.rate_up):
        return True
    if access_point.keeps_idle_time and held.idle_timeout != due.idle_timeout:
        return True
    return capable.quota_most > 0 and (held.down_end, held.up_end) != (due.down_end, due.up_end)


def _end_moves(held: Seconds | None, due: Seconds | None) -> bool:
    if held is None or due is None:
        return held is not due
    return abs(held - due) > END_TOLERANCE
