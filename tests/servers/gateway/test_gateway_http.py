"""HTTP for guests: what is read, and what is refused."""

from contextlib import suppress
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.servers.gateway.http import Answer, BadRequest, Request, read_head


def read(text: str) -> Request:
    return read_head(text.replace("\n", "\r\n").encode("latin-1"), peer="10.77.0.11", secure=False)


def test_a_request_is_read() -> None:
    request = read("GET /logon?username=x&a=%20 HTTP/1.1\nHost: 10.77.0.1:3990\nAccept-Language: fr\n\n")
    assert (request.path, request.query, request.host) == ("/logon", "username=x&a=%20", "10.77.0.1")
    assert request.url == "http://10.77.0.1:3990/logon?username=x&a=%20"
    assert request.headers["accept-language"] == "fr"


def test_an_absolute_address_counts_more_than_the_host() -> None:
    request = read("GET http://example.org/a?b HTTP/1.1\nHost: other\n\n")
    assert (request.host, request.target) == ("example.org", "/a?b")


@pytest.mark.parametrize(
    "text",
    [
        "GET / HTTP/2\nHost: x\n\n",
        "GET  / HTTP/1.1\nHost: x\n\n",
        "get / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\n\n",
        "GET / HTTP/1.1\nHost: a b\n\n",
        "GET / HTTP/1.1\nHost: a@b\n\n",
        "GET / HTTP/1.1\nHost: x\nHost: y\n\n",
        "GET / HTTP/1.1\nHost: x\n folded\n\n",
        "GET / HTTP/1.1\nHost: x\nBad header: y\n\n",
        "GET /\x07 HTTP/1.1\nHost: x\n\n",
        "GET https://example.org/ HTTP/1.1\nHost: x\n\n",
        "CONNECT example.org:443 HTTP/1.1\nHost: example.org:443\n\n",
        "\x16\x03\x01\n\n",
        "\n\n",
    ],
)
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read(text)


@given(st.binary(max_size=300))
def test_nothing_raises_anything_else(octets: bytes) -> None:
    with suppress(BadRequest):
        read_head(octets + b"\r\n\r\n", peer="10.77.0.11", secure=False)


def test_an_answer_is_never_kept_and_closes() -> None:
    octets = Answer(HTTPStatus.FOUND, location="http://portal.example/").encoded()
    head = octets.decode().split("\r\n")
    assert head[0] == "HTTP/1.1 302 Found"
    assert {"Cache-Control: private, no-store", "Connection: close", "Location: http://portal.example/"} <= set(head)
