"""A WSGI application behind an event loop: a request takes a thread only once all of it has arrived.

Threads are few. Clients that send their request drop by drop wait in the loop, where they cost little, and are sent
away after a while. An answer of a page's size leaves its thread whole, however slowly it is read; a longer one, a
download, leaves piece by piece as it is made, and a client that stops reading it is given up.

No address is refused for asking much: behind one there may be a whole place. Where threads are short they are served
in turn.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import structlog

from spotcoffee.project.environ import Scope, environ_of
from spotcoffee.project.pieces import Gone, Pieces
from spotcoffee.project.turns import Turns

Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Octets of an answer that leaves whole.
WHOLE: Final = 262_144
# Octets of a body that is taken in however many others are on their way.
SMALL: Final = 16_000

_TOO_LATE: Final = 408
_TOO_LONG: Final = 413
_TOO_MANY: Final = 503
# Answers without content (RFC 9110 8.6): a length would speak of something else.
_EMPTY: Final = (204, 304)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is given to requests. most_waiting: octets of all bodies on their way. Times are seconds.

    body_within: until all of a body must be there. downloads: threads for long answers, beside those for pages.
    stalls_after: a long answer of which nothing was taken for so long is given up.
    """

    threads: int
    most_body: int
    body_within: float
    most_waiting: int = 64_000_000
    downloads: int = 0
    stalls_after: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """An answer, or its beginning. is_all: nothing follows."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes = b""
    is_all: bool = True


class _Refused(Exception):
    """The request is not worth a thread."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Bridge:
    """The application for an ASGI server."""

    def __init__(self, application: Application, limits: Limits) -> None:
        self._application = application
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.threads + limits.downloads, thread_name_prefix="page")
        self._turns = Turns(limits.threads)
        self._downloads = limits.downloads
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            raise RuntimeError(f"{scope['type']} is not served")
        body = bytearray()
        try:
            await self._take_in(body, receive)
            await self._answer(environ_of(scope, bytes(body)), send)
        except _Refused as refused:
            await _send(_Begun(status=refused.status, headers=[]), send)
        finally:
            self._waiting -= len(body)

    async def _take_in(self, body: bytearray, receive: Receive) -> None:
        """All of a request's body."""
        try:
            async with asyncio.timeout(self._limits.body_within):
                while await self._take_piece(body, receive):
                    pass
        except TimeoutError as dripping:
            raise _Refused(_TOO_LATE) from dripping

    async def _take_piece(self, body: bytearray, receive: Receive) -> bool:
        """One piece of it. Answers whether there is more."""
        message = await receive()
        if message["type"] != "http.request":
            # The client has gone: nobody reads the answer.
            raise _Refused(_TOO_LATE)
        piece = message.get("body", b"")
        body += piece
        self._waiting += len(piece)
        if len(body) > self._limits.most_body:
            raise _Refused(_TOO_LONG)
        if self._waiting > self._limits.most_waiting and len(body) > SMALL:
            raise _Refused(_TOO_MANY)
        return bool(message.get("more_body", False))

    async def _answer(self, environ: dict[str, Any], send: Send) -> None:
        pieces: Pieces[_Begun | bytes] = Pieces(asyncio.get_running_loop())
        await self._turns.take(environ["REMOTE_ADDR"])
        is_download = False
        try:
            self._threads.submit(self._work, environ, pieces)
            begun = cast(_Begun, await pieces.take())
            if not begun.is_all and self._downloads:
                # Once these are used up, further ones keep a thread of the pages.
                is_download = True
                self._downloads -= 1
                self._turns.leave()
            await _send(begun, send)
            if not begun.is_all:
                await self._pass_on(pieces, send)
        finally:
            pieces.close()
            if is_download:
                self._downloads += 1
            else:
                self._turns.leave()

    async def _pass_on(self, pieces: Pieces[_Begun | bytes], send: Send) -> None:
        """Send what follows the beginning; an empty piece is the end."""
        while True:
            piece = await pieces.take()
            async with asyncio.timeout(self._limits.stalls_after):
                await send({"type": "http.response.body", "body": piece, "more_body": bool(piece)})
            if not piece:
                return

    def _work(self, environ: dict[str, Any], pieces: Pieces[_Begun | bytes]) -> None:
        """In a thread: make the answer."""
        making = self._made(environ)
        try:
            for piece in making:
                pieces.put(piece)
        except Gone:
            log.info("download_given_up")
        except Exception as failed:
            log.error("answer_failed", error=type(failed).__name__)
            with contextlib.suppress(Gone):
                pieces.put(failed)
        finally:
            making.close()

    def _made(self, environ: dict[str, Any]) -> Generator[_Begun | bytes, None, None]:
        started: list[tuple[int, list[tuple[bytes, bytes]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            started.append((int(status.partition(" ")[0]), encoded))

        answer = self._application(environ, start_response)
        try:
            rest = iter(answer)
            content, is_all = _gathered(rest)
            status, headers = started[-1]
            yield _Begun(status=status, headers=headers, content=content, is_all=is_all)
            if not is_all:
                yield from filter(None, rest)
                yield b""
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()


def _gathered(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """The first pieces, up to the size of a page, and whether they are all."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        if len(gathered) >= WHOLE:
            return bytes(gathered), False
    return bytes(gathered), True


async def _send(begun: _Begun, send: Send) -> None:
    headers = begun.headers
    is_measured = any(name == b"content-length" for name, _ in headers)
    if begun.is_all and not is_measured and begun.status not in _EMPTY:
        headers = [*headers, (b"content-length", b"%d" % len(begun.content))]
    await send({"type": "http.response.start", "status": begun.status, "headers": headers})
    await send({"type": "http.response.body", "body": begun.content, "more_body": not begun.is_all})
