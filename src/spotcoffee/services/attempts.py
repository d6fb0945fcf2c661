"""The authorisation log as people and programs see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from spotcoffee.domain.authorization import Reason
from spotcoffee.domain.codes import masked
from spotcoffee.services import reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.paging import Page, Window, page_of
from spotcoffee.storage.models import Attempt

# There is no index of unknown codes: this many attempts, the newest, are looked through.
_LOOKED_AT: Final = 1_000


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


def like(caller: Caller, login: str, *, since: datetime, most: int) -> list[AttemptView]:
    """The latest logins with unknown codes that begin or end as this one does: typed wrongly, perhaps."""
    begins, _, ends = masked(login).partition("…")
    newest = Attempt.objects.filter(reach.by_access_point(caller)).order_by("-pk")[:_LOOKED_AT]
    unknown = [record for record in newest if record.reason == Reason.UNKNOWN_TICKET.value and record.at >= since]
    alike = [record for record in unknown if _is_alike(record.login, begins, ends)]
    return [_view(record) for record in alike[:most]]


def _is_alike(login: str, begins: str, ends: str) -> bool:
    begun, _, ended = login.upper().partition("…")
    return bool(begins) and (begun == begins or ended == ends)


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
