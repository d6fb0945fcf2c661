"""A stand-in for a UniFi controller, written from public documentation of its API; never compared with a real one.

Strict: what that documentation does not allow is answered as an error, or fails the test. Over real HTTP.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USER, PASSWORD = "spotcoffee", "a password of the tests"
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
# What authorize-guest takes besides cmd and mac.
_NUMBERS = {"minutes", "up", "down", "bytes"}


@dataclass
class UnifiController:
    """The controller. stations: who is on the Wi-Fi, by MAC address; authorized: what each was let in with."""

    is_console: bool = False
    site: str = "default"
    stations: dict[str, dict[str, Any]] = field(default_factory=dict)
    authorized: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    logins: int = 0
    session: str = ""
    csrf: str = ""

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"controller": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def log_everybody_out(self) -> None:
        """Its sessions have grown old."""
        self.session = ""

    def station(self, mac: str, *, down: int = 0, up: int = 0) -> None:
        """A phone is on the Wi-Fi."""
        self.stations[mac] = {"mac": mac, "is_guest": True, "tx_bytes": down, "rx_bytes": up}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        assert self.wrong == []


class _Handler(BaseHTTPRequestHandler):
    controller: UnifiController
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def _handle(self, method: str) -> None:
        controller, length = self.controller, int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        controller.calls.append((method, self.path))
        if (method, self.path) == ("GET", "/"):
            return self._answer(200 if controller.is_console else 302, {})
        login = "/api/auth/login" if controller.is_console else "/api/login"
        if self.path == login:
            return self._log_in(method, body)
        prefix = f"{'/proxy/network' if controller.is_console else ''}/api/s/{controller.site}/"
        if not self.path.startswith(prefix):
            return self._wrong(404, f"no such path: {self.path}")
        if not self._is_in():
            return self._answer(401, _failed("api.err.LoginRequired"))
        match method, self.path.removeprefix(prefix):
            case "GET", "stat/sta":
                rows = [row | {"authorized": mac in controller.authorized} for mac, row in controller.stations.items()]
                return self._answer(200, _done(rows))
            case "POST", "cmd/stamgr":
                return self._manage(body)
        return self._wrong(404, f"no such call: {method} {self.path}")

    def _is_in(self) -> bool:
        controller = self.controller
        name = "TOKEN" if controller.is_console else "unifises"
        cookies = (self.headers.get("Cookie") or "").split("; ")
        if not controller.session or f"{name}={controller.session}" not in cookies:
            return False
        return not controller.is_console or self.headers.get("X-CSRF-Token") == controller.csrf

    def _log_in(self, method: str, body: bytes) -> None:
        controller = self.controller
        if method != "POST" or self.headers.get("Content-Type") != "application/json":
            return self._wrong(405, "a login is a POST of JSON")
        told = json.loads(body)
        if not {"username", "password"} <= told.keys() <= {"username", "password", "remember"}:
            return self._wrong(400, f"a login of {sorted(told)}")
        if (told["username"], told["password"]) != (USER, PASSWORD):
            return self._answer(400, _failed("api.err.Invalid"))
        controller.logins += 1
        controller.session, controller.csrf = f"s{controller.logins}", f"c{controller.logins}"
        if controller.is_console:
            headers = {"Set-Cookie": f"TOKEN={controller.session}; Path=/; HttpOnly", "X-CSRF-Token": controller.csrf}
            return self._answer(200, {"username": USER}, headers)
        return self._answer(200, _done([]), {"Set-Cookie": f"unifises={controller.session}; Path=/; HttpOnly"})

    def _manage(self, body: bytes) -> None:
        controller, told = self.controller, json.loads(body)
        command, mac = told.pop("cmd", None), told.pop("mac", "")
        if not _MAC.fullmatch(mac):
            return self._wrong(400, f"mac: {mac}")
        if command == "unauthorize-guest" and not told:
            controller.authorized.pop(mac, None)
            return self._answer(200, _done([]))
        if command != "authorize-guest" or told.keys() - _NUMBERS - {"ap_mac"} or "minutes" not in told:
            return self._wrong(400, f"{command} of {sorted(told)}")
        for name in _NUMBERS & told.keys():
            if not isinstance(told[name], int) or told[name] < 1:
                return self._wrong(400, f"{name}: {told[name]}")
        if "ap_mac" in told and not _MAC.fullmatch(told["ap_mac"]):
            return self._wrong(400, f"ap_mac: {told['ap_mac']}")
        controller.authorized[mac] = told
        return self._answer(200, _done([{"mac": mac, "authorized_by": "api"}]))

    def _wrong(self, status: int, what: str) -> None:
        self.controller.wrong.append(what)
        self._answer(status, _failed("api.err.InvalidPayload"))

    def _answer(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _done(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"meta": {"rc": "ok"}, "data": rows}


def _failed(message: str) -> dict[str, Any]:
    return {"meta": {"rc": "error", "msg": message}, "data": []}
