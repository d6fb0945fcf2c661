"""Tickets: found, shown with what is left, revoked and restored; their sessions disconnected."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.domain.authorization import Reject, Request, authorize
from spotcoffee.domain.codes import TAIL, normalise, tail
from spotcoffee.domain.orders import OrderReason
from spotcoffee.domain.tickets import COLOURS, Balance, Usage, balance, state
from spotcoffee.services import audit, reach
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.authorization import credentials_of, find_keys
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.fields import Unfit, text
from spotcoffee.services.orders import order_disconnect, order_redecisions
from spotcoffee.services.printed import is_stale
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Session, Ticket
from spotcoffee.storage.queries import tickets as queries
from spotcoffee.storage.queries.tickets import TicketFacts

# What one use case takes on at once.
MOST_AT_ONCE: Final = 1_000
MOST_FOUND: Final = 50
_LONGEST_SEARCH: Final = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """A ticket as people and programs see it; names as in the API. refusal: what a login would get now."""

    id: int
    login: str
    password: str | None
    list: int
    offer: int
    state: str
    colour: str
    first_login_at: datetime | None
    expires_at: datetime | None
    used_time: int
    used_down: int
    used_up: int
    left_time: int | None
    left_down: int | None
    left_up: int | None
    credit_left: int | None
    period_left: int | None
    period_reopens_at: datetime | None
    refusal: str | None
    open_sessions: int
    handed_out_at: datetime | None
    print_is_stale: bool
    note: str


def find(caller: Caller, searched: str, *, keys: KeyRing) -> list[int]:
    """The tickets with this login, or whose login ends in these four characters; the newest first, at most 50."""
    wanted = searched.strip()
    if not wanted or len(wanted) > _LONGEST_SEARCH:
        return []
    own = _visible(caller)
    by_login = own.filter(login_key__in=find_keys(caller.organisation_id, wanted, keys=keys))
    found = list(by_login.values_list("pk", flat=True))
    if found or len(normalise(wanted)) != TAIL:
        return found
    alike = own.filter(login_key__range=keys.tail_range(caller.organisation_id, normalise(wanted)))
    # The range holds others too: the end decides.
    sealed = alike.order_by("-pk").values_list("pk", "login_sealed").iterator(chunk_size=500)
    for key, login in sealed:
        if tail(keys.unseal(bytes(login))) == normalise(wanted):
            found.append(key)
        if len(found) == MOST_FOUND:
            break
    return found


def show(
    caller: Caller, ticket_ids: Sequence[int], *, keys: KeyRing, interim_interval: int, now: datetime
) -> list[TicketView]:
    """These tickets, in this order, codes in clear. Raises NotFound when one is not the caller's."""
    records = _get(caller, ticket_ids)
    points = all_access_points(interim_interval)
    sheet = Worksheet(access_points=points, now=now)
    sheet.load(ticket_ids=ticket_ids)
    return [_view(sheet, records[key], keys) for key in ticket_ids]


def _view(sheet: Worksheet, record: Ticket, keys: KeyRing) -> TicketView:
    ticket = sheet.tickets[record.pk]
    terms, usage = sheet.terms_of(ticket), ticket.usage
    credentials = credentials_of(ticket, keys)
    now_is = state(terms, usage, now=sheet.now)
    remains = balance(terms, usage, now=sheet.now)
    handout = record.handout
    return TicketView(
        id=record.pk,
        login=credentials.login,
        password=credentials.password,
        list=record.ticket_list_id,
        offer=ticket.offer_id,
        state=now_is.value,
        colour=COLOURS[now_is].value,
        first_login_at=usage.first_login_at,
        refusal=_refusal(sheet, ticket),
        open_sessions=sum(not session.is_reservation for session in sheet.live_of(ticket.id)),
        handed_out_at=record.handed_out_at,
        print_is_stale=handout is not None and is_stale(handout.terms, record.ticket_list.offer),
        note=record.note,
        **_used(usage),
        **_left(remains),
    )


def _used(usage: Usage) -> dict[str, Any]:
    return {"used_time": usage.used_time, "used_down": usage.used_down, "used_up": usage.used_up}


def _left(remains: Balance) -> dict[str, Any]:
    return {
        "expires_at": remains.expires_at,
        "left_time": remains.time,
        "left_down": remains.down,
        "left_up": remains.up,
        "credit_left": remains.credit,
        "period_left": remains.period,
        "period_reopens_at": remains.period_reopens_at,
    }


def _refusal(sheet: Worksheet, ticket: TicketFacts) -> str | None:
    """What one more device would get now on an access point of the offer; None: an Accept."""
    offer = sheet.offers[ticket.offer_id]
    at = next((sheet.access_points[key] for key in sorted(offer.access_points) if key in sheet.access_points), None)
    decision = authorize(
        offer.terms,
        ticket.usage,
        request=Request(device="", access_point=at or AccessPoint(id=0, organisation_id=ticket.organisation_id)),
        offered_on=offer.access_points,
        presences=[sheet.presence(session, ticket) for session in sheet.live_of(ticket.id)],
        now=sheet.now,
    )
    return decision.reason.value if isinstance(decision, Reject) else None


def revoke(caller: Caller, ticket_ids: Collection[int], *, interim_interval: int, now: datetime) -> int:
    """Refuse tickets from now on, and order their sessions off. Answers how many were not revoked before."""
    return _set_revoked(caller, ticket_ids, now, interim_interval=interim_interval, now=now)


def restore(caller: Caller, ticket_ids: Collection[int], *, interim_interval: int, now: datetime) -> int:
    """Undo `revoke`. Answers how many were revoked."""
    return _set_revoked(caller, ticket_ids, None, interim_interval=interim_interval, now=now)


def _set_revoked(
    caller: Caller, ticket_ids: Collection[int], at: datetime | None, *, interim_interval: int, now: datetime
) -> int:
    _get(caller, ticket_ids)
    with transaction.atomic():
        queries.lock(ticket_ids)
        others = Ticket.objects.filter(pk__in=ticket_ids, revoked_at__isnull=at is not None)
        moved = sorted(others.values_list("pk", flat=True))
        Ticket.objects.filter(pk__in=moved).update(revoked_at=at)
        sheet = Worksheet(access_points=all_access_points(interim_interval), now=now)
        sheet.load(ticket_ids=moved)
        for ticket in list(sheet.tickets.values()):
            order_redecisions(sheet, ticket)
        sheet.store()
        for key in moved:
            audit.record(caller, "restore" if at is None else "revoke", noun="ticket", noun_id=key, now=now)
    return len(moved)


def set_note(caller: Caller, ticket_id: int, note: object, *, now: datetime) -> None:
    """What staff want to remember of a ticket. Raises NotFound, Invalid."""
    (record,) = _get(caller, [ticket_id]).values()
    try:
        line = text(note, most=500, least=0)
    except Unfit as unfit:
        raise Invalid([("note", unfit.code)]) from unfit
    with transaction.atomic():
        Ticket.objects.filter(pk=ticket_id).update(note=line)
        before, after = {"note": record.note}, {"note": line}
        audit.record(caller, "change", noun="ticket", noun_id=ticket_id, before=before, after=after, now=now)


def disconnect(caller: Caller, session_id: int, *, interim_interval: int, now: datetime) -> None:
    """Order a session off. Raises NotFound, Conflict when it has ended or its equipment takes no orders."""
    if not Session.objects.filter(reach.by_access_point(caller), pk=session_id).exists():
        raise NotFound("no_such_session", id=session_id)
    with transaction.atomic():
        sheet = Worksheet(access_points=all_access_points(interim_interval), now=now)
        sheet.load(session_ids=[session_id])
        ticket_id = sheet.ticket_of_session(session_id)
        session = None if ticket_id is None else sheet.session(ticket_id, session_id)
        if session is None or session.ended_at is not None:
            raise Conflict("session_has_ended", id=session_id)
        if not order_disconnect(sheet, session, OrderReason.STAFF.value, by=caller.by):
            raise Conflict("takes_no_orders", id=session_id)
        sheet.store()
        audit.record(caller, "disconnect", noun="session", noun_id=session_id, now=now)


def get(caller: Caller, ticket_id: int) -> Ticket:
    """The record of a ticket in reach. Raises NotFound."""
    return _get(caller, [ticket_id])[ticket_id]


def in_reach(caller: Caller, ticket_ids: Collection[int]) -> list[int]:
    """Those of these tickets that the caller may see, in order of their ids."""
    return list(_visible(caller).filter(pk__in=ticket_ids).order_by("pk").values_list("pk", flat=True))


def _visible(caller: Caller) -> QuerySet[Ticket]:
    return Ticket.objects.filter(reach.tickets(caller), batch__ready=True)


def _get(caller: Caller, ticket_ids: Collection[int]) -> dict[int, Ticket]:
    """The records of these tickets of the caller, by id. Raises NotFound, Invalid."""
    if len(ticket_ids) > MOST_AT_ONCE:
        raise Invalid([("tickets", "too_many")])
    named = _visible(caller).filter(pk__in=ticket_ids)
    found = {record.pk: record for record in named.select_related("handout", "ticket_list__offer__organisation")}
    missing = next((key for key in ticket_ids if key not in found), None)
    if missing is not None:
        raise NotFound("no_such_ticket", id=missing)
    return found
