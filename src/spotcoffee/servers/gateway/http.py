"""HTTP for guests, as little as needed: one request a connection, its head alone, and a short answer.

Strict and bounded: 8 kB of head, 10 s to send it, a few connections for each guest. Whoever is slow or sends garbage
holds up nobody but himself.
"""

import asyncio
import contextlib
import re
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import structlog

from spotcoffee.servers.gateway.sockets import listening

MOST_HEAD: Final = 8_192
HEAD_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 10.0
MOST_OF_ONE: Final = 24
MOST_IN_ALL: Final = 2_000

_LINE: Final = re.compile(r"([A-Z]{3,16}) ([\x21-\x7e]{1,7000}) HTTP/1\.[01]")
_HEADER: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([\x20-\x7e\x80-\xff\t]*)")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")

log = structlog.get_logger()


class BadRequest(Exception):
    """What came is no request that we take. status: what to answer."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """A request's head. target: as it stood, an absolute address cut to path and query; host: without port."""

    method: str
    target: str
    host: str
    authority: str
    headers: dict[str, str] = field(repr=False)
    peer: str
    secure: bool

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the question mark, undecoded."""
        return self.target.partition("?")[2].partition("#")[0]

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.target}"


@dataclass(frozen=True, slots=True)
class Answer:
    """status, type and body of an answer. location: of a redirect."""

    status: HTTPStatus
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    location: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def encoded(self, *, head_only: bool = False) -> bytes:
        """As it leaves."""
        body = self.body.encode()
        lines = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(body)}",
            "Cache-Control: private, no-store",
            "Connection: close",
            "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        if self.location is not None:
            lines.append(f"Location: {self.location}")
        head = "\r\n".join((*lines, "", "")).encode("latin-1", "replace")
        return head if head_only else head + body


def redirect(url: str) -> Answer:
    """Sends the browser elsewhere."""
    return Answer(HTTPStatus.FOUND, location=url)


Respond = Callable[[Request], Awaitable[Answer]]


def read_head(octets: bytes, *, peer: str, secure: bool) -> Request:
    """Read a request's head, its empty line included. Raises BadRequest."""
    first, *rest = octets.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    line = _LINE.fullmatch(first)
    if line is None:
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    headers: dict[str, str] = {}
    for text in rest:
        header = _HEADER.fullmatch(text)
        if header is None or (header[1].lower() == "host" and "host" in headers):
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        headers[header[1].lower()] = header[2].strip()
    authority, target = _place(line[2], headers.get("host", ""))
    return Request(line[1], target, _without_port(authority), authority, headers, peer, secure)


def _place(target: str, host: str) -> tuple[str, str]:
    if not target.startswith("/"):
        try:
            parts = urlsplit(target)
        except ValueError as unreadable:
            raise BadRequest(HTTPStatus.BAD_REQUEST) from unreadable
        if parts.scheme.lower() != "http":
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        host = parts.netloc
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _HOST.fullmatch(host):
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    return host, target


def _without_port(authority: str) -> str:
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower()


@dataclass(slots=True, eq=False)
class Desk:
    """Takes connections, and hands requests to `respond`."""

    respond: Respond
    secure: bool = False
    _open: Counter[str] = field(default_factory=Counter)

    async def listen(self, *, interface: str | None, port: int, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        """Open the port, on both protocols. interface: the only one that is heard; None: all."""
        return await asyncio.start_server(
            self._serve, sock=listening(interface, port), limit=MOST_HEAD, ssl=tls, backlog=512,
            ssl_handshake_timeout=HEAD_SECONDS if tls else None,
        )  # fmt: skip

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = _peer(writer)
        if self._open[peer] >= MOST_OF_ONE or self._open.total() >= MOST_IN_ALL:
            writer.transport.abort()
            return
        self._open[peer] += 1
        try:
            await self._answer(reader, writer, peer)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, ssl.SSLError):
            writer.transport.abort()
        finally:
            self._open[peer] -= 1
            if not self._open[peer]:
                del self._open[peer]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        head_only = False
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                octets = await reader.readuntil(b"\r\n\r\n")
            request = read_head(octets, peer=peer, secure=self.secure)
            head_only = request.method == "HEAD"
            answer = await self.respond(request)
        except asyncio.LimitOverrunError:
            answer = Answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except BadRequest as bad:
            answer = Answer(bad.status)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            raise
        except Exception:
            log.exception("request_failed")
            answer = Answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        writer.write(answer.encoded(head_only=head_only))
        async with asyncio.timeout(ANSWER_SECONDS):
            await writer.drain()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


def _peer(writer: asyncio.StreamWriter) -> str:
    name = writer.get_extra_info("peername")
    host = str(name[0]) if name else ""
    return host.partition("%")[0].removeprefix("::ffff:")
