"""A WSGI application behind an event loop: a request takes a thread only once all of it has arrived.

Threads are few. Clients that send their request drop by drop wait in the loop, where they cost nothing, and are sent
away after a while. Made for the portal, whose pages are small: an answer is kept whole before it leaves.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_TOO_LATE: Final = 408
_TOO_LONG: Final = 413


class _TooLong(Exception):
    """The body has more octets than any page of ours takes."""


class Bridge:
    """The application for an ASGI server. most_body: octets. body_within: seconds until all of it must be there."""

    def __init__(self, application: Application, *, threads: int, most_body: int, body_within: float) -> None:
        self._application = application
        self._most_body = most_body
        self._body_within = body_within
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            raise RuntimeError(f"{scope['type']} is not served")
        try:
            body = await asyncio.wait_for(_whole(receive, self._most_body), self._body_within)
        except TimeoutError:
            await _answer(send, _TOO_LATE, [], b"")
            return
        except _TooLong:
            await _answer(send, _TOO_LONG, [], b"")
            return
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(self._threads, self._run, scope, body)
        await _answer(send, status, headers, content)

    def _run(self, scope: Scope, body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        started: list[tuple[int, list[tuple[bytes, bytes]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            started.append((int(status.partition(" ")[0]), encoded))

        answer = self._application(environ_of(scope, body), start_response)
        try:
            content = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
        return status, headers, content


async def _whole(receive: Receive, most: int) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            # The client has gone: nobody reads the answer.
            raise _TooLong
        body += bytes(message.get("body", b""))
        if len(body) > most:
            raise _TooLong
        if not message.get("more_body", False):
            return body


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
    length = (
        [] if any(name == b"content-length" for name, _ in headers) else [(b"content-length", b"%d" % len(content))]
    )
    await send({"type": "http.response.start", "status": status, "headers": headers + length})
    await send({"type": "http.response.body", "body": content, "more_body": False})


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """What WSGI calls a request (PEP 3333): octets of path and headers as latin-1."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    if "_" in name:
        # X_Y would pass for X-Y.
        return
    if name == "content-type":
        environ["CONTENT_TYPE"] = value
    elif name != "content-length":
        key = "HTTP_" + name.upper().replace("-", "_")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
