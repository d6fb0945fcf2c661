"""What nftables holds, read straight from netlink: a thousand counters in milliseconds.

linux/netfilter/nf_tables.h.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from spotcoffee.protocols.nftables.netlink import (
    DUMP,
    REQUEST,
    Message,
    attribute,
    attributes,
    each_attribute,
    encode,
    nested,
    text,
)

FAMILY_INET: Final = 1
FAMILY_BRIDGE: Final = 7

_SUBSYSTEM: Final = 10 << 8
_GET_SETELEM: Final = _SUBSYSTEM | 13
_NEW_SETELEM: Final = _SUBSYSTEM | 12
_NEW_GENERATION: Final = _SUBSYSTEM | 15
_GET_GENERATION: Final = _SUBSYSTEM | 16
_GENERIC: Final = struct.Struct("=BBH")
_LIST_TABLE, _LIST_SET, _LIST_ELEMENTS = 1, 2, 3
_LIST_ELEMENT: Final = 1
_KEY, _DATA, _EXPRESSION, _EXPRESSIONS = 1, 2, 7, 11
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
    """The elements in one message of the answer."""
    return list(_elements(message)) if message.kind == _NEW_SETELEM else []


def _elements(message: Message) -> Iterator[Element]:
    listed = attributes(message.payload, _GENERIC.size).get(_LIST_ELEMENTS, b"")
    for _kind, element in each_attribute(listed):
        parts = attributes(element)
        if _KEY in parts:
            yield Element(attributes(parts[_KEY]).get(_VALUE, b""), _octets(parts))


def _octets(parts: dict[int, bytes]) -> int:
    expression = parts.get(_EXPRESSION)
    if expression is None:
        return 0
    counter = attributes(expression).get(_EXPRESSION_DATA, b"")
    octets = attributes(counter).get(_COUNTER_BYTES)
    return 0 if octets is None else int(_BIG_64.unpack(octets)[0])


def ask_generation() -> bytes:
    """The request for the number that every change to any rule raises."""
    return encode(_GET_GENERATION, REQUEST, _GENERIC.pack(0, 0, 0))


def generation(message: Message) -> int | None:
    """That number; None if the message is about something else."""
    if message.kind != _NEW_GENERATION:
        return None
    return int(_BIG_32.unpack(attributes(message.payload, _GENERIC.size)[1])[0])
