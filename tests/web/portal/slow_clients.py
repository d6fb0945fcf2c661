"""Clients that hold a connection and give as little as they can; and an honest guest beside them."""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlencode

from spotcoffee.protocols.portals import uam
from spotcoffee.protocols.portals.visits import Outcome

UAM_SECRET: Final = "a secret of the gateway"
NAS_IDENTIFIER: Final = "nas01"
GATEWAY: Final = "10.1.0.1"
FORM: Final = "application/x-www-form-urlencoded"

# Where the crowd is, on the same machine: a phone's address is its own.
CROWD_AT: Final = "127.0.9.9"

_HEAD: Final = b"POST /portal/1 HTTP/1.1\r\nHost: localhost\r\n"
# What each sort says before it falls silent; the last asks without an end and reads nothing.
SORTS: Final = {
    "silent": b"",
    "head": _HEAD + b"X-Slow: ",
    "body": _HEAD + f"Content-Type: {FORM}\r\nContent-Length: 500\r\n\r\nvisit=".encode(),
    "chunks": _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nvisi",
    "api": b"POST /api/v1/offers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{",
    "never reading": b"GET /portal/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 64,
}


def trusting() -> ssl.SSLContext:
    """For a server whose certificate is its own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def crowd(port: int, sort: str, count: int, *, tls: ssl.SSLContext | None = None) -> Iterator[None]:
    """So many clients of a sort, open for the length of a block."""
    with ExitStack() as clients:
        for _ in range(count):
            raw = clients.enter_context(socket.socket())
            raw.settimeout(10)
            if sort == "never reading":
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            raw.bind((CROWD_AT, 0))
            raw.connect(("127.0.0.1", port))
            # One that is silent does not even begin with TLS.
            said = raw if tls is None or sort == "silent" else clients.enter_context(tls.wrap_socket(raw))
            said.setblocking(False)
            with suppress(BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                said.sendall(SORTS[sort])
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """An honest guest of a UAM gateway, at a portal on a port. number: of his phone."""

    port: int
    place: int
    code: str
    tls: ssl.SSLContext | None = None
    number: int = 1

    @property
    def base(self) -> str:
        """Where the portal is."""
        return f"{'http' if self.tls is None else 'https'}://localhost:{self.port}"

    def arrival(self, challenge: bytes = bytes(16)) -> str:
        """Where the gateway sends him: path and query."""
        told = uam.Redirection(
            outcome=Outcome.NOT_YET,
            gateway_address=GATEWAY,
            challenge=challenge,
            called="000c29aabbcc",
            device=f"02{self.number:010x}",
            address=f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}",
            nas_identifier=NAS_IDENTIFIER,
            wanted="http://example.org/first?page=1",
        )
        return uam.redirect_url(f"{self.base}/portal/{self.place}", told, secret=UAM_SECRET).removeprefix(self.base)

    def form(self, page: bytes) -> bytes:
        """What his browser sends from the login page."""
        found = re.search(rb'name="visit" value="([^"]*)"', page)
        assert found, page
        return urlencode({"visit": unescape(found[1].decode()), "code": self.code}).encode()

    def log_in(self) -> float:
        """Page, code, and back to the gateway; answers the seconds."""
        began = time.monotonic()
        connection = self.connection()
        try:
            page = self._ask(connection, "GET", self.arrival())
            assert page.status == 200
            answer = self._ask(connection, "POST", f"/portal/{self.place}", self.form(page.read()))
            assert (answer.status, f"//{GATEWAY}:3990/logon" in answer.headers["Location"]) == (303, True)
        finally:
            connection.close()
        return time.monotonic() - began

    def look_at(self, path: str) -> float:
        """Any page; answers the seconds."""
        began = time.monotonic()
        connection = self.connection()
        try:
            answer = self._ask(connection, "GET", path)
            assert (answer.status, bool(answer.read())) == (200, True)
        finally:
            connection.close()
        return time.monotonic() - began

    def connection(self) -> HTTPConnection:
        """A new one."""
        if self.tls is None:
            return HTTPConnection("localhost", self.port, timeout=20)
        return HTTPSConnection("localhost", self.port, timeout=20, context=self.tls)

    @staticmethod
    def _ask(connection: HTTPConnection, method: str, path: str, body: bytes | None = None) -> HTTPResponse:
        connection.request(method, path, body, {"Content-Type": FORM, "Accept-Language": "fr"} if body else {})
        return connection.getresponse()
