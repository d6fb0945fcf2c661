"""openNDS asks: whom to let in (authmon), who is off again, and what our script on its box has to tell and to do.

Nothing that it says of a session is believed without proof. Our script proves itself by a hash over its payload and the
faskey. openNDS's own word that a device is off names a token that it alone knows; the token's hash was in the guest's
visit, and it has 32 bits only, so that this counts where the visit was encrypted (levels 2 and 3).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.db.models.query import QuerySet

from spotcoffee.domain.access_points import Equipment
from spotcoffee.domain.authorization import RESERVATION_LIFE
from spotcoffee.domain.sessions import Session
from spotcoffee.protocols.portals import opennds_authmon as authmon
from spotcoffee.protocols.portals.opennds import hid_of_token
from spotcoffee.protocols.portals.opennds_authmon import Ask, Client, Permit, Poll
from spotcoffee.protocols.portals.visits import Fault, VisitError
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.controller_reports import Told, begin, report
from spotcoffee.services.controller_rounds import has_orders
from spotcoffee.services.controllers import opennds_limits
from spotcoffee.services.errors import NotFound
from spotcoffee.services.outbox import SESSION_NOT_FOUND, OrderAnswer, OrderFacts, Outgoing, conclude, take_due
from spotcoffee.storage import models
from spotcoffee.storage.keys import KeyRing, SealBroken
from spotcoffee.storage.models import AccessPoint, Admission, Order
from spotcoffee.storage.queries.access_points import bump_version
from spotcoffee.storage.queries.orders import DISCONNECT

# What openNDS forgot when it started anew is at least this old: a guest can't make others' logins vanish by `clear`.
STALE: Final = timedelta(seconds=15)
# How exactly it is known when the box was last heard.
SEEN_STEP: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """One openNDS box that asks, and with what it is answered."""

    point: AccessPoint
    faskey: str
    keys: KeyRing
    interim_interval: int
    now: datetime


def answer(
    access_point_id: int, fields: Mapping[str, str], *, keys: KeyRing, interim_interval: int, now: datetime
) -> str:
    """The answer to a form of authmon or of our script. Raises NotFound, VisitError."""
    point = AccessPoint.objects.filter(
        pk=access_point_id, equipment=Equipment.OPENNDS.value, archived=False, portal_secret_sealed__isnull=False
    ).first()
    if point is None or point.portal_secret_sealed is None:
        raise NotFound("no_such_access_point", id=access_point_id)
    try:
        faskey = keys.unseal(bytes(point.portal_secret_sealed))
    except SealBroken as broken:
        raise NotFound("no_such_access_point", id=access_point_id) from broken
    poll = authmon.read_poll(fields)
    box = _Box(point=point, faskey=faskey, keys=keys, interim_interval=interim_interval, now=now)
    match poll.ask:
        case Ask.CLEAR:
            _saw_authmon(box)
            _waiting(box, poll).filter(made_at__lte=now - STALE).update(ended_at=now)
            return ""
        case Ask.VIEW:
            _saw_authmon(box)
            return _list(box, poll) if poll.wants_list else _let_in(box, poll)
        case Ask.LIST:
            _saw_authmon(box)
            return _list(box, poll)
        case Ask.DEAUTHED:
            _put_off(box, poll)
            return authmon.ACKNOWLEDGED
        case Ask.CUSTOM:
            return _script(box, poll)


def _saw_authmon(box: _Box) -> None:
    seen = box.point.authmon_seen_at
    if seen is None or box.now - seen >= SEEN_STEP:
        AccessPoint.objects.filter(pk=box.point.pk).update(authmon_seen_at=box.now, last_seen_at=box.now)


def _waiting(box: _Box, poll: Poll) -> QuerySet[Admission]:
    """The devices that this gateway has not let in yet."""
    recent = box.now - timedelta(seconds=RESERVATION_LIFE)
    return Admission.objects.filter(
        access_point_id=box.point.pk,
        ended_at=None,
        taken_at=None,
        made_at__gt=recent,
        fields__gatewayhash=poll.gateway_hash,
    )


def _list(box: _Box, poll: Poll) -> str:
    """Whom to let in: those first that were told least often, so that more than one poll holds get their turn."""
    waiting = list(_waiting(box, poll).order_by("tries", "pk")[: 4 * authmon.MOST_PERMITS])
    accepts = models.Session.objects.filter(pk__in=[one.session_id for one in waiting], ended_at=None)
    live = set(accepts.values_list("pk", flat=True))
    waiting = [one for one in waiting if one.session_id in live]
    text, told = authmon.auth_list(_permit(box, one) for one in waiting)
    Admission.objects.filter(pk__in=[one.pk for one in waiting[: len(told)]]).update(tries=F("tries") + 1)
    return text


def _permit(box: _Box, admission: Admission) -> Permit:
    limits = opennds_limits(admission.limits)
    custom = authmon.custom_of(limits, hid=admission.reference, faskey=box.faskey)
    return Permit(admission.fields["rhid"], limits, custom)


def _let_in(box: _Box, poll: Poll) -> str:
    hashes = poll.acknowledged()
    admissions = [one for one in _waiting(box, poll) if one.fields["rhid"] in hashes] if hashes else []
    if admissions:
        begin(admissions, keys=box.keys, interim_interval=box.interim_interval, now=box.now)
    return authmon.ACKNOWLEDGED


def _put_off(box: _Box, poll: Poll) -> None:
    """A device is off, for the reason that openNDS gives."""
    told = authmon.read_deauthed(poll.payload)
    admission = _of_token(box, told.token)
    if admission is None or admission.device != told.device:
        return
    if poll.proof or admission.fields.get("sealed") != "yes":
        _check_proof(box, poll)
    final = Told(admission=admission, time=told.lasted, down=told.down, up=told.up, cause=told.cause)
    report([final], keys=box.keys, interim_interval=box.interim_interval, now=box.now)
    _conclude(box, [admission.session_id], acknowledged=True)


def _of_token(box: _Box, token: str) -> Admission | None:
    """The newest admission of the client to whom openNDS gave this token."""
    found = Admission.objects.filter(access_point_id=box.point.pk, reference=hid_of_token(token))
    return found.order_by("-pk").first()


def _script(box: _Box, poll: Poll) -> str:
    """Our script tells who is on, and takes home whom to put off."""
    _check_proof(box, poll)
    listed = authmon.read_clients(poll.payload)
    _saw_script(box)
    admissions = _admissions_of(box, listed.clients)
    due = []
    for client in listed.clients:
        admission = admissions.get(client.token)
        if admission is not None and (admission.taken_at is None or admission.next_try_at <= box.now):
            lasted = max(0, listed.at - client.began_at)
            due.append(Told(admission=admission, time=lasted, down=client.down, up=client.up))
    report(due, keys=box.keys, interim_interval=box.interim_interval, now=box.now)
    return authmon.box_answer(_to_put_off(box, {client.device for client in listed.clients}))


def _check_proof(box: _Box, poll: Poll) -> None:
    if not authmon.is_proven(poll, box.faskey):
        raise VisitError(Fault.WRONG_SIGNATURE, "proof")


def _saw_script(box: _Box) -> None:
    seen = box.point.controller_seen_at
    if seen is None or box.now - seen >= SEEN_STEP:
        AccessPoint.objects.filter(pk=box.point.pk).update(controller_seen_at=box.now, last_seen_at=box.now)
    if seen is None:
        # From now on it takes orders, and reports: every server must know.
        bump_version()


def _admissions_of(box: _Box, clients: Sequence[Client]) -> dict[str, Admission]:
    """The admissions of these clients by their tokens, the newest of each; those that have ended in order left out."""
    tokens = {hid_of_token(client.token): client.token for client in clients}
    found = Admission.objects.filter(access_point_id=box.point.pk, reference__in=tokens, ended_at=None).order_by("pk")
    return {tokens[one.reference]: one for one in found}


def _to_put_off(box: _Box, devices: set[str]) -> list[str]:
    if not has_orders([box.point.pk]):
        return []
    points = all_access_points(box.interim_interval)
    outgoing = take_due([box.point.pk], access_points=points, build=_written, now=box.now, controlled=True)
    gone = [order for order in outgoing if _device(order) not in devices]
    _conclude(box, [order.session_id for order in gone], acknowledged=False)
    return [_device(order) for order in outgoing if _device(order) in devices]


def _written(order: OrderFacts, session: Session) -> bytes | None:
    """What is remembered of an order at its first sending; None for one that openNDS can't carry out."""
    return json.dumps(["deauth", session.device]).encode() if order.kind == DISCONNECT else None


def _device(order: Outgoing) -> str:
    return str(json.loads(order.packet)[1])


def _conclude(box: _Box, session_ids: Sequence[int], *, acknowledged: bool) -> None:
    """The orders to end these sessions are carried out, or were of no use: the box knows nothing of them any more."""
    waiting = Order.objects.filter(session_id__in=session_ids, kind=DISCONNECT, finished_at=None, tries__gt=0)
    answers = [
        OrderAnswer(
            order_id=order.pk,
            session_id=order.session_id,
            acknowledged=acknowledged,
            error_cause=None if acknowledged else SESSION_NOT_FOUND,
        )
        for order in waiting
    ]
    if answers:
        conclude(answers, access_points=all_access_points(box.interim_interval), now=box.now)
