"""Logins: load, decide, store. The same for a RADIUS packet, the portal and `spotcoffee login`."""

from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.accounting import Meter
from spotcoffee.domain.authorization import Accept, Decision, Reason, Reject, Request, authorize
from spotcoffee.domain.codes import masked, normalise
from spotcoffee.domain.credentials import Credentials, Proof, names, opens
from spotcoffee.domain.orders import OrderReason
from spotcoffee.domain.reservations import supersede
from spotcoffee.domain.sessions import Session, grant_of
from spotcoffee.domain.tickets import begin_lifetime
from spotcoffee.services.orders import order_disconnect
from spotcoffee.services.sessions import settle_older
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.keys import KeyRing, SealBroken
from spotcoffee.storage.queries.attempts import AttemptFacts
from spotcoffee.storage.queries.tickets import TicketFacts

# Where the equipment reports nothing, the Accept opens the session under a number of its own.
UNREPORTED: Final = ""
NOTHING_MOVED: Final = Meter()


class Login(NamedTuple):
    """One login as it arrived. acct_session_id: of a running session that asks again; None without."""

    access_point: AccessPoint
    login: str
    proof: Proof
    device: str
    source: str
    at: datetime
    acct_session_id: str | None = None


class LoginAnswer(NamedTuple):
    """What became of a login.

    session_id: the Accept that Class names; None for a Reject. zone: the offer's, None where no ticket was found.
    """

    decision: Decision
    ticket_id: int | None = None
    session_id: int | None = None
    zone: ZoneInfo | None = None


def find_keys(organisation_id: int, login: str, *, keys: KeyRing) -> tuple[int, ...]:
    """The numbers under which the ticket of a login may be found: as typed, and as a generated code is stored."""
    code = normalise(login)
    exact = keys.login_key(organisation_id, login)
    return (exact,) if code == login else (exact, keys.login_key(organisation_id, code))


def authorize_login(sheet: Worksheet, login: Login, *, keys: KeyRing, found_by: tuple[int, ...]) -> LoginAnswer:
    """Decide one login of a batch on its worksheet, and leave there what it changes."""
    ticket, credentials = _find(sheet, login.login, keys=keys, found_by=found_by)
    if ticket is None or credentials is None:
        answer = LoginAnswer(decision=Reject(Reason.UNKNOWN_TICKET))
    elif not opens(credentials, login.proof):
        answer = LoginAnswer(decision=Reject(Reason.WRONG_PASSWORD), ticket_id=ticket.id)
    else:
        answer = _decide(sheet, login, ticket, keys)
    _log(sheet, login, answer)
    return answer


def find_ticket(sheet: Worksheet, login: str, *, keys: KeyRing, found_by: tuple[int, ...]) -> TicketFacts | None:
    """The ticket of a login among the loaded ones."""
    return _find(sheet, login, keys=keys, found_by=found_by)[0]


def _find(
    sheet: Worksheet, login: str, *, keys: KeyRing, found_by: tuple[int, ...]
) -> tuple[TicketFacts | None, Credentials | None]:
    """The same with its credentials, which cost more to unseal than all else here."""
    for key in found_by:
        ticket = sheet.ticket_by_login_key(key)
        if ticket is not None and names(credentials := credentials_of(ticket, keys), login):
            return ticket, credentials
    return None, None


def credentials_of(ticket: TicketFacts, keys: KeyRing) -> Credentials:
    """A ticket's login and password in clear. Where the keys do not fit, ones that nothing opens."""
    try:
        password = None if ticket.password_sealed is None else keys.unseal(ticket.password_sealed)
        return Credentials(keys.unseal(ticket.login_sealed), password, ticket.exact)
    except SealBroken:
        return Credentials("\0", "\0", exact=True)


def _decide(sheet: Worksheet, login: Login, ticket: TicketFacts, keys: KeyRing) -> LoginAnswer:
    running = _running(login, sheet.live_of(ticket.id))
    decision = judge(sheet, login, ticket, session_began_at=running.began_at if running is not None else None)
    if isinstance(decision, Reject):
        return LoginAnswer(decision=decision, ticket_id=ticket.id, zone=sheet.terms_of(ticket).zone)
    if running is not None:
        named = running.id if running.accept_id is None else running.accept_id
        return LoginAnswer(decision=decision, ticket_id=ticket.id, session_id=named)
    session_id = _reserve(sheet, login, ticket, decision, keys)
    return LoginAnswer(decision=decision, ticket_id=ticket.id, session_id=session_id)


def judge(sheet: Worksheet, login: Login, ticket: TicketFacts, *, session_began_at: datetime | None = None) -> Decision:
    """The rule's answer to a login whose code is right. Changes nothing on the worksheet."""
    offer = sheet.offers[ticket.offer_id]
    return authorize(
        offer.terms,
        ticket.usage,
        request=Request(
            device=login.device,
            access_point=login.access_point,
            session_began_at=session_began_at,
            replaces=ticket.replace_until is not None and login.at < ticket.replace_until,
        ),
        offered_on=offer.access_points,
        presences=[sheet.presence(session, ticket) for session in sheet.live_of(ticket.id)],
        now=login.at,
    )


def _running(login: Login, live: list[Session]) -> Session | None:
    """The session that this request only asks about again; None when it is a new login."""
    for session in live:
        here = session.access_point_id == login.access_point.id
        if here and login.acct_session_id is not None and session.acct_session_id == login.acct_session_id:
            return session
        if here and login.access_point.reauthenticates and session.device == login.device:
            return session
    return None


def _reserve(sheet: Worksheet, login: Login, ticket: TicketFacts, accept: Accept, keys: KeyRing) -> int:
    """Write what an Accept leaves behind: the first login, the reservation, the end of the device's older ones."""
    if accept.replaced_device is not None:
        _replace_device(sheet, ticket, accept.replaced_device)
    if ticket.usage.first_login_at is None:
        sheet.put_usage(ticket.id, begin_lifetime(ticket.usage, sheet.terms_of(ticket), at=login.at))
    reports = login.access_point.accounting is not Accounting.NONE
    session_id = sheet.new_session_id()
    reservation = Session(
        id=session_id,
        ticket_id=ticket.id,
        access_point_id=login.access_point.id,
        device=login.device,
        source=login.source,
        acct_session_id=None if reports else UNREPORTED,
        accept_id=session_id,
        accepted_at=login.at,
        began_at=None if reports else login.at,
        seen_at=login.at,
        grant=grant_of(accept.limits, NOTHING_MOVED, age=0),
        # An order may have to say it.
        user_name_sealed=keys.seal(login.login) if login.access_point.can_disconnect else None,
    )
    _order_elsewhere(sheet, login, ticket)
    sheet.add_session(settle_older(sheet, reservation, organisation_id=ticket.organisation_id), ticket.organisation_id)
    return session_id


def _order_elsewhere(sheet: Worksheet, login: Login, ticket: TicketFacts) -> None:
    """A device that moved ends its sessions on other access points."""
    for session in sheet.live_of(ticket.id):
        if session.device == login.device and session.access_point_id != login.access_point.id:
            order_disconnect(sheet, session, OrderReason.MOVED.value)


def _replace_device(sheet: Worksheet, ticket: TicketFacts, device: str) -> None:
    sheet.put_ticket(sheet.tickets[ticket.id]._replace(replace_until=None))
    for session in sheet.live_of(ticket.id):
        if session.device == device:
            if session.is_reservation:
                sheet.put_session(supersede(session, at=sheet.now))
            else:
                order_disconnect(sheet, session, OrderReason.REPLACED.value)


def _log(sheet: Worksheet, login: Login, answer: LoginAnswer) -> None:
    refused = isinstance(answer.decision, Reject)
    sheet.log(
        AttemptFacts(
            organisation_id=login.access_point.organisation_id,
            access_point_id=login.access_point.id,
            at=login.at,
            device=login.device,
            ticket_id=answer.ticket_id,
            login=masked(login.login) if answer.ticket_id is None else "",
            reason=answer.decision.reason.value if isinstance(answer.decision, Reject) else "",
            session_id=None if refused else answer.session_id,
        )
    )
