"""What the worker does for each controller in turn: whom to let in, what to order, what the poll showed.

The HTTP itself is `servers.controllers`; here is what it starts from and what becomes of its answers.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from spotcoffee.domain.access_points import Accounting, Equipment
from spotcoffee.domain.accounting import EndCause
from spotcoffee.domain.authorization import RESERVATION_LIFE
from spotcoffee.domain.sessions import Grant, Session
from spotcoffee.domain.units import Seconds
from spotcoffee.protocols.portals.calls import Station
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.controller_reports import Told, age_of, begin, end_by_the_clock, report
from spotcoffee.services.outbox import CHANGE, SESSION_NOT_FOUND, OrderAnswer, OrderFacts, conclude, take_due
from spotcoffee.storage.keys import KeyRing, SealBroken
from spotcoffee.storage.models import AccessPoint, Admission, Order
from spotcoffee.storage.queries.access_points import note_faults

# Seconds until a controller that failed is asked again for the same device.
PAUSE: Final = 3
# A device that was let in may take this long to be listed as such.
SETTLING: Final[Seconds] = 20
# Faults of the account, not of the road to the controller.
_OF_THE_ACCOUNT: Final = frozenset({"wrong_password", "refused"})
_CONTROLLED: Final = (Equipment.UNIFI.value, Equipment.OMADA.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One access point's controller, and the account that the server has there."""

    access_point_id: int
    equipment: Equipment
    url: str
    user: str
    secret: str = field(repr=False)
    site: str
    controller: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What all steps are decided with. interim_interval: seconds, where an access point has none of its own."""

    keys: KeyRing
    interim_interval: int


@dataclass(frozen=True, slots=True)
class Instruction:
    """An order on its way. grant: the limits of a change; None: put the device off."""

    order_id: int
    session_id: int
    admission: Admission | None
    grant: Grant | None


def accounts(*, keys: KeyRing) -> list[Account]:
    """The controllers that are to be asked. One whose password does not open with these keys is left out."""
    points = AccessPoint.objects.filter(equipment__in=_CONTROLLED, archived=False).exclude(controller_url="")
    found = []
    for point in points.order_by("pk"):
        if point.controller_secret_sealed is None:
            continue
        try:
            secret = keys.unseal(bytes(point.controller_secret_sealed))
        except SealBroken:
            continue
        found.append(
            Account(
                access_point_id=point.pk,
                equipment=Equipment(point.equipment),
                url=point.controller_url,
                user=point.controller_user,
                secret=secret,
                site=point.controller_site,
                controller=point.controller_id,
                fingerprint=point.controller_fingerprint,
            )
        )
    return found


def heard(access_point_id: int, *, fault: str, now: datetime) -> None:
    """Note how the controller answered. fault: empty when it did as asked."""
    points = AccessPoint.objects.filter(pk=access_point_id)
    if not fault:
        points.update(controller_fault="", controller_seen_at=now, last_seen_at=now)
        return
    points.update(controller_fault=fault)
    owner = points.values_list("organisation_id", flat=True).first()
    if owner is not None:
        code = "controller.refused" if fault in _OF_THE_ACCOUNT else "controller.unreachable"
        note_faults({(access_point_id, owner, code): 1}, now=now)


# --- letting in


def take_waiting(access_point_id: int, *, now: datetime) -> list[Admission]:
    """The devices to ask the controller for now, each claimed: no other worker asks for it meanwhile."""
    recent = now - timedelta(seconds=RESERVATION_LIFE)
    waiting = Admission.objects.filter(
        access_point_id=access_point_id, ended_at=None, taken_at=None, made_at__gt=recent, next_try_at__lte=now
    )
    claimed = []
    for admission in waiting.order_by("pk")[:50]:
        mine = Admission.objects.filter(pk=admission.pk, taken_at=None, next_try_at=admission.next_try_at)
        if mine.update(next_try_at=now + timedelta(seconds=PAUSE), tries=F("tries") + 1):
            claimed.append(admission)
    return claimed


def let_in(admission: Admission, before: Station | None, settings: Settings, *, now: datetime) -> None:
    """The controller has let a device in. before: its volumes until then."""
    if before is not None:
        admission.raw_down, admission.raw_up = before.down, before.up
        admission.save(update_fields=["raw_down", "raw_up"])
    begin([admission], keys=settings.keys, interim_interval=settings.interim_interval, now=now)


def refused(admission: Admission, fault: str, settings: Settings, *, now: datetime) -> None:
    """The controller does not let a device in, and will not."""
    Admission.objects.filter(pk=admission.pk).update(fault=fault, ended_at=now)
    points = all_access_points(settings.interim_interval)
    point = points.get(admission.access_point_id)
    if point is None or point.accounting is not Accounting.NONE:
        return
    # There the Accept opened the session: nothing of it was used.
    end_by_the_clock(admission, at=admission.made_at, interim_interval=settings.interim_interval, now=now)


# --- orders


def instructions(access_point_ids: Collection[int], settings: Settings, *, now: datetime) -> list[Instruction]:
    """The orders to carry out now."""
    if not has_orders(access_point_ids):
        return []
    points = all_access_points(settings.interim_interval)
    outgoing = take_due(access_point_ids, access_points=points, build=_written, now=now, controlled=True)
    found = []
    for order in outgoing:
        accept_id, grant = json.loads(order.packet)
        admission = Admission.objects.filter(session_id=accept_id).first()
        found.append(Instruction(order.order_id, order.session_id, admission, Grant(**grant) if grant else None))
    return found


def has_orders(access_point_ids: Collection[int]) -> bool:
    """Whether any order waits for these: asked each second, so that no more is read than that."""
    return Order.objects.filter(finished_at=None, access_point_id__in=access_point_ids).exists()


def _written(order: OrderFacts, session: Session) -> bytes:
    """What is remembered of an order at its first sending: whose it is, and its limits."""
    grant = order.grant._asdict() if order.kind == CHANGE and order.grant is not None else None
    return json.dumps([session.accept_id or session.id, grant]).encode()


def carried_out(instruction: Instruction, settings: Settings, *, fault: str, now: datetime) -> None:
    """What the controller made of an order. fault: empty when it did as asked; "not_found": it knows no such device."""
    admission = instruction.admission
    if admission is not None and not fault:
        if instruction.grant is not None:
            changed = {name: value for name, value in instruction.grant._asdict().items() if name in admission.limits}
            Admission.objects.filter(pk=admission.pk).update(limits=admission.limits | changed)
        else:
            _end(admission, EndCause.DISCONNECTED, settings, now=now)
    answer = OrderAnswer(
        order_id=instruction.order_id,
        session_id=instruction.session_id,
        acknowledged=not fault,
        error_cause=SESSION_NOT_FOUND if fault == "not_found" else None,
    )
    conclude([answer], access_points=all_access_points(settings.interim_interval), now=now)


def left_of(grant: Grant, admission: Admission, *, now: datetime) -> Grant:
    """Limits that count from the session's start, as ones that count from now."""
    if grant.session_timeout is None:
        return grant
    return grant._replace(session_timeout=max(1, grant.session_timeout - age_of(admission, now=now)))


# --- what a poll shows


def running(access_point_id: int) -> list[Admission]:
    """The devices that were let in and have not ended."""
    return list(Admission.objects.filter(access_point_id=access_point_id, ended_at=None).exclude(taken_at=None))


def out_of_time(admissions: Sequence[Admission], *, now: datetime) -> list[Admission]:
    """Those whose session is over by the clock: the controller counts whole minutes."""
    return [
        admission
        for admission in admissions
        if (end := admission.limits.get("session_timeout")) is not None and age_of(admission, now=now) >= end
    ]


def settle(
    admissions: Sequence[Admission], stations: Mapping[str, Station], settings: Settings, *, now: datetime
) -> list[Admission]:
    """Bring a poll into the accounting. Answers whom to put off: without traffic for longer than allowed."""
    told, idle = [], []
    for admission in admissions:
        station = stations.get(admission.device)
        if station is not None and not station.is_authorized and age_of(admission, now=now) > SETTLING:
            _end(admission, EndCause.DISCONNECTED, settings, now=now)
            continue
        if station is not None:
            _count(admission, station, now=now)
        allowed = admission.limits.get("idle_timeout")
        if allowed is not None and now - (admission.moved_at or now) >= timedelta(seconds=allowed):
            idle.append(admission)
        elif admission.next_try_at <= now:
            told.append(_told(admission, now=now))
    report(told, keys=settings.keys, interim_interval=settings.interim_interval, now=now)
    return idle


def _count(admission: Admission, station: Station, *, now: datetime) -> None:
    """Add what moved since the last poll. A figure that fell has begun anew."""
    moved = []
    for raw, seen in ((admission.raw_down, station.down), (admission.raw_up, station.up)):
        moved.append(0 if raw is None else seen - raw if seen >= raw else seen)
    admission.down, admission.up = admission.down + moved[0], admission.up + moved[1]
    admission.raw_down, admission.raw_up = station.down, station.up
    # What comes in unasked keeps nobody on.
    if moved[1] > 0:
        admission.moved_at = now
    admission.save(update_fields=["down", "up", "raw_down", "raw_up", "moved_at"])


def put_off(admission: Admission, cause: EndCause, settings: Settings, *, now: datetime) -> None:
    """The controller has put a device off."""
    _end(admission, cause, settings, now=now)


def _end(admission: Admission, cause: EndCause, settings: Settings, *, now: datetime) -> None:
    final = replace(_told(admission, now=now), cause=cause)
    report([final], keys=settings.keys, interim_interval=settings.interim_interval, now=now)


def _told(admission: Admission, *, now: datetime) -> Told:
    age, end = age_of(admission, now=now), admission.limits.get("session_timeout")
    time = age if end is None else min(age, end)
    return Told(admission=admission, time=time, down=admission.down, up=admission.up)
