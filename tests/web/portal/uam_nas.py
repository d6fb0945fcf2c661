"""A stand-in for a CoovaChilli gateway, written from its public documentation and what its source shows.

It is strict: what they do not allow is an error (`faults`). It speaks real HTTP to the guest's browser, and real RADIUS
to our server.
"""

import os
import threading
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.radius_peer import Peer

from spotcoffee.protocols.radius.assigned import CLASS, REPLY_MESSAGE
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.packet import Code, Packet
from spotcoffee.protocols.radius.secret import Secret

_ALLOWED: Final = {
    "/logon": {"username", "response", "userurl", "ident", "lang"},
    "/prelogin": {"userurl"},
    "/logoff": {"userurl"},
}
# redir.c: what it holds of a query, and of a userurl.
_LONGEST_QUERY: Final = 2_048
_LONGEST_URL: Final = 2_047


@dataclass
class Phone:
    """One guest's device on the gateway."""

    mac: str
    address: str
    challenge: bytes = b""
    session: str = ""
    login: str = ""
    accounting_class: bytes = b""
    wanted: str = ""


@dataclass
class UamNas:
    """The gateway. portal: its uamserver. expires: the next challenge has grown old by the time it is answered."""

    peer: Peer
    portal: str
    uam_secret: str
    phone: Phone
    nas_identifier: str = "nas01"
    expires: bool = False
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    answers: list[Packet] = field(default_factory=list)
    _sessions: int = 0

    def __post_init__(self) -> None:
        nas = self

        class Redir(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                nas.requests.append(self.path)
                self.send_response(302, "Moved Temporarily")
                self.send_header("Location", nas.redirect(self.path, self.headers.get("Host", "")))
                self.end_headers()

            def do_POST(self) -> None:
                nas.faults.append(f"POST {self.path}")
                self.send_error(405)

            def log_message(self, *_said: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Redir)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> "UamNas":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        assert not self.faults, self.faults

    def redirect(self, path: str, host: str) -> str:
        """Where the browser is sent."""
        parts = urlsplit(path)
        fields = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path not in _ALLOWED:
            self.phone.wanted = f"http://{host}{path}"
            return self._told("already" if self.phone.session else "notyet")
        if len(parts.query) > _LONGEST_QUERY or fields.keys() - _ALLOWED[parts.path]:
            self.faults.append(path)
        if "userurl" in fields:
            # It decodes twice (redir_getparam, then again).
            self.phone.wanted = unquote(fields["userurl"])[:_LONGEST_URL]
        match parts.path:
            case "/logon":
                return self._log_on(fields)
            case "/logoff":
                self.stop("User-Request")
                return self._told("logoff")
            case _:
                return self._told("already" if self.phone.session else "notyet")

    def _log_on(self, fields: dict[str, str]) -> str:
        if self.phone.session:
            return self._told("already")
        if self.expires or not self.phone.challenge:
            self.expires = False
            return self._told("notyet")
        response = bytes.fromhex(fields["response"])
        if len(response) != 16:
            self.faults.append(f"response of {len(response)} octets")
        answer = self._ask(fields["username"], b"\0" + response)
        self.answers.append(answer)
        self.phone.login = fields["username"]
        if answer.code is not Code.ACCESS_ACCEPT:
            return self._told("failed", reply=answer.text(REPLY_MESSAGE) or "")
        self._sessions += 1
        self.phone.session = f"{self._sessions:016x}"
        self.phone.accounting_class = answer.first(CLASS) or b""
        self.report("Start")
        return self._told("success")

    def _ask(self, login: str, chap_password: bytes) -> Packet:
        mixed = md5(self.phone.challenge + self.uam_secret.encode(), usedforsecurity=False).digest()
        said = [
            attribute("User-Name", login),
            attribute("CHAP-Password", chap_password),
            attribute("CHAP-Challenge", mixed),
            attribute("Calling-Station-Id", _dashed(self.phone.mac)),
            attribute("NAS-Identifier", self.nas_identifier),
        ]
        request = encode_request(
            Code.ACCESS_REQUEST,
            self.peer.next_identifier(),
            said,
            Secret(self.peer.secret.encode()),
            authenticator=os.urandom(16),
            message_authenticator=True,
        )
        return self.peer.exchange(request, port=self.peer.auth)

    def report(self, status: str, seconds: int | None = None, **named: str | int) -> None:
        """Report on the phone's session."""
        self.peer.report(
            status,
            User_Name=self.phone.login,
            Calling_Station_Id=_dashed(self.phone.mac),
            NAS_Identifier=self.nas_identifier,
            Acct_Session_Id=self.phone.session,
            Class=self.phone.accounting_class,
            Framed_IP_Address=None,
            Acct_Session_Time=seconds,
            **named,
        )

    def stop(self, cause: str, seconds: int = 1) -> None:
        """End the phone's session."""
        if self.phone.session:
            self.report("Stop", seconds, Acct_Terminate_Cause=1 if cause == "User-Request" else 4)
            self.phone.session = ""

    def _told(self, res: str, *, reply: str = "") -> str:
        """The portal's address, in the order of redir_buildurl, signed over all that stands before."""
        url = f"{self.portal}?res={res}&uamip=127.0.0.1&uamport={self.port}"
        if res != "already":
            self.phone.challenge = os.urandom(16)
            url += f"&challenge={self.phone.challenge.hex()}"
        url += "&called=00-0C-29-AA-BB-CC"
        if res in ("failed", "success", "already"):
            url += f"&uid={_encoded(self.phone.login)}"
        url += f"&mac={_dashed(self.phone.mac)}&ip={self.phone.address}"
        if reply:
            url += f"&reply={_encoded(reply)}"
        url += f"&nasid={self.nas_identifier}&sessionid={self.phone.session or '5650000000000001'}"
        if self.phone.wanted:
            url += f"&userurl={_encoded(self.phone.wanted)}"
        digest = md5((url + self.uam_secret).encode(), usedforsecurity=False).hexdigest().upper()
        return f"{url}&md={digest}"


def _dashed(mac: str) -> str:
    return "-".join(mac[position : position + 2] for position in range(0, 12, 2)).upper()


def _encoded(text: str) -> str:
    """As redir_urlencode: all but letters and digits, in lower case."""
    return "".join(c if c.isascii() and c.isalnum() else quote(c, safe="").lower() for c in text)
