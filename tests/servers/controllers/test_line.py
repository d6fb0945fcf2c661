"""The line to a controller: cookies, connections that were closed, and certificates that nobody else knows."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from spotcoffee.protocols.portals.calls import Call
from spotcoffee.servers.controllers.line import Line, Unreachable


class Handler(BaseHTTPRequestHandler):
    asked: list[tuple[str, str | None]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers.get("Cookie")))
        self.send_response(200)
        self.send_header("Set-Cookie", "session=one; Path=/; HttpOnly")
        self.send_header("X-Said", "hello")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=controller"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return tmp_path / "cert.pem"


@pytest.fixture
def secure(certificate: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Handler.asked = []
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def fingerprint(certificate: Path) -> str:
    return sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()


def test_the_certificate_agreed_upon_is_trusted_and_cookies_are_kept(secure: str, certificate: Path) -> None:
    line = Line(f"{secure}/under/", fingerprint(certificate).upper())

    reply = line.send(Call("POST", "/a", "{}"))
    line.send(Call("POST", "/b", "{}"))

    assert (reply.status, reply.body, reply.headers["x-said"]) == (200, "{}", "hello")
    # The server hangs up after each answer: the certificate is checked again.
    assert Handler.asked == [("/under/a", None), ("/under/b", "session=one")]


def test_nothing_is_said_to_another_certificate(secure: str) -> None:
    line = Line(secure, "0" * 64)

    for _ in range(2):
        with pytest.raises(Unreachable) as refused:
            line.send(Call("POST", "/a", "{}"))
        assert refused.value.code == "wrong_certificate"

    assert Handler.asked == []


def test_without_a_fingerprint_only_trusted_ones_are(secure: str) -> None:
    with pytest.raises(Unreachable) as refused:
        Line(secure).send(Call("POST", "/a", "{}"))

    assert refused.value.code == "wrong_certificate"
    assert Handler.asked == []


def test_nobody_there_is_said_so() -> None:
    with pytest.raises(Unreachable) as refused:
        Line("http://127.0.0.1:9").send(Call("GET", "/"))

    assert refused.value.code == "unreachable"
