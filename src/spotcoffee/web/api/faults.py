"""What pydantic finds wrong with a request, as (field, code) pairs: the same codes as the services'."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

_CODES: Final = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "literal_error": "unknown_choice",
    "enum": "unknown_choice",
    "string_too_long": "too_long",
    "string_too_short": "empty",
    "string_pattern_mismatch": "wrong_type",
    "too_long": "too_many",
    "timezone_aware": "no_time_zone",
    "datetime_parsing": "not_an_instant",
    "datetime_from_date_parsing": "not_an_instant",
    "datetime_object_invalid": "not_an_instant",
    "datetime_type": "not_an_instant",
    "not_an_instant": "not_an_instant",
    "control_character": "control_character",
}


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Each field once, in the order of the errors."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(_field(error["loc"]), _CODES.get(error["type"], "wrong_type"))
    return list(found.items())


def _field(loc: tuple[str | int, ...]) -> str:
    """`name` of ("body", "values", "name"); `body` where the whole of it is meant."""
    source, *path = loc
    named = path[1:] if source == "body" else path[-1:]
    names: list[str] = []
    for step in named:
        # What follows are pydantic's own names of the branches of a union.
        if names and not isinstance(step, int):
            break
        names.append(str(step))
    return ".".join(names) or str(source)
