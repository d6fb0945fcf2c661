"""A guest's login at the portal: decided beforehand, storing nothing, so that the reason is honest and at once.

The login itself comes through the equipment, by RADIUS. What was refused here is in the log of attempts all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.domain.authorization import Decision, Reason, Reject, balance_now
from spotcoffee.domain.codes import masked
from spotcoffee.domain.credentials import Typed, names, opens
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.orders import OrderReason
from spotcoffee.domain.tickets import Balance, State, state
from spotcoffee.services.authorization import Login, credentials_of, find_keys, find_ticket, judge
from spotcoffee.services.orders import order_disconnect
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Session
from spotcoffee.storage.queries import attempts, tickets
from spotcoffee.storage.queries.access_points import note_faults
from spotcoffee.storage.queries.attempts import AttemptFacts

# The fault that the RADIUS server notes for the same.
MANY_WRONG_CODES: Final = "many_wrong_codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks at the portal, and where. device: as the rules know it.

    access_points: all of the organisation, by id: no ticket has a session outside it.
    """

    access_point: AccessPoint
    access_points: Mapping[int, AccessPoint]
    device: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A ticket whose code was right. login, password: as its equipment is to be given them."""

    ticket_id: int
    login: str = field(repr=False)
    password: str = field(repr=False)
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a login would get now. known: None where the code is not right."""

    decision: Decision
    known: Known | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a ticket stands for one device. decision: what a login of the device would get now.

    is_on: whether the device has a session, or an Accept that waits for its report, on this access point.
    devices: how many are on. since: when the oldest of the others began, and where: for a guest who is refused.
    """

    known: Known
    decision: Decision
    state: State
    balance: Balance
    terms: Terms
    is_on: bool
    devices: int
    other_since: datetime | None = None
    other_access_point_id: int | None = None


def rehearse(asked: Asked, login: str, password: str, *, keys: KeyRing) -> Rehearsal:
    """Decide a login of a guest who typed this. Stores nothing but the attempt, where it is refused."""
    found_by = find_keys(asked.access_point.organisation_id, login, keys=keys)
    sheet = _sheet(asked)
    sheet.load(login_keys=found_by)
    ticket = find_ticket(sheet, login, keys=keys, found_by=found_by)
    if ticket is None:
        return _refused(asked, Reject(Reason.UNKNOWN_TICKET), login=login)
    credentials = credentials_of(ticket, keys)
    if not opens(credentials, Typed(password)):
        return _refused(asked, Reject(Reason.WRONG_PASSWORD), login=login, ticket_id=ticket.id)
    known = _known(sheet, ticket.id, keys)
    decision = judge(sheet, _login(asked), ticket)
    if isinstance(decision, Reject):
        return _refused(asked, decision, login=login, ticket_id=ticket.id, known=known)
    return Rehearsal(decision, known)


def find_known(asked: Asked, login: str, *, keys: KeyRing) -> int | None:
    """The ticket of a login that the equipment has proven to be on there; None where there is none."""
    found_by = find_keys(asked.access_point.organisation_id, login, keys=keys)
    facts = {ticket.login_key: ticket for ticket in tickets.load(login_keys=found_by)}
    for key in found_by:
        if key in facts and names(credentials_of(facts[key], keys), login):
            return facts[key].id
    return None


def standing(asked: Asked, ticket_id: int, *, keys: KeyRing) -> Standing | None:
    """How a ticket stands whose code was right before; None where there is none any more in this organisation."""
    sheet = _sheet(asked)
    sheet.load(ticket_ids=[ticket_id])
    ticket = sheet.tickets.get(ticket_id)
    if ticket is None or ticket.organisation_id != asked.access_point.organisation_id:
        return None
    live = sheet.live_of(ticket_id)
    here = [s for s in live if s.device == asked.device and s.access_point_id == asked.access_point.id]
    presences = [sheet.presence(session, ticket) for session in live]
    counted = [presence for presence in presences if presence.counts_at(asked.at)]
    oldest = min((p for p in counted if p.device != asked.device), key=lambda p: p.began_at, default=None)
    terms = sheet.terms_of(ticket)
    began_at = next((session.began_at for session in here if session.began_at is not None), None)
    return Standing(
        known=_known(sheet, ticket_id, keys),
        decision=judge(sheet, _login(asked), ticket, session_began_at=began_at),
        state=state(terms, ticket.usage, now=asked.at),
        balance=balance_now(terms, ticket.usage, presences, now=asked.at),
        terms=terms,
        is_on=bool(here),
        devices=len({presence.device for presence in counted}),
        other_since=oldest.began_at if oldest else None,
        other_access_point_id=oldest.access_point.id if oldest else None,
    )


def raise_alarm(asked: Asked) -> None:
    """Note, for staff to see, that very many wrong codes were typed at this access point."""
    point = asked.access_point
    note_faults({(point.id, point.organisation_id, MANY_WRONG_CODES): 1}, now=asked.at)


def was_let_in(asked: Asked, ticket_id: int, *, since: datetime) -> bool:
    """Whether a login of this device with this ticket was accepted since an instant."""
    accepted = Session.objects.filter(ticket_id=ticket_id, device=asked.device, accepted_at__gte=since)
    return accepted.exists()


def log_off(asked: Asked, ticket_id: int) -> bool:
    """Order the device's session off, as its guest asks. False where nothing can be ordered."""
    with transaction.atomic():
        sheet = _sheet(asked)
        sheet.load(ticket_ids=[ticket_id])
        ticket = sheet.tickets.get(ticket_id)
        if ticket is None or ticket.organisation_id != asked.access_point.organisation_id:
            return False
        own = [
            session
            for session in sheet.live_of(ticket_id)
            if session.device == asked.device and session.access_point_id == asked.access_point.id
        ]
        ordered = [order_disconnect(sheet, session, OrderReason.GUEST.value) for session in own]
        sheet.store()
    return any(ordered)


def _sheet(asked: Asked) -> Worksheet:
    return Worksheet(access_points=asked.access_points, now=asked.at)


def _login(asked: Asked) -> Login:
    return Login(
        access_point=asked.access_point, login="", proof=Typed(""), device=asked.device, source="", at=asked.at
    )


def _known(sheet: Worksheet, ticket_id: int, keys: KeyRing) -> Known:
    ticket = sheet.tickets[ticket_id]
    credentials = credentials_of(ticket, keys)
    password = credentials.login if credentials.password is None else credentials.password
    return Known(ticket_id=ticket_id, login=credentials.login, password=password, zone=sheet.terms_of(ticket).zone)


def _refused(
    asked: Asked, decision: Reject, *, login: str, ticket_id: int | None = None, known: Known | None = None
) -> Rehearsal:
    attempt = AttemptFacts(
        organisation_id=asked.access_point.organisation_id,
        access_point_id=asked.access_point.id,
        at=asked.at,
        device=asked.device,
        ticket_id=ticket_id,
        login=masked(login) if ticket_id is None else "",
        reason=decision.reason.value,
        session_id=None,
    )
    attempts.insert([attempt])
    return Rehearsal(decision, known)
