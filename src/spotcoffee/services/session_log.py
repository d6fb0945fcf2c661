"""Sessions as people and programs see them: found, filtered, shown with what was ordered of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from spotcoffee.services import reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import NotFound
from spotcoffee.services.paging import Page, Window, page_of
from spotcoffee.storage.models import Order, Session

# Of one session on a page; older ones are in the ticket's history.
MOST_ORDERS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order to the equipment; names as in the API. error_cause: what equipment said that refused it."""

    kind: str
    reason: str
    state: str
    error_cause: int | None
    by: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session; names as in the API. time: as reported; charged_time: what the ticket paid of it."""

    id: int
    ticket: int
    access_point: int
    device: str
    address: str
    started_at: datetime | None
    updated_at: datetime
    ended_at: datetime | None
    end_cause: str | None
    time: int
    charged_time: int
    down: int
    up: int
    orders: list[OrderView]


def page(
    caller: Caller,
    window: Window,
    *,
    is_open: bool | None = None,
    access_point: int | None = None,
    ticket: int | None = None,
    device: str | None = None,
    tickets: Collection[int] | None = None,
) -> Page[SessionView]:
    """The sessions in reach, newest first. Reservations are none yet. tickets: of these; either they or the device."""
    found = _visible(caller)
    if is_open is not None:
        found = found.filter(ended_at__isnull=is_open)
    if access_point is not None:
        found = found.filter(access_point_id=access_point)
    if ticket is not None:
        found = found.filter(ticket_id=ticket)
    if tickets is not None:
        found = found.filter(Q(ticket_id__in=tickets) | Q(device=device))
    elif device is not None:
        found = found.filter(device=device)
    records = page_of(found, window, newest_first=True)
    return Page(_views(records.items), records.count, records.next)


def get(caller: Caller, session_id: int) -> Session:
    """The record of a session in reach. Raises NotFound."""
    found = _visible(caller).filter(pk=session_id).first()
    if found is None:
        raise NotFound("no_such_session", id=session_id)
    return found


def show(caller: Caller, session_id: int) -> SessionView:
    """One session. Raises NotFound."""
    return _views([get(caller, session_id)])[0]


def _visible(caller: Caller) -> QuerySet[Session]:
    return Session.objects.filter(reach.by_access_point(caller), acct_session_id__isnull=False)


def _views(records: Sequence[Session]) -> list[SessionView]:
    orders: dict[int, list[Order]] = {record.pk: [] for record in records}
    for order in Order.objects.filter(session_id__in=orders).order_by("pk"):
        orders[order.session_id].append(order)
    return [_view(record, orders) for record in records]


def _view(record: Session, orders: Mapping[int, list[Order]]) -> SessionView:
    return SessionView(
        id=record.pk,
        ticket=record.ticket_id,
        access_point=record.access_point_id,
        device=record.device,
        address=record.framed_address,
        started_at=record.began_at,
        updated_at=record.seen_at,
        ended_at=record.ended_at,
        end_cause=record.end_cause,
        time=record.time,
        charged_time=record.charged,
        down=record.down,
        up=record.up,
        orders=[_order(order) for order in orders[record.pk][-MOST_ORDERS:]],
    )


def _order(order: Order) -> OrderView:
    return OrderView(**{name: getattr(order, name) for name in OrderView.__slots__})
