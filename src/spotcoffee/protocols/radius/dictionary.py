"""What attributes are called and what their values mean: names to octets and back.

The hot path needs none of it but `attribute`; the rest serves listings, tests and `spotcoffee login`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from struct import Struct
from types import MappingProxyType
from typing import Final, TypeAlias

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.assigned import VENDOR_SPECIFIC, Vendor
from spotcoffee.protocols.radius.errors import EncodeError, Unwritable
from spotcoffee.protocols.radius.packet import MOST_VALUE_OCTETS, readable
from spotcoffee.protocols.radius.tables import STANDARD, VENDORS

Value: TypeAlias = str | bytes | int | IPv4Address | IPv6Address | IPv6Network | datetime

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_write_integer: Final = Struct(">I").pack
_write_vendor_head: Final = Struct(">IBB").pack
_ACRONYMS: Final = frozenset({"NAS", "EAP", "ISDN", "XDSL", "URL"})


class Kind(Enum):
    """How a value lies on the wire (RFC 8044). SECRET is octets that no listing shows."""

    TEXT = "text"
    OCTETS = "octets"
    SECRET = "secret"  # noqa: S105
    INTEGER = "integer"
    ADDRESS = "address"
    ADDRESS6 = "address6"
    PREFIX6 = "prefix6"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One known attribute. vendor: None for the RFCs' own. values: the enum of an INTEGER, if it has one."""

    name: str
    number: int
    vendor: Vendor | None
    kind: Kind
    values: type[IntEnum] | None = None


def attribute(name: str, value: Value) -> tuple[int, bytes]:
    """Write an attribute by name as the (type, octets) that encoders take; a vendor's comes inside type 26.

    Raises EncodeError for an unknown name, a value of another kind or out of range.
    """
    known = BY_NAME.get(name)
    if known is None:
        raise EncodeError(Unwritable.UNKNOWN_NAME, name=name)
    octets = encode_value(known, value)
    if known.vendor is None:
        return known.number, octets
    return VENDOR_SPECIFIC, wrap_vendor(known.vendor, known.number, octets)


def wrap_vendor(vendor: int, kind: int, octets: bytes) -> bytes:
    """Write the value of a Vendor-Specific attribute that holds one of the vendor's (RFC 2865 5.26)."""
    if len(octets) > MOST_VALUE_OCTETS - 6:
        raise EncodeError(Unwritable.ATTRIBUTE_TOO_LONG, vendor=vendor, type=kind, size=len(octets))
    return _write_vendor_head(vendor, kind, len(octets) + 2) + octets


def by_number(kind: int, vendor: int | None = None) -> Attribute | None:
    """Find an attribute by its number on the wire."""
    return _BY_NUMBER.get((vendor, kind))


def encode_value(known: Attribute, value: Value) -> bytes:
    """Write one value, at most 253 octets. An enum's value may be given by its name: `"Interim-Update"`."""
    if known.values is not None and isinstance(value, str):
        value = _number_of(known.values, value)
    octets = _WRITERS[known.kind](value)
    if octets is None:
        raise EncodeError(Unwritable.VALUE_KIND, name=known.name, given=type(value).__name__)
    if len(octets) > MOST_VALUE_OCTETS:
        raise EncodeError(Unwritable.ATTRIBUTE_TOO_LONG, name=known.name, size=len(octets))
    return octets


def decode_value(known: Attribute, octets: bytes) -> Value:
    """Read one value; the octets themselves when they don't have the length of the kind."""
    value = _READERS[known.kind](octets)
    return octets if value is None else value


def value_name(values: type[IntEnum], number: int) -> str | None:
    """What a number of an enumerated attribute is called: `Interim-Update`; None when it isn't assigned."""
    return _NAMES_OF_VALUES[values].get(number)


def _number_of(values: type[IntEnum], name: str) -> int:
    for number, known in _NAMES_OF_VALUES[values].items():
        if known == name:
            return number
    raise EncodeError(Unwritable.UNKNOWN_NAME, name=name)


def _write_text(value: Value) -> bytes | None:
    return value.encode("utf-8", "replace") if isinstance(value, str) else None


def _write_octets(value: Value) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _write_number(value: Value) -> bytes | None:
    if not isinstance(value, int):
        return None
    if not 0 <= value < 2**32:
        raise EncodeError(Unwritable.VALUE_RANGE, value=value)
    return _write_integer(value)


def _write_address(value: Value) -> bytes | None:
    return value.packed if isinstance(value, IPv4Address) else None


def _write_address6(value: Value) -> bytes | None:
    return value.packed if isinstance(value, IPv6Address) else None


def _write_prefix6(value: Value) -> bytes | None:
    if not isinstance(value, IPv6Network):
        return None
    return bytes((0, value.prefixlen)) + value.network_address.packed


def _write_date(value: Value) -> bytes | None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    return _write_number((value - _EPOCH) // timedelta(seconds=1))


def _read_number(octets: bytes) -> int | None:
    return int.from_bytes(octets, "big") if len(octets) == 4 else None


def _read_prefix6(octets: bytes) -> IPv6Network | None:
    """RFC 3162 2.3: a reserved octet, the length in bits, then only as many octets as are needed."""
    if not 2 <= len(octets) <= 18 or octets[1] > 128:
        return None
    return IPv6Network((octets[2:].ljust(16, b"\0"), octets[1]), strict=False)


def _read_date(octets: bytes) -> datetime | None:
    return _EPOCH + timedelta(seconds=int.from_bytes(octets, "big")) if len(octets) == 4 else None


_WRITERS: Final[Mapping[Kind, Callable[[Value], bytes | None]]] = {
    Kind.TEXT: _write_text,
    Kind.OCTETS: _write_octets,
    Kind.SECRET: _write_octets,
    Kind.INTEGER: _write_number,
    Kind.ADDRESS: _write_address,
    Kind.ADDRESS6: _write_address6,
    Kind.PREFIX6: _write_prefix6,
    Kind.DATE: _write_date,
}
_READERS: Final[Mapping[Kind, Callable[[bytes], Value | None]]] = {
    Kind.TEXT: readable,
    Kind.OCTETS: bytes,
    Kind.SECRET: bytes,
    Kind.INTEGER: _read_number,
    Kind.ADDRESS: lambda octets: IPv4Address(octets) if len(octets) == 4 else None,
    Kind.ADDRESS6: lambda octets: IPv6Address(octets) if len(octets) == 16 else None,
    Kind.PREFIX6: _read_prefix6,
    Kind.DATE: _read_date,
}


def _parse(table: str, vendor: Vendor | None) -> Iterator[Attribute]:
    for line in table.strip().splitlines():
        number, name, kind = line.split()
        kind, _, enumeration = kind.partition(":")
        if enumeration:
            values: type[IntEnum] = getattr(assigned, enumeration)
            yield Attribute(name, int(number), vendor, Kind.INTEGER, values)
        else:
            yield Attribute(name, int(number), vendor, Kind(kind))


def _name_values(values: type[IntEnum]) -> dict[int, str]:
    return {int(value): "-".join(map(_write_word, value.name.split("_"))) for value in values}


def _write_word(word: str) -> str:
    return word if word in _ACRONYMS else word.capitalize()


ATTRIBUTES: Final = (
    *_parse(STANDARD, None),
    *(known for vendor, table in VENDORS.items() for known in _parse(table, vendor)),
)
BY_NAME: Final[Mapping[str, Attribute]] = MappingProxyType({known.name: known for known in ATTRIBUTES})
_BY_NUMBER: Final[Mapping[tuple[int | None, int], Attribute]] = {
    (known.vendor, known.number): known for known in ATTRIBUTES
}
_NAMES_OF_VALUES: Final = {
    values: _name_values(values) for values in (known.values for known in ATTRIBUTES) if values is not None
}
