"""Reports: find the session, charge the ticket, decide its sessions again. rules.md, section 6."""

from enum import Enum
from typing import Final, NamedTuple

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.accounting import Oddity, Report, Status, Tariff, charge
from spotcoffee.domain.devices import device_of
from spotcoffee.domain.reservations import restore_first_login
from spotcoffee.domain.sessions import (
    Continue,
    Open,
    Origin,
    Session,
    Take,
    advance,
    begin,
    continues,
    is_final,
    lose,
    place,
)
from spotcoffee.domain.units import whole_seconds
from spotcoffee.services.authorization import find_ticket
from spotcoffee.services.orders import order_redecisions
from spotcoffee.services.sessions import cap_beside_all, settle_beside
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.queries import sessions
from spotcoffee.storage.queries.tickets import TicketFacts

# A clock that differs by less from the equipment's is no oddity.
CLOCK_TOLERANCE: Final = 60


class Outcome(Enum):
    """What became of a report; all are answered."""

    CHARGED = "charged"
    UNCHANGED = "unchanged"
    FINAL = "final"
    UNKNOWN_TICKET = "unknown_ticket"
    NOT_COUNTED = "not_counted"


class Arrival(NamedTuple):
    """One report as it arrived. login: the User-Name, for reports that no Class names."""

    access_point: AccessPoint
    login: str
    origin: Origin
    report: Report
    framed_address: str = ""


class Receipt(NamedTuple):
    """What became of a report, and what it shows about its access point."""

    outcome: Outcome
    oddity: Oddity | None = None


def load_recent(sheet: Worksheet, arrivals: list[Arrival], tickets: list[TicketFacts | None]) -> None:
    """Load the ended openings that reports without Class may belong to, where no open one fits."""
    wanted = set()
    for arrival, ticket in zip(arrivals, tickets, strict=True):
        origin = arrival.origin
        if ticket is None or _fits_open(arrival, sheet.live_of(ticket.id)):
            continue
        wanted.add((ticket.id, origin.access_point_id, origin.acct_session_id))
    if wanted:
        sheet.add_sessions(sessions.last_of(wanted, now=sheet.now))


def _fits_open(arrival: Arrival, live: list[Session]) -> bool:
    """Whether the session of a report is surely among the open ones: named by Class, or begun no later than they."""
    return any(
        session.id == arrival.origin.accept_id or continues(arrival.report, arrival.origin, session) for session in live
    )


def find_reported(
    sheet: Worksheet, arrival: Arrival, *, keys: KeyRing, found_by: tuple[int, ...]
) -> TicketFacts | None:
    """The ticket of a report: the one that its Class names, else the one of its User-Name."""
    accept_id = arrival.origin.accept_id
    ticket_id = None if accept_id is None else sheet.ticket_of_session(accept_id)
    if ticket_id in sheet.tickets:
        accept = sheet.session(ticket_id, accept_id)
        if accept is not None and accept.access_point_id == arrival.access_point.id:
            return sheet.tickets[ticket_id]
    return find_ticket(sheet, arrival.login, keys=keys, found_by=found_by)


def apply_report(sheet: Worksheet, arrival: Arrival, ticket: TicketFacts | None, *, keys: KeyRing) -> Receipt:
    """Apply one report of a batch on its worksheet, and leave there what it changes."""
    if ticket is None:
        return Receipt(Outcome.UNKNOWN_TICKET)
    if arrival.access_point.accounting is Accounting.NONE:
        return Receipt(Outcome.NOT_COUNTED, Oddity.CONTRADICTS_SETTING)
    session = _session_of(sheet, arrival, ticket, keys)
    if is_final(session):
        sheet.put_session(session._replace(ignored=session.ignored + 1))
        return Receipt(Outcome.FINAL)
    return _charge(sheet, arrival, ticket, session)


def _session_of(sheet: Worksheet, arrival: Arrival, ticket: TicketFacts, keys: KeyRing) -> Session:
    match place(arrival.report, arrival.origin, sheet.sessions_of(ticket.id)):
        case Continue(session):
            if session.ended_at is not None and not is_final(session):
                # It was not live when its device was accepted elsewhere since.
                sheet.load_later(session)
                cap_beside_all(sheet, session)
            return sheet.session(ticket.id, session.id) or session
        case Take(reservation):
            return _take(sheet, arrival, reservation)
        case Open(accept):
            return _open(sheet, arrival, ticket, accept, keys)


def _take(sheet: Worksheet, arrival: Arrival, reservation: Session) -> Session:
    if reservation.ending is not None:
        sheet.load_later(reservation)
    session = begin(
        reservation, arrival.report, arrival.origin, accept=reservation, framed_address=arrival.framed_address
    )
    sheet.put_session(session)
    return _begun(sheet, session)


def _open(sheet: Worksheet, arrival: Arrival, ticket: TicketFacts, accept: Session | None, keys: KeyRing) -> Session:
    row = Session(
        id=sheet.new_session_id(),
        ticket_id=ticket.id,
        access_point_id=arrival.access_point.id,
        device=_device(arrival),
        source=arrival.origin.source,
        seen_at=arrival.report.event_at,
    )
    session = begin(row, arrival.report, arrival.origin, accept=accept, framed_address=arrival.framed_address)
    sheet.add_session(_named(session, arrival, keys), ticket.organisation_id)
    return _begun(sheet, session)


def _named(session: Session, arrival: Arrival, keys: KeyRing) -> Session:
    """The session with what its equipment calls the guest, where an order may have to say it."""
    if not arrival.access_point.can_disconnect:
        return session
    return session._replace(user_name_sealed=keys.seal(arrival.login))


def _device(arrival: Arrival) -> str:
    origin = arrival.origin
    by_address = device_of("", arrival.framed_address, access_point_id=origin.access_point_id)
    return origin.device or by_address or f"?{origin.acct_session_id}"


def _begun(sheet: Worksheet, new: Session) -> Session:
    """Settle what a new session of a device means for its first login, its other sessions, and itself."""
    usage = sheet.tickets[new.ticket_id].usage
    restored = restore_first_login(usage, new)
    if restored != usage:
        sheet.put_usage(new.ticket_id, restored)
    settle_beside(sheet, new)
    for row in sheet.live_of(new.ticket_id):
        is_here = row.device == new.device and row.access_point_id == new.access_point_id
        if is_here and not row.is_reservation and row.id != new.id and row.since < new.since:
            sheet.put_session(lose(row, ended_at=max(row.seen_at, new.began_at or row.seen_at)))
    return sheet.session(new.ticket_id, new.id) or new


def _charge(sheet: Worksheet, arrival: Arrival, ticket: TicketFacts, session: Session) -> Receipt:
    report = arrival.report
    result = charge(session.meter, report, _tariff(sheet, arrival.access_point, ticket, session))
    changed = advance(session, report, result.meter)
    unchanged = result.is_nothing and changed.meter == session.meter and changed.ended_at == session.ended_at
    if unchanged and session.reports:
        changed = changed._replace(ignored=changed.ignored + 1)
    sheet.put_session(changed)
    sheet.pay(ticket.id, result)
    oddity = result.oddity or _too_much_time(changed, report) or _contradiction(arrival.access_point, changed, report)
    return Receipt(Outcome.UNCHANGED if unchanged else Outcome.CHARGED, oddity)


def _tariff(sheet: Worksheet, access_point: AccessPoint, ticket: TicketFacts, session: Session) -> Tariff:
    if access_point.idle_timeout_own is not None:
        idle: int | None = access_point.idle_timeout_own
    elif session.accept_id is not None:
        idle = session.grant.idle_timeout
    else:
        idle = sheet.terms_of(ticket).idle_timeout
    return Tariff(
        idle=idle,
        tail_excluded=access_point.idle_tail_excluded,
        rate_down=session.grant.rate_down,
        rate_up=session.grant.rate_up,
    )


def _too_much_time(session: Session, report: Report) -> Oddity | None:
    if session.accepted_at is None or report.session_time is None:
        return None
    passed = whole_seconds(report.event_at - session.accepted_at)
    return Oddity.MORE_TIME_THAN_PASSED if report.session_time > passed + CLOCK_TOLERANCE else None


def _contradiction(access_point: AccessPoint, session: Session, report: Report) -> Oddity | None:
    """Interims where none should come, or a whole long session without one where they should."""
    if access_point.accounting is Accounting.NO_INTERIM:
        return Oddity.CONTRADICTS_SETTING if report.status is Status.INTERIM else None
    silent = report.status is Status.STOP and session.reports <= 2 and session.ignored == 0
    long = (report.session_time or 0) > access_point.silence_allowed
    return Oddity.CONTRADICTS_SETTING if silent and long else None


def decide_again(sheet: Worksheet, ticket_ids: set[int]) -> None:
    """After the reports of a batch: order what their tickets' open sessions must be told."""
    for ticket_id in ticket_ids:
        order_redecisions(sheet, sheet.tickets[ticket_id])
