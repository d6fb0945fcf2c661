"""Orders: what running sessions must be told. `outbox` sends them and learns what came of it."""

from dataclasses import replace

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.domain.orders import Change, Disconnect, OrderReason, Redecision, differs, redecide
from spotcoffee.domain.sessions import Session
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.queries.orders import CHANGE, DISCONNECT, NewOrder, OrderFacts
from spotcoffee.storage.queries.tickets import TicketFacts


def order_disconnect(sheet: Worksheet, session: Session, reason: str, *, by: str = "") -> bool:
    """Order the end of a session. False where its access point takes no orders."""
    ticket = sheet.tickets[session.ticket_id]
    access_point = sheet.access_point(session.access_point_id, ticket.organisation_id)
    if not access_point.can_disconnect or session.is_reservation:
        return False
    sheet.order(_order(ticket, session, DISCONNECT, reason, by=by))
    return True


def order_redecisions(sheet: Worksheet, ticket: TicketFacts) -> None:
    """Decide every open session of a ticket again, and order what it must be told."""
    for session in sheet.live_of(ticket.id):
        if session.is_reservation:
            continue
        access_point = sheet.access_point(session.access_point_id, ticket.organisation_id)
        if not access_point.can_disconnect:
            continue
        match decided_now(sheet, ticket, session, access_point):
            case Disconnect(reason):
                sheet.order(_order(ticket, session, DISCONNECT, reason.value))
            case Change(grant) if access_point.can_change:
                order = _order(ticket, session, CHANGE, OrderReason.LIMITS_CHANGED.value)
                sheet.order(replace(order, grant=grant))
            case _:
                pass


def decided_now(sheet: Worksheet, ticket: TicketFacts, session: Session, access_point: AccessPoint) -> Redecision:
    """What a running session must be told now."""
    offer = sheet.offers[ticket.offer_id]
    others = [(other, sheet.presence(other, ticket)) for other in sheet.live_of(ticket.id) if other.id != session.id]
    return redecide(
        session,
        offer.terms,
        ticket.usage,
        access_point=access_point,
        offered_on=offer.access_points,
        others=others,
        own=sheet.presence(session, ticket),
        now=sheet.now,
    )


def _order(ticket: TicketFacts, session: Session, kind: str, reason: str, *, by: str = "") -> NewOrder:
    return NewOrder(
        organisation_id=ticket.organisation_id,
        access_point_id=session.access_point_id,
        ticket_id=ticket.id,
        session_id=session.id,
        kind=kind,
        reason=reason,
        by=by,
    )


def still_holds(sheet: Worksheet, order: OrderFacts, session: Session) -> bool:
    """Whether an order is still to be sent. What staff asked for and what another login caused always is."""
    if session.ended_at is not None:
        return False
    ticket = sheet.tickets[session.ticket_id]
    access_point = sheet.access_point(session.access_point_id, ticket.organisation_id)
    if order.reason in {OrderReason.STAFF.value, OrderReason.GUEST.value, OrderReason.REPLACED.value}:
        return access_point.can_disconnect
    if order.reason == OrderReason.MOVED.value:
        return access_point.can_disconnect and _is_on_elsewhere(sheet, session)
    match decided_now(sheet, ticket, session, access_point):
        case Disconnect(_):
            return order.kind == DISCONNECT
        case Change(grant):
            # Once sent the bytes stay the same; limits that moved since are another order.
            return order.kind == CHANGE and order.grant is not None and not differs(order.grant, grant, access_point)
        case _:
            return False


def _is_on_elsewhere(sheet: Worksheet, session: Session) -> bool:
    return any(
        other.device == session.device and other.id != session.id and other.since > session.since
        for other in sheet.live_of(session.ticket_id)
    )
