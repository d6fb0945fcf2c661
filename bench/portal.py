"""The guest's portal: what its login page costs and weighs, how many guests it takes a second, and slow clients.

Measured from outside, by sockets: at `spotcoffee portal` in plain HTTP, and at the main web on HTTPS. A login is the
page that a UAM gateway sends a phone to, the code typed into it, and the way back to the gateway.
"""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from statistics import median, quantiles
from typing import Final

from tests.web.portal.slow_clients import FORM, SORTS, Guest, crowd, trusting

from bench.installation import ROOT, SPOTCOFFEE, Site, site
from bench.machine import family_cpu_seconds
from bench.report import Report

PART: Final = "portal"
PAGES: Final = 300
# Phones at once.
PHONES: Final = 16
SLOW: Final = 200
HONEST: Final = 10
_PATIENCE: Final = 30.0
_SERVERS: Final = (("portal", "SPOTCOFFEE_PORTAL_BIND"), ("web", "SPOTCOFFEE_WEB_BIND"))


def measure(database: str, *, seconds: float, report: Report) -> None:
    """Measure on one database. seconds: of logins one after the other and together."""
    report.say(f"portal on {database}")
    with site(database, tickets=1, sessions=0) as at:
        command = [sys.executable, "-m", "bench.prepared", "portal_place"]
        said = subprocess.run(command, cwd=ROOT, env=at.environment, stdout=subprocess.PIPE, text=True, check=True)
        place, code = json.loads(said.stdout.splitlines()[-1])
        for name, setting in _SERVERS:
            with _serving(at, name, setting) as (port, pid):
                guest = Guest(port=port, place=place, code=code, tls=trusting() if name == "web" else None)
                _measure_one(name, guest, pid, seconds, partial(_add, report, database, name))


def _add(report: Report, database: str, server: str, name: str, value: float, unit: str) -> None:
    report.add(part=PART, on=database, name=f"{server}: {name}", value=value, unit=unit)


def _measure_one(name: str, guest: Guest, pid: int, seconds: float, add: partial[None]) -> None:
    page, every = _weights(guest)
    add("login page", page, "octets")
    add("login page with all that it fetches", every, "octets")
    taken = _page_times(guest)
    add("login page, p50", median(taken), "ms")
    add("login page, p95", quantiles(taken, n=20)[-1], "ms")
    logins, cpu = _logins(guest, pid, seconds)
    add(f"logins, {PHONES} phones", logins, "/s")
    add("processor time of a login, its page included", cpu, "us")
    for sort in SORTS:
        with crowd(guest.port, sort, SLOW, tls=guest.tls):
            add(f"slowest of {HONEST} logins beside {SLOW} slow clients, {sort}", _slowest(guest), "s")


def _weights(guest: Guest) -> tuple[int, int]:
    """Octets of the page's body, and with its stylesheet and its logo."""
    page = _ask(guest, guest.arrival())
    text = page.decode()
    found = [part.partition('"')[0] for mark in ('rel="stylesheet" href="', 'src="') for part in text.split(mark)[1:]]
    return len(page), len(page) + sum(len(_ask(guest, path)) for path in found if path.startswith("/"))


def _page_times(guest: Guest) -> list[float]:
    """Milliseconds of a page on an open connection, one at a time: the server's own, and the loopback's."""
    taken = []
    connection = guest.connection()
    for number in range(PAGES + 10):
        path = replace(guest, number=number).arrival()
        began = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        taken.append((time.perf_counter() - began) * 1e3)
    connection.close()
    return taken[10:]


def _logins(guest: Guest, pid: int, seconds: float) -> tuple[float, float]:
    """Logins a second, each on a connection of its own; and the server's processor time of one, in microseconds."""
    _load(guest, 0.5)
    before = family_cpu_seconds(pid)
    done, taken = _load(guest, seconds)
    return done / taken, (family_cpu_seconds(pid) - before) / done * 1e6


def _load(guest: Guest, seconds: float) -> tuple[int, float]:
    asked = (guest.port, "tls" if guest.tls else "plain", guest.place, guest.code, seconds, PHONES)
    command = [sys.executable, "-m", "bench.phones", *map(str, asked)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return int(said[0]), float(said[1])


@contextlib.contextmanager
def _serving(at: Site, command: str, setting: str) -> Iterator[tuple[int, int]]:
    """A server for the length of a block: its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = at.environment | {setting: f"127.0.0.1:{port}"}
    process = subprocess.Popen([SPOTCOFFEE, command], env=environment)
    try:
        _wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server does not answer")


def _slowest(guest: Guest) -> float:
    return max(replace(guest, number=number).log_in() for number in range(HONEST))


def _ask(guest: Guest, path: str) -> bytes:
    connection = guest.connection()
    try:
        connection.request("GET", path, headers={"Accept-Language": "fr", "Content-Type": FORM})
        return connection.getresponse().read()
    finally:
        connection.close()
