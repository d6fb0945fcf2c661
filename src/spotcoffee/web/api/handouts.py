"""`/handouts`, and handing tickets of a list out: each is in one hand-out at a time."""

from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field, WithJsonSchema

from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.domain.permissions import Action
from spotcoffee.services import handouts as services
from spotcoffee.services import job_kinds, jobs, print_options, reading, ticket_lists
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict
from spotcoffee.services.idempotency import Claim, Stored
from spotcoffee.storage import models
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.files import CONTENT, file_of, has_file, streamed, wants_file
from spotcoffee.web.api.jobs import Job, job_seen
from spotcoffee.web.api.kinds import Filters, Flag, Id, Instant, Request, list_of, listed
from spotcoffee.web.api.once import DESCRIBED, HEADER, claim, once, replayed, written
from spotcoffee.web.surroundings import keys, now, pace, site
from spotcoffee.wording.documents import preview_file

router = Router(tags=["handouts"])
of_lists = Router(tags=["ticket-lists"])

# More tickets than these are a job for the worker.
MOST_AT_ONCE: Final = 10_000
_MOST_PREVIEWED: Final = 1_000


_FILE: Final[dict[str, Any]] = {"responses": {200: {"description": "The file", "content": CONTENT}}}
_FILE_OR_NOT: Final[dict[str, Any]] = {**DESCRIBED, "responses": {200: {"content": CONTENT}}}
_OPTIONS: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "layout": {
            "enum": list(print_options.LAYOUTS),
            "description": "pdf: columns x rows of an A4 sheet, default 3x8; one: a small card (A6) for each ticket",
        },
        "start_at": {"type": "integer", "minimum": 1, "description": "pdf: the first cell of the first sheet, from 1"},
        "cut_marks": {"type": "boolean", "description": "pdf: default true"},
        "paper": {"enum": list(print_options.PAPERS), "description": "receipt: width of the roll in mm, default 80"},
        "fields": {
            "type": "array",
            "items": {"enum": list(print_options.FIELDS)},
            "description": "pdf, receipt: what stands on a ticket beside its code; default: all there is room for",
        },
        "languages": {
            "type": "array",
            "items": {"enum": list(LANGUAGES)},
            "minItems": 1,
            "description": "pdf, receipt: the first leads; default: the organisation's",
        },
        "title": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "description": "pdf, receipt: the document's; default: the list's name",
        },
    },
}


class HandoutAdd(Request):
    """What is handed out, and how. mark false: a preview, without passwords and without whole codes.

    options: how tickets are printed; those of another format are refused.
    """

    format: Literal["csv", "xlsx", "pdf", "receipt"]
    only: Literal["not_handed_out", "unused", "all"] = "not_handed_out"
    profile: Literal["excel", "rfc4180"] = "rfc4180"
    mark: Flag = True
    options: Annotated[dict[str, Any], WithJsonSchema(_OPTIONS)] = Field(default_factory=dict)


class Handout(Schema):
    """Tickets that were taken together. offer: its name and parameters as they stood then.

    options: how they were printed, and what the list and the place were called.
    """

    id: int
    list: int | None
    format: str
    profile: str
    tickets: int
    at: Instant
    by: str
    offer: dict[str, Any]
    options: dict[str, Any]
    undone_at: Instant | None
    file_url: str | None


class Previewed(Schema):
    """A ticket that would be handed out. A login that opens the Wi-Fi alone is masked."""

    login: str
    password: None


class Preview(Schema):
    """What would be handed out: the first 1,000 tickets of so many."""

    items: list[Previewed]
    count: int


class HandoutFilters(Filters):
    """Which hand-outs."""

    list: Id | None = None


def _seen(record: models.Handout) -> Handout:
    return Handout(
        id=record.pk,
        list=record.list_id,
        format=record.format,
        profile=record.profile,
        tickets=record.count,
        at=record.at,
        by=record.by,
        offer=record.terms,
        options=record.options,
        undone_at=record.undone_at,
        file_url=f"/api/v1/handouts/{record.pk}/file" if has_file(record) else None,
    )


@of_lists.post(
    "/{id}/handouts",
    response={200: Preview, 201: Handout, 202: Job},
    summary="Hand tickets out",
    openapi_extra=_FILE_OR_NOT,
)
@allowed(Action.HAND_OUT)
def hand_out(request: HttpRequest, id: Path[Id], values: HandoutAdd) -> Any:
    """Takes the tickets and marks them. More than 10,000 are a job. With `mark` false nothing is taken (200): the first
    tickets as JSON, or with `Accept` of the format's media type the file as it would look, with dots for codes.
    """
    caller = caller_of(request)
    services.check(only=values.only, format=values.format, profile=values.profile, options=values.options)
    if not values.mark:
        if wants_file(request, values.format):
            return _preview_file(caller, id, values)
        return Status(200, _preview(caller, id, values))
    if _how_many(caller, id, values.only) > MOST_AT_ONCE:
        return _hand_out_later(request, id, values)
    claimed = claim(request) if HEADER in request.headers else None
    if isinstance(claimed, Stored):
        return replayed(claimed)
    try:
        return _take(caller, id, values, claimed)
    except BaseException:
        if claimed is not None:
            claimed.release()
        raise


def _take(caller: Caller, list_id: int, values: HandoutAdd, claimed: Claim | None) -> HttpResponseBase:
    def conclude(record: models.Handout) -> bool:
        if claimed is not None:
            claimed.conclude(201, written(Status(201, _seen(record))).content.decode())
        return True

    taken = services.take(
        caller,
        list_id,
        pace=pace(),
        only=values.only,
        format=values.format,
        profile=values.profile,
        options=values.options,
        conclude=conclude,
    )
    return written(Status(201, _seen(taken)))


@once
def _hand_out_later(request: HttpRequest, list_id: int, values: HandoutAdd) -> Status[Job]:
    caller = caller_of(request)
    asked = {"list": list_id, **values.dict(include={"only", "format", "profile", "options"})}
    total = _how_many(caller, list_id, values.only)
    job = jobs.add(caller, job_kinds.HAND_OUT, asked, total=total, now=now())
    return Status(202, job_seen(caller, job.pk))


def _how_many(caller: Caller, list_id: int, only: str) -> int:
    counted = ticket_lists.show(caller, list_id, now=now())
    return {"not_handed_out": counted.not_handed_out, "unused": counted.virgin}.get(only, counted.tickets)


def _preview(caller: Caller, list_id: int, values: HandoutAdd) -> Preview:
    found = services.preview(caller, list_id, only=values.only, keys=keys(), now=now())
    items = [Previewed(login=one.login, password=None) for one, _ in zip(found, range(_MOST_PREVIEWED), strict=False)]
    return Preview(items=items, count=_how_many(caller, list_id, values.only))


def _preview_file(caller: Caller, list_id: int, values: HandoutAdd) -> StreamingHttpResponse:
    source = ticket_lists.get(caller, list_id)
    count = min(_how_many(caller, list_id, values.only), _MOST_PREVIEWED)
    file = preview_file(
        source,
        services.blanks(source, count),
        format=values.format,
        profile=values.profile,
        options=values.options,
        now=now(),
        site=site(source.organisation),
    )
    return streamed(file)


@router.get("", response=list_of(Handout), summary="List hand-outs")
@allowed(Action.SEE_HANDOUT)
def list_handouts(request: HttpRequest, filters: Query[HandoutFilters]) -> dict[str, Any]:
    """Prints, exports and sales, the newest first."""
    page = services.page(caller_of(request), filters.window, ticket_list=filters.list)
    return {**listed(page), "items": [_seen(record) for record in page.items]}


@router.get("/{id}", response=Handout, summary="Show a hand-out")
@allowed(Action.SEE_HANDOUT)
def show_handout(request: HttpRequest, id: Path[Id]) -> Any:
    """When, by whom, and what stood on its tickets."""
    return _seen(services.get(caller_of(request), id))


@router.get("/{id}/file", summary="Read the file of a hand-out", openapi_extra=_FILE)
@allowed(Action.READ_HANDOUT)
def read_handout(request: HttpRequest, id: Path[Id]) -> StreamingHttpResponse:
    """Any number of times; each is written into the audit log."""
    caller = caller_of(request)
    record = services.get(caller, id)
    if record.undone_at is not None:
        raise Conflict("handout_undone", id=id)
    if not has_file(record) or record.list_id is None:
        raise Conflict("no_file_of_sale", id=id)
    answer = file_of(caller, record)
    reading.record_handout(caller, record.pk, record.count, now=now())
    return answer


@router.post("/{id}/undo", response=Handout, summary="Undo a hand-out")
@allowed(Action.UNDO_HANDOUT)
def undo_handout(request: HttpRequest, id: Path[Id]) -> Any:
    """Its tickets are given back, as if it had never been."""
    caller = caller_of(request)
    services.undo(caller, id, pace=pace())
    return _seen(services.get(caller, id))
