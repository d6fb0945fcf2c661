"""Rate limits: one HTB class for a guest and direction, a short queue in it (linux/pkt_sched.h, rtnetlink(7))."""

import struct
from typing import Final, NamedTuple

from spotcoffee.protocols.nftables.netlink import (
    ACK,
    CREATE,
    DUMP,
    ECHO,
    REPLACE,
    REQUEST,
    Message,
    attribute,
    attributes,
    encode,
    text,
)

# The handle of our root queue, so that it is told from anybody else's.
MAJOR: Final = 0x5C0F
# The multicast group in which the kernel tells of changes.
GROUP: Final = 4
MOST_MINOR: Final = 0xFFFE
LEAST_RATE: Final = 8_000
# A guest measures what arrives in his packets: of 1514 bytes on the wire 1448 are his with TCP, 1472 with UDP. With
# this much more on the wire, he measures 96 to 101 % of what he was sold.
HEADERS_PER_MILLE: Final = 40
_QUEUE_SECONDS: Final = 0.1
# A third of a second at 1 Mbit/s. With less, TCP loses its turn; with twice as much, a ping takes half a second.
_LEAST_QUEUE: Final = 40_000
_FRAME: Final = 1_514

_NEW_QDISC, _DEL_QDISC, _GET_QDISC = 36, 37, 38
_NEW_CLASS, _DEL_CLASS, _GET_CLASS = 40, 41, 42
_HEADER: Final = struct.Struct("=BBHiIII")
_KIND, _OPTIONS = 1, 2
_HTB_PARAMETERS, _HTB_INIT = 1, 2
_HTB_RATE64, _HTB_CEIL64 = 6, 7
_HTB_VERSION: Final = 3
_RATE: Final = struct.Struct("=BBHhHI")
_HTB_CLASS: Final = struct.Struct("=IIIII")
_HTB_ROOT: Final = struct.Struct("=IIIII")
_FIFO: Final = struct.Struct("=I")
_LINK_ETHERNET: Final = 1
_ROOT: Final = 0xFFFFFFFF
# A kernel tick of tc is 64 ns.
_TICKS_PER_SECOND: Final = 15_625_000
_MOST_32: Final = 0xFFFFFFFF


class Queue(NamedTuple):
    """A queueing discipline. handle: major << 16 | minor."""

    interface: int
    handle: int
    parent: int
    kind: str

    @property
    def is_root(self) -> bool:
        """It is what the interface sends through."""
        return self.parent == _ROOT


def handle_of(minor: int) -> int:
    """The class of a guest's number, 1 … 0xFFFE."""
    return MAJOR << 16 | minor


def add_root(interface: int) -> bytes:
    """The root queue. What has no class in it is sent unlimited."""
    options = attribute(_HTB_INIT, _HTB_ROOT.pack(_HTB_VERSION, 10, 0, 0, 0))
    return _request(_NEW_QDISC, interface, handle=MAJOR << 16, parent=_ROOT, kind="htb", body=options)


def delete_root(interface: int) -> bytes:
    """Give the interface back its own queue."""
    return _request(_DEL_QDISC, interface, handle=0, parent=_ROOT)


def set_class(interface: int, minor: int, *, rate: int) -> bytes:
    """Make a class or change its rate in place. rate: bit/s as the guest is promised, 8,000 or more."""
    wire = max(1, rate * (1000 + HEADERS_PER_MILLE) // 8000)
    burst = min(_MOST_32, max(_FRAME * 2, wire // 500) * _TICKS_PER_SECOND // wire)
    spec = _RATE.pack(0, _LINK_ETHERNET, 0, 0, 0, min(wire, _MOST_32))
    wide = struct.pack("=Q", wire)
    options = attribute(_HTB_PARAMETERS, spec + spec + _HTB_CLASS.pack(burst, burst, _FRAME, 0, 0))
    if wire > _MOST_32:
        options += attribute(_HTB_RATE64, wide) + attribute(_HTB_CEIL64, wide)
    return _request(
        _NEW_CLASS,
        interface,
        handle=handle_of(minor),
        parent=MAJOR << 16,
        kind="htb",
        body=options,
    )


def set_leaf(interface: int, minor: int, *, rate: int, kind: str) -> bytes:
    """The queue of a class. kind: fq_codel, where the kernel has it, or bfifo of a tenth of a second."""
    limit = max(_LEAST_QUEUE, int(rate * _QUEUE_SECONDS) // 8)
    return _request(
        _NEW_QDISC,
        interface,
        handle=minor << 16,
        parent=handle_of(minor),
        kind=kind,
        body=_FIFO.pack(limit) if kind == "bfifo" else b"",
    )


def delete_class(interface: int, minor: int) -> bytes:
    """Remove a class and the queue in it."""
    return _request(_DEL_CLASS, interface, handle=handle_of(minor), parent=0)


def ask_queues() -> bytes:
    """The request for all queueing disciplines."""
    return encode(_GET_QDISC, REQUEST | DUMP, _HEADER.pack(0, 0, 0, 0, 0, 0, 0))


def ask_classes(interface: int) -> bytes:
    """The request for an interface's classes."""
    return encode(_GET_CLASS, REQUEST | DUMP, _HEADER.pack(0, 0, 0, interface, 0, 0, 0))


def ask_root(interface: int) -> bytes:
    """The request for the queue that an interface sends through."""
    # Without ECHO the kernel tells everybody but the one who asked; of a queue of its own it only acknowledges.
    return encode(_GET_QDISC, REQUEST | ACK | ECHO, _HEADER.pack(0, 0, 0, interface, 0, _ROOT, 0))


def is_ours(message: Message) -> bool | None:
    """Whether the queueing discipline of an answer is our root."""
    return _HEADER.unpack_from(message.payload)[4] == MAJOR << 16 if message.kind == _NEW_QDISC else None


def minor(message: Message) -> int | None:
    """The guest's number in a class of an answer."""
    return _HEADER.unpack_from(message.payload)[4] & 0xFFFF if message.kind == _NEW_CLASS else None


def queue(message: Message) -> Queue | None:
    """A queueing discipline of an answer."""
    if message.kind != _NEW_QDISC:
        return None
    _family, _pad1, _pad2, interface, handle, parent, _info = _HEADER.unpack_from(message.payload)
    kind = attributes(message.payload, _HEADER.size).get(_KIND, b"")
    return Queue(interface, handle, parent, kind.rstrip(b"\0").decode("ascii", "replace"))


def _request(message: int, interface: int, *, handle: int, parent: int, kind: str = "", body: bytes = b"") -> bytes:
    flags = REQUEST | ACK | (CREATE | REPLACE if kind else 0)
    payload = _HEADER.pack(0, 0, 0, interface, handle, parent, 0)
    if kind:
        payload += text(_KIND, kind)
    if body:
        payload += attribute(_OPTIONS, body)
    return encode(message, flags, payload)
