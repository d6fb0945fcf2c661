"""A stand-in for a MikroTik hotspot with an external login page, written from its public manual.

It is strict: what the manual does not have is an error (`faults`). Its `login.html` sends the browser to the portal
with the router's variables; its `/login` takes a form, with HTTP-CHAP where `chap` is set, and asks our RADIUS server.
"""

import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from tests.radius_peer import Peer

from spotcoffee.protocols.radius.assigned import CLASS, REPLY_MESSAGE
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.packet import Code, Packet
from spotcoffee.protocols.radius.passwords import pap_hide
from spotcoffee.protocols.radius.secret import Secret

_FORM: Final = {"username", "password", "dst", "popup"}


@dataclass
class RouterOs:
    """The router, with one guest's device behind it. portal: where its login.html sends browsers."""

    peer: Peer
    portal: str
    chap: bool = True
    mac: str = "02:00:00:00:00:A1"
    address: str = "10.5.50.7"
    identity: str = "MikroTik"
    is_on: bool = False
    faults: list[str] = field(default_factory=list)
    answers: list[Packet] = field(default_factory=list)
    _identifier: bytes = b""
    _challenge: bytes = b""

    def __post_init__(self) -> None:
        router = self

        class Hotspot(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/logout":
                    router.is_on = False
                    self._go(router.login_page(res="logoff"))
                elif parts.path == "/login":
                    dst = parse_qs(parts.query).get("dst", [""])[0]
                    self._go(router.login_page(orig=dst))
                else:
                    self._go(router.login_page(orig=f"http://{self.headers['Host']}{self.path}"))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path != "/login":
                    router.faults.append(f"POST {self.path}")
                self._go(router.log_in({name: values[0] for name, values in parse_qs(body).items()}))

            def _go(self, location: str) -> None:
                self.send_response(302)
                self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_said: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Hotspot)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "RouterOs":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        assert not self.faults, self.faults

    def login_page(self, *, orig: str = "", error: str = "", username: str = "", res: str = "") -> str:
        """Where our login.html, on the router, sends the browser: its variables filled in."""
        self._identifier, self._challenge = (os.urandom(1), os.urandom(16)) if self.chap else (b"", b"")
        variables = {
            "mac": self.mac,
            "ip": self.address,
            "username": username,
            "identity": self.identity,
            "link-login-only": f"{self.url}/login",
            "link-logout": f"{self.url}/logout",
            "link-orig": orig,
            "error": error,
            "chap-id": _escaped(self._identifier),
            "chap-challenge": _escaped(self._challenge),
            "res": res,
        }
        return f"{self.portal}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in variables.items())

    def log_in(self, form: dict[str, str]) -> str:
        """Take the login form; answers where the browser goes next."""
        if form.keys() - _FORM or not {"username", "password"} <= form.keys():
            self.faults.append(f"fields {sorted(form)}")
        answer = self._ask(form["username"], form["password"])
        self.answers.append(answer)
        if answer.code is not Code.ACCESS_ACCEPT:
            error = answer.text(REPLY_MESSAGE) or "invalid username or password"
            return self.login_page(orig=form.get("dst", ""), error=error, username=form["username"])
        self.is_on = True
        self.peer.report(
            "Start",
            User_Name=form["username"],
            Calling_Station_Id=self.mac,
            NAS_Identifier=self.identity,
            Acct_Session_Id="80000001",
            Class=answer.first(CLASS) or b"",
        )
        return form["dst"]

    def _ask(self, login: str, password: str) -> Packet:
        random, shared = os.urandom(16), Secret(self.peer.secret.encode())
        said = [
            attribute("User-Name", login),
            attribute("Calling-Station-Id", self.mac),
            attribute("NAS-Identifier", self.identity),
        ]
        if self.chap:
            said.append(attribute("CHAP-Password", self._identifier + bytes.fromhex(password)))
            said.append(attribute("CHAP-Challenge", self._challenge))
        else:
            said.append(attribute("User-Password", pap_hide(password.encode(), random, shared)))
        number = self.peer.next_identifier()
        request = encode_request(
            Code.ACCESS_REQUEST, number, said, shared, authenticator=random, message_authenticator=True
        )
        return self.peer.exchange(request, port=self.peer.auth)


def _escaped(octets: bytes) -> str:
    return "".join(f"\\{octet:03o}" for octet in octets)
