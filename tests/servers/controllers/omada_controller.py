"""A stand-in for an Omada controller, written from TP-Link's FAQ 3231; it was never compared with a real one.

Strict: what that page does not allow is answered as an error, or fails the test. Over real HTTP.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USER, PASSWORD, CONTROLLER = "operator", "a password of the tests", "0123456789abcdef"
_MAC = re.compile(r"[0-9A-F]{2}(-[0-9A-F]{2}){5}")
_OF_EAP = {"clientMac", "apMac", "ssidName", "radioId", "site", "time", "authType"}
_OF_GATEWAY = {"clientMac", "gatewayMac", "vid", "site", "time", "authType"}


@dataclass
class OmadaController:
    """The controller. authorized: milliseconds that each device was let in for."""

    authorized: dict[str, int] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    logins: int = 0
    session: str = ""
    refuses: bool = False

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"controller": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        assert self.wrong == []


class _Handler(BaseHTTPRequestHandler):
    controller: OmadaController
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        controller = self.controller
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        if self.headers.get("Content-Type") != "application/json":
            return self._wrong("not JSON")
        match self.path:
            case "/0123456789abcdef/api/v2/hotspot/login":
                return self._log_in(told)
            case "/0123456789abcdef/api/v2/hotspot/extPortal/auth":
                return self._authorise(told)
        controller.wrong.append(self.path)
        return self._answer({"errorCode": -1600, "msg": "Unsupported request path."})

    def _log_in(self, told: dict[str, Any]) -> None:
        controller = self.controller
        if told.keys() != {"name", "password"}:
            return self._wrong(f"a login of {sorted(told)}")
        if (told["name"], told["password"]) != (USER, PASSWORD):
            return self._answer({"errorCode": -30109, "msg": "Invalid username or password."})
        controller.logins += 1
        controller.session = f"s{controller.logins}"
        result = {"token": f"t{controller.logins}"}
        cookie = f"TPOMADA_SESSIONID={controller.session}; Path=/; HttpOnly"
        return self._answer({"errorCode": 0, "msg": "Hotspot log in successfully.", "result": result}, cookie)

    def _authorise(self, told: dict[str, Any]) -> None:
        controller = self.controller
        cookie = f"TPOMADA_SESSIONID={controller.session}"
        if not controller.session or cookie not in (self.headers.get("Cookie") or ""):
            return self._redirect()
        if self.headers.get("Csrf-Token") != f"t{controller.logins}":
            return self._wrong("another token")
        if told.keys() not in (_OF_EAP, _OF_GATEWAY):
            return self._wrong(f"an authorisation of {sorted(told)}")
        for name in ("clientMac", "apMac", "gatewayMac"):
            if name in told and not _MAC.fullmatch(told[name]):
                return self._wrong(f"{name}: {told[name]}")
        if told["authType"] != 4 or not isinstance(told["time"], int) or told["time"] < 1:
            return self._wrong(f"time: {told['time']}")
        controller.bodies.append(told)
        if controller.refuses:
            return self._answer({"errorCode": -41501, "msg": "Failed to authenticate."})
        controller.authorized[told["clientMac"]] = told["time"]
        return self._answer({"errorCode": 0})

    def _wrong(self, what: str) -> None:
        self.controller.wrong.append(what)
        self._answer({"errorCode": -1001, "msg": "Invalid request parameters."})

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/login")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, document: Any, cookie: str = "") -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
