"""Letting guests in where there is no RADIUS: decided as a login from that access point, then asked of its equipment.

An admission is what was asked. openNDS fetches it (`opennds`), a controller is told by the worker
(`controller_rounds`); either way its reports come in by `controller_reports`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from django.db import transaction

from spotcoffee.domain.access_points import AccessPoint, Equipment
from spotcoffee.domain.authorization import RESERVATION_LIFE, Accept, Decision, Limits
from spotcoffee.domain.credentials import Typed
from spotcoffee.protocols.portals import opennds, opennds_authmon
from spotcoffee.protocols.portals.visits import Answer, Controller, Fault, Redirect, VisitError
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.authorization import Login, LoginAnswer
from spotcoffee.services.batches import Batch, decide
from spotcoffee.services.errors import Conflict
from spotcoffee.storage import models
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Admission

# Where reports of such sessions come from; there is no packet with an address.
SOURCE: Final = "controller"
# authmon asks each 10 s; after this long it is not there, and the guest's browser brings the hash itself.
AUTHMON_ALIVE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A guest whose code was right a moment ago, with what lets his device in. secret: of the portal (faskey)."""

    access_point: AccessPoint
    login: str = field(repr=False)
    password: str = field(repr=False)
    device: str
    controller: Controller
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the rules decided. answer: where the browser goes now; None: it waits until `progress` says THROUGH."""

    decision: Decision
    answer: Answer | None = None


class Progress(Enum):
    """How far an admission is."""

    WAITING = "waiting"
    THROUGH = "through"
    # The equipment refused, or could not be reached, or has not asked in two minutes.
    FAILED = "failed"


def admit(guest: Guest, *, keys: KeyRing, interim_interval: int, now: datetime) -> Admitted:
    """Decide a guest's login, and ask his equipment to let him in. Raises Conflict where it can't be asked."""
    point = models.AccessPoint.objects.get(pk=guest.access_point.id)
    if guest.access_point.equipment is not Equipment.OPENNDS and not point.is_controlled:
        raise Conflict("no_controller", access_point=point.name)
    access_points = all_access_points(interim_interval)
    login = Login(
        access_point=access_points.get(guest.access_point.id, guest.access_point),
        login=guest.login,
        proof=Typed(guest.password),
        device=guest.device,
        source=SOURCE,
        at=now,
    )
    with transaction.atomic():
        (answer,) = decide(Batch(items=[login], access_points=access_points, keys=keys, now=now))
        assert isinstance(answer, LoginAnswer)  # noqa: S101 - the answer to a Login
        if not isinstance(answer.decision, Accept) or answer.session_id is None:
            return Admitted(answer.decision)
        admission = _remember(guest, answer.session_id, answer.decision.limits, now=now)
    return Admitted(answer.decision, _answer(guest, admission, point, now=now))


def _remember(guest: Guest, session_id: int, limits: Limits, *, now: datetime) -> Admission:
    fields = dict(guest.controller.fields)
    before = Admission.objects.filter(access_point_id=guest.access_point.id, device=guest.device, ended_at=None)
    before.filter(taken_at=None).update(ended_at=now)
    # A device that reports nothing opens no session of its own twice: the Accept may be one that it has already.
    made, _ = Admission.objects.update_or_create(
        session_id=session_id,
        defaults={
            "organisation_id": guest.access_point.organisation_id,
            "access_point_id": guest.access_point.id,
            "device": guest.device,
            "reference": fields.get("hid") or guest.device,
            "fields": fields,
            "limits": limits._asdict(),
            "made_at": now,
            "next_try_at": now,
            "tries": 0,
            "fault": "",
            "taken_at": None,
            "ended_at": None,
        },
    )
    return made


def _answer(guest: Guest, admission: Admission, point: models.AccessPoint, *, now: datetime) -> Answer | None:
    if guest.access_point.equipment is not Equipment.OPENNDS:
        return None
    if point.authmon_seen_at is not None and now - point.authmon_seen_at < AUTHMON_ALIVE:
        return None
    if not guest.secret:
        raise VisitError(Fault.UNSIGNED, "faskey")
    custom = opennds_authmon.custom_of(opennds_limits(admission.limits), hid=admission.reference, faskey=guest.secret)
    return Redirect(opennds.auth_url(admission.fields, custom))


def opennds_limits(limits: Mapping[str, int | None]) -> opennds_authmon.Limits:
    """The limits of an Accept, as an admission keeps them, in openNDS's words."""
    return opennds_authmon.Limits(
        session=limits["session_timeout"],
        rate_up=limits["rate_up"],
        rate_down=limits["rate_down"],
        up=limits["up_left"],
        down=limits["down_left"],
    )


def progress(access_point_id: int, device: str, *, now: datetime) -> Progress:
    """How far the newest admission of a device is."""
    found = Admission.objects.filter(access_point_id=access_point_id, device=device).order_by("-pk").first()
    if found is None or (found.ended_at is not None and found.taken_at is None):
        return Progress.FAILED
    if found.taken_at is not None:
        return Progress.THROUGH
    has_lapsed = now - found.made_at >= timedelta(seconds=RESERVATION_LIFE)
    return Progress.FAILED if has_lapsed or found.fault else Progress.WAITING


def forget_old(*, now: datetime) -> int:
    """Drop admissions that nothing can come of any more."""
    before = now - timedelta(days=1)
    dropped, _ = Admission.objects.filter(ended_at__lt=before).delete()
    waiting, _ = Admission.objects.filter(taken_at=None, made_at__lt=before).delete()
    return dropped + waiting
