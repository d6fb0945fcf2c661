"""Tells the guests' interface, over IPv6, who the router is and where the captive portal API is."""

import asyncio
import random
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import structlog

from spotcoffee.protocols.advertisement import (
    ALL_NODES,
    ALL_ROUTERS,
    HOP_LIMIT,
    SOLICITATION,
    Advertised,
    advertisement,
    is_solicitation,
)

# Seconds that guests believe us; between two advertisements that nobody asked for.
LIFETIME: Final = 1_800
UNASKED: Final = 200.0
# RFC 4861 10: those who ask at once are answered at once, together.
MOST_DELAY: Final = 0.5
LEAST_BETWEEN: Final = 3.0

_ICMP6_FILTER: Final = 1

log = structlog.get_logger()


def _opened(interface: str) -> socket.socket:
    opened = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        index = socket.if_nametoindex(interface)
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, HOP_LIMIT)
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, HOP_LIMIT)
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        group = socket.inet_pton(socket.AF_INET6, ALL_ROUTERS) + struct.pack("@I", index)
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
        # A set bit blocks a type: all but one.
        blocked = [0xFFFFFFFF] * 8
        blocked[SOLICITATION // 32] &= ~(1 << SOLICITATION % 32)
        opened.setsockopt(socket.IPPROTO_ICMPV6, _ICMP6_FILTER, struct.pack("@8I", *blocked))
        opened.setblocking(False)
    except BaseException:
        opened.close()
        raise
    return opened


@dataclass(slots=True, eq=False)
class Router:
    """The one who tells."""

    interface: str
    told: Advertised

    async def run(self) -> None:
        """Tell until cancelled; then, that we are gone."""
        with _opened(self.interface) as opened:
            try:
                while True:
                    self._tell(opened, self.told)
                    await asyncio.sleep(LEAST_BETWEEN)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(UNASKED):
                            await _asked(opened)
                    await asyncio.sleep(random.uniform(0, MOST_DELAY))  # noqa: S311 - spreads answers, hides nothing
            finally:
                self._tell(opened, replace(self.told, lifetime=0))

    def _tell(self, opened: socket.socket, told: Advertised) -> None:
        try:
            opened.sendto(advertisement(told), (ALL_NODES, 0, 0, socket.if_nametoindex(self.interface)))
        except OSError as unable:
            log.warning("not_advertised", reason=unable.strerror)


async def _asked(opened: socket.socket) -> None:
    while not is_solicitation(await asyncio.get_running_loop().sock_recv(opened, 2_048)):
        continue
