"""What happens to a ticket's sessions beside their reports: superseded, capped, ended by the server's clock.

The rules are `domain.reservations`; here they meet the rows of a worksheet.
"""

from datetime import datetime, timedelta

from spotcoffee.domain.access_points import Accounting
from spotcoffee.domain.accounting import EndCause, Report, Status, Tariff, cap, charge
from spotcoffee.domain.reservations import is_capped_by, most_beside, most_without, supersede
from spotcoffee.domain.sessions import Session, advance
from spotcoffee.domain.units import Seconds, whole_seconds
from spotcoffee.services.worksheet import Worksheet


def settle_older(sheet: Worksheet, reservation: Session, *, organisation_id: int) -> Session:
    """Let a new Accept supersede its device's older reservations and cap its sessions elsewhere.

    What no report will end (accounting `none`) ends here. Answers the reservation with the session that it follows.
    """
    followed: Session | None = None
    for row in sheet.live_of(reservation.ticket_id):
        if row.device != reservation.device:
            continue
        if row.is_reservation:
            uncap_followed(sheet, row)
            sheet.put_session(supersede(row, at=reservation.since))
        elif sheet.access_point(row.access_point_id, organisation_id).accounting is Accounting.NONE:
            end_by_clock(sheet, row, at=reservation.since)
    for row in sheet.live_of(reservation.ticket_id):
        capped = set_cap(sheet, row, most_beside(row, [reservation]))
        if capped and (followed is None or (row.since, row.id) > (followed.since, followed.id)):
            followed = row
    return reservation if followed is None else reservation._replace(follows_id=followed.id)


def settle_beside(sheet: Worksheet, new: Session) -> None:
    """Once a report began a session: cap what its device has elsewhere, and itself beside newer Accepts."""
    sheet.session(new.ticket_id, new.follows_id)
    for other in sheet.sessions_of(new.ticket_id):
        if other.id != new.id:
            set_cap(sheet, other, most_beside(other, [new]))
    cap_beside_all(sheet, new)


def cap_beside_all(sheet: Worksheet, late: Session) -> None:
    """Cap a session of which nothing was known when its device was accepted elsewhere."""
    rows = sheet.sessions_of(late.ticket_id)
    set_cap(sheet, late, most_beside(late, rows))
    for row in rows:
        # One that still waits lifts its cap from the session that it follows, if nothing comes of it.
        if row.ended_at is None and row.is_reservation and is_capped_by(late, row):
            followed = sheet.session(row.ticket_id, row.follows_id)
            if followed is None or followed.since < late.since:
                sheet.put_session(row._replace(follows_id=late.id))


def uncap_followed(sheet: Worksheet, reservation: Session) -> None:
    """Undo the cap that a reservation laid on its device's session elsewhere, for no session followed."""
    followed = sheet.session(reservation.ticket_id, reservation.follows_id)
    if followed is not None:
        set_cap(sheet, followed, most_without(followed, reservation))


def set_cap(sheet: Worksheet, session: Session, most: Seconds | None) -> bool:
    """Set or lift (None) the most that a session may be charged, settle with its ticket; whether that changed."""
    if session.is_reservation or most == session.meter.most:
        return False
    last_second_at = (session.began_at or session.seen_at) + timedelta(seconds=session.meter.time)
    result = cap(session.meter, most, last_second_at=last_second_at)
    sheet.put_session(session._replace(meter=result.meter))
    sheet.pay(session.ticket_id, result)
    return True


def end_by_clock(sheet: Worksheet, session: Session, *, at: datetime, cause: EndCause = EndCause.OTHER) -> None:
    """End a session on equipment that reports nothing, charged by the server's clock.

    cause: what ended it, where that is known; the end of its time is seen here.
    """
    age, timeout = whole_seconds(session.age(at)), session.grant.session_timeout
    time = age if timeout is None else min(age, timeout)
    ended_at = (session.began_at or at) + timedelta(seconds=time)
    if time == timeout:
        cause = EndCause.SESSION_TIMEOUT
    stop = Report(status=Status.STOP, event_at=ended_at, session_time=time, end_cause=cause)
    result = charge(session.meter, stop, Tariff())
    sheet.put_session(advance(session, stop, result.meter))
    sheet.pay(session.ticket_id, result)
