"""Access points: added, changed, archived, deleted, shown. A saved one works within a second in every process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from spotcoffee.domain import access_points as domain
from spotcoffee.domain import offers as offer_rules
from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.domain.units import DAY, MOST_SECONDS
from spotcoffee.services import audit, organisations, reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.fields import (
    Check,
    Faults,
    Unfit,
    Values,
    address,
    flag,
    network,
    one_of,
    optional,
    read_fields,
    require,
    text,
    unique,
    whole,
)
from spotcoffee.services.naming import find_named
from spotcoffee.services.neighbours import address_faults, neighbours_of, shared_secret
from spotcoffee.services.paging import Page, Window, page_of
from spotcoffee.services.randomness import make_secret
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import AccessPoint, AccessPointFault, Offer
from spotcoffee.storage.queries import open_sessions
from spotcoffee.storage.queries.access_points import bump_version

# Where a rule asks for an interval that it does not look at.
_ANY_INTERVAL: Final = 300


def _secret(value: object) -> str:
    secret = text(value, most=128)
    if secret != value:
        # The other side would compare what it was given, blanks and all.
        raise Unfit("blank_at_an_end")
    return secret


CHECKS: Final[Mapping[str, Check]] = {
    "name": text,
    "address": network,
    "nas_identifier": optional(partial(text, most=253)),
    "secret": optional(_secret),
    "equipment": one_of(domain.Equipment),
    "language": one_of(LANGUAGES),
    "coa_port": optional(partial(whole, least=1, most=65_535)),
    "coa_address": optional(address),
    "message_authenticator": one_of(domain.MessageAuthenticator),
    "interim_interval": optional(partial(whole, least=1, most=DAY)),
    "idle_timeout_own": optional(partial(whole, least=1, most=MOST_SECONDS)),
    "accounting": optional(one_of(domain.Accounting)),
    "reauthenticates": optional(flag),
    "swap_octets": optional(flag),
    "idle_tail_excluded": optional(flag),
    "archived": flag,
}
_COLUMNS: Final = tuple(name for name in CHECKS if name != "secret")


@dataclass(frozen=True, slots=True)
class Saved:
    """An access point that was added or changed. secret: in clear if it was made now, to be shown this once."""

    access_point: AccessPoint
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPointView:
    """An access point as people and programs see it; names as in the API. faults: what its packets showed."""

    id: int
    name: str
    address: str
    nas_identifier: str | None
    equipment: str
    language: str
    coa_port: int | None
    coa_address: str | None
    message_authenticator: str
    interim_interval: int | None
    idle_timeout_own: int | None
    accounting: str | None
    reauthenticates: bool | None
    swap_octets: bool | None
    idle_tail_excluded: bool | None
    archived: bool
    last_seen_at: datetime | None
    open_sessions: int
    capabilities: dict[str, bool]
    faults: list[dict[str, object]]


def add(caller: Caller, values: Values, *, keys: KeyRing, now: datetime) -> Saved:
    """A new access point. Without a secret one is made, or the one that its address has already. Raises Invalid."""
    read, faults = read_fields(values, CHECKS)
    faults += require(values, ("name", "address"))
    point = AccessPoint(organisation_id=caller.organisation_id, created_at=now)
    return _save(caller, point, read, faults, keys=keys, now=now)


def change(caller: Caller, access_point_id: int, values: Values, *, keys: KeyRing, now: datetime) -> Saved:
    """Change any of its fields; a secret of None stays as it is. Raises NotFound, Invalid."""
    read, faults = read_fields(values, CHECKS)
    return _save(caller, get(caller, access_point_id), read, faults, keys=keys, now=now)


def _save(
    caller: Caller, point: AccessPoint, read: dict[str, object], faults: Faults, *, keys: KeyRing, now: datetime
) -> Saved:
    secret = read.pop("secret", None)
    is_new = point.pk is None
    before = None if is_new else {name: getattr(point, name) for name in read}
    for name, value in read.items():
        setattr(point, name, value)
    with unique("name"), transaction.atomic():
        # First of all, for it lets one save at a time: two must not find the same address free.
        bump_version()
        if read.get("archived") and not is_new:
            _refuse_last(point)
        made = _settle_secret(point, None if secret is None else str(secret), faults, keys)
        if is_new:
            point.save(force_insert=True)
        else:
            point.save(update_fields=[*read, "secret_sealed"])
        after = {**read, **({} if secret is None and not is_new else {"secret": "set"})}
        action = "add" if is_new else "change"
        audit.record(caller, action, noun="access_point", noun_id=point.pk, before=before, after=after, now=now)
    return Saved(point, made)


def _settle_secret(point: AccessPoint, secret: str | None, faults: Faults, keys: KeyRing) -> str | None:
    """Seal the secret that it is to have; answers the one that was made. Raises Invalid with all faults."""
    neighbours = neighbours_of(point)
    shared = shared_secret(neighbours, keys)
    faults = faults + _name_faults(point) + _offer_faults(point)
    faults += address_faults(point, neighbours, secret, shared, keys)
    if faults:
        raise Invalid(faults)
    made = make_secret() if secret is None and shared is None and point.pk is None else None
    chosen = secret or made or (shared if point.pk is None else None)
    if chosen is not None:
        point.secret_sealed = keys.seal(chosen)
    return made


def _name_faults(point: AccessPoint) -> Faults:
    same = AccessPoint.objects.filter(organisation_id=point.organisation_id, name=point.name).exclude(pk=point.pk)
    return [("name", "taken")] if point.name and same.exists() else []


def _offer_faults(point: AccessPoint) -> Faults:
    """A quota on an access point that does no accounting is an error, whichever of the two is saved last."""
    value = point.as_value(interim_interval=_ANY_INTERVAL)
    if point.pk is None or value.accounting is not domain.Accounting.NONE:
        return []
    for offer in Offer.objects.filter(access_points=point).select_related("organisation"):
        for _, fault in offer_rules.faults(offer.as_terms(), [value]):
            if fault is offer_rules.Fault.QUOTA_NOT_COUNTED:
                return [("accounting", fault.value)]
    return []


def _refuse_last(point: AccessPoint) -> None:
    """Raise Conflict where an offer that is sold would be left without an access point in use."""
    there = Offer.objects.filter(access_points=point, archived=False).order_by("name")
    elsewhere = Offer.objects.filter(access_points__in=AccessPoint.objects.filter(archived=False).exclude(pk=point.pk))
    last_of = there.exclude(pk__in=elsewhere.values("pk")).values_list("name", flat=True).first()
    if last_of is not None:
        raise Conflict("last_access_point_of_offer", access_point=point.name, offer=last_of)


def delete(caller: Caller, access_point_id: int, *, now: datetime) -> None:
    """Delete one that nothing refers to. Raises NotFound, Conflict: archive it instead."""
    point = get(caller, access_point_id)
    # Before the transaction: where it had no session this reads them all, and no guest should wait for that.
    if open_sessions.has_sessions(caller.organisation_id, point.pk):
        raise Conflict("has_sessions", access_point=point.name)
    with transaction.atomic():
        bump_version()
        offers = Offer.objects.filter(access_points=point).values("pk")
        alone = Offer.objects.filter(pk__in=offers).annotate(points=Count("access_points")).filter(points=1)
        last_of = alone.values_list("name", flat=True).first()
        if last_of is not None:
            raise Conflict("last_access_point_of_offer", access_point=point.name, offer=last_of)
        _refuse_last(point)
        before = {name: getattr(point, name) for name in _COLUMNS}
        number = point.pk
        point.delete()
        audit.record(caller, "delete", noun="access_point", noun_id=number, before=before, now=now)


def get(caller: Caller, access_point_id: int) -> AccessPoint:
    """The record of one of the caller's access points. Raises NotFound."""
    found = AccessPoint.objects.filter(reach.access_points(caller), pk=access_point_id).first()
    if found is None:
        raise NotFound("no_such_access_point", id=access_point_id)
    return found


def find(named: str, *, organisation: str | None = None) -> AccessPoint:
    """An access point by its name or its id, in one organisation or in all. Raises NotFound, Conflict."""
    points = AccessPoint.objects.all()
    if organisation is not None:
        points = points.filter(organisation=organisations.find(organisation))
    return find_named(points, named, noun="access_point")


def show(caller: Caller, access_point_id: int) -> AccessPointView:
    """One access point. Raises NotFound."""
    point = get(caller, access_point_id)
    online = open_sessions.count_by_access_point(caller.organisation_id)
    return _view(point, online.get(point.pk, 0), list(point.faults.order_by("-last_at")))


def list_all(caller: Caller, *, archived: bool = True) -> list[AccessPointView]:
    """The caller's access points by name. archived: those too."""
    points = AccessPoint.objects.filter(reach.access_points(caller)).order_by("name", "pk")
    if not archived:
        points = points.filter(archived=False)
    online = open_sessions.count_by_access_point(caller.organisation_id)
    views = points.prefetch_related("faults")
    return [_view(point, online.get(point.pk, 0), list(point.faults.all())) for point in views]


def page(
    caller: Caller, window: Window, *, search: str | None = None, archived: bool | None = None
) -> Page[AccessPointView]:
    """The caller's access points in the order in which they were added. search: a part of the name or address."""
    points = AccessPoint.objects.filter(reach.access_points(caller)).prefetch_related("faults")
    if search:
        points = points.filter(Q(name__icontains=search) | Q(address__icontains=search))
    if archived is not None:
        points = points.filter(archived=archived)
    found = page_of(points, window)
    online = open_sessions.count_by_access_point(caller.organisation_id)
    views = [_view(point, online.get(point.pk, 0), list(point.faults.all())) for point in found.items]
    return Page(views, found.count, found.next)


def all_access_points(interim_interval: int) -> dict[int, domain.AccessPoint]:
    """Every access point that is not archived, as the rules see it, by id: what decisions off the hot path need."""
    points = AccessPoint.objects.filter(archived=False)
    return {point.pk: point.as_value(interim_interval=interim_interval) for point in points}


_SHOWN: Final[Mapping[str, Callable[[domain.AccessPoint], bool]]] = {
    "disconnect": lambda point: point.can_disconnect,
    "change": lambda point: point.can_change,
    "idle_timeout": lambda point: point.keeps_idle_time,
    "rates": lambda point: point.keeps_rates,
    "quotas": lambda point: point.enforces_quotas,
}


def _view(point: AccessPoint, online: int, faults: list[AccessPointFault]) -> AccessPointView:
    value = point.as_value(interim_interval=_ANY_INTERVAL)
    return AccessPointView(
        id=point.pk,
        **{name: getattr(point, name) for name in _COLUMNS},
        last_seen_at=point.last_seen_at,
        open_sessions=online,
        capabilities={name: can(value) for name, can in _SHOWN.items()},
        faults=[{"code": fault.code, "last_at": fault.last_at, "count": fault.count} for fault in faults],
    )
