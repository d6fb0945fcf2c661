"""What happened to one ticket, in order: from its sessions, refusals, orders, hand-out, and what staff did to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from spotcoffee.domain.sessions import Ending
from spotcoffee.services import handouts, tickets
from spotcoffee.services.callers import Caller
from spotcoffee.services.paging import Page, Window
from spotcoffee.storage.models import Attempt, AuditEntry, Order, Session, Ticket

# The newest of each source: someone who guesses all night must not fill the memory.
MOST_OF_A_KIND: Final = 5_000
_STAFF_DID: Final = ("revoke", "restore", "change", "sell", "cancel_sale")
# At one instant, in this order.
_ORDER: Final = (
    "created", "sell", "handout", "undo_handout", "cancel_sale", "reject", "accept", "order", "charge", "given_back",
    "change", "revoke", "restore",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One event; names as in the API. seconds: charged; of given_back: what came back, below zero.

    The rest is for pages alone. granted: seconds that an Accept allowed. by: who of the staff. is_open: of a charge,
    whether the session still runs. led_nowhere: of an Accept that no session followed.
    """

    at: datetime
    kind: str
    reason: str | None = None
    seconds: int | None = None
    session: int | None = None
    access_point: int | None = None
    device: str = ""
    granted: int | None = None
    down: int = 0
    up: int = 0
    by: str = ""
    is_open: bool = False
    led_nowhere: bool = False


def page(caller: Caller, ticket_id: int, window: Window) -> Page[EventView]:
    """A page of a ticket's history. The window counts events. Raises NotFound."""
    events = history(caller, ticket_id)
    start = window.after or 0
    stop = start + window.limit
    return Page(events[start:stop], len(events), stop if len(events) > stop else None)


def history(caller: Caller, ticket_id: int) -> list[EventView]:
    """All that happened to a ticket, oldest first. Raises NotFound."""
    ticket = tickets.get(caller, ticket_id)
    events = [*_of_ticket(ticket), *_sessions(ticket_id), *_refusals(ticket_id), *_orders(ticket_id)]
    events += _staff(caller, ticket_id)
    return sorted(events, key=lambda event: (event.at, _ORDER.index(event.kind)))


def _of_ticket(ticket: Ticket) -> Iterator[EventView]:
    yield EventView(at=ticket.created_at, kind="created")
    for handout in handouts.of_ticket(ticket):
        yield EventView(at=handout.at, kind="handout", reason=handout.format, by=handout.by)
        if handout.undone_at is not None:
            yield EventView(at=handout.undone_at, kind="undo_handout", reason=handout.format)


def _sessions(ticket_id: int) -> Iterator[EventView]:
    for session in Session.objects.filter(ticket_id=ticket_id).order_by("-pk")[:MOST_OF_A_KIND]:
        of_it: dict[str, Any] = {
            "session": session.pk,
            "access_point": session.access_point_id,
            "device": session.device,
        }
        if session.accepted_at is not None:
            yield EventView(
                at=session.accepted_at,
                kind="accept",
                granted=session.session_timeout,
                led_nowhere=session.acct_session_id is None and session.ending == Ending.LAPSED.value,
                **of_it,
            )
        if session.acct_session_id is None:
            continue
        at, reason = session.ended_at or session.seen_at, session.end_cause
        yield EventView(
            at=at,
            kind="charge",
            reason=reason,
            seconds=session.charged + session.given_back,
            down=session.down,
            up=session.up,
            is_open=session.ended_at is None,
            **of_it,
        )
        if session.given_back:
            yield EventView(at=at, kind="given_back", reason=reason, seconds=-session.given_back, **of_it)


def _refusals(ticket_id: int) -> Iterator[EventView]:
    refused = Attempt.objects.filter(ticket_id=ticket_id).exclude(reason="").order_by("-pk")
    for attempt in refused[:MOST_OF_A_KIND]:
        yield EventView(
            at=attempt.at,
            kind="reject",
            reason=attempt.reason,
            access_point=attempt.access_point_id,
            device=attempt.device,
        )


def _orders(ticket_id: int) -> Iterator[EventView]:
    for order in Order.objects.filter(ticket_id=ticket_id).order_by("-pk")[:MOST_OF_A_KIND]:
        reason = f"{order.kind} {order.state}"
        yield EventView(
            at=order.finished_at or order.created_at,
            kind="order",
            reason=reason,
            session=order.session_id,
            access_point=order.access_point_id,
            by=order.by,
        )


def _staff(caller: Caller, ticket_id: int) -> Iterator[EventView]:
    done = AuditEntry.objects.filter(
        organisation_id=caller.organisation_id, noun="ticket", noun_id=str(ticket_id), action__in=_STAFF_DID
    )
    for entry in done.order_by("-pk")[:MOST_OF_A_KIND]:
        yield EventView(at=entry.at, kind=entry.action, reason=entry.by, by=entry.by)
