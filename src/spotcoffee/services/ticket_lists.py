"""Ticket lists: added, changed, bound to another offer, deleted, shown with their counts by state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Q

from spotcoffee.domain.codes import FORMATS
from spotcoffee.domain.tickets import State
from spotcoffee.services import audit, jobs, reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.fields import (
    Check,
    Faults,
    Values,
    flag,
    one_of,
    read_fields,
    require,
    text,
    unique,
    whole,
)
from spotcoffee.services.naming import find_named
from spotcoffee.services.paging import Page, Window, page_of
from spotcoffee.storage.models import Job, Offer, Ticket, TicketList
from spotcoffee.storage.queries import states

APPLY_BINDING: Final = "apply_binding"
NO_PASSWORD: Final = "none"  # noqa: S105 - the format of a list whose codes stand alone
DEFAULT_FORMAT: Final = "code10"
# More than this are deleted by no page's request.
MOST_DELETED: Final = 1_000

CHECKS: Final[Mapping[str, Check]] = {
    "name": text,
    "offer": partial(whole, least=1),
    "login_format": one_of(FORMATS),
    "password_format": one_of([NO_PASSWORD, *FORMATS]),
    "archived": flag,
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A saved list. follow_up: the job that carries a new binding to tickets and sessions; None where none follows."""

    ticket_list: TicketList
    follow_up: Job | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketListView:
    """A list as people and programs see it; names as in the API. not_handed_out: virgin ones that can go to a guest."""

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


def add(caller: Caller, values: Values, *, now: datetime) -> TicketList:
    """A new, empty list. Raises Invalid."""
    record = TicketList(
        organisation_id=caller.organisation_id,
        login_format=DEFAULT_FORMAT,
        password_format=NO_PASSWORD,
        created_at=now,
    )
    return _save(caller, record, values, require(values, ("name", "offer")), now=now)


def change(caller: Caller, list_id: int, values: Values, *, now: datetime) -> Changed:
    """Change any of its fields; another offer takes all its tickets along. Raises NotFound, Invalid."""
    with transaction.atomic():
        record = get(caller, list_id)
        bound_to = record.offer_id
        record = _save(caller, record, values, [], now=now)
        follow_up = None
        if record.offer_id != bound_to:
            follow_up = jobs.add(caller, APPLY_BINDING, {"list": record.pk}, total=0, now=now)
    return Changed(record, follow_up)


def _save(caller: Caller, record: TicketList, values: Values, faults: Faults, *, now: datetime) -> TicketList:
    read, unread = read_fields(values, CHECKS)
    is_new = record.pk is None
    columns = {"offer_id" if name == "offer" else name: value for name, value in read.items()}
    before = None if is_new else {name: getattr(record, name) for name in columns}
    with unique("name"), transaction.atomic():
        faults = faults + unread + _name_faults(record, read) + offer_faults(caller, record, read)
        if faults:
            raise Invalid(faults)
        for name, value in columns.items():
            setattr(record, name, value)
        if is_new:
            record.save(force_insert=True)
        else:
            record.save(update_fields=list(columns))
        action = "add" if is_new else "change"
        audit.record(caller, action, noun="ticket_list", noun_id=record.pk, before=before, after=columns, now=now)
    return record


def _name_faults(record: TicketList, read: Mapping[str, object]) -> Faults:
    same = TicketList.objects.filter(organisation_id=record.organisation_id, name=str(read.get("name", "")))
    return [("name", "taken")] if same.exclude(pk=record.pk).exists() else []


def offer_faults(caller: Caller, record: TicketList, read: Mapping[str, object]) -> Faults:
    """What keeps a list from being bound to the offer that is wanted."""
    if "offer" not in read or read["offer"] == record.offer_id:
        return []
    offer = Offer.objects.filter(reach.offers(caller), pk=int(str(read["offer"]))).first()
    if offer is None:
        return [("offer", "unknown")]
    return [("offer", "archived")] if offer.archived else []


def delete(caller: Caller, list_id: int, *, now: datetime) -> None:
    """Delete a list none of whose tickets was handed out or used. Raises NotFound, Conflict: archive it instead."""
    record = get(caller, list_id)
    tickets = Ticket.objects.filter(ticket_list=record)
    with transaction.atomic():
        if tickets.filter(Q(handed_out_at__isnull=False) | Q(first_login_at__isnull=False)).exists():
            raise Conflict("list_has_used_tickets", list=record.name)
        if record.batches.filter(ready=False).exists():
            raise Conflict("list_is_growing", list=record.name)
        if tickets[MOST_DELETED : MOST_DELETED + 1].exists():
            raise Conflict("list_has_too_many_tickets", list=record.name)
        before, number = {"name": record.name, "offer_id": record.offer_id}, record.pk
        record.delete()
        audit.record(caller, "delete", noun="ticket_list", noun_id=number, before=before, now=now)


def get(caller: Caller, list_id: int) -> TicketList:
    """The record of one of the caller's lists. Raises NotFound."""
    mine = TicketList.objects.select_related("offer__organisation").filter(reach.ticket_lists(caller))
    found = mine.filter(pk=list_id).first()
    if found is None:
        raise NotFound("no_such_list", id=list_id)
    return found


def find(caller: Caller, named: str) -> TicketList:
    """One of the caller's lists by its name or its id. Raises NotFound."""
    mine = TicketList.objects.select_related("offer__organisation").filter(reach.ticket_lists(caller))
    return find_named(mine, named, noun="list")


def show(caller: Caller, list_id: int, *, now: datetime) -> TicketListView:
    """One list. Raises NotFound."""
    return _views([get(caller, list_id)], now=now)[0]


def list_all(caller: Caller, *, now: datetime, archived: bool = True) -> list[TicketListView]:
    """The caller's lists by name. archived: those too."""
    records = TicketList.objects.filter(reach.ticket_lists(caller)).order_by("name", "pk")
    return _views(list(records if archived else records.filter(archived=False)), now=now)


def page(
    caller: Caller,
    window: Window,
    *,
    now: datetime,
    search: str | None = None,
    offer: int | None = None,
    archived: bool | None = None,
) -> Page[TicketListView]:
    """The caller's lists in the order in which they were added. search: a part of the name."""
    records = TicketList.objects.filter(reach.ticket_lists(caller))
    if search:
        records = records.filter(name__icontains=search)
    if offer is not None:
        records = records.filter(offer_id=offer)
    if archived is not None:
        records = records.filter(archived=archived)
    found = page_of(records, window)
    return Page(_views(list(found.items), now=now), found.count, found.next)


def _views(records: list[TicketList], *, now: datetime) -> list[TicketListView]:
    counted = states.count([record.pk for record in records], now=now)
    return [_view(record, counted[record.pk]) for record in records]


def _view(record: TicketList, counted: Mapping[State, tuple[int, int]]) -> TicketListView:
    by_state = {state.value: counted.get(state, (0, 0))[0] for state in State}
    virgin, handed_out = counted.get(State.VIRGIN, (0, 0))
    return TicketListView(
        id=record.pk,
        name=record.name,
        offer=record.offer_id,
        login_format=record.login_format,
        password_format=record.password_format,
        archived=record.archived,
        tickets=sum(by_state.values()),
        not_handed_out=virgin - handed_out,
        **by_state,
    )
