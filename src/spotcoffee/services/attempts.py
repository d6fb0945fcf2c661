"""The authorisation log as people and programs see it."""

from dataclasses import dataclass
from datetime import datetime

from spotcoffee.services import reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.paging import Page, Window, page_of
from spotcoffee.storage.models import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One login. reason: None for an Accept. login: masked, and only where no ticket is known."""

    id: int
    at: datetime
    access_point: int
    device: str
    ticket: int | None
    login: str | None
    reason: str | None
    session: int | None


def page(
    caller: Caller,
    window: Window,
    *,
    access_point: int | None = None,
    reason: str | None = None,
    begin: datetime | None = None,
    end: datetime | None = None,
) -> Page[AttemptView]:
    """Logins in reach, newest first. reason: "accepted" for those that were. begin <= at < end."""
    found = Attempt.objects.filter(reach.by_access_point(caller))
    if access_point is not None:
        found = found.filter(access_point_id=access_point)
    if reason is not None:
        found = found.filter(reason="" if reason == "accepted" else reason)
    if begin is not None:
        found = found.filter(at__gte=begin)
    if end is not None:
        found = found.filter(at__lt=end)
    records = page_of(found, window, newest_first=True)
    return Page([_view(record) for record in records.items], records.count, records.next)


def refused_of(caller: Caller, ticket_id: int, *, most: int) -> list[AttemptView]:
    """The latest refused logins of a ticket in reach, newest first."""
    refused = Attempt.objects.filter(reach.by_access_point(caller), ticket_id=ticket_id).exclude(reason="")
    return [_view(record) for record in refused.order_by("-pk")[:most]]


def _view(record: Attempt) -> AttemptView:
    return AttemptView(
        id=record.pk,
        at=record.at,
        access_point=record.access_point_id,
        device=record.device,
        ticket=record.ticket_id,
        login=record.login or None,
        reason=record.reason or None,
        session=record.session_id,
    )
