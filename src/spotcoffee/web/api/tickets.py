"""`/tickets`: found, sold, revoked, and their histories."""

from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from spotcoffee.domain.permissions import Action
from spotcoffee.domain.tickets import State
from spotcoffee.services import histories, reading, sales, ticket_pages
from spotcoffee.services import tickets as services
from spotcoffee.services.callers import Caller
from spotcoffee.services.paging import Page
from spotcoffee.services.tickets import TicketView
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.kinds import Filters, Id, Instant, Request, Search, Text, Whole, list_of, listed
from spotcoffee.web.api.once import DESCRIBED, once
from spotcoffee.web.surroundings import interim_interval, keys, now, pace

router = Router(tags=["tickets"])


class Ticket(Schema):
    """One ticket. password null: the code stands alone. refusal: what a login would get now, or null."""

    id: int
    login: str
    password: str | None
    list: int
    offer: int
    state: str
    colour: str
    first_login_at: Instant | None
    expires_at: Instant | None
    used_time: int
    used_down: int
    used_up: int
    left_time: int | None
    left_down: int | None
    left_up: int | None
    credit_left: int | None
    period_left: int | None
    period_reopens_at: Instant | None
    refusal: str | None
    open_sessions: int
    handed_out_at: Instant | None
    print_is_stale: bool
    note: str


TicketPage: Final = list_of(Ticket)


def ticket_seen(view: TicketView) -> Ticket:
    """A ticket as it is answered. Not validated once more: a page has a thousand."""
    return Ticket.model_construct(**{name: getattr(view, name) for name in TicketView.__slots__})


class TicketChange(Request):
    """What staff want to remember of a ticket."""

    note: Text


class Sale(Request):
    """Of which offer a ticket is sold."""

    offer: Annotated[Whole, Field(ge=1)]


class Event(Schema):
    """Something that happened to a ticket. seconds: charged, or given back (then negative)."""

    at: Instant
    kind: str
    reason: str | None
    seconds: int | None
    session: int | None


class TicketFilters(Filters):
    """Which tickets."""

    state: State | None = None
    list: Id | None = None
    offer: Id | None = None
    handed_out: bool | None = None
    handout: Id | None = None
    batch: Id | None = None
    q: Annotated[Search | None, Field(description="a login, its last four characters, or a part of the note")] = None


def _seen(caller: Caller, ticket_id: int) -> TicketView:
    at = now()
    (view,) = services.show(caller, [ticket_id], keys=keys(), interim_interval=interim_interval(), now=at)
    return view


@router.get("", response=TicketPage, summary="Find tickets")
@allowed(Action.SEE_TICKET)
def list_tickets(request: HttpRequest, filters: Query[TicketFilters]) -> Schema:
    """In the order in which they were generated. Reading codes is written into the audit log."""
    caller, at = caller_of(request), now()
    page = ticket_pages.page(
        caller,
        filters.window,
        keys=keys(),
        interim_interval=interim_interval(),
        now=at,
        state=filters.state,
        ticket_list=filters.list,
        offer=filters.offer,
        handed_out=filters.handed_out,
        handout=filters.handout,
        batch=filters.batch,
        search=filters.q,
    )
    reading.record(caller, [view.id for view in page.items], now=at)
    shown = Page([ticket_seen(view) for view in page.items], page.count, page.next)
    return TicketPage.model_construct(**listed(shown))


@router.post("/sell", response={201: Ticket}, summary="Sell a ticket", openapi_extra=DESCRIBED)
@allowed(Action.SELL)
@once
def sell_ticket(request: HttpRequest, values: Sale) -> Status[Ticket]:
    """From stock, or made on the spot in the offer's list "Ventes"."""
    caller = caller_of(request)
    sold = sales.sell(caller, values.offer, keys=keys(), pace=pace())
    return Status(201, ticket_seen(_seen(caller, sold)))


@router.get("/{id}", response=Ticket, summary="Show a ticket")
@allowed(Action.SEE_TICKET)
def show_ticket(request: HttpRequest, id: Path[Id]) -> Any:
    """With what is left to it."""
    caller = caller_of(request)
    view = _seen(caller, id)
    reading.record(caller, [id], now=now())
    return view


@router.patch("/{id}", response=Ticket, summary="Note something on a ticket")
@allowed(Action.NOTE_TICKET)
def note_ticket(request: HttpRequest, id: Path[Id], values: TicketChange) -> Any:
    """A room, a name: what it is found by later."""
    caller = caller_of(request)
    services.set_note(caller, id, values.note, now=now())
    return _seen(caller, id)


@router.get("/{id}/events", response=list_of(Event), summary="A ticket's history")
@allowed(Action.SEE_TICKET)
def list_events(request: HttpRequest, id: Path[Id], filters: Query[Filters]) -> dict[str, Any]:
    """What happened to it, in order."""
    return listed(histories.page(caller_of(request), id, filters.window))


@router.post("/{id}/revoke", response=Ticket, summary="Revoke a ticket")
@allowed(Action.REVOKE_TICKET)
def revoke_ticket(request: HttpRequest, id: Path[Id]) -> Any:
    """Refused from now on, and disconnected."""
    caller = caller_of(request)
    services.revoke(caller, [id], interim_interval=interim_interval(), now=now())
    return _seen(caller, id)


@router.post("/{id}/restore", response=Ticket, summary="Undo a revocation")
@allowed(Action.RESTORE_TICKET)
def restore_ticket(request: HttpRequest, id: Path[Id]) -> Any:
    """As it was before."""
    caller = caller_of(request)
    services.restore(caller, [id], interim_interval=interim_interval(), now=now())
    return _seen(caller, id)


@router.post("/{id}/cancel-sale", response=Ticket, summary="Take a sale back")
@allowed(Action.CANCEL_SALE)
def cancel_sale(request: HttpRequest, id: Path[Id]) -> Any:
    """Within 30 seconds, and while the ticket is virgin."""
    caller = caller_of(request)
    sales.cancel(caller, id, now=now())
    return _seen(caller, id)
