"""A RADIUS packet: what a datagram says (RFC 2865 3). Writing one: `encoding`. Who sent it: `authenticator`.

Rules of this file: one pass over the octets, as strict as trust.md, and no exception but MalformedPacket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address
from struct import Struct
from typing import Final, TypeAlias

from spotcoffee.protocols.radius.assigned import MESSAGE_AUTHENTICATOR, VENDOR_SPECIFIC
from spotcoffee.protocols.radius.errors import Malformed, MalformedPacket

Attribute: TypeAlias = tuple[int, bytes]

HEADER_LENGTH: Final = 20
MOST_OCTETS: Final = 4096
MOST_ATTRIBUTES: Final = 200
MOST_VALUE_OCTETS: Final = 253
ZERO_AUTHENTICATOR: Final = bytes(16)

_read_header: Final = Struct(">BBH16s").unpack_from


class Code(IntEnum):
    """What a packet is (RFC 2865 3, RFC 5176 2, RFC 5997)."""

    ACCESS_REQUEST = 1
    ACCESS_ACCEPT = 2
    ACCESS_REJECT = 3
    ACCOUNTING_REQUEST = 4
    ACCOUNTING_RESPONSE = 5
    ACCESS_CHALLENGE = 11
    STATUS_SERVER = 12
    DISCONNECT_REQUEST = 40
    DISCONNECT_ACK = 41
    DISCONNECT_NAK = 42
    COA_REQUEST = 43
    COA_ACK = 44
    COA_NAK = 45


# Calling Code(n) takes ten times as long.
_CODES: Final = {int(code): code for code in Code}

ANSWERS: Final[Mapping[int, frozenset[Code]]] = {
    Code.ACCESS_REQUEST: frozenset({Code.ACCESS_ACCEPT, Code.ACCESS_REJECT, Code.ACCESS_CHALLENGE}),
    Code.ACCOUNTING_REQUEST: frozenset({Code.ACCOUNTING_RESPONSE}),
    Code.STATUS_SERVER: frozenset({Code.ACCESS_ACCEPT, Code.ACCOUNTING_RESPONSE}),
    Code.DISCONNECT_REQUEST: frozenset({Code.DISCONNECT_ACK, Code.DISCONNECT_NAK}),
    Code.COA_REQUEST: frozenset({Code.COA_ACK, Code.COA_NAK}),
}
# Their authenticator is random; the others compute it over the packet (RFC 2866 3, RFC 5176 2.3).
RANDOM_AUTHENTICATOR: Final = frozenset({Code.ACCESS_REQUEST, Code.STATUS_SERVER})


@dataclass(slots=True, eq=False)
class Packet:
    """One decoded packet; only `decode` makes them, so a Packet that exists is well formed.

    attributes: every (type, value) in the order of the wire. datagram: the octets up to Length, no padding.
    message_authenticator_at: where in `datagram` its sixteen octets start; 0 when there is none.
    An accessor answers None for an attribute that is absent or has not the length of the kind asked for.
    """

    # Final, not frozen: mypy holds it just as well, and freezing costs 1 us a packet.
    code: Final[Code]
    identifier: Final[int]
    authenticator: Final[bytes]
    attributes: Final[tuple[Attribute, ...]]
    datagram: Final[bytes]
    message_authenticator_at: Final[int]
    _firsts: Final[dict[int, bytes]]

    def __repr__(self) -> str:
        return f"<Packet {self.code.name} {self.identifier}, {len(self.attributes)} attributes>"

    def __contains__(self, kind: int) -> bool:
        return kind in self._firsts

    def first(self, kind: int) -> bytes | None:
        """The value of the first attribute of this type."""
        return self._firsts.get(kind)

    def all(self, kind: int) -> list[bytes]:
        """The values of all attributes of this type, in order."""
        if kind not in self._firsts:
            return []
        return [value for other, value in self.attributes if other == kind]

    def integer(self, kind: int) -> int | None:
        """The first attribute of this type as 32 unsigned bits."""
        return _as_integer(self._firsts.get(kind))

    def text(self, kind: int) -> str | None:
        """The first attribute of this type as text that can be stored: see `readable`."""
        value = self._firsts.get(kind)
        return None if value is None else readable(value)

    def address(self, kind: int) -> IPv4Address | None:
        """The first attribute of this type as an IPv4 address."""
        value = self._firsts.get(kind)
        return IPv4Address(value) if value is not None and len(value) == 4 else None

    def address6(self, kind: int) -> IPv6Address | None:
        """The first attribute of this type as an IPv6 address (RFC 3162)."""
        value = self._firsts.get(kind)
        return IPv6Address(value) if value is not None and len(value) == 16 else None

    def vendor_all(self, vendor: int, kind: int) -> list[bytes]:
        """The values of all attributes of this vendor's type, in order."""
        if VENDOR_SPECIFIC not in self._firsts:
            return []
        prefix = vendor.to_bytes(4, "big")
        return [
            value
            for number, octets in self.attributes
            if number == VENDOR_SPECIFIC and octets.startswith(prefix)
            for other, value in split_vendor(octets)
            if other == kind
        ]

    def vendor_first(self, vendor: int, kind: int) -> bytes | None:
        """The value of the first attribute of this vendor's type."""
        values = self.vendor_all(vendor, kind)
        return values[0] if values else None

    def vendor_integer(self, vendor: int, kind: int) -> int | None:
        """The first attribute of this vendor's type as 32 unsigned bits."""
        return _as_integer(self.vendor_first(vendor, kind))

    def vendor_text(self, vendor: int, kind: int) -> str | None:
        """The first attribute of this vendor's type as text that can be stored: see `readable`."""
        value = self.vendor_first(vendor, kind)
        return None if value is None else readable(value)


def decode(datagram: bytes) -> Packet:
    """Read one datagram. Octets past Length are padding (RFC 2865 3). Raises MalformedPacket."""
    size = len(datagram)
    if size < HEADER_LENGTH:
        raise MalformedPacket(Malformed.TOO_SHORT, size=size)
    number, identifier, length, authenticator = _read_header(datagram)
    code = _CODES.get(number)
    if code is None:
        raise MalformedPacket(Malformed.UNKNOWN_CODE, number=number)
    if length != size:
        if length < HEADER_LENGTH or length > size:
            raise MalformedPacket(Malformed.BAD_LENGTH, length=length, size=size)
        datagram = datagram[:length]
    if length > MOST_OCTETS:
        raise MalformedPacket(Malformed.TOO_LONG, length=length)
    attributes, proof_at = _decode_attributes(datagram, length)
    firsts = dict(reversed(attributes))
    return Packet(code, identifier, authenticator, tuple(attributes), datagram, proof_at, firsts)


def _decode_attributes(datagram: bytes, length: int) -> tuple[list[Attribute], int]:
    attributes: list[Attribute] = []
    append = attributes.append
    position, proof_at = HEADER_LENGTH, 0
    while position < length:
        start = position + 2
        if start > length:
            raise MalformedPacket(Malformed.DANGLING_BYTE, at=position)
        kind = datagram[position]
        end = position + datagram[position + 1]
        if kind == 0 or end < start or end > length:
            raise MalformedPacket(_attribute_fault(kind, end - position), at=position)
        if kind == MESSAGE_AUTHENTICATOR:
            if proof_at or end - start != 16:
                raise MalformedPacket(_proof_fault(proof_at), at=position)
            proof_at = start
        append((kind, datagram[start:end]))
        position = end
    if len(attributes) > MOST_ATTRIBUTES:
        raise MalformedPacket(Malformed.TOO_MANY_ATTRIBUTES, count=len(attributes))
    return attributes, proof_at


def _attribute_fault(kind: int, length: int) -> Malformed:
    if kind == 0:
        return Malformed.ZERO_ATTRIBUTE_TYPE
    return Malformed.SHORT_ATTRIBUTE if length < 2 else Malformed.ATTRIBUTE_OVERRUN


def _proof_fault(earlier_at: int) -> Malformed:
    return Malformed.TWO_MESSAGE_AUTHENTICATORS if earlier_at else Malformed.MESSAGE_AUTHENTICATOR_LENGTH


def split_vendor(octets: bytes) -> list[Attribute]:
    """Read the (type, value) pairs inside a Vendor-Specific value, vendor number first (RFC 2865 5.26).

    Empty when the octets don't follow the recommended layout to their last one: they stay opaque.
    """
    pairs: list[Attribute] = []
    position, length = 4, len(octets)
    while position < length:
        start = position + 2
        if start > length:
            return []
        end = position + octets[position + 1]
        if end < start or end > length:
            return []
        pairs.append((octets[position], octets[start:end]))
        position = end
    return pairs


def readable(octets: bytes) -> str:
    """Read text that any database stores: NULs at the end cut off, what is no UTF-8 or NUL becomes U+FFFD."""
    # Some equipment counts the C string's NUL in; PostgreSQL refuses the whole batch for one NUL.
    text = octets.decode("utf-8", "replace")
    return text.rstrip("\0").replace("\0", "\ufffd") if "\0" in text else text


def _as_integer(octets: bytes | None) -> int | None:
    return int.from_bytes(octets, "big") if octets is not None and len(octets) == 4 else None
