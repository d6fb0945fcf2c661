"""What nftables holds, read straight from netlink: a thousand counters in milliseconds.

linux/netfilter/nf_tables.h.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from spotcoffee.protocols.nftables.netlink import (
    ATTRIBUTE,
    DUMP,
    REQUEST,
    TYPE_MASK,
    Message,
    NetlinkError,
    attribute,
    attributes,
    encode,
    nested,
    spans,
    text,
)

FAMILY_INET: Final = 1
FAMILY_BRIDGE: Final = 7

_SUBSYSTEM: Final = 10 << 8
_NEW_CHAIN: Final = _SUBSYSTEM | 3
_GET_CHAIN: Final = _SUBSYSTEM | 4
_NEW_RULE: Final = _SUBSYSTEM | 6
_GET_RULE: Final = _SUBSYSTEM | 7
_GET_SETELEM: Final = _SUBSYSTEM | 13
_NEW_SETELEM: Final = _SUBSYSTEM | 12
_NEW_GENERATION: Final = _SUBSYSTEM | 15
_GET_GENERATION: Final = _SUBSYSTEM | 16
_GENERIC: Final = struct.Struct("=BBH")
_LIST_TABLE, _LIST_SET, _LIST_ELEMENTS = 1, 2, 3
_LIST_ELEMENT: Final = 1
_RULE_TABLE, _CHAIN_TABLE = 1, 1
_KEY, _EXPRESSION = 1, 7
_VALUE: Final = 1
_EXPRESSION_DATA: Final = 2
_COUNTER_BYTES: Final = 1
_BIG_64: Final = struct.Struct(">Q")
_BIG_32: Final = struct.Struct(">I")


class Element(NamedTuple):
    """An element of a set or map. key: each part of a concatenation is padded to four bytes. octets: counted."""

    key: bytes
    octets: int


def ask_elements(family: int, table: str, name: str) -> bytes:
    """The request for all elements of a set or map."""
    payload = _GENERIC.pack(family, 0, 0) + text(_LIST_TABLE, table) + text(_LIST_SET, name)
    return encode(_GET_SETELEM, REQUEST | DUMP, payload)


def ask_element(family: int, table: str, name: str, key: bytes) -> bytes:
    """The request for one element; ENOENT if there is none."""
    element = nested(_LIST_ELEMENT, nested(_KEY, attribute(_VALUE, key)))
    payload = _GENERIC.pack(family, 0, 0) + text(_LIST_TABLE, table) + text(_LIST_SET, name)
    return encode(_GET_SETELEM, REQUEST, payload + nested(_LIST_ELEMENTS, element))


def elements(message: Message) -> list[Element]:
    """The elements in one message of the answer. Raises NetlinkError for lengths that don't fit."""
    if message.kind != _NEW_SETELEM:
        return []
    return list(_elements(attributes(message.payload, _GENERIC.size).get(_LIST_ELEMENTS, b"")))


def _elements(listed: bytes) -> Iterator[Element]:
    # In place and in one piece: a reading of all guests' counters goes through thousands of these.
    header = ATTRIBUTE.unpack_from
    at, end = 0, len(listed)
    while at + ATTRIBUTE.size <= end:
        length, _kind = header(listed, at)
        key, octets, inner, stop = b"", 0, at + ATTRIBUTE.size, at + length
        if not inner <= stop <= end:
            raise NetlinkError(f"an element of {length} bytes in {end - at}")
        while inner + ATTRIBUTE.size <= stop:
            size, kind = header(listed, inner)
            if not ATTRIBUTE.size <= size <= stop - inner:
                raise NetlinkError(f"a part of {size} bytes in {stop - inner}")
            if kind & TYPE_MASK == _KEY:
                # What follows the header of the one attribute in it.
                key = listed[inner + 2 * ATTRIBUTE.size : inner + size]
            elif kind & TYPE_MASK == _EXPRESSION:
                octets = _octets(listed, inner + ATTRIBUTE.size, inner + size)
            inner += (size + 3) & ~3
        yield Element(key, octets)
        at += (length + 3) & ~3


def _octets(listed: bytes, start: int, end: int) -> int:
    for inner, inner_end, kind in spans(listed, start, end):
        if kind == _EXPRESSION_DATA:
            for at, _stop, counter in spans(listed, inner, inner_end):
                if counter == _COUNTER_BYTES:
                    return int(_BIG_64.unpack_from(listed, at)[0])
    return 0


def ask_rules(family: int, table: str) -> bytes:
    """The request for the rules of a table."""
    return encode(_GET_RULE, REQUEST | DUMP, _GENERIC.pack(family, 0, 0) + text(_RULE_TABLE, table))


def ask_chains(family: int) -> bytes:
    """The request for the chains of a family."""
    return encode(_GET_CHAIN, REQUEST | DUMP, _GENERIC.pack(family, 0, 0))


def rule(message: Message) -> bytes | None:
    """A rule of an answer, in the kernel's own words: they stay the same as long as nobody touches it."""
    return message.payload[_GENERIC.size :] if message.kind == _NEW_RULE else None


def chain(message: Message, *, table: str) -> bytes | None:
    """A chain of a table, in the kernel's own words."""
    if message.kind != _NEW_CHAIN:
        return None
    described = message.payload[_GENERIC.size :]
    return described if attributes(described).get(_CHAIN_TABLE) == table.encode() + b"\0" else None


def ask_generation() -> bytes:
    """The request for the number that every change to any rule raises."""
    return encode(_GET_GENERATION, REQUEST, _GENERIC.pack(0, 0, 0))


def generation(message: Message) -> int | None:
    """That number; None if the message is about something else."""
    if message.kind != _NEW_GENERATION:
        return None
    return int(_BIG_32.unpack(attributes(message.payload, _GENERIC.size)[1])[0])
