"""The gateway as a process, with a thousand guests: how soon a login opens the way, its memory, what it costs at rest.

What its kernel part costs: `gateway_kernel`. Needs root, for namespaces.
"""

import socket
import statistics
import tempfile
import time
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tests.e2e.house import House
from tests.lab.hotspot import PORTAL_SECRET, Hotspot, opened
from tests.lab.namespaces import BOX4, INTERNET4, Lab, NamespacesMissing, Phone, require

from bench import gateway_kernel
from bench.machine import cpu_seconds, memory_mb
from bench.report import Report
from spotcoffee.protocols.portals.uam import chap_response, new_challenge
from spotcoffee.servers.gateway.machine import boot_id
from spotcoffee.servers.gateway.memory import Memory
from spotcoffee.servers.gateway.sessions import Limits, Session
from spotcoffee.storage.keys import load_or_make_keys

PART: Final = "gateway"
GUESTS: Final = 1_000
LOGINS: Final = 15
REST: Final = 30.0


def measure(report: Report, *, seconds: float) -> None:
    """All figures of the gateway. seconds: of each iperf3."""
    try:
        require()
    except NamespacesMissing as missing:
        report.say(f"the gateway is not measured: {missing}")
        return
    gateway_kernel.measure(report, guests=GUESTS, seconds=seconds, rates=True)
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab.built(phones=1)
        house = House(Path(folder) / "house")
        try:
            house.furnish()
            lab.internet.serve("80")
            with opened(lab, house, Path(folder) / "box") as hotspot:
                _process(hotspot, report)
        finally:
            house.close()
            lab.close()


def _process(hotspot: Hotspot, report: Report) -> None:
    wide = {"guest_address": "10.77.0.1/16"}
    gateway = hotspot.start_gateway(**wide)
    _note(report, "memory without guests", memory_mb(gateway.process.pid, "VmRSS"), "MB")
    gateway.end()
    _admit(hotspot.folder)
    gateway = hotspot.start_gateway(**wide)
    pid = gateway.process.pid
    time.sleep(5)
    spent, began = cpu_seconds(pid), time.monotonic()
    time.sleep(REST)
    share = (cpu_seconds(pid) - spent) / (time.monotonic() - began)
    _note(report, f"at rest, {GUESTS} guests (aim 5)", 100 * share, "% of a core")
    _log_in(hotspot, report)
    _note(report, f"memory, {GUESTS} guests (aim 100)", memory_mb(pid, "VmRSS"), "MB")
    _note(report, f"memory of its own, {GUESTS} guests", _own_mb(pid), "MB")


def _admit(folder: Path) -> None:
    """Guests whom the gateway finds on when it starts, as after a restart."""
    keys = load_or_make_keys(folder / "keys.json", may_make=False)
    memory = Memory(folder / "gateway" / "gateway.sqlite3", keys)
    for number in range(GUESTS):
        memory.begin(_guest(number))
    memory.save([], wall=time.time(), boot=boot_id())
    memory.close()


def _guest(number: int) -> Session:
    return Session(
        session_id=f"bench-{number}",
        device=f"0600{number:08x}",
        address=IPv4Address("10.77.16.0") + number,
        others=(IPv6Address("fd00:77::1:0:0") + number,),
        login=f"GUEST{number:05}",
        limits=Limits(session_timeout=36_000, idle_timeout=36_000, rate_down=5_000_000, rate_up=1_000_000, interim=300),
        started_at=time.time(),
        since=0.0,
        seen=0.0,
        reported=0.0,
    )


def _log_in(hotspot: Hotspot, report: Report) -> None:
    """From the click to the first octet of the Internet: the server asked, the reservation on its disk."""
    phone = hotspot.lab.phones[0]
    taken = []
    for _, code in hotspot.house.tickets(hotspot.house.offer(hotspot.point, credit=3_600), LOGINS):
        challenge = hotspot.visit(phone)["challenge"]
        response = chap_response(code.encode(), new_challenge(bytes.fromhex(challenge), PORTAL_SECRET)).hex()
        began = time.perf_counter()
        said = _fetched(phone, str(BOX4.ip), 3990, f"/logon?username={quote(code)}&response={response}")
        assert b"res=success" in said, said
        assert b" 200 " in _fetched(phone, INTERNET4, 80, "/")[:16], "no way through"
        taken.append(1e3 * (time.perf_counter() - began))
        hotspot.log_off(phone)
    _note(report, "login to first packet, p50 (aim 100)", statistics.median(taken), "ms")
    _note(report, "login to first packet, slowest", max(taken), "ms")


def _fetched(phone: Phone, host: str, port: int, path: str) -> bytes:
    with phone.namespace.entered():
        asking = socket.create_connection((host, port), timeout=10)
    with asking:
        asking.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return asking.recv(4096)


def _own_mb(pid: int) -> float:
    """Memory that goes when it ends: what libraries others share counts by its share (PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _note(report: Report, name: str, value: float, unit: str) -> None:
    report.add(part=PART, on="gateway", name=name, value=value, unit=unit)
