"""What no packet brings about: reservations that lapse, sessions that are lost, equipment that starts anew.

Each step is one short transaction, so that no guest waits behind a sweep.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.authorization import RESERVATION_LIFE
from spotcoffee.domain.reservations import is_ended_by_restart, lapse, lapses_at, take_back_first_login
from spotcoffee.domain.reservations import restart as end_by_restart
from spotcoffee.domain.sessions import Session, lose, lost_at
from spotcoffee.services.retention import KEPT
from spotcoffee.services.sessions import end_by_clock, uncap_followed
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.queries import sessions
from spotcoffee.storage.queries.access_points import note_faults

STEP: Final = 200
FELL_SILENT: Final = "fell_silent"
START: Final = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What a sweep decides with. able_since: from when on this server could hear each access point, by id."""

    access_points: Mapping[int, AccessPoint]
    able_since: Mapping[int, datetime]
    now: datetime


def sweep_step(sweep: Sweep, after: tuple[int, int]) -> tuple[tuple[int, int] | None, int]:
    """Look at the next open sessions and close those that are lost or lapsed.

    Answers where to go on, None at the end, and how many were closed.
    """
    least = min((point.silence_allowed for point in sweep.access_points.values()), default=RESERVATION_LIFE)
    seen_before = sweep.now - timedelta(seconds=min(least, RESERVATION_LIFE))
    page = sessions.open_ids(seen_before=seen_before, after=after, limit=STEP)
    if not page:
        return None, 0
    due = [session for _, _, session in page if _is_due(sweep, session)]
    _close(due, sweep.access_points, sweep.now, lambda session: _is_due(sweep, session), _sweep_one)
    _note_silence(sweep, due)
    return (page[-1][0], page[-1][1]) if len(page) == STEP else None, len(due)


def _note_silence(sweep: Sweep, due: Sequence[Session]) -> None:
    """Write down where sessions were lost: an access point that is not heard after that has fallen silent."""
    points = (sweep.access_points[session.access_point_id] for session in due if not session.is_reservation)
    lost = Counter(
        (point.id, point.organisation_id, FELL_SILENT) for point in points if point.accounting is not Accounting.NONE
    )
    if lost:
        note_faults(lost, now=sweep.now)


def _is_due(sweep: Sweep, session: Session) -> bool:
    access_point = sweep.access_points.get(session.access_point_id)
    able_since = sweep.able_since.get(session.access_point_id)
    if access_point is None or able_since is None:
        return False
    if session.is_reservation:
        return sweep.now >= lapses_at(session)
    heard_for = sweep.now - able_since
    # Silence counts only while we could have heard something.
    if access_point.accounting is Accounting.FULL and heard_for < timedelta(seconds=access_point.silence_allowed):
        return False
    return sweep.now >= lost_at(session, access_point)


def _sweep_one(sheet: Worksheet, session: Session) -> None:
    ticket = sheet.tickets[session.ticket_id]
    access_point = sheet.access_point(session.access_point_id, ticket.organisation_id)
    if session.is_reservation:
        _lapse(sheet, session, at=sheet.now)
    elif access_point.accounting is Accounting.NONE:
        end_by_clock(sheet, session, at=sheet.now)
    else:
        sheet.put_session(lose(session, ended_at=session.seen_at))


def _lapse(sheet: Worksheet, reservation: Session, *, at: datetime) -> None:
    """Drop a reservation that met no report: what it changed is taken back, a late report restores it."""
    uncap_followed(sheet, reservation)
    sheet.put_session(lapse(reservation, at=at))
    usage = sheet.tickets[reservation.ticket_id].usage
    # A first login that is older had sessions, which are not kept any more.
    recent = usage.first_login_at is not None and usage.first_login_at > at - KEPT
    if recent and not sessions.any_taken([reservation.ticket_id]):
        sheet.put_usage(reservation.ticket_id, take_back_first_login(usage, sheet.live_of(reservation.ticket_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """An Accounting-On or -Off. access_point_ids: those that its sender speaks for."""

    access_point_ids: Collection[int]
    source: str
    event_at: datetime

    def ends(self, session: Session) -> bool:
        """Whether this session, or reservation, was heard of before the equipment started anew."""
        here = session.access_point_id in self.access_point_ids
        return here and is_ended_by_restart(session, source=self.source, at=self.event_at)


def restart(event: Restart, *, access_points: Mapping[int, AccessPoint], now: datetime) -> int:
    """End what equipment that started anew had open. Answers how many sessions and reservations."""

    def end(sheet: Worksheet, session: Session) -> None:
        if session.is_reservation:
            _lapse(sheet, session, at=event.event_at)
        else:
            sheet.put_session(end_by_restart(session, at=event.event_at))

    after, ended = START, 0
    while page := sessions.open_ids(seen_before=event.event_at, after=after, limit=1000):
        after = (page[-1][0], page[-1][1])
        due = [session for _, _, session in page if event.ends(session)]
        for start in range(0, len(due), STEP):
            _close(due[start : start + STEP], access_points, now, event.ends, end)
        ended += len(due)
    return ended


def _close(
    due: Sequence[Session],
    access_points: Mapping[int, AccessPoint],
    now: datetime,
    is_due: Callable[[Session], bool],
    end: Callable[[Worksheet, Session], None],
) -> None:
    """Close sessions in one transaction, each looked at again once its ticket is locked."""
    if not due:
        return
    with transaction.atomic():
        sheet = Worksheet(access_points=access_points, now=now)
        sheet.load(ticket_ids={session.ticket_id for session in due})
        for session in due:
            locked = sheet.session(session.ticket_id, session.id) if session.ticket_id in sheet.tickets else None
            if locked is not None and locked.ended_at is None and is_due(locked):
                end(sheet, locked)
        sheet.store()
