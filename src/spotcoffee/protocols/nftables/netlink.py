"""Netlink messages and their attributes (RFC 3549; linux/netlink.h)."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

HEADER: Final = struct.Struct("=IHHII")
ATTRIBUTE: Final = struct.Struct("=HH")
_SIGNED: Final = struct.Struct("=i")
_U32: Final = struct.Struct("=I")

ERROR: Final = 2
DONE: Final = 3

REQUEST: Final = 0x001
ACK: Final = 0x004
ECHO: Final = 0x008
DUMP: Final = 0x300
DUMP_INTERRUPTED: Final = 0x010
REPLACE: Final = 0x100
EXCLUSIVE: Final = 0x200
CREATE: Final = 0x400

_NESTED: Final = 0x8000
TYPE_MASK: Final = 0x3FFF


class NetlinkError(Exception):
    """Bytes that are no netlink message."""


class Message(NamedTuple):
    """One message. payload: what follows the 16 bytes of header."""

    kind: int
    flags: int
    sequence: int
    payload: bytes


def encode(kind: int, flags: int, payload: bytes) -> bytes:
    """A message to the kernel, still without a number."""
    return _padded(HEADER.pack(HEADER.size + len(payload), kind, flags, 0, 0) + payload)


def numbered(message: bytes, sequence: int) -> bytes:
    """The message with the number that the answer will have. sequence: 32 bits."""
    return message[:8] + _U32.pack(sequence) + message[12:]


def messages(received: bytes) -> Iterator[Message]:
    """The messages of one read. Raises NetlinkError for lengths that don't fit."""
    offset = 0
    while offset + HEADER.size <= len(received):
        length, kind, flags, sequence, _port = HEADER.unpack_from(received, offset)
        if not HEADER.size <= length <= len(received) - offset:
            raise NetlinkError(f"a message of {length} bytes in {len(received) - offset}")
        yield Message(kind, flags, sequence, received[offset + HEADER.size : offset + length])
        offset += _aligned(length)


def error_of(message: Message) -> int:
    """The errno, positive, of an ERROR or DONE message; 0: it is an acknowledgement."""
    return -_SIGNED.unpack_from(message.payload)[0] if len(message.payload) >= _SIGNED.size else 0


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, padded."""
    return _padded(ATTRIBUTE.pack(ATTRIBUTE.size + len(value), kind) + value)


def text(kind: int, value: str) -> bytes:
    """An attribute of a string that ends with a zero."""
    return attribute(kind, value.encode() + b"\0")


def u32(kind: int, value: int) -> bytes:
    """An attribute of 32 bits."""
    return attribute(kind, _U32.pack(value))


def nested(kind: int, *inner: bytes) -> bytes:
    """An attribute that holds attributes."""
    return attribute(kind | _NESTED, b"".join(inner))


def attributes(payload: bytes, offset: int = 0) -> dict[int, bytes]:
    """Attributes by type; of several of one type the last. Raises NetlinkError for lengths that don't fit."""
    return {kind: payload[start:end] for start, end, kind in spans(payload, offset, len(payload))}


def spans(payload: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Where the value of each attribute begins and ends, and its type, in order."""
    while start + ATTRIBUTE.size <= end:
        length, kind = ATTRIBUTE.unpack_from(payload, start)
        if not ATTRIBUTE.size <= length <= end - start:
            raise NetlinkError(f"an attribute of {length} bytes in {end - start}")
        yield start + ATTRIBUTE.size, start + length, kind & TYPE_MASK
        start += _aligned(length)


def _aligned(length: int) -> int:
    return (length + 3) & ~3


def _padded(value: bytes) -> bytes:
    return value + b"\0" * (-len(value) % 4)
