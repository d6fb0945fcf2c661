"""Records by the name that people give them, or by their id."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from spotcoffee.services.errors import Conflict, NotFound

Record = TypeVar("Record", bound=Model)
_LONGEST_ID = 18


def find_named(records: QuerySet[Record], named: str, *, noun: str) -> Record:
    """The one record of this name, else of this id. Raises NotFound, Conflict where several organisations have one."""
    found = list(records.filter(name=named)[:2])
    if not found and named.isascii() and named.isdigit() and len(named) <= _LONGEST_ID:
        found = list(records.filter(pk=int(named)))
    if not found:
        raise NotFound(f"no_such_{noun}", named=named)
    if len(found) > 1:
        raise Conflict("several_organisations", named=named)
    return found[0]
