"""Values from outside, read field by field: every fault is found, and only well-formed values go on.

One table of checks a noun serves the command line, the API, forms and imports alike. A check takes any value and
answers the one to store, or raises Unfit with a stable code.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from ipaddress import AddressValueError, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import is_currency
from django.db import IntegrityError

from spotcoffee.services.errors import Invalid

Faults: TypeAlias = list[tuple[str, str]]
Values: TypeAlias = Mapping[str, object]
Check: TypeAlias = Callable[[object], object]

# What a 64-bit column holds; what is sensible is each noun's rule.
_MOST_WHOLE: Final = 2**63 - 1
_MOST_PRICE: Final = Decimal(10) ** 9
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Unfit(Exception):
    """A value that a field can't take. code: stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_fields(values: Values, checks: Mapping[str, Check]) -> tuple[dict[str, object], Faults]:
    """The values to store, and (field, code) of each that can't be, in the order of the checks."""
    read: dict[str, object] = {}
    faults = [(name, "unknown_field") for name in values if name not in checks]
    for name, check in checks.items():
        if name in values:
            try:
                read[name] = check(values[name])
            except Unfit as unfit:
                faults.append((name, unfit.code))
    return read, faults


def require(values: Values, names: Iterable[str]) -> Faults:
    """A fault for each of these fields that is missing."""
    return [(name, "required") for name in names if name not in values]


@contextmanager
def unique(field: str) -> Iterator[None]:
    """Where another saves the same value at the same instant, the database's refusal becomes this field's fault."""
    try:
        yield
    except IntegrityError as taken:
        raise Invalid([(field, "taken")]) from taken


# Checks


def text(value: object, *, most: int = 200, least: int = 1) -> str:
    """A line of text: no control characters, blanks trimmed."""
    if not isinstance(value, str):
        raise Unfit("wrong_type")
    line = unicodedata.normalize("NFC", value).strip()
    if len(line) > most:
        raise Unfit("too_long")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in line):
        raise Unfit("control_character")
    if len(line) < least:
        raise Unfit("empty" if not line else "too_short")
    return line


def whole(value: object, *, least: int = -_MOST_WHOLE, most: int = _MOST_WHOLE) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unfit("wrong_type")
    if value < least:
        raise Unfit("too_small")
    if value > most:
        raise Unfit("too_large")
    return value


def flag(value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Unfit("wrong_type")
    return value


def optional(check: Check) -> Check:
    """The same check, None allowed."""
    return lambda value: None if value is None else check(value)


def one_of(choices: type[Enum] | Collection[str]) -> Check:
    """One of an enum's values, or of some words; members of the enum as well."""
    words = [member.value for member in choices] if isinstance(choices, type) else choices

    def check(value: object) -> object:
        word = value.value if isinstance(value, Enum) else value
        if not isinstance(word, str) or word not in words:
            raise Unfit("unknown_choice")
        return word

    return check


def instant(value: object) -> datetime:
    """An aware instant, in UTC."""
    if not isinstance(value, datetime):
        raise Unfit("wrong_type")
    if value.tzinfo is None:
        raise Unfit("no_time_zone")
    try:
        at = value.astimezone(UTC)
    except OverflowError as overflow:
        raise Unfit("out_of_range") from overflow
    if not _EARLIEST <= at < _LATEST:
        raise Unfit("out_of_range")
    return at


def price(value: object) -> Decimal:
    """An amount of money: zero or more, at most three decimals."""
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool) or len(str(value)) > 20:
        raise Unfit("wrong_type")
    try:
        amount = Decimal(value)
    except InvalidOperation as unreadable:
        raise Unfit("not_a_price") from unreadable
    if not amount.is_finite():
        raise Unfit("not_a_price")
    # Before it is rounded: of too large an amount no digit is left to round.
    if not 0 <= amount < _MOST_PRICE:
        raise Unfit("out_of_range")
    if amount != amount.quantize(Decimal("0.001")):
        raise Unfit("not_a_price")
    return amount


def currency(value: object) -> str:
    """A currency of ISO 4217."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value) or not is_currency(value):
        raise Unfit("unknown_choice")
    return value


def time_zone(value: object) -> str:
    """An IANA time zone."""
    if not isinstance(value, str) or len(value) > 64:
        raise Unfit("unknown_choice")
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise Unfit("unknown_choice") from unknown


def address(value: object) -> str:
    """An IP address in its canonical form."""
    if not isinstance(value, str) or len(value) > 64 or "%" in value:
        raise Unfit("not_an_address")
    try:
        found = ip_address(value.strip())
    except ValueError as unreadable:
        raise Unfit("not_an_address") from unreadable
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def network(value: object) -> str:
    """An IP address, or a network in CIDR notation, in its canonical form; one host's network is its address."""
    if not isinstance(value, str) or len(value) > 64 or "%" in value:
        raise Unfit("not_an_address")
    if "/" not in value:
        return address(value)
    try:
        found = ip_network(value.strip())
    except (AddressValueError, ValueError) as unreadable:
        raise Unfit("not_an_address") from unreadable
    if isinstance(found, IPv6Network) and found.network_address.ipv4_mapped is not None:
        raise Unfit("not_an_address")
    return str(found.network_address) if found.num_addresses == 1 else str(found)


def ids(value: object) -> list[int]:
    """Numbers of records, each once."""
    if not isinstance(value, list | tuple) or not all(_is_id(one) for one in value):
        raise Unfit("wrong_type")
    if len(value) > 10_000:
        raise Unfit("too_many")
    return sorted(set(value))


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_WHOLE
