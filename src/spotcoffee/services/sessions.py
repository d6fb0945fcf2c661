"""What happens to a ticket's sessions beside their reports: superseded, capped, ended by the server's clock."""

from dataclasses import replace
from datetime import datetime, timedelta

from spotcoffee.domain.accounting import cap
from spotcoffee.domain.sessions import Ending, Session
from spotcoffee.domain.units import whole_seconds
from spotcoffee.services.worksheet import Worksheet


def supersede(sheet: Worksheet, reservation: Session, *, at: datetime) -> None:
    """Put a newer Accept of the same device in the place of a reservation."""
    uncap_followed(sheet, reservation)
    sheet.put_session(replace(reservation, ended_at=at, ending=Ending.SUPERSEDED))


def cap_session(sheet: Worksheet, session: Session, *, at: datetime) -> None:
    """Let a session be charged at most the age that it had at this instant."""
    set_cap(sheet, session, whole_seconds(session.age(at)))


def uncap_followed(sheet: Worksheet, reservation: Session) -> None:
    """Undo the cap that a reservation laid on its device's session elsewhere, for no session followed."""
    followed = sheet.session(reservation.ticket_id, reservation.follows_id)
    if followed is not None and followed.meter.most is not None:
        set_cap(sheet, followed, None)


def set_cap(sheet: Worksheet, session: Session, most: int | None) -> None:
    """Set or lift (None) the most that a session may be charged, and settle with its ticket."""
    charge = cap(session.meter, most, last_second_at=session.seen_at)
    sheet.put_session(replace(session, meter=charge.meter))
    sheet.pay(session.ticket_id, charge)


def end_unreported(sheet: Worksheet, session: Session, *, at: datetime) -> None:
    """End a session on equipment that reports nothing, charged by the server's clock."""
    timeout = session.grant.session_timeout
    spent = whole_seconds(session.age(at))
    time = spent if timeout is None else min(spent, timeout)
    ended_at = (session.began_at or at) + timedelta(seconds=time)
    charge = cap(replace(session.meter, time=time), session.meter.most, last_second_at=ended_at)
    sheet.put_session(
        replace(session, meter=charge.meter, ended_at=ended_at, seen_at=ended_at, ending=Ending.STOPPED)
    )
    sheet.pay(session.ticket_id, charge)
