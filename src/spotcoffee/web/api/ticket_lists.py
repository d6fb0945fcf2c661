"""`/ticket-lists`: tickets that are generated, bound and handed out together."""

from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from spotcoffee.domain.permissions import Action
from spotcoffee.services import generation, impact, job_kinds, ticket_pages
from spotcoffee.services import ticket_lists as services
from spotcoffee.services.errors import Conflict
from spotcoffee.services.idempotency import Claim, Stored
from spotcoffee.storage.models import TicketBatch
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.jobs import Job, job_seen
from spotcoffee.web.api.kinds import Filters, Flag, Id, Request, Search, Text, Whole, left_out, list_of, listed
from spotcoffee.web.api.offers import Impact, described
from spotcoffee.web.api.once import DESCRIBED, HEADER, claim, once, written
from spotcoffee.web.api.tickets import Ticket, ticket_seen
from spotcoffee.web.surroundings import interim_interval, keys, now, pace

router = Router(tags=["ticket-lists"])

# More than these are a job for the worker.
MOST_AT_ONCE: Final = 10_000
LoginFormat = Literal["code8", "code10", "code12", "digits8", "digits10"]
PasswordFormat = Literal["none", "code8", "code10", "code12", "digits8", "digits10"]


class TicketListChange(Request):
    """Any of the fields of a list. offer: binding it to another one takes all its tickets along."""

    name: Text = left_out()
    offer: Whole = left_out()
    login_format: LoginFormat = left_out()
    password_format: PasswordFormat = left_out()
    archived: Flag = left_out()


class TicketListAdd(TicketListChange):
    """The fields of a new list."""

    name: Text
    offer: Whole


class TicketList(Schema):
    """One list, with how many of its tickets are in each state."""

    id: int
    name: str
    offer: int
    login_format: str
    password_format: str
    archived: bool
    tickets: int
    virgin: int
    started: int
    consumed: int
    expired: int
    revoked: int
    not_handed_out: int


class TicketListFilters(Filters):
    """Which lists."""

    q: Search | None = None
    offer: Id | None = None
    archived: bool | None = None


class Count(Request):
    """How many tickets to generate."""

    count: Annotated[Whole, Field(ge=1, le=generation.MOST_TICKETS)]


class Generated(Schema):
    """The new tickets."""

    items: list[Ticket]


@router.get("", response=list_of(TicketList), summary="List ticket lists")
@allowed(Action.SEE_LIST)
def list_ticket_lists(request: HttpRequest, filters: Query[TicketListFilters]) -> dict[str, Any]:
    """In the order in which they were added. q: a part of the name."""
    page = services.page(
        caller_of(request),
        filters.window,
        search=filters.q,
        offer=filters.offer,
        archived=filters.archived,
        now=now(),
    )
    return listed(page)


@router.post("", response={201: TicketList}, summary="Add a ticket list", openapi_extra=DESCRIBED)
@allowed(Action.ADD_LIST)
@once
def add_ticket_list(request: HttpRequest, values: TicketListAdd) -> Status[TicketList]:
    """It has no tickets yet."""
    caller = caller_of(request)
    added = services.add(caller, values.given(), now=now())
    return Status(201, TicketList(**asdict(services.show(caller, added.pk, now=now()))))


@router.get("/{id}", response=TicketList, summary="Show a ticket list")
@allowed(Action.SEE_LIST)
def show_ticket_list(request: HttpRequest, id: Path[Id]) -> Any:
    """With its counts by state."""
    return services.show(caller_of(request), id, now=now())


@router.patch("/{id}", response=TicketList, summary="Change a ticket list")
@allowed(Action.CHANGE_LIST)
def change_ticket_list(request: HttpRequest, id: Path[Id], values: TicketListChange) -> Any:
    """Formats hold for the next tickets; another offer for all of them at once."""
    caller = caller_of(request)
    services.change(caller, id, values.given(), now=now())
    return services.show(caller, id, now=now())


@router.delete("/{id}", response={204: None}, summary="Delete a ticket list")
@allowed(Action.DELETE_LIST)
def delete_ticket_list(request: HttpRequest, id: Path[Id]) -> Status[None]:
    """Only one none of whose tickets was handed out or used; else archive it."""
    services.delete(caller_of(request), id, now=now())
    return Status(204, None)


@router.post("/{id}/impact", response=Impact, by_alias=True, summary="What a change of a list would do")
@allowed(Action.SEE_LIST)
def show_list_impact(request: HttpRequest, id: Path[Id], values: TicketListChange) -> Any:
    """Nothing is changed."""
    caller = caller_of(request)
    return described(impact.of_list(caller, id, values.given(), interim_interval=interim_interval(), now=now()))


@router.post(
    "/{id}/tickets",
    response={201: Generated, 202: Job},
    summary="Generate tickets into a list",
    openapi_extra=DESCRIBED,
)
@allowed(Action.GENERATE)
def generate(request: HttpRequest, id: Path[Id], values: Count) -> Any:
    """All of them or none. More than 10,000 are a job."""
    if values.count > MOST_AT_ONCE:
        return _generate_later(request, id, values.count)
    claimed = claim(request) if HEADER in request.headers else None
    if isinstance(claimed, Stored):
        return _made(request, claimed.batch_id or 0)
    try:
        batch = _generate(request, id, values.count, claimed)
    except BaseException:
        if claimed is not None:
            claimed.release()
        raise
    return _made(request, batch.pk)


@once
def _generate_later(request: HttpRequest, list_id: int, count: int) -> Status[Job]:
    into = services.get(caller_of(request), list_id)
    if into.archived:
        raise Conflict("list_archived", list=into.name)
    job = job_kinds.add_generation(caller_of(request), list_id, count, now=now())
    return Status(202, job_seen(caller_of(request), job.pk))


def _generate(request: HttpRequest, list_id: int, count: int, claimed: Claim | None) -> TicketBatch:
    def conclude(batch: TicketBatch) -> bool:
        if claimed is not None:
            claimed.conclude(201, None, batch_id=batch.pk)
        return True

    return generation.generate(caller_of(request), list_id, count, keys=keys(), pace=pace(), conclude=conclude)


def _made(request: HttpRequest, batch_id: int) -> HttpResponse:
    views = ticket_pages.of_batch(
        caller_of(request), batch_id, keys=keys(), interim_interval=interim_interval(), now=now()
    )
    return written(Status(201, Generated.model_construct(items=[ticket_seen(view) for view in views])))
