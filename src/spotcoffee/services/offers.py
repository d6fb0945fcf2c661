"""Offers: added, changed, deleted, shown. A change holds at once; what follows from it is a job (follow_ups)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q

from spotcoffee.domain import offers as rules
from spotcoffee.domain.periods import Period
from spotcoffee.services import audit, jobs, reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Forbidden, Invalid, NotFound
from spotcoffee.services.fields import (
    Check,
    Faults,
    Values,
    currency,
    flag,
    ids,
    instant,
    one_of,
    optional,
    price,
    read_fields,
    require,
    text,
    time_zone,
    unique,
    whole,
)
from spotcoffee.services.naming import find_named
from spotcoffee.services.paging import Page, Window, page_of
from spotcoffee.storage.models import AccessPoint, Job, Offer, Organisation
from spotcoffee.storage.queries import counts

APPLY_OFFER: Final = "apply_offer"
# Where a rule asks for an interval that it does not look at.
_ANY_INTERVAL: Final = 300
_number: Final = optional(whole)

CHECKS: Final[Mapping[str, Check]] = {
    "name": text,
    "access_points": ids,
    "valid_from": optional(instant),
    "valid_until": optional(instant),
    "lifetime": _number,
    "session_duration": _number,
    "credit": _number,
    "period_limit": _number,
    "period": optional(one_of(Period)),
    "idle_timeout": _number,
    "rate_down": _number,
    "rate_up": _number,
    "quota_down": _number,
    "quota_up": _number,
    "max_devices": partial(whole),
    "price": optional(price),
    "currency": optional(currency),
    "time_zone": optional(time_zone),
    "archived": flag,
}
# What no session and no ticket hangs on.
_SHOWN_ONLY: Final = frozenset({"name", "price", "currency", "archived"})


@dataclass(frozen=True, slots=True)
class Changed:
    """A saved offer. follow_up: the job that carries the change to tickets and sessions; None where nothing follows."""

    offer: Offer
    follow_up: Job | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """An offer as people and programs see it; names as in the API. lists, tickets: how many."""

    id: int
    name: str
    access_points: list[int]
    valid_from: datetime | None
    valid_until: datetime | None
    lifetime: int | None
    session_duration: int | None
    credit: int | None
    period_limit: int | None
    period: str | None
    idle_timeout: int | None
    rate_down: int | None
    rate_up: int | None
    quota_down: int | None
    quota_up: int | None
    max_devices: int
    price: Decimal | None
    currency: str | None
    time_zone: str | None
    archived: bool
    lists: int
    tickets: int
    warnings: list[dict[str, str]]


def add(caller: Caller, values: Values, *, now: datetime) -> Offer:
    """A new offer. Raises Invalid."""
    faults = require(values, ("name", "access_points"))
    return _save(caller, Offer(organisation=_organisation(caller), created_at=now), values, faults, now=now)


def add_all(caller: Caller, several: Mapping[str, Values], *, now: datetime) -> None:
    """New offers, all or none. several: by a word that names the faults. Raises Invalid, its fields as `word.field`."""
    faults: Faults = []
    with transaction.atomic():
        for word, values in several.items():
            try:
                add(caller, values, now=now)
            except Invalid as invalid:
                faults += [(f"{word}.{field}", code) for field, code in invalid.faults]
        if faults:
            raise Invalid(faults)


def change(caller: Caller, offer_id: int, values: Values, *, now: datetime) -> Changed:
    """Change any of its fields. Raises NotFound, Invalid."""
    with transaction.atomic():
        offer = _save(caller, get(caller, offer_id), values, [], now=now)
        follow_up = None
        if not _SHOWN_ONLY.issuperset(values) and offer.ticket_lists.exists():
            follow_up = jobs.add(caller, APPLY_OFFER, {"offer": offer.pk}, total=0, now=now)
    return Changed(offer, follow_up)


def draft(offer: Offer, values: Values) -> tuple[Offer, list[AccessPoint], dict[str, object]]:
    """Put new values on a record without saving it; answers it, its access points and the values. Raises Invalid."""
    read, faults = read_fields(values, CHECKS)
    return _put(offer, read, faults)


def _put(offer: Offer, read: dict[str, object], faults: Faults) -> tuple[Offer, list[AccessPoint], dict[str, object]]:
    points, unknown = _access_points(offer, read)
    for name, value in read.items():
        if name != "access_points":
            setattr(offer, name, value)
    if offer.price is not None and offer.currency is None:
        offer.currency = offer.organisation.currency
        read["currency"] = offer.currency
    faults = faults + unknown + _name_faults(offer)
    said = {field for field, _ in faults}
    values = [point.as_value(interim_interval=_ANY_INTERVAL) for point in points]
    faults += [(field, fault.value) for field, fault in rules.faults(_terms(offer), values) if field not in said]
    if faults:
        raise Invalid(faults)
    return offer, points, read


def _save(caller: Caller, offer: Offer, values: Values, faults: Faults, *, now: datetime) -> Offer:
    is_new = offer.pk is None
    read, unread = read_fields(values, CHECKS)
    unread += reach.unknown_access_points(caller, read.get("access_points"))
    if not is_new and not reach.is_whole(caller, offer):
        raise Forbidden("offer_elsewhere_too", offer=offer.name)
    before = None if is_new else _recorded(offer, read)
    with unique("name"), transaction.atomic():
        offer, points, read = _put(offer, read, faults + unread)
        if is_new:
            offer.save(force_insert=True)
        else:
            offer.save(update_fields=[name for name in read if name != "access_points"])
        if "access_points" in read:
            offer.access_points.set(points)
        action = "add" if is_new else "change"
        audit.record(caller, action, noun="offer", noun_id=offer.pk, before=before, after=read, now=now)
    return offer


def _recorded(offer: Offer, read: Mapping[str, object]) -> dict[str, object]:
    values = {name: getattr(offer, name) for name in read if name != "access_points"}
    if "access_points" in read:
        values["access_points"] = sorted(offer.access_points.values_list("pk", flat=True))
    return values


def _access_points(offer: Offer, read: Mapping[str, object]) -> tuple[list[AccessPoint], Faults]:
    """The access points that it is to have; those of another organisation do not exist for it."""
    if "access_points" not in read:
        return (list(offer.access_points.all()) if offer.pk is not None else []), []
    wanted = read["access_points"]
    assert isinstance(wanted, list)  # noqa: S101 - what `ids` answers
    found = list(AccessPoint.objects.filter(organisation_id=offer.organisation_id, pk__in=wanted).order_by("pk"))
    return found, ([("access_points", "unknown")] if len(found) < len(wanted) else [])


def _name_faults(offer: Offer) -> Faults:
    same = Offer.objects.filter(organisation_id=offer.organisation_id, name=offer.name).exclude(pk=offer.pk)
    return [("name", "taken")] if offer.name and same.exists() else []


def _terms(offer: Offer) -> rules.Terms:
    return replace(offer.as_terms(), zone=ZoneInfo(offer.time_zone or offer.organisation.time_zone))


def delete(caller: Caller, offer_id: int, *, now: datetime) -> None:
    """Delete an offer without lists. Raises NotFound, Conflict: archive it instead."""
    offer = get(caller, offer_id)
    if not reach.is_whole(caller, offer):
        raise Forbidden("offer_elsewhere_too", offer=offer.name)
    with transaction.atomic():
        if offer.ticket_lists.exists():
            raise Conflict("offer_has_lists", offer=offer.name)
        before, number = _recorded(offer, CHECKS), offer.pk
        offer.delete()
        audit.record(caller, "delete", noun="offer", noun_id=number, before=before, now=now)


def get(caller: Caller, offer_id: int) -> Offer:
    """The record of one of the caller's offers. Raises NotFound."""
    mine = Offer.objects.select_related("organisation").filter(reach.offers(caller))
    found = mine.filter(pk=offer_id).first()
    if found is None:
        raise NotFound("no_such_offer", id=offer_id)
    return found


def access_points(caller: Caller, offer_id: int | None = None) -> list[AccessPoint]:
    """The access points that an offer can be sold on, by name: those in reach, and whatever it has already."""
    choice = reach.access_points(caller) & Q(archived=False)
    if offer_id is not None:
        own = Offer.access_points.through.objects.filter(offer_id=offer_id).values("accesspoint_id")
        choice |= Q(organisation_id=caller.organisation_id, pk__in=own)
    return list(AccessPoint.objects.filter(choice).order_by("name", "pk"))


def by_id(caller: Caller, offer_ids: Collection[int]) -> dict[int, Offer]:
    """The records of those of these offers that are the caller's."""
    mine = Offer.objects.select_related("organisation").filter(reach.offers(caller))
    return {offer.pk: offer for offer in mine.filter(pk__in=offer_ids)}


def find(caller: Caller, named: str) -> Offer:
    """One of the caller's offers by its name or its id. Raises NotFound."""
    mine = Offer.objects.select_related("organisation").filter(reach.offers(caller))
    return find_named(mine, named, noun="offer")


def show(caller: Caller, offer_id: int) -> OfferView:
    """One offer. Raises NotFound."""
    return _views(caller, Q(pk=get(caller, offer_id).pk))[0]


def list_all(caller: Caller, *, archived: bool = True) -> list[OfferView]:
    """The caller's offers by name. archived: those too."""
    return _views(caller, Q() if archived else Q(archived=False))


def page(caller: Caller, window: Window, *, search: str | None = None, archived: bool | None = None) -> Page[OfferView]:
    """The caller's offers in the order in which they were added. search: a part of the name."""
    offers = Offer.objects.filter(reach.offers(caller))
    if search:
        offers = offers.filter(name__icontains=search)
    if archived is not None:
        offers = offers.filter(archived=archived)
    found = page_of(offers, window)
    keys = [offer.pk for offer in found.items]
    views = sorted(_views(caller, Q(pk__in=keys)), key=lambda view: view.id)
    return Page(views, found.count, found.next)


def _views(caller: Caller, which: Q) -> list[OfferView]:
    offers = Offer.objects.filter(which, reach.offers(caller)).select_related("organisation")
    offers = offers.prefetch_related("access_points").annotate(lists=Count("ticket_lists", distinct=True))
    tickets = counts.by_offer(caller.organisation_id)
    return [
        _view(offer, lists=offer.lists, tickets=tickets.get(offer.pk, 0)) for offer in offers.order_by("name", "pk")
    ]


def _view(offer: Offer, *, lists: int, tickets: int) -> OfferView:
    columns = {name: getattr(offer, name) for name in CHECKS if name != "access_points"}
    return OfferView(
        id=offer.pk,
        access_points=sorted(point.pk for point in offer.access_points.all()),
        lists=lists,
        tickets=tickets,
        warnings=[{"field": field, "code": odd.value} for field, odd in rules.warnings(_terms(offer))],
        **columns,
    )


def _organisation(caller: Caller) -> Organisation:
    return Organisation.objects.get(pk=caller.organisation_id)
