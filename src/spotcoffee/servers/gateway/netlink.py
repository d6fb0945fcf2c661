"""Sockets to the kernel: questions and their answers, orders and their acknowledgements, and what it tells by itself.

It speaks for the network namespace in which it was opened, wherever it is used later.
"""

import errno
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Self, TypeVar

from spotcoffee.protocols.nftables.netlink import (
    DONE,
    DUMP_INTERRUPTED,
    ERROR,
    Message,
    error_of,
    messages,
    numbered,
)
from spotcoffee.servers.gateway.errors import KernelMissing, KernelRefused

ROUTE: Final = 0
NETFILTER: Final = 12

_READ: Final = 1 << 17
_SECONDS: Final = 5.0
# So many orders in one go: their acknowledgements must fit into the socket's buffer.
_ORDERS_AT_ONCE: Final = 100
_TRIES: Final = 5

_NOTHING_THERE: Final = (errno.ENOENT, errno.ESRCH, errno.ENODEV, errno.EINVAL)

_SOL_NETLINK: Final = 270
_CAP_ACK: Final = 10
_ADD_MEMBERSHIP: Final = 1
_FORCE_RECEIVE_BUFFER: Final = 33

Read = TypeVar("Read")


class Channel:
    """A netlink socket of one protocol. name: says in errors which part of the kernel refused."""

    def __init__(self, protocol: int, name: str) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self._socket.setsockopt(_SOL_NETLINK, _CAP_ACK, 1)
        self._socket.settimeout(_SECONDS)
        self._name = name
        self._sequence = 0

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, question: bytes, read: Callable[[Message], Read | None]) -> list[Read]:
        """What the kernel answers, as far as `read` makes something of it. A change in the middle is asked anew."""
        for _try in range(_TRIES):
            answer = list(self._answers(question))
            if not any(message.flags & DUMP_INTERRUPTED for message in answer):
                break
        found = (read(message) for message in answer)
        return [value for value in found if value is not None]

    def ask_one(self, question: bytes, read: Callable[[Message], Read | None]) -> Read | None:
        """The one answer to a question that isn't a dump; None if there is no such thing."""
        self._socket.send(self._number(question))
        for message in self._receive():
            if message.kind == ERROR:
                if error_of(message) in (0, *_NOTHING_THERE):
                    return None
                raise KernelRefused(self._name, error_of(message))
            return read(message)
        return None

    def order(self, orders: Iterable[bytes], *, ignored: frozenset[int] = frozenset()) -> None:
        """Carry out orders, each acknowledged. Raises KernelRefused at the first errno that isn't ignored."""
        waiting = list(orders)
        for start in range(0, len(waiting), _ORDERS_AT_ONCE):
            self._order_some(waiting[start : start + _ORDERS_AT_ONCE], ignored)

    def _order_some(self, orders: list[bytes], ignored: frozenset[int]) -> None:
        numbered_orders = [self._number(order) for order in orders]
        unanswered = len(numbered_orders)
        refused = 0
        self._socket.send(b"".join(numbered_orders))
        for message in self._receive(first=self._sequence - unanswered + 1):
            if message.kind == ERROR:
                unanswered -= 1
                code = error_of(message)
                refused = refused or (0 if code in ignored else code)
            if not unanswered:
                break
        if refused:
            raise KernelRefused(self._name, refused)

    def _answers(self, question: bytes) -> Iterator[Message]:
        self._socket.send(self._number(question))
        for message in self._receive():
            if message.kind in (DONE, ERROR):
                if error_of(message):
                    raise KernelRefused(self._name, error_of(message))
                return
            yield message

    def _receive(self, *, first: int = 0) -> Iterator[Message]:
        # An answer that came too late to an earlier question is none to this one.
        first = first or self._sequence
        while True:
            try:
                received = self._socket.recv(_READ)
            except TimeoutError as silence:
                raise KernelRefused(self._name, errno.ETIMEDOUT) from silence
            for message in messages(received):
                if message.sequence >= first:
                    yield message

    def _number(self, message: bytes) -> bytes:
        self._sequence += 1
        return numbered(message, self._sequence)


class Listener:
    """A netlink socket on which the kernel tells of what happens. lost: times that it told more than was read.

    buffer: bytes. Raises KernelMissing without the right to listen.
    """

    def __init__(self, protocol: int, groups: Iterable[int], *, buffer: int) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _FORCE_RECEIVE_BUFFER, buffer)
        except PermissionError as refused:
            self._socket.close()
            raise KernelMissing("only root, or CAP_NET_ADMIN, may change the network; run it so") from refused
        self._socket.setblocking(False)
        self._socket.bind((0, 0))
        for group in groups:
            self._socket.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, group)
        self.lost = 0

    def fileno(self) -> int:
        """For an event loop to wait on."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def drain(self) -> bool:
        """Whether anything has come since; it is not looked at."""
        lost = self.lost
        return sum(1 for _message in self.read()) > 0 or self.lost > lost

    def read(self) -> Iterator[Message]:
        """What has come since; never waits."""
        while True:
            try:
                received = self._socket.recv(_READ)
            except BlockingIOError:
                return
            except OSError as overrun:
                if overrun.errno != errno.ENOBUFS:
                    raise
                self.lost += 1
                continue
            yield from messages(received)
