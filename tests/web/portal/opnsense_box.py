"""A stand-in for OPNsense's captive portal, written from its public source; never compared with a running one.

It is strict: what AccessController does not have is an error (`faults`). Its template is the one that our configuration
makes; its `logon` takes a form, asks our RADIUS server as Radius.php does, and answers JSON.
"""

import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final
from urllib.parse import parse_qs

from tests.radius_peer import Peer

from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.packet import Code
from spotcoffee.protocols.radius.passwords import pap_hide
from spotcoffee.protocols.radius.secret import Secret

LOGON: Final = "/api/captiveportal/access/logon/0/"
SERVER_ENTRY: Final = "5f3a1c2b9d8e7"


@dataclass
class OpnSense:
    """The firewall, with one guest's device behind it. template: its index.html."""

    peer: Peer
    template: str
    mac: str = "02:00:00:00:00:A2"
    address: str = "10.8.0.7"
    is_on: bool = False
    # It lets nobody in, and asks nobody.
    refuses: bool = False
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        box = self

        class Portal(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(box.template, "text/html")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                if self.path != LOGON or form.keys() != {"user", "password"}:
                    box.faults.append(f"POST {self.path} {sorted(form)}")
                self._answer(box.log_on(form["user"], form["password"]), "application/json; charset=UTF-8")

            def _answer(self, text: str, media_type: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", media_type)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_said: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "OpnSense":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        assert not self.faults, self.faults

    def log_on(self, user: str, password: str) -> str:
        """Ask the RADIUS server; what `logon` answers."""
        if self.refuses:
            return _state("NOT_AUTHORIZED", self.address)
        random, shared = os.urandom(16), Secret(self.peer.secret.encode())
        said = [
            attribute("User-Name", user),
            attribute("Service-Type", "Login"),
            attribute("NAS-Identifier", SERVER_ENTRY),
            attribute("Calling-Station-Id", self.mac),
            attribute("User-Password", pap_hide(password.encode(), random, shared)),
        ]
        request = encode_request(Code.ACCESS_REQUEST, self.peer.next_identifier(), said, shared, authenticator=random)
        self.is_on = self.peer.exchange(request, port=self.peer.auth).code is Code.ACCESS_ACCEPT
        if not self.is_on:
            return _state("NOT_AUTHORIZED", self.address)
        self.peer.report(
            "Start", User_Name=user, NAS_Identifier=SERVER_ENTRY, Acct_Session_Id="kTq0b8N1rYpLxZ3dWc5v2g=="
        )
        return _state("AUTHORIZED", self.address)


def _state(state: str, address: str) -> str:
    return json.dumps({"clientState": state, "ipAddress": address, "authType": "normal"}, separators=(",", ":"))
