"""What an Accept leaves behind: a reservation, and a cap on what its device is charged elsewhere.

A reservation waits for its first report, lapses, or gives way to a newer one (rules.md, section 4). "One device spends
one second per second" is section 6.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from spotcoffee.domain.accounting import EndCause
from spotcoffee.domain.authorization import RESERVATION_LIFE
from spotcoffee.domain.sessions import Ending, Session
from spotcoffee.domain.tickets import Usage
from spotcoffee.domain.units import Seconds, whole_seconds


def lapses_at(reservation: Session) -> datetime:
    """When a reservation that meets no report stops counting."""
    return reservation.since + timedelta(seconds=RESERVATION_LIFE)


def lapse(reservation: Session, *, at: datetime) -> Session:
    """The reservation once it has met no report in time."""
    return reservation._replace(ended_at=at, ending=Ending.LAPSED)


def supersede(reservation: Session, *, at: datetime) -> Session:
    """The reservation once its device was accepted again."""
    return reservation._replace(ended_at=at, ending=Ending.SUPERSEDED)


def is_ended_by_restart(row: Session, *, source: str, at: datetime) -> bool:
    """Whether an Accounting-On or Off of this event time ends a session, or drops a reservation.

    The access point must be the row's own.
    """
    return row.ended_at is None and row.source == source and row.seen_at < at


def restart(row: Session, *, at: datetime) -> Session:
    """The session, or the reservation, after its access point said that it restarted."""
    if row.is_reservation:
        return lapse(row, at=at)
    return row._replace(ended_at=at, ending=Ending.RESTARTED, end_cause=EndCause.ACCESS_POINT_RESTART)


def take_back_first_login(usage: Usage, rows: Iterable[Session]) -> Usage:
    """The usage after a reservation lapsed. rows: all that is left of the ticket's sessions and reservations.

    While no session followed any login, the first one is the oldest that still waits for its report.
    """
    rows = list(rows)
    if any(not row.is_reservation for row in rows):
        return usage
    waiting = [row.since for row in rows if row.ended_at is None]
    return usage._replace(first_login_at=min(waiting, default=None))


def restore_first_login(usage: Usage, session: Session) -> Usage:
    """The usage once a report has shown that this session did follow its login."""
    first = usage.first_login_at
    return usage._replace(first_login_at=session.since if first is None else min(first, session.since))


def is_capped_by(session: Session, accept: Session) -> bool:
    """Whether an Accept, or the session that came of it, bounds what this session of its device elsewhere costs."""
    elsewhere = accept.device == session.device and accept.access_point_id != session.access_point_id
    stands = not accept.is_reservation or accept.ended_at is None
    return elsewhere and stands and (accept.since, accept.id) > (session.since, session.id)


def most_beside(session: Session, accepts: Iterable[Session]) -> Seconds | None:
    """The most that a session may be charged beside these Accepts: never more than before. None: no cap."""
    ages = [_age(session, accept) for accept in accepts if is_capped_by(session, accept)]
    if session.meter.most is not None:
        ages.append(session.meter.most)
    return min(ages, default=None)


def most_without(session: Session, accept: Session) -> Seconds | None:
    """The most that a session may be charged once this Accept has led to nothing; an older one's cap stays."""
    most = session.meter.most
    return None if most == _age(session, accept) else most


def _age(session: Session, accept: Session) -> Seconds:
    return whole_seconds(session.age(accept.since))
