"""The RADIUS client: asks, repeats the same octets until an answer comes, and goes to the next server when none does.

One socket for each server and port. An answer counts only if it proves that its sender knows the secret; to a login and
to a Status-Server, by a Message-Authenticator (CVE-2024-3596).
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import count
from typing import Final, cast

import structlog

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.authenticator import verify_response
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.errors import RadiusError
from spotcoffee.protocols.radius.packet import RANDOM_AUTHENTICATOR, Attribute, Code, Packet, decode
from spotcoffee.protocols.radius.passwords import pap_hide
from spotcoffee.protocols.radius.secret import Secret

# Seconds to wait after each sending of the same octets.
LOGIN_WAITS: Final = (0.7, 1.3, 2.0)
# Less than the 30 s for which a server remembers its answers (trust.md).
REPORT_WAITS: Final = (1.0, 2.0, 4.0, 8.0)
PROBE_WAITS: Final = (1.0, 1.0)
PROBE_AWAY: Final = 1.0
PROBE_QUIET: Final = 30.0

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Line(asyncio.DatagramProtocol):
    """A socket to one port of one server. Up to 256 requests wait on it at a time."""

    secret: Secret
    _transport: asyncio.DatagramTransport | None = None
    _waiting: dict[int, tuple[bytes, asyncio.Future[Packet]]] = field(default_factory=dict)
    _identifiers: "count[int]" = field(default_factory=count)

    @classmethod
    async def opened(cls, server: tuple[str, int], secret: Secret) -> "Line":
        """Open it."""
        loop = asyncio.get_running_loop()
        _, line = await loop.create_datagram_endpoint(lambda: cls(secret), remote_addr=server)
        return line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now; the request waits all the same, for somebody may."""

    def datagram_received(self, data: bytes, _source: object) -> None:
        """Take an answer; what doesn't prove itself is dropped."""
        waiting = self._waiting.get(data[1]) if len(data) > 1 else None
        if waiting is None or waiting[1].done():
            return
        request, future = waiting
        try:
            packet = decode(data)
            must_prove = request[0] in RANDOM_AUTHENTICATOR
            verify_response(packet, request, self.secret, message_authenticator_required=must_prove)
        except RadiusError as error:
            log.warning("answer_dropped", reason=error.code.value)
            return
        future.set_result(packet)

    async def ask(
        self, write: Callable[[int], bytes], waits: Iterable[float], doubt: Callable[[], None]
    ) -> Packet | None:
        """Send what `write` makes for an identifier, again after each wait; None if no answer came, or no room is.

        doubt: called after each wait that was in vain.
        """
        identifier = self._free_identifier()
        if identifier is None:
            return None
        request = write(identifier)
        future = cast("asyncio.Future[Packet]", asyncio.get_running_loop().create_future())
        self._waiting[identifier] = (request, future)
        try:
            for wait in waits:
                self._send(request)
                done, _ = await asyncio.wait({future}, timeout=wait)
                if done:
                    return future.result()
                doubt()
            return None
        finally:
            del self._waiting[identifier]

    def local_address(self) -> IPv4Address | IPv6Address | None:
        """Under which address of ours the server sees us."""
        name = self._transport.get_extra_info("sockname") if self._transport else None
        return ip_address(name[0]) if name else None

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()

    def _send(self, request: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(request)

    def _free_identifier(self) -> int | None:
        for _ in range(256):
            identifier = next(self._identifiers) % 256
            if identifier not in self._waiting:
                return identifier
        return None


@dataclass(slots=True, eq=False)
class RadiusClient:
    """All servers. The one that answered last is asked first. name: our NAS-Identifier. clock: monotonic seconds.

    away: no server answered the last time that all were asked.
    """

    servers: Sequence[tuple[str, int]]
    secret: Secret
    name: str
    clock: Callable[[], float]
    away: bool = False
    _auth: list[Line] = field(default_factory=list)
    _acct: list[Line] = field(default_factory=list)
    _current: int = 0
    _heard_at: float = 0.0
    # A request went unanswered for a while since we last heard of a server.
    _doubted: bool = False
    _back: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Open the sockets."""
        self._auth = [await Line.opened(server, self.secret) for server in self.servers]
        self._acct = [await Line.opened((host, port + 1), self.secret) for host, port in self.servers]
        self._heard_at = self.clock() - PROBE_QUIET

    def close(self) -> None:
        """Close them."""
        for line in (*self._auth, *self._acct):
            line.close()

    def local_address(self) -> IPv4Address | IPv6Address:
        """Under which address the servers see us."""
        return self._auth[self._current].local_address() or IPv4Address(0)

    async def log_in(self, attributes: Sequence[Attribute], *, password: bytes | None = None) -> Packet | None:
        """Send an Access-Request. The verified Accept or Reject; None: no server answers. password: for PAP."""
        authenticator = os.urandom(16)
        said = list(attributes)
        if password is not None:
            said.insert(1, (assigned.USER_PASSWORD, pap_hide(password, authenticator, self.secret)))

        def write(identifier: int) -> bytes:
            return encode_request(Code.ACCESS_REQUEST, identifier, said, self.secret, authenticator=authenticator)

        return await self._ask(self._auth, write, LOGIN_WAITS)

    async def report(self, attributes: Callable[[], Sequence[Attribute]]) -> bool:
        """Send an Accounting-Request; whether a server has taken it. attributes: made anew for each server."""

        def write(identifier: int) -> bytes:
            return encode_request(Code.ACCOUNTING_REQUEST, identifier, attributes(), self.secret)

        return await self._ask(self._acct, write, REPORT_WAITS) is not None

    async def watch(self) -> None:
        """See whether a server is there when nothing else shows it; for ever."""
        while True:
            if self.away or self._doubted or self.clock() - self._heard_at >= PROBE_QUIET:
                await self._ask(self._auth, self._status, PROBE_WAITS)
            await asyncio.sleep(PROBE_AWAY)

    async def wait_until_back(self) -> None:
        """Until a server answers, if none does now."""
        while self.away:
            await self._back.wait()

    def _status(self, identifier: int) -> bytes:
        said = [(assigned.NAS_IDENTIFIER, self.name.encode())]
        return encode_request(Code.STATUS_SERVER, identifier, said, self.secret, authenticator=os.urandom(16))

    async def _ask(self, lines: Sequence[Line], write: Callable[[int], bytes], waits: Sequence[float]) -> Packet | None:
        for number in (*range(self._current, len(lines)), *range(self._current)):
            answer: Packet | None = await lines[number].ask(write, waits, self._doubt)
            if answer is not None:
                self._current = number
                self._heard()
                return answer
        if not self.away:
            log.warning("server_away")
        self.away = True
        self._back.clear()
        return None

    def _doubt(self) -> None:
        self._doubted = True

    def _heard(self) -> None:
        self._doubted = False
        self._heard_at = self.clock()
        if self.away:
            log.info("server_back")
        self.away = False
        self._back.set()
