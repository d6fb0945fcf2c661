"""`/offers`: what is sold."""

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from spotcoffee.domain.periods import Period
from spotcoffee.domain.permissions import Action
from spotcoffee.services import impact as impacts
from spotcoffee.services import offers as services
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.kinds import (
    Filters,
    Flag,
    Id,
    Instant,
    Money,
    Request,
    Search,
    Text,
    Whole,
    left_out,
    list_of,
    listed,
)
from spotcoffee.web.api.once import DESCRIBED, once
from spotcoffee.web.surroundings import interim_interval, now

router = Router(tags=["offers"])

Ids = Annotated[list[Annotated[Whole, Field(ge=1)]], Field(max_length=10_000)]
Price = Annotated[str, Field(max_length=20)]


class OfferChange(Request):
    """Any of the fields of an offer. null: no limit."""

    name: Text = left_out()
    access_points: Ids = left_out()
    valid_from: Instant | None = left_out()
    valid_until: Instant | None = left_out()
    lifetime: Whole | None = left_out()
    session_duration: Whole | None = left_out()
    credit: Whole | None = left_out()
    period_limit: Whole | None = left_out()
    period: Period | None = left_out()
    idle_timeout: Whole | None = left_out()
    rate_down: Whole | None = left_out()
    rate_up: Whole | None = left_out()
    quota_down: Whole | None = left_out()
    quota_up: Whole | None = left_out()
    max_devices: Whole = left_out()
    price: Price | None = left_out()
    currency: Text | None = left_out()
    time_zone: Text | None = left_out()
    archived: Flag = left_out()


class OfferAdd(OfferChange):
    """The fields of a new offer."""

    name: Text
    access_points: Ids


class Warned(Schema):
    """What is accepted but surely surprises someone."""

    field: str
    code: str


class Offer(Schema):
    """One offer. lists, tickets: how many."""

    id: int
    name: str
    access_points: list[int]
    valid_from: Instant | None
    valid_until: Instant | None
    lifetime: int | None
    session_duration: int | None
    credit: int | None
    period_limit: int | None
    period: str | None
    idle_timeout: int | None
    rate_down: int | None
    rate_up: int | None
    quota_down: int | None
    quota_up: int | None
    max_devices: int
    price: Money | None
    currency: str | None
    time_zone: str | None
    archived: bool
    lists: int
    tickets: int
    warnings: list[Warned]


class FieldChange(Schema):
    """A field that would change."""

    field: str
    from_: Annotated[Any, Field(alias="from")]
    to: Any


class Impact(Schema):
    """What a change would do. not_enforceable_now: sessions that only notice at their next login."""

    tickets: int
    printed_tickets_now_wrong: int
    open_sessions: int
    not_enforceable_now: int
    fields: list[FieldChange]


class OfferFilters(Filters):
    """Which offers."""

    q: Search | None = None
    archived: bool | None = None


@router.get("", response=list_of(Offer), summary="List offers")
@allowed(Action.SEE_OFFER)
def list_offers(request: HttpRequest, filters: Query[OfferFilters]) -> dict[str, Any]:
    """In the order in which they were added. q: a part of the name."""
    page = services.page(caller_of(request), filters.window, search=filters.q, archived=filters.archived)
    return listed(page)


@router.post("", response={201: Offer}, summary="Add an offer", openapi_extra=DESCRIBED)
@allowed(Action.ADD_OFFER)
@once
def add_offer(request: HttpRequest, values: OfferAdd) -> Status[Offer]:
    """A ticket of it works on its access points alone."""
    caller = caller_of(request)
    added = services.add(caller, values.given(), now=now())
    return Status(201, Offer(**asdict(services.show(caller, added.pk))))


@router.get("/{id}", response=Offer, summary="Show an offer")
@allowed(Action.SEE_OFFER)
def show_offer(request: HttpRequest, id: Path[Id]) -> Any:
    """With how many lists and tickets it has."""
    return services.show(caller_of(request), id)


@router.patch("/{id}", response=Offer, summary="Change an offer")
@allowed(Action.CHANGE_OFFER)
def change_offer(request: HttpRequest, id: Path[Id], values: OfferChange) -> Any:
    """It holds at once for all tickets of the offer, and guests online are told; `impact` says what it does."""
    caller = caller_of(request)
    services.change(caller, id, values.given(), now=now())
    return services.show(caller, id)


@router.delete("/{id}", response={204: None}, summary="Delete an offer")
@allowed(Action.DELETE_OFFER)
def delete_offer(request: HttpRequest, id: Path[Id]) -> Status[None]:
    """Only one without lists; else archive it."""
    services.delete(caller_of(request), id, now=now())
    return Status(204, None)


@router.post("/{id}/impact", response=Impact, by_alias=True, summary="What a change of an offer would do")
@allowed(Action.SEE_OFFER)
def show_impact(request: HttpRequest, id: Path[Id], values: OfferChange) -> Any:
    """Nothing is changed."""
    found = impacts.of_offer(caller_of(request), id, values.given(), interim_interval=interim_interval(), now=now())
    return described(found)


def described(found: impacts.Impact) -> dict[str, Any]:
    """An impact as it is answered."""
    fields = [{"field": one.field, "from": one.before, "to": one.after} for one in found.fields]
    return {**asdict(found), "fields": fields}
