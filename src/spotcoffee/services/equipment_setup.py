"""Setting equipment up: the texts to copy for an access point, its controller's account, and what works by now.

The live test asks nothing of the equipment: it says which half of the road is broken from what the server has heard.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models.query import QuerySet

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.configuration.texts import configuration
from spotcoffee.protocols.configuration.values import Text, Unwritable, Values
from spotcoffee.protocols.portals.visits import VisitError, parse_url
from spotcoffee.services import access_points, audit, portal_places, reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid
from spotcoffee.services.fields import Check, Unfit, optional, read_fields, text
from spotcoffee.services.fields import Values as Given
from spotcoffee.storage.keys import KeyRing, SealBroken
from spotcoffee.storage.models import AccessPoint, AccessPointFault, Attempt, Order, Organisation, Session
from spotcoffee.storage.queries.access_points import bump_version

# Seconds, where an access point has no interval of its own.
INTERIM: Final = 300
# Kinds whose configuration is of no use without a secret that portal and equipment share.
_SHARING: Final = frozenset({Equipment.OPENNDS, Equipment.COOVACHILLI, Equipment.GATEWAY})


# --- the texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where equipment reaches this installation. radius: an address or name; portal: scheme, host and port."""

    radius: str
    portal: str
    auth_port: int = 1812
    acct_port: int = 1813


def setup_texts(
    caller: Caller, access_point_id: int, addresses: Addresses, *, keys: KeyRing, now: datetime
) -> list[Text]:
    """The texts to copy, with the access point's own secrets; who read them is remembered.

    A secret of the portal is made where the equipment needs one. Raises NotFound, Conflict (a value that no text can
    hold: its field is named).
    """
    point = access_points.get(caller, access_point_id)
    equipment = Equipment(point.equipment)
    shared = portal_places.settings_of(caller, access_point_id, keys=keys).secret
    if shared is None and equipment in _SHARING:
        shared = portal_places.make_portal_secret(caller, access_point_id, keys=keys, now=now)
    try:
        values = Values(
            server=addresses.radius,
            portal=addresses.portal,
            number=point.pk,
            secret=keys.unseal(bytes(point.secret_sealed)),
            portal_secret=shared,
            auth_port=addresses.auth_port,
            acct_port=addresses.acct_port,
            coa_port=point.coa_port,
            nas_identifier=point.nas_identifier,
            interim_interval=point.as_value(interim_interval=INTERIM).interim_interval,
            idle_timeout=point.idle_timeout_own,
        )
        texts = configuration(equipment, values)
    except SealBroken as broken:
        raise Conflict("secret_unreadable", access_point=point.name) from broken
    except Unwritable as unwritable:
        raise Conflict("not_for_a_text", access_point=point.name, field=unwritable.field) from unwritable
    with transaction.atomic():
        audit.record(caller, "read_setup", noun="access_point", noun_id=point.pk, now=now)
    return texts


# --- the controller


def _url(value: object) -> str:
    address = text(value, most=300, least=0)
    try:
        parsed = urlsplit(parse_url(address)) if address else None
    except VisitError as unfit:
        raise Unfit("not_an_address") from unfit
    if parsed is not None and (parsed.query or parsed.fragment):
        raise Unfit("not_an_address")
    return address.rstrip("/")


def _fingerprint(value: object) -> str:
    digits = re.sub(r"[:\s]", "", text(value, most=200, least=0)).lower()
    if digits and not re.fullmatch("[0-9a-f]{64}", digits):
        raise Unfit("not_a_fingerprint")
    return digits


CHECKS: Final[Mapping[str, Check]] = {
    "controller_url": _url,
    "controller_user": partial(text, most=128, least=0),
    "controller_password": optional(partial(text, most=256)),
    "controller_site": partial(text, most=64, least=0),
    "controller_id": partial(text, most=64, least=0),
    "controller_fingerprint": _fingerprint,
    "portal_hosts": portal_places.hosts_of,
}


def save_controller(caller: Caller, access_point_id: int, values: Given, *, keys: KeyRing, now: datetime) -> None:
    """Change the account of its controller, or the hosts of its own login page. Raises NotFound, Invalid.

    A password of None stays as it is.
    """
    point = access_points.get(caller, access_point_id)
    read, faults = read_fields(values, CHECKS)
    if read.get("controller_url") and point.equipment not in (Equipment.UNIFI.value, Equipment.OMADA.value):
        faults.append(("controller_url", "not_for_this_equipment"))
    if faults:
        raise Invalid(faults)
    password = read.pop("controller_password", None)
    before = {name: getattr(point, name) for name in read}
    for name, value in read.items():
        setattr(point, name, value)
    if password is not None:
        point.controller_secret_sealed = keys.seal(str(password))
    point.controller_fault = ""
    with transaction.atomic():
        bump_version()
        point.save(update_fields=[*read, "controller_secret_sealed", "controller_fault"])
        after = {**read, **({} if password is None else {"controller_password": "set"})}
        audit.record(caller, "change", noun="access_point", noun_id=point.pk, before=before, after=after, now=now)


def add(caller: Caller, values: Given, *, keys: KeyRing, now: datetime) -> access_points.Saved:
    """A new access point, with the account of its controller where one is given. Raises Invalid."""
    own, controller = _split(values)
    with transaction.atomic():
        saved = access_points.add(caller, own, keys=keys, now=now)
        if controller:
            reached = caller if caller.access_points is None else reach.extended(caller, saved.access_point)
            save_controller(reached, saved.access_point.pk, controller, keys=keys, now=now)
    return saved


def change(caller: Caller, access_point_id: int, values: Given, *, keys: KeyRing, now: datetime) -> None:
    """Change any field of an access point and of its controller, all or none. Raises NotFound, Invalid."""
    own, controller = _split(values)
    with transaction.atomic():
        if own or not controller:
            access_points.change(caller, access_point_id, own, keys=keys, now=now)
        if controller:
            save_controller(caller, access_point_id, controller, keys=keys, now=now)


def _split(values: Given) -> tuple[dict[str, object], dict[str, object]]:
    controller = {name: value for name, value in values.items() if name in CHECKS}
    return {name: value for name, value in values.items() if name not in CHECKS}, controller


# --- the live test


class Half(Enum):
    """The parts of the road, in the order in which a guest's connection goes over them."""

    # The server hears the equipment, or the controller answers the server.
    HEARD = "heard"
    # A guest's login came, and what became of it.
    LOGIN = "login"
    # What he uses is reported.
    REPORTS = "reports"
    # Orders to put him off are obeyed.
    ORDERS = "orders"


class Verdict(Enum):
    """How one part stands."""

    WORKS = "works"
    # Nothing has come that could tell.
    UNKNOWN = "unknown"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the road. code: a stable word for what was seen. at: when. detail: an address, a reason; empty."""

    half: Half
    verdict: Verdict
    code: str
    at: datetime | None = None
    detail: str = ""


RECENT: Final = timedelta(hours=1)
# A box that speaks each few seconds is silent after this long.
SILENT: Final = timedelta(minutes=2)
# How far back is looked.
MOST_ROWS: Final = 20_000
_WRONG_SECRET: Final = frozenset({"request_authenticator_wrong", "message_authenticator_wrong"})


def live_test(caller: Caller, access_point_id: int, *, now: datetime) -> list[Finding]:
    """What works by now and what does not. Raises NotFound."""
    point = access_points.get(caller, access_point_id)
    return [_heard(point, now), _login(point), _reports(point), _orders(point)]


def _heard(point: AccessPoint, now: datetime) -> Finding:
    equipment = Equipment(point.equipment)
    if equipment is Equipment.OPENNDS:
        return _script(point, now)
    if point.is_controlled:
        return _controller(point)
    wrong = _wrong_packets(point, now)
    if wrong is not None and (point.last_seen_at is None or wrong.last_at > point.last_seen_at):
        code = "wrong_secret" if wrong.code in _WRONG_SECRET else wrong.code
        return Finding(Half.HEARD, Verdict.BROKEN, code, wrong.last_at, wrong.source)
    if point.last_seen_at is not None:
        return Finding(Half.HEARD, Verdict.WORKS, "packets", point.last_seen_at, point.source)
    if equipment in (Equipment.UNIFI, Equipment.OMADA):
        return Finding(Half.HEARD, Verdict.BROKEN, "no_controller")
    stranger = _stranger(now)
    if stranger is not None:
        return Finding(Half.HEARD, Verdict.BROKEN, "unknown_source", stranger.last_at, stranger.source)
    return Finding(Half.HEARD, Verdict.UNKNOWN, "no_packet")


def _script(point: AccessPoint, now: datetime) -> Finding:
    seen = point.controller_seen_at
    if seen is None:
        if point.authmon_seen_at is not None:
            return Finding(Half.HEARD, Verdict.BROKEN, "script_missing", point.authmon_seen_at)
        return Finding(Half.HEARD, Verdict.UNKNOWN, "no_packet")
    silent = now - seen > SILENT
    return Finding(
        Half.HEARD, Verdict.BROKEN if silent else Verdict.WORKS, "script_silent" if silent else "script", seen
    )


def _controller(point: AccessPoint) -> Finding:
    seen = point.controller_seen_at
    if point.controller_secret_sealed is None:
        return Finding(Half.HEARD, Verdict.BROKEN, "no_password")
    if point.controller_fault:
        return Finding(Half.HEARD, Verdict.BROKEN, f"controller_{point.controller_fault}", seen)
    return Finding(Half.HEARD, Verdict.WORKS if seen else Verdict.UNKNOWN, "controller", seen)


def _wrong_packets(point: AccessPoint, now: datetime) -> AccessPointFault | None:
    """The newest unreadable or unproven packet from its address."""
    network = ip_network(point.address, strict=False)
    faults = AccessPointFault.objects.filter(access_point=None, last_at__gt=now - RECENT).exclude(code="unknown_source")
    from_there = (fault for fault in faults.order_by("-last_at")[:200] if ip_address(fault.source) in network)
    return next(from_there, None)


def _stranger(now: datetime) -> AccessPointFault | None:
    """The newest unknown source; only where it can be nobody else's: packets of strangers tell no organisation."""
    if Organisation.objects.count() > 1:
        return None
    faults = AccessPointFault.objects.filter(access_point=None, code="unknown_source", last_at__gt=now - RECENT)
    return faults.order_by("-last_at").first()


def _attempts(point: AccessPoint) -> QuerySet[Attempt]:
    """Its logins among the last ones of all: no index leads to an access point's."""
    last = Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = Attempt.objects.filter(pk__gt=last - MOST_ROWS, organisation_id=point.organisation_id)
    return recent.filter(access_point_id=point.pk).order_by("-pk")


def _login(point: AccessPoint) -> Finding:
    attempt = _attempts(point).first()
    if attempt is None:
        return Finding(Half.LOGIN, Verdict.UNKNOWN, "no_login")
    # A refusal went the whole way too.
    return Finding(Half.LOGIN, Verdict.WORKS, "refused" if attempt.reason else "accepted", attempt.at, attempt.reason)


def _reports(point: AccessPoint) -> Finding:
    """What became of the newest login that was accepted."""
    accepted = _attempts(point).filter(reason="").first()
    newest = None if accepted is None else Session.objects.filter(pk=accepted.session_id or 0).first()
    if newest is None:
        return Finding(Half.REPORTS, Verdict.UNKNOWN, "no_session")
    if newest.acct_session_id is None:
        if newest.ending == "lapsed":
            return Finding(Half.REPORTS, Verdict.BROKEN, "login_without_reports", newest.accepted_at)
        return Finding(Half.REPORTS, Verdict.UNKNOWN, "waiting_for_report", newest.accepted_at)
    if newest.acct_session_id == "":
        return Finding(Half.REPORTS, Verdict.WORKS, "by_the_clock", newest.began_at)
    return Finding(Half.REPORTS, Verdict.WORKS, "reports", newest.seen_at)


def _orders(point: AccessPoint) -> Finding:
    if not point.as_value(interim_interval=INTERIM).can_disconnect:
        return Finding(Half.ORDERS, Verdict.BROKEN, "takes_no_orders")
    last = Order.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = Order.objects.filter(pk__gt=last - MOST_ROWS, organisation_id=point.organisation_id)
    done = recent.filter(access_point_id=point.pk, finished_at__isnull=False)
    newest = done.exclude(state="dropped").order_by("-pk").first()
    if newest is None:
        return Finding(Half.ORDERS, Verdict.UNKNOWN, "no_order")
    works = newest.state in ("acknowledged", "gone")
    return Finding(Half.ORDERS, Verdict.WORKS if works else Verdict.BROKEN, newest.state, newest.finished_at)
