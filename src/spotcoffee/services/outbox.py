"""Orders on their way to equipment: checked before each sending, repeated byte for byte, concluded as they truly ended.

The radius process that last heard an access point sends its orders. rules.md, section 7; RFC 5176.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from django.db import transaction

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.accounting import EndCause
from spotcoffee.domain.sessions import Ending, Session
from spotcoffee.services.orders import order_redecisions, still_holds
from spotcoffee.services.sessions import end_by_clock
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.queries import orders as queries
from spotcoffee.storage.queries.orders import CHANGE, DISCONNECT, OrderFacts

# Seconds from one sending to the next look; after the last the equipment counts as silent.
PAUSES: Final = (1, 2, 4, 5)
# Error-Cause: Session Context Not Found (RFC 5176 3.5).
SESSION_NOT_FOUND: Final = 503


class OrderState(Enum):
    """How far an order has come."""

    WAITING = "waiting"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    GONE = "gone"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An order to put on the wire now. source: where the session's packets came from."""

    order_id: int
    session_id: int
    access_point_id: int
    source: str
    packet: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswer:
    """What equipment answered. error_cause: of a NAK, None where it gave none."""

    order_id: int
    session_id: int
    acknowledged: bool
    error_cause: int | None = None


__all__ = ["CHANGE", "DISCONNECT", "OrderFacts"]

Build = Callable[[OrderFacts, Session], bytes | None]


def take_due(
    heard: Collection[int],
    *,
    access_points: Mapping[int, AccessPoint],
    build: Build,
    now: datetime,
    controlled: bool = False,
) -> list[Outgoing]:
    """The orders to send now to the access points that this process hears.

    build: writes the packet of an order at its first sending; None where it can't be sent. controlled: the orders for
    controllers, not those for RADIUS.
    """
    reachable = [key for key in heard if key in access_points and access_points[key].controlled is controlled]
    due = queries.due(reachable, now=now)
    if not due:
        return []
    outgoing = []
    with transaction.atomic():
        sheet = Worksheet(access_points=access_points, now=now)
        sheet.load(session_ids={order.session_id for order in due})
        for order in due:
            session = _session(sheet, order)
            packet = _next_packet(sheet, order, session, build)
            if session is not None and packet is not None:
                pause = PAUSES[min(order.tries, len(PAUSES) - 1)]
                queries.mark_sent(order.id, packet=packet, next_try_at=now + timedelta(seconds=pause))
                outgoing.append(Outgoing(order.id, session.id, order.access_point_id, session.source, packet))
        sheet.store()
    return outgoing


def _session(sheet: Worksheet, order: OrderFacts) -> Session | None:
    return sheet.session(order.ticket_id, order.session_id) if order.ticket_id in sheet.tickets else None


def _next_packet(sheet: Worksheet, order: OrderFacts, session: Session | None, build: Build) -> bytes | None:
    if session is None or not still_holds(sheet, order, session):
        queries.finish(order.id, OrderState.DROPPED.value, error_cause=None, now=sheet.now)
        if session is not None and session.ended_at is None and order.kind == CHANGE:
            # Its limits moved since: the newer ones are an order of their own.
            order_redecisions(sheet, sheet.tickets[order.ticket_id])
        return None
    if order.tries >= len(PAUSES):
        queries.finish(order.id, OrderState.NO_ANSWER.value, error_cause=None, now=sheet.now)
        return None
    packet = order.packet or build(order, session)
    if packet is None:
        queries.finish(order.id, OrderState.NO_ANSWER.value, error_cause=None, now=sheet.now)
    return packet


def conclude(answers: Sequence[OrderAnswer], *, access_points: Mapping[int, AccessPoint], now: datetime) -> None:
    """Write what equipment answered, on the orders and their sessions."""
    with transaction.atomic():
        sheet = Worksheet(access_points=access_points, now=now)
        sheet.load(session_ids={answer.session_id for answer in answers})
        for answer in answers:
            order = queries.by_id(answer.order_id)
            state = _state_of(answer)
            finished = queries.finish(answer.order_id, state.value, error_cause=answer.error_cause, now=now)
            # A late ACK of an order that was dropped tells all the same what the equipment now holds.
            if order is not None and (finished or answer.acknowledged):
                session = _session(sheet, order)
                if session is not None and session.ended_at is None:
                    _apply(sheet, order, session, state)
        sheet.store()


def _state_of(answer: OrderAnswer) -> OrderState:
    if answer.acknowledged:
        return OrderState.ACKNOWLEDGED
    return OrderState.GONE if answer.error_cause == SESSION_NOT_FOUND else OrderState.REFUSED


def _apply(sheet: Worksheet, order: OrderFacts, session: Session, state: OrderState) -> None:
    """Write on an open session what its equipment answered."""
    if state is OrderState.GONE:
        # The equipment knows nothing of it any more. A Stop that is still on its way settles it.
        sheet.put_session(
            session._replace(ended_at=session.seen_at, ending=Ending.LOST, end_cause=EndCause.DISCONNECTED)
        )
    elif state is OrderState.ACKNOWLEDGED and order.kind == CHANGE and order.grant is not None:
        sheet.put_session(session._replace(grant=order.grant))
    elif state is OrderState.ACKNOWLEDGED and order.kind == DISCONNECT:
        access_point = sheet.access_points.get(session.access_point_id)
        if access_point is not None and access_point.accounting is Accounting.NONE:
            end_by_clock(sheet, session, at=sheet.now, cause=EndCause.DISCONNECTED)
