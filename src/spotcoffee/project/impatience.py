"""Clients that take no octet of their answer: the kernel gives up their connections, for the web server never does."""

import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final, TypeAlias

Served: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]

# Milliseconds. A phone may be out of reach for a moment.
GIVEN_UP_AFTER: Final = 60_000


class Impatient:
    """An ASGI application whose connections are given up; from its first request on, when the server listens."""

    def __init__(self, application: Served) -> None:
        self._application = application
        self._is_set = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        if not self._is_set:
            self._is_set = True
            give_up_after(GIVEN_UP_AFTER)
        await self._application(scope, receive, send)


def give_up_after(milliseconds: int) -> None:
    """What this process listens on, and so all that it accepts, ends when nobody has taken its octets for so long."""
    if sys.platform == "linux":
        for listening in _listening():
            # Also where the other side only says that it has no room (tcp(7)).
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def _listening() -> Iterator[socket.socket]:
    """The listening TCP sockets of this process."""
    for name in os.listdir("/proc/self/fd"):
        try:
            with socket.fromfd(int(name), socket.AF_INET, socket.SOCK_STREAM) as found:
                if _is_tcp(found) and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    yield found
        except OSError:
            # No socket, or gone again.
            continue


def _is_tcp(found: socket.socket) -> bool:
    return found.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL) == socket.IPPROTO_TCP
