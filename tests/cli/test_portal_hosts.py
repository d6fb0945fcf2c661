"""Whatever name the portal is asked under, the way to its page has an end."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from tests.cli.commands import Site, free_port, until
from tests.cli.test_portal_command import status

PATIENCE = 3


def raw(port: int, text: str) -> tuple[int, str]:
    """What is answered to a request written by hand; http.client would add a Host."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.connect()
    try:
        connection.sock.sendall(text.encode())
        answer = connection.response_class(connection.sock)
        answer.begin()
        return answer.status, answer.getheader("Location", "")
    finally:
        connection.close()


def followed(port: int, asked: str) -> tuple[int, list[str]]:
    """Where a browser ends whose gateway brings everything to the portal, and the way it went."""
    code, location = raw(port, asked)
    way = []
    while code in (301, 302, 303, 307) and len(way) < PATIENCE:
        way.append(location)
        parts = urlsplit(location)
        code, location = raw(port, f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n")
    return code, way


ASKED = {
    "another host": "GET / HTTP/1.1\r\nHost: news.example\r\n\r\n",
    "another host with a port": "GET /a?b=c HTTP/1.1\r\nHost: news.example:8080\r\n\r\n",
    "a literal": "GET / HTTP/1.1\r\nHost: 198.51.100.7\r\n\r\n",
    "an IPv6 literal": "GET / HTTP/1.1\r\nHost: [2001:db8::7]:8080\r\n\r\n",
    "no host": "GET / HTTP/1.0\r\n\r\n",
    "an empty host": "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "no name at all": "GET / HTTP/1.1\r\nHost: a_b..<>\r\n\r\n",
    "two hosts": "GET / HTTP/1.1\r\nHost: one.example\r\nHost: two.example\r\n\r\n",
    "a whole address": "GET http://news.example/x HTTP/1.1\r\nHost: news.example\r\n\r\n",
    "the portal's own name": "GET /portal/ HTTP/1.1\r\nHost: wifi.example\r\n\r\n",
}


@pytest.mark.parametrize("named", ["", "http://wifi.example"])
def test_no_name_leads_in_a_circle(ready_site: Site, named: str) -> None:
    port = free_port()
    # On every address, as a box between two networks has it; the portal's own name is not among `hosts`.
    ready_site.settings |= {"PORTAL_BIND": f"0.0.0.0:{port}", "PORTAL_ADDRESS": named}
    with ready_site.running("portal"):
        until(lambda: status(port, "/portal/")[0] == 200, what="portal")

        for what, asked in ASKED.items():
            code, way = followed(port, asked)
            assert (code, len(way) <= 1) == (200, True), (what, code, way)
            assert not way or way[0].startswith(f"{named or f'http://127.0.0.1:{port}'}/portal/"), (what, way)
