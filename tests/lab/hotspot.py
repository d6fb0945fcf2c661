"""A whole hotspot in the lab: the server in the Internet, the gateway on the box, phones that log in by UAM."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from tests.e2e.house import REPOSITORY, House
from tests.lab.namespaces import BOX4, BOX6, INTERNET4, UPLINK4, WALLED4, Lab, Namespace, Phone

from spotcoffee.protocols.portals import uam
from spotcoffee.protocols.portals.uam import chap_response, new_challenge

# Of tests.factories and of the box.
SECRET: Final = "a shared secret of the tests"
PORTAL_SECRET: Final = "between box and portal"
SERVER4: Final = WALLED4
PORTAL_PORT: Final = 8080
_numbers = count(1)
UAM: Final = f"http://{BOX4.ip}:3990"


def until(holds: Callable[[], object], *, seconds: float = 25) -> bool:
    """Wait for a condition; whether it came to hold. A busy machine is no finding."""
    end = monotonic() + seconds
    while not holds():
        if monotonic() > end:
            return False
        sleep(0.05)
    return True


@dataclass
class Program:
    """A process of the product in a namespace; its log is read as it comes."""

    process: subprocess.Popen[str]
    log: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @classmethod
    def started(cls, namespace: Namespace, environ: Mapping[str, str], *command: str) -> "Program":
        """Start `spotcoffee COMMAND`."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("SPOTCOFFEE_")}
        words = ["ip", "netns", "exec", namespace.name, "setpriv", "--pdeathsig=KILL"]
        process = subprocess.Popen(
            [*words, sys.executable, "-m", "spotcoffee.cli", *command],
            cwd=REPOSITORY,
            env=own | {f"SPOTCOFFEE_{name}": value for name, value in environ.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        return cls(process)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in iter(self.process.stderr.readline, ""):
            self.said.append(line)
            if line.startswith("{"):
                self.log.append(json.loads(line))

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log with this event."""
        return [line for line in list(self.log) if line.get("event") == event]

    def wait_for(self, event: str, *, seconds: float = 20, times: int = 1) -> None:
        """Until it has logged something."""
        end = monotonic() + seconds
        while len(self.logged(event)) < times:
            assert monotonic() < end, f"no {event} within {seconds} s: {''.join(self.said[-20:])}"
            assert self.process.poll() is None, f"it ended: {''.join(self.said[-20:])}"
            sleep(0.01)

    def end(self, number: signal.Signals = signal.SIGTERM, *, seconds: float = 20) -> int:
        """End it. Answers its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(seconds)
        self._reader.join(seconds)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return status


@dataclass
class Hotspot:
    """Everything of one place. point: the box's access point on the server."""

    lab: Lab
    house: House
    folder: Path
    point: int
    settings: dict[str, str] = field(default_factory=dict)
    # Where the server and its portal run, and under which address guests and the box find them.
    at: Namespace | None = None
    host: str = SERVER4
    server: Program | None = None
    gateway: Program | None = None
    _others: list[Program] = field(default_factory=list)

    # --- processes

    def start_server(self) -> Program:
        """The RADIUS server."""
        binds = {"RADIUS_AUTH_BIND": f"{self._radius}:1812", "RADIUS_ACCT_BIND": f"{self._radius}:1813"}
        self.server = Program.started(self._home, {"DATA": str(self.house.data), **binds}, "radius")
        self.server.wait_for("radius_ready")
        return self.server

    def start_portal(self) -> None:
        """The guest's portal, beside the server."""
        binds = {"PORTAL_BIND": f"0.0.0.0:{PORTAL_PORT}", "HOSTS": self.host}
        self._others.append(Program.started(self._home, {"DATA": str(self.house.data), **binds}, "portal"))
        url = f"http://127.0.0.1:{PORTAL_PORT}/portal/{self.point}"
        ask = ("curl", "-sf", "-H", f"Host: {self.host}:{PORTAL_PORT}", url)
        assert until(lambda: self._home.run(*ask, check=False).returncode == 0), self._others[-1].said

    def start_desk(self) -> str:
        """The staff's pages and the worker, beside the server. Answers the address for a browser there."""
        own = {"DATA": str(self.house.data), "WEB_BIND": "127.0.0.1:8443", "WEB_TLS": "off", "HOSTS": "localhost"}
        self._others += [Program.started(self._home, own, command) for command in ("web", "worker")]
        address = "http://localhost:8443"
        ask = ("curl", "-sf", "-o", "/dev/null", f"{address}/api/v1/health")
        assert until(lambda: self._home.run(*ask, check=False).returncode == 0), self._others[-2].said
        return address

    @property
    def portal(self) -> str:
        """The portal's address."""
        return f"http://{self.host}:{PORTAL_PORT}/portal/{self.point}"

    @property
    def _radius(self) -> str:
        return "127.0.0.1" if self.at is self.lab.box else self.host

    @property
    def _home(self) -> Namespace:
        return self.at or self.lab.internet

    def start_gateway(self, **settings: str) -> Program:
        """The gateway, on the box."""
        self.gateway = Program.started(self.lab.box, self.environ(**settings), "gateway")
        self.gateway.wait_for("gateway_ready")
        return self.gateway

    def environ(self, **settings: str) -> dict[str, str]:
        """The gateway's settings."""
        own = {
            "guest_interface": "br0",
            "uplink_interface": "wan",
            "guest_address": str(BOX4),
            "guest_address6": str(BOX6),
            "server": self._radius,
            "secret": SECRET,
            "portal": self.portal,
            "portal_secret": PORTAL_SECRET,
            "dns": INTERNET4,
            **self.settings,
            **settings,
        }
        return {"DATA": str(self.folder), **{f"GATEWAY_{name.upper()}": value for name, value in own.items()}}

    def close(self) -> None:
        """End everything; the box is as it was."""
        for program in (self.gateway, self.server, *self._others):
            if program is not None and program.process.poll() is None:
                program.end(seconds=30)

    # --- guests

    def visit(self, phone: Phone, url: str = f"http://{INTERNET4}/page?x=1") -> dict[str, str]:
        """What a phone that asks for a page is told on its way to the portal."""
        _code, said = phone.fetch(url)
        return self.read_redirect(said)

    def read_redirect(self, said: str) -> dict[str, str]:
        """The parameters of a redirect to the portal; its signature is right."""
        status, _, url = said.partition(" ")
        assert status == "302", said
        assert url.startswith(f"{self.portal}?"), said
        uam.verify(url, PORTAL_SECRET)
        return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))

    def log_in(self, phone: Phone, code: str) -> dict[str, str]:
        """Answer the challenge with a code. What the box then tells the portal."""
        return self.answer(phone, code, self.visit(phone)["challenge"])

    def answer(self, phone: Phone, code: str, challenge: str) -> dict[str, str]:
        """Answer this challenge."""
        response = chap_response(code.encode(), new_challenge(bytes.fromhex(challenge), PORTAL_SECRET)).hex()
        _code, said = phone.fetch(f"{UAM}/logon?username={quote(code)}&response={response}", seconds=15)
        return self.read_redirect(said)

    def log_off(self, phone: Phone) -> dict[str, str]:
        """Go."""
        return self.read_redirect(phone.fetch(f"{UAM}/logoff")[1])

    def status(self, phone: Phone, path: str = "/json/status") -> dict[str, Any]:
        """The box's JSON."""
        said: dict[str, Any] = json.loads(phone.namespace.out("curl", "-sf", "--max-time", "5", f"{UAM}{path}"))
        return said

    def open_page(self, phone: Phone, url: str, *more: str) -> tuple[str, str]:
        """What a browser gets in the end, and from where."""
        out = phone.namespace.out(
            "curl", "-sL", "--max-redirs", "10", "--max-time", "15", "-w", "\n%{url_effective}", *more, url
        )
        page, _, final = out.rpartition("\n")
        return page, final

    def send_form(self, phone: Phone, page: str, url: str, **typed: str) -> tuple[str, str]:
        """Fill in the first form of a page."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        fields = [
            word for name, value in {**hidden, **typed}.items() for word in ("--data-urlencode", f"{name}={value}")
        ]
        return self.open_page(phone, url, *fields)

    # --- the server's side

    def session(self, ticket: int) -> dict[str, Any]:
        """The newest session of a ticket, as the server has it."""
        return self.sessions(ticket)[-1]

    def sessions(self, ticket: int) -> list[dict[str, Any]]:
        """All sessions of a ticket, in order."""
        return self.house.rows("SELECT * FROM hotspot_session WHERE ticket_id = ? ORDER BY id", ticket)

    def ticket(self, ticket: int) -> dict[str, Any]:
        """A ticket, as the server has it."""
        return self.house.row("SELECT * FROM hotspot_ticket WHERE id = ?", ticket)


@contextmanager
def opened(lab: Lab, house: House, folder: Path, *, one_box: bool = False, **columns: Any) -> Iterator[Hotspot]:
    """A hotspot with its server running. one_box: on the box itself. columns: of its access point."""
    name, address = f"box-{next(_numbers)}", "127.0.0.1" if one_box else UPLINK4
    point = house.access_point(
        address, equipment="gateway", coa_port=3799, nas_identifier=name, portal_secret=PORTAL_SECRET, **columns
    )
    hotspot = Hotspot(lab, house, folder, point, {"name": name})
    if one_box:
        hotspot.at, hotspot.host = lab.box, str(BOX4.ip)
        hotspot.settings["open_ports"] = str(PORTAL_PORT)
    try:
        hotspot.start_server()
        yield hotspot
    finally:
        hotspot.close()
