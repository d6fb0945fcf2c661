"""A request takes a thread only once all of it has arrived."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from spotcoffee.project.bridge import Bridge, Receive, environ_of

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/portal/é",
    "query_string": b"a=%20b&c",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 8080),
    "client": ("10.1.0.7", 4711),
    "headers": [(b"host", b"wifi.example"), (b"content-type", b"text/plain"), (b"x-a", b"1"), (b"x-a", b"2")],
}


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("X-Said", "yes")])
    return [environ["wsgi.input"].read(), b"!"]


def exchange(receive: Receive, **settings: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    bridge = Bridge(echo, **{"threads": 1, "most_body": 10, "body_within": 5.0} | settings)
    asyncio.run(bridge(dict(SCOPE), receive, send))
    return sent


def saying(*bodies: bytes) -> Receive:
    messages = [
        {"type": "http.request", "body": body, "more_body": number < len(bodies) - 1}
        for number, body in enumerate(bodies)
    ]

    async def receive() -> Mapping[str, Any]:
        return messages.pop(0)

    return receive


def test_a_body_in_pieces_arrives_whole() -> None:
    start, body = exchange(saying(b"ab", b"cd"))

    assert start["status"] == 200
    assert (b"x-said", b"yes") in start["headers"]
    assert (b"content-length", b"5") in start["headers"]
    assert body["body"] == b"abcd!"


def test_too_long_a_body_is_sent_away() -> None:
    start, _ = exchange(saying(b"a" * 6, b"a" * 6))

    assert start["status"] == 413


def test_a_body_that_drips_is_sent_away_after_a_while() -> None:
    async def receive() -> Mapping[str, Any]:
        await asyncio.sleep(60)
        return {}

    start, _ = exchange(receive, body_within=0.01)

    assert start["status"] == 408


def test_a_request_is_told_as_wsgi_has_it() -> None:
    environ = environ_of(SCOPE, b"four")

    assert environ["PATH_INFO"] == "/portal/é".encode().decode("latin-1")
    assert (environ["QUERY_STRING"], environ["REMOTE_ADDR"]) == ("a=%20b&c", "10.1.0.7")
    assert (environ["HTTP_HOST"], environ["CONTENT_TYPE"], environ["HTTP_X_A"]) == ("wifi.example", "text/plain", "1,2")
    assert environ["CONTENT_LENGTH"] == "4"


def test_a_header_can_not_pass_for_another() -> None:
    scope = SCOPE | {"headers": [(b"sec_fetch_site", b"none"), (b"content-length", b"9")]}

    environ = environ_of(scope, b"")

    assert "HTTP_SEC_FETCH_SITE" not in environ
    assert environ["CONTENT_LENGTH"] == "0"
