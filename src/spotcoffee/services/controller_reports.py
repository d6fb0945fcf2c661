"""What controllers and openNDS tell of sessions, brought into the same accounting as RADIUS reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.accounting import WRAP, EndCause, Report, Status, Volume
from spotcoffee.domain.sessions import Origin
from spotcoffee.domain.units import Octets, Seconds, whole_seconds
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.batches import Batch, decide
from spotcoffee.services.controllers import SOURCE
from spotcoffee.services.sessions import end_by_clock
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Admission

# Running totals are written down this often, or as often as the access point's interval says.
EVERY_REPORT: Final[Seconds] = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of one admission's session now. time: seconds that it has lasted. cause: of its end, else None."""

    admission: Admission
    time: Seconds
    down: Octets
    up: Octets
    cause: EndCause | None = None


def begin(admissions: Sequence[Admission], *, keys: KeyRing, interim_interval: int, now: datetime) -> None:
    """The equipment has let these devices in: their sessions begin."""
    for admission in admissions:
        admission.taken_at = admission.moved_at = now
        admission.next_try_at = now + timedelta(seconds=EVERY_REPORT)
        admission.fault = ""
        admission.save(update_fields=["taken_at", "moved_at", "next_try_at", "fault"])
    started = [(admission, Report(status=Status.START, event_at=now, session_time=0)) for admission in admissions]
    _decide(started, keys=keys, interim_interval=interim_interval, now=now)


def report(told: Sequence[Told], *, keys: KeyRing, interim_interval: int, now: datetime) -> None:
    """Bring running totals, and final ones, into the accounting."""
    reports = []
    for one in told:
        admission = one.admission
        admission.next_try_at = now + timedelta(seconds=min(EVERY_REPORT, interim_interval))
        admission.down, admission.up = one.down, one.up
        admission.taken_at = admission.taken_at or now - timedelta(seconds=one.time)
        admission.ended_at = now if one.cause is not None else None
        admission.save(update_fields=["next_try_at", "down", "up", "taken_at", "ended_at"])
        reports.append((admission, _report(one, now)))
    _decide(reports, keys=keys, interim_interval=interim_interval, now=now)


def age_of(admission: Admission, *, now: datetime) -> Seconds:
    """How long an admission's session has lasted by the server's clock."""
    return whole_seconds(now - (admission.taken_at or now))


def _report(told: Told, now: datetime) -> Report:
    return Report(
        status=Status.INTERIM if told.cause is None else Status.STOP,
        event_at=now,
        session_time=told.time,
        down=_volume(told.down),
        up=_volume(told.up),
        end_cause=told.cause or EndCause.OTHER,
    )


def _volume(octets: Octets) -> Volume:
    gigawords, low = divmod(octets, WRAP)
    return Volume(low, gigawords)


def end_by_the_clock(
    admission: Admission,
    *,
    at: datetime,
    interim_interval: int,
    now: datetime,
    cause: EndCause = EndCause.OTHER,
) -> None:
    """End a session whose Accept opened it, for nothing is reported there; the server's clock charges it until `at`."""
    with transaction.atomic():
        sheet = Worksheet(access_points=all_access_points(interim_interval), now=now)
        sheet.load(session_ids={admission.session_id})
        ticket_id = sheet.ticket_of_session(admission.session_id)
        session = None if ticket_id is None else sheet.session(ticket_id, admission.session_id)
        if session is not None and session.ended_at is None:
            end_by_clock(sheet, session, at=max(at, session.began_at or at), cause=cause)
        sheet.store()


def _decide(
    reports: Sequence[tuple[Admission, Report]], *, keys: KeyRing, interim_interval: int, now: datetime
) -> None:
    points = all_access_points(interim_interval)
    items = []
    for admission, one in reports:
        point = points.get(admission.access_point_id)
        if point is not None and point.accounting is not Accounting.NONE:
            items.append(_arrival(admission, one, point))
        elif point is not None and one.status is Status.STOP:
            end_by_the_clock(admission, at=now, interim_interval=interim_interval, now=now, cause=one.end_cause)
    if items:
        decide(Batch(items=items, access_points=points, keys=keys, now=now))


def _arrival(admission: Admission, report: Report, access_point: AccessPoint) -> Arrival:
    return Arrival(
        access_point=access_point,
        login="",
        origin=Origin(
            access_point_id=access_point.id,
            source=SOURCE,
            acct_session_id=f"{admission.session_id:x}",
            device=admission.device,
            accept_id=admission.session_id,
        ),
        report=report,
        framed_address=admission.fields.get("address", ""),
    )
