"""Requests that no browser sends, to a running portal: refused or answered harmlessly, one answer each."""

import socket
from contextlib import suppress

from tests.cli.commands import Site, free_port, until
from tests.cli.test_portal_command import status

HOST = b"Host: localhost\r\n"
BURIED = b"GET /portal/buried HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /portal/1 HTTP/1.1\r\n" + HOST

REFUSED = {
    "both lengths": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + BURIED,
    "both lengths, the other way round": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nX",
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 0\r\n\r\nabcd",
    "a length below nothing": POST + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +3\r\n\r\nabc",
    "a length beyond all bounds": POST + b"Content-Length: 99999999999999999999\r\n\r\n",
    "a coding that is none": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a blank before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"POST /portal/1 HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a folded header": b"GET /portal/ HTTP/1.1\r\n" + HOST + b"X-A: a\r\n b\r\n\r\n",
    "a NUL": b"GET /portal/ HTTP/1.1\r\n" + HOST + b"X-A: a\0b\r\n\r\n",
    "500 headers": b"GET /portal/ HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(500)) + b"\r\n",
    "a header without end": b"GET /portal/ HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n",
    "octets that are no path": b"GET /portal/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50),
}
HARMLESS = {
    "a line in a path": b"GET /t/%0d%0aSet-Cookie:a=b HTTP/1.1\r\n" + HOST + b"\r\n",
    "a line in a query": b"GET /portal/opennds/1/?x=%0d%0aSet-Cookie:a=b HTTP/1.1\r\n" + HOST + b"\r\n",
    "another host in the target": b"GET http://evil.example/t/AAAA HTTP/1.1\r\n" + HOST + b"\r\n",
    "a host that was forwarded": b"GET /t/AAAA HTTP/1.1\r\n" + HOST + b"X-Forwarded-Host: evil.example\r\n\r\n",
    "a host within a host": b"GET /t/AAAA HTTP/1.1\r\nHost: localhost:80@evil.example\r\n\r\n",
    "two hosts": b"GET /t/AAAA HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "a site that is a host": b"GET /guest/s//evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a way to another host": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "5,000 fields": b"GET /portal/1?"
    + b"&".join(b"a%d=1" % n for n in range(5_000))
    + b" HTTP/1.1\r\n"
    + HOST
    + b"\r\n",
    "1,000 ranges": b"GET /portal/style/0-x.css HTTP/1.1\r\n" + HOST + b"Range: bytes=" + b"0-," * 1_000 + b"\r\n\r\n",
    "an upgrade": b"GET /portal/ HTTP/1.1\r\n" + HOST + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
}


def said(port: int, request: bytes) -> bytes:
    """Everything that is answered until the server ends the connection, as it is asked to."""
    answer, request = b"", request.replace(b"\r\nHost", b"\r\nConnection: close\r\nHost", 1)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection, suppress(ConnectionError):
        connection.sendall(request)
        while piece := connection.recv(65_536):
            answer += piece
    return answer


def test_hostile_requests(ready_site: Site) -> None:
    port = free_port()
    ready_site.settings["PORTAL_BIND"] = f"127.0.0.1:{port}"
    with ready_site.running("portal"):
        until(lambda: status(port, "/portal/")[0] == 200, what="portal")

        for what, request in REFUSED.items():
            answer = said(port, request)
            assert answer.count(b"HTTP/1.") == 1, (what, answer)
            assert answer[9:12] in (b"400", b"404", b"431"), (what, answer)
        for what, request in HARMLESS.items():
            answer = said(port, request).lower()
            assert answer.count(b"http/1.1 ") == 1, (what, answer)
            assert answer[9:12] in (b"200", b"302", b"303", b"400", b"404"), (what, answer)
            assert b"evil.example" not in answer, what
            assert b"\r\nset-cookie" not in answer, what
