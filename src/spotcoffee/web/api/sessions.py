"""`/sessions`: who is online, who was, and what their equipment was told."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status

from spotcoffee.domain.devices import mac_or_text
from spotcoffee.domain.permissions import Action
from spotcoffee.services import session_log as services
from spotcoffee.services import tickets
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.kinds import Filters, Id, Instant, Search, list_of, listed
from spotcoffee.web.surroundings import interim_interval, now

router = Router(tags=["sessions"])


class Order(Schema):
    """Something the equipment was told, and what truly came of it."""

    kind: str
    reason: str
    state: str
    error_cause: int | None
    by: str
    created_at: Instant
    finished_at: Instant | None


class Session(Schema):
    """One session. time: as reported; charged_time: what the ticket paid of it."""

    id: int
    ticket: int
    access_point: int
    device: str
    address: str
    started_at: Instant | None
    updated_at: Instant
    ended_at: Instant | None
    end_cause: str | None
    time: int
    charged_time: int
    down: int
    up: int
    orders: list[Order]


class SessionFilters(Filters):
    """Which sessions."""

    open: bool | None = None
    access_point: Id | None = None
    ticket: Id | None = None
    device: Search | None = None


@router.get("", response=list_of(Session), summary="List sessions")
@allowed(Action.SEE_SESSION)
def list_sessions(request: HttpRequest, filters: Query[SessionFilters]) -> dict[str, Any]:
    """The newest first."""
    page = services.page(
        caller_of(request),
        filters.window,
        is_open=filters.open,
        access_point=filters.access_point,
        ticket=filters.ticket,
        device=None if filters.device is None else mac_or_text(filters.device),
    )
    return listed(page)


@router.get("/{id}", response=Session, summary="Show a session")
@allowed(Action.SEE_SESSION)
def show_session(request: HttpRequest, id: Path[Id]) -> Any:
    """With what was ordered of it."""
    return services.show(caller_of(request), id)


@router.post("/{id}/disconnect", response={202: Session}, summary="Disconnect a guest")
@allowed(Action.DISCONNECT)
def disconnect(request: HttpRequest, id: Path[Id]) -> Status[Any]:
    """The order is on its way; the outcome shows on the session."""
    caller = caller_of(request)
    tickets.disconnect(caller, id, interim_interval=interim_interval(), now=now())
    return Status(202, services.show(caller, id))
