"""A request takes a thread only once all of it has arrived, and a download only for as long as somebody reads it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from typing import Any

import pytest

from spotcoffee.project.bridge import SMALL, WHOLE, Application, Bridge, Limits

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/",
    "query_string": b"",
    "http_version": "1.1",
    "headers": [],
}
PIECE = b"x" * WHOLE


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("X-Said", "yes")])
    return [environ["wsgi.input"].read(), b"!"]


class Client:
    """Says its body in pieces, and keeps what it is sent."""

    def __init__(self, *bodies: bytes) -> None:
        self.sent: list[dict[str, Any]] = []
        self._bodies = list(bodies or (b"",))

    async def receive(self) -> Mapping[str, Any]:
        body = self._bodies.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self._bodies)}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])


class Silent(Client):
    """Has said the head and one piece, and never says more."""

    async def receive(self) -> Mapping[str, Any]:
        if self._bodies:
            return {"type": "http.request", "body": self._bodies.pop(0), "more_body": True}
        await asyncio.sleep(60)
        raise AssertionError


class Stalled(Client):
    """Takes the head of the answer and its beginning, and then nothing."""

    async def send(self, message: dict[str, Any]) -> None:
        if len(self.sent) == 2:
            await asyncio.sleep(60)
        self.sent.append(message)


def bridge(application: Application = echo, **limits: Any) -> Bridge:
    return Bridge(application, Limits(**{"threads": 1, "most_body": 10, "body_within": 5.0} | limits))


def asked(on: Bridge, client: Client, **scope: Any) -> Coroutine[Any, Any, None]:
    return on(SCOPE | scope, client.receive, client.send)


def exchange(client: Client, application: Application = echo, **limits: Any) -> Client:
    asyncio.run(asked(bridge(application, **limits), client))
    return client


def test_a_body_in_pieces_arrives_whole() -> None:
    client = exchange(Client(b"ab", b"cd"))

    assert client.status == 200
    assert client.sent[0]["headers"] == [(b"x-said", b"yes"), (b"content-length", b"5")]
    assert client.body == b"abcd!"


def test_too_long_a_body_is_sent_away() -> None:
    assert exchange(Client(b"a" * 6, b"a" * 6)).status == 413


def test_a_body_that_drips_is_sent_away_after_a_while() -> None:
    assert exchange(Silent(b"a"), body_within=0.01).status == 408


def test_long_bodies_that_drip_leave_room_for_short_ones() -> None:
    async def check() -> None:
        on = bridge(most_body=10 * SMALL, most_waiting=3 * SMALL)
        slow = [asyncio.create_task(asked(on, Silent(b"a" * 2 * SMALL))) for _ in range(2)]
        await asyncio.sleep(0.01)
        long, short = Client(b"a" * 2 * SMALL), Client(b"a")

        await asked(on, long)
        await asked(on, short)

        assert (long.status, short.status) == (503, 200)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        again = Client(b"a" * 2 * SMALL)
        await asked(on, again)
        assert again.status == 200

    asyncio.run(check())


def test_bodies_that_drip_take_no_thread() -> None:
    async def check() -> None:
        on = bridge(threads=1)
        slow = [asyncio.create_task(asked(on, Silent(b"a"))) for _ in range(20)]
        await asyncio.sleep(0.01)
        honest = Client(b"b")

        await asyncio.wait_for(asked(on, honest), 5)

        assert honest.status == 200
        for task in slow:
            task.cancel()

    asyncio.run(check())


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_without_content_has_no_length(status: str) -> None:
    def nothing(_: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, [])
        return []

    assert exchange(Client(), nothing).sent[0]["headers"] == []


class Download:
    """Pieces of a page's size each; closed by the thread that made them. fails: in the middle."""

    def __init__(self, count: int, *, fails: bool = False) -> None:
        self._count = count
        self._fails = fails
        self.threads: set[int] = set()
        self.closed = threading.Event()

    def __call__(self, _: dict[str, Any], start_response: Callable[..., Any]) -> "Download":
        start_response("200 OK", [])
        return self

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self._count):
            self.threads.add(threading.get_ident())
            yield PIECE
        if self._fails:
            raise RuntimeError("the database has gone")

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closed.set()


def test_a_download_comes_whole_and_from_one_thread() -> None:
    download = Download(5)

    client = exchange(Client(), download, downloads=1)

    assert client.body == PIECE * 5
    assert (client.sent[-1]["more_body"], client.sent[0]["headers"]) == (False, [])
    # A connection to the database belongs to its thread.
    assert len(download.threads) == 1


def test_a_download_that_nobody_reads_is_given_up() -> None:
    download = Download(50)

    with pytest.raises(TimeoutError):
        exchange(Stalled(), download, downloads=1, stalls_after=0.05)

    assert download.closed.wait(5)


def test_a_download_that_fails_in_the_middle_never_looks_whole() -> None:
    client = Client()

    with pytest.raises(RuntimeError, match="database"):
        exchange(client, Download(2, fails=True), downloads=1)

    assert client.sent[-1]["more_body"]


def test_a_download_that_is_read_slowly_leaves_the_threads_to_pages() -> None:
    def either(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return (
            Download(50)(environ, start_response) if environ["PATH_INFO"] == "/file" else echo(environ, start_response)
        )

    async def check() -> None:
        on = bridge(either, threads=1, downloads=1)
        slow = asyncio.create_task(asked(on, Stalled(), path="/file"))
        await asyncio.sleep(0.05)
        honest = Client()

        await asyncio.wait_for(asked(on, honest), 5)

        assert honest.status == 200
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)

    asyncio.run(check())
