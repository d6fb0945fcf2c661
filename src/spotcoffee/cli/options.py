"""Options named as the API's fields, with values as people write them: `2h`, `2M`, `1.5 GB`, `2026-08-31`, `none`."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from spotcoffee.domain.units import UnreadableQuantity, parse_duration, parse_rate, parse_volume
from spotcoffee.services.errors import Invalid
from spotcoffee.services.fields import Faults

NONE: Final = ("none", "null")
_FLAGS: Final = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


class Kind(Enum):
    """How a value is written. The value is what stands for it in the help."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DURATION = "DURATION"
    RATE = "RATE"
    VOLUME = "VOLUME"
    INSTANT = "INSTANT"
    FLAG = "YES|NO"
    NAMES = "NAME"


@dataclass(frozen=True, slots=True)
class Option:
    """One field. choices: the only values there are. nullable: `none` means no limit, or as the kind says."""

    field: str
    kind: Kind
    help: str
    choices: tuple[str, ...] = ()
    nullable: bool = True


def add_options(parser: argparse.ArgumentParser, options: Iterable[Option]) -> None:
    """Give a parser an option for each field."""
    for option in options:
        help_line = option.help + (f" ({', '.join(option.choices)})" if option.choices else "")
        parser.add_argument(
            "--" + option.field.replace("_", "-"),
            dest=option.field,
            metavar=option.kind.value,
            nargs="+" if option.kind is Kind.NAMES else None,
            help=help_line.replace("%", "%%"),
        )


def read_options(arguments: argparse.Namespace, options: Iterable[Option], *, zone: ZoneInfo) -> dict[str, object]:
    """The values of the options that were given. zone: of instants without one. Raises Invalid with all faults."""
    values: dict[str, object] = {}
    faults: Faults = []
    for option in options:
        written = getattr(arguments, option.field)
        if written is None:
            continue
        if isinstance(written, str) and option.nullable and written.strip().lower() in NONE:
            values[option.field] = None
            continue
        try:
            values[option.field] = written if option.kind is Kind.NAMES else _READERS[option.kind](written, zone)
        except (ValueError, KeyError, OverflowError):
            faults.append((option.field, _FAULTS[option.kind]))
    if faults:
        raise Invalid(faults)
    return values


def read_instant(written: str, zone: ZoneInfo) -> datetime:
    """`2026-08-31`, `2026-08-31 18:00`, or with an offset: `2026-08-31T16:00:00Z`. Raises ValueError."""
    at = datetime.fromisoformat(written.strip())
    return at.replace(tzinfo=zone) if at.tzinfo is None else at


def _number(written: str) -> int:
    if len(written) > 20:
        raise UnreadableQuantity("number", written)
    return int(written)


_READERS: Final[Mapping[Kind, Callable[[str, ZoneInfo], object]]] = {
    Kind.TEXT: lambda written, _: written,
    Kind.NUMBER: lambda written, _: _number(written),
    Kind.DURATION: lambda written, _: parse_duration(written),
    Kind.RATE: lambda written, _: parse_rate(written),
    Kind.VOLUME: lambda written, _: parse_volume(written),
    Kind.INSTANT: read_instant,
    Kind.FLAG: lambda written, _: _FLAGS[written.strip().lower()],
}
_FAULTS: Final = {
    Kind.TEXT: "not_a_text",
    Kind.NUMBER: "not_a_number",
    Kind.DURATION: "not_a_duration_such_as_2h_90min_or_1j",
    Kind.RATE: "not_a_rate_such_as_2M_or_512k",
    Kind.VOLUME: "not_a_volume_such_as_500M_or_1.5_GB",
    Kind.INSTANT: "not_an_instant_such_as_2026-08-31_18:00",
    Kind.FLAG: "neither_yes_nor_no",
}
