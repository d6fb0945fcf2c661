"""Organisations: the operators that own everything else."""

from datetime import datetime

from django.db import transaction

from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.fields import one_of, read_fields, text, time_zone
from spotcoffee.storage.models import Organisation

_CHECKS = {"name": text, "language": one_of(LANGUAGES), "time_zone": time_zone}


def get_or_add(name: str, *, language: str, zone: str, now: datetime) -> Organisation:
    """The organisation of this name, made if it is new. Raises Invalid."""
    read, faults = read_fields({"name": name, "language": language, "time_zone": zone}, _CHECKS)
    if faults:
        raise Invalid([("organisation" if field == "name" else field, code) for field, code in faults])
    with transaction.atomic():
        found, _ = Organisation.objects.get_or_create(name=read.pop("name"), defaults={**read, "created_at": now})
    return found


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
