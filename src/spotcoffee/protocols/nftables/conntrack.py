"""What the kernel says of flows: their beginning and end with the address and port that each was translated to.

linux/netfilter/nfnetlink_conntrack.h. Integers are big-endian here.
"""

import struct
from enum import IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple, TypeAlias

from spotcoffee.protocols.nftables.netlink import ACK, REQUEST, Message, attribute, attributes, encode

Address: TypeAlias = IPv4Address | IPv6Address

# Multicast groups of netfilter's netlink.
GROUP_BEGUN: Final = 1
GROUP_ENDED: Final = 3

_SUBSYSTEM: Final = 1 << 8
_NEW: Final = _SUBSYSTEM | 0
_DELETE: Final = _SUBSYSTEM | 2
_GENERIC: Final = struct.Struct("=BBH")
_ORIGINAL, _REPLY, _MARK, _MARK_MASK = 1, 2, 8, 21
_TUPLE_IP, _TUPLE_PROTOCOL = 1, 2
_SOURCE4, _DESTINATION4, _SOURCE6, _DESTINATION6 = 1, 2, 3, 4
_PROTOCOL, _SOURCE_PORT, _DESTINATION_PORT = 1, 2, 3
_BIG_32: Final = struct.Struct(">I")
_BIG_16: Final = struct.Struct(">H")


class Change(StrEnum):
    """What became of a flow."""

    BEGUN = "begun"
    ENDED = "ended"


class Protocol(IntEnum):
    """The usual protocols by their number."""

    ICMP = 1
    TCP = 6
    UDP = 17
    ICMPV6 = 58


class Endpoint(NamedTuple):
    """Address and port; port 0: the protocol has none."""

    address: Address
    port: int


class Flow(NamedTuple):
    """A flow. guest: who opened it; translated: as the Internet sees him; mark: the number of his session, 0: none."""

    change: Change
    mark: int
    protocol: int
    guest: Endpoint
    destination: Endpoint
    translated: Endpoint


def flow(message: Message) -> Flow | None:
    """The flow that an event is about; None for other messages, and for an event that leaves out a direction."""
    if message.kind not in (_NEW, _DELETE):
        return None
    found = attributes(message.payload, _GENERIC.size)
    if _ORIGINAL not in found or _REPLY not in found:
        return None
    protocol, guest, destination = _ends(found[_ORIGINAL])
    _protocol, _server, translated = _ends(found[_REPLY])
    if guest is None or destination is None or translated is None:
        return None
    mark = found.get(_MARK)
    return Flow(
        change=Change.BEGUN if message.kind == _NEW else Change.ENDED,
        mark=_BIG_32.unpack(mark)[0] if mark else 0,
        protocol=protocol,
        guest=guest,
        destination=destination,
        translated=translated,
    )


def end_flows(mark: int) -> bytes:
    """The order to forget all flows of a mark; they can't go on."""
    marked = attribute(_MARK, _BIG_32.pack(mark)) + attribute(_MARK_MASK, _BIG_32.pack(0xFFFFFFFF))
    return encode(_DELETE, REQUEST | ACK, _GENERIC.pack(0, 0, 0) + marked)


def _ends(value: bytes) -> tuple[int, Endpoint | None, Endpoint | None]:
    found = attributes(value)
    addresses = attributes(found.get(_TUPLE_IP, b""))
    protocol = attributes(found.get(_TUPLE_PROTOCOL, b""))
    number = protocol.get(_PROTOCOL, b"\0")[0]
    return (
        number,
        _endpoint(addresses.get(_SOURCE4), addresses.get(_SOURCE6), protocol.get(_SOURCE_PORT)),
        _endpoint(addresses.get(_DESTINATION4), addresses.get(_DESTINATION6), protocol.get(_DESTINATION_PORT)),
    )


def _endpoint(packed4: bytes | None, packed6: bytes | None, port: bytes | None) -> Endpoint | None:
    number = _BIG_16.unpack(port)[0] if port else 0
    if packed4 is not None:
        return Endpoint(IPv4Address(packed4), number)
    return None if packed6 is None else Endpoint(IPv6Address(packed6), number)
