"""Organisations: the operators that own everything else."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.services import audit, jobs
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.fields import Check, Values, currency, one_of, read_fields, text, time_zone, unique
from spotcoffee.services.offers import APPLY_OFFER
from spotcoffee.storage.models import Offer, Organisation

CHECKS: Final[Mapping[str, Check]] = {
    "name": text,
    "language": one_of(LANGUAGES),
    "time_zone": time_zone,
    "currency": currency,
}


def get_or_add(name: str, *, language: str, zone: str, now: datetime) -> Organisation:
    """The organisation of this name, made if it is new. Raises Invalid."""
    read, faults = read_fields({"name": name, "language": language, "time_zone": zone}, CHECKS)
    if faults:
        raise Invalid([("organisation" if field == "name" else field, code) for field, code in faults])
    with transaction.atomic():
        found, _ = Organisation.objects.get_or_create(name=read.pop("name"), defaults={**read, "created_at": now})
    return found


def is_none() -> bool:
    """Whether nobody has set this installation up."""
    return not Organisation.objects.exists()


def find(name: str | None) -> Organisation:
    """The organisation of this name; without a name, the only one there is. Raises NotFound, Conflict."""
    if name is not None:
        found = Organisation.objects.filter(name=name.strip()).first()
        if found is None:
            raise NotFound("no_such_organisation", organisation=name)
        return found
    first_two = list(Organisation.objects.order_by("pk")[:2])
    if not first_two:
        raise NotFound("no_organisation_yet")
    if len(first_two) > 1:
        raise Conflict("several_organisations")
    return first_two[0]


def change(caller: Caller, values: Values, *, now: datetime) -> Organisation:
    """Change any of its fields. Another time zone moves the periods of the offers that have none. Raises Invalid."""
    read, faults = read_fields(values, CHECKS)
    with unique("name"), transaction.atomic():
        owner = Organisation.objects.select_for_update(no_key=True).get(pk=caller.organisation_id)
        if Organisation.objects.filter(name=read.get("name", "")).exclude(pk=owner.pk).exists():
            faults.append(("name", "taken"))
        if faults:
            raise Invalid(faults)
        before = {name: getattr(owner, name) for name in read}
        changed = {name: value for name, value in read.items() if value != before[name]}
        if not changed:
            return owner
        for name, value in changed.items():
            setattr(owner, name, value)
        owner.save(update_fields=list(changed))
        if "time_zone" in changed:
            _follow_zone(caller, now=now)
        before = {name: before[name] for name in changed}
        audit.record(caller, "change", noun="organisation", noun_id=owner.pk, before=before, after=changed, now=now)
    return owner


def _follow_zone(caller: Caller, *, now: datetime) -> None:
    """Have the tickets decided again whose periods hang on the organisation's time zone."""
    moved = Offer.objects.filter(organisation_id=caller.organisation_id, time_zone=None, ticket_lists__isnull=False)
    for key in moved.distinct().order_by("pk").values_list("pk", flat=True):
        jobs.add(caller, APPLY_OFFER, {"offer": key}, total=0, now=now)
