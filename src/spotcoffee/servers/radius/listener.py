"""One socket of the server. An answer leaves from the address that was asked: equipment drops any other.

A socket bound to all addresses lets the kernel choose, which on a machine with several takes the first of the way
back. So each datagram comes with the address it was sent to (ip(7), ipv6(7)), and its answer takes it along.
Bound to `::` it hears IPv4 too, and names it as IPv4 (RFC 4291 2.5.5.2).
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

from spotcoffee.servers.radius.counters import Counters
from spotcoffee.servers.radius.reception import Port, Reception, Source

# What the kernel keeps for us while the interpreter is busy.
RECEIVE_BUFFER: Final = 8 << 20
# Room for the longest packet twice (RFC 2865 3); what is longer comes cut off, and its Length says so.
_ROOM: Final = 8192
# Datagrams taken before others on the event loop have their turn.
_MOST_AT_ONCE: Final = 64

# ip(7); Python gives it no name. The value: interface, address of ours, destination of the datagram.
_IP_PKTINFO: Final = 8
_SPACE: Final = socket.CMSG_SPACE(20)

_IPV4_IN_IPV6: Final = "::ffff:"

Ancillary: TypeAlias = tuple[int, int, bytes]
# As the kernel says it: host and port, of IPv6 also flow and scope.
Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]


class Listener:
    """Hands what arrives to the reception. closed: whether nothing is taken now."""

    def __init__(
        self,
        bind: tuple[str, int],
        *,
        reception: Reception,
        port: Port,
        counters: Counters,
        closed: Callable[[], bool],
    ) -> None:
        """Binds; raises OSError."""
        self._reception = reception
        self._port = port
        self._counters = counters
        self._closed = closed
        self._socket = _bound(bind)

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen from now on."""
        loop.add_reader(self._socket, self._take)

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen no more."""
        loop.remove_reader(self._socket)
        self._socket.close()

    def _take(self) -> None:
        """Take what lies in the socket. After the end has begun nothing new is taken."""
        receive, port = self._reception.receive, self._port
        for _ in range(_MOST_AT_ONCE):
            try:
                datagram, ancillary, _flags, source = self._socket.recvmsg(_ROOM, _SPACE)
            except OSError:
                # Nothing is left; or an ICMP error of an earlier answer, which tells us nothing.
                return
            if not self._closed():
                send = partial(self._send, _taken_along(ancillary), source)
                receive(datagram, _named(source), port=port, send=send)

    def _send(self, taken_along: list[Ancillary], back: Address, answer: bytes, _source: Source) -> None:
        try:
            self._socket.sendmsg((answer,), taken_along, 0, back)
        except OSError:
            # Equipment asks again, and the answer is kept.
            self._counters.add("unsent")


def _bound(bind: tuple[str, int]) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(*bind, type=socket.SOCK_DGRAM)[0]
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        if address[0] == "0.0.0.0":  # noqa: S104 - compared, not bound
            opened.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        elif address[0] == "::":
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        opened.bind(address)
    except BaseException:
        opened.close()
        raise
    return opened


def _taken_along(ancillary: list[Ancillary]) -> list[Ancillary]:
    """What an answer takes along to leave from the address that was asked, by whatever interface leads back."""
    for level, kind, value in ancillary:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
            return [(level, kind, bytes(4) + value[4:8] + bytes(4))]
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            # The interface stays: without it a link-local address means nothing.
            return [(level, kind, value)]
    return []


def _named(source: Address) -> Source:
    address = source[0]
    if address.startswith(_IPV4_IN_IPV6) and "." in address:
        address = address[len(_IPV4_IN_IPV6) :]
    return address, source[1]
