"""Network namespaces for tests: a box with a bridge, phones on its ports, and the Internet on its uplink.

Real kernel, real programs. Names are unique, and everything is removed on `close`.
"""

import ctypes
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path
from time import monotonic, sleep
from typing import Final, Self

NEEDED: Final = ("/usr/sbin/nft", "/usr/sbin/conntrack", "/usr/bin/iperf3", "/usr/bin/curl", "/usr/sbin/ip")
BOX4: Final = IPv4Interface("10.77.0.1/24")
BOX6: Final = IPv6Interface("fd00:77::1/64")
INTERNET4: Final = "203.0.113.10"
INTERNET6: Final = "2001:db8:113::10"
WALLED4: Final = "203.0.113.20"
UPLINK4: Final = "203.0.113.1"
UPLINK6: Final = "2001:db8:113::1"
PORTAL_PORT: Final = 3990

_CLONE_NEWNET: Final = 0x40000000
_SERVER: Final = Path(__file__).with_name("web.py")


class NamespacesMissing(Exception):
    """Why no namespaces can be made here."""


def require() -> None:
    """Raises NamespacesMissing if this machine or user can't."""
    missing = [path for path in NEEDED if not Path(path).exists()]
    if missing:
        raise NamespacesMissing(f"not installed: {', '.join(missing)}; run tools/debian-packages")
    if os.geteuid() != 0:
        raise NamespacesMissing("network namespaces need root")


@dataclass(slots=True)
class Namespace:
    """One machine of the lab."""

    name: str
    _started: list[subprocess.Popen[str]] = field(default_factory=list)

    @classmethod
    def made(cls, name: str) -> Self:
        """Make one. Its name on the machine begins as asked for and is unique."""
        unique = f"sc-{name}-{secrets.token_hex(3)}"
        _run("ip", "netns", "add", unique)
        made = cls(unique)
        made.run("ip", "link", "set", "lo", "up")
        # Else the first second of each IPv6 address is spent on asking whether another has it.
        made.run("sysctl", "-q", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.all.accept_dad=0")
        return made

    def run(self, *command: str, check: bool = True, seconds: float = 30) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return _run(*self._inside(command), check=check, seconds=seconds)

    def out(self, *command: str) -> str:
        """What a command prints."""
        return self.run(*command).stdout

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command; it is ended with the namespace."""
        started = subprocess.Popen(self._inside(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._started.append(started)
        return started

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This thread, inside: sockets that it opens stay there."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/thread-self/ns/net") as outside, open(f"/run/netns/{self.name}") as inside:
            _enter(libc, inside.fileno())
            try:
                yield
            finally:
                _enter(libc, outside.fileno())

    def serve(self, *arguments: str) -> None:
        """Start tests/lab/web.py inside, and wait until it listens."""
        server = self.start(sys.executable, str(_SERVER), *arguments)
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"

    def close(self) -> None:
        """End what was started, and remove the namespace."""
        for started in self._started:
            started.kill()
            started.wait()
            if started.stdout is not None:
                started.stdout.close()
        _run("ip", "netns", "del", self.name, check=False)

    def _inside(self, command: tuple[str, ...]) -> list[str]:
        return ["ip", "netns", "exec", self.name, *command]


@dataclass(slots=True)
class Phone:
    """A guest's device, on a port of the box's bridge."""

    namespace: Namespace
    device: str
    port: str
    address4: str
    address6: str

    def fetch(self, url: str, *, seconds: float = 5) -> tuple[int, str]:
        """curl's exit code, and the status of what came (000: nothing)."""
        done = self.namespace.run(
            "curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", "--max-time", str(seconds), url,
            check=False, seconds=seconds + 5,
        )  # fmt: skip
        return done.returncode, done.stdout.strip()

    def is_through(self, *, to: str = INTERNET4) -> bool:
        """Whether a page of the Internet comes."""
        host = f"[{to}]" if ":" in to else to
        return self.fetch(f"http://{host}/")[1].startswith("200")


@dataclass(slots=True)
class Lab:
    """The box in the middle: br0 with ports p1 and p2 towards the phones, wan towards the Internet."""

    box: Namespace
    internet: Namespace
    phones: list[Phone]

    @classmethod
    def built(cls, *, phones: int = 1) -> Self:
        """Build it; nothing runs on the box yet."""
        box, internet = Namespace.made("box"), Namespace.made("net")
        lab = cls(box, internet, [])
        try:
            lab._connect_internet()
            box.run("ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0")
            box.run("ip", "link", "set", "br0", "up")
            for number in range(1, phones + 1):
                lab.phones.append(lab._phone(number))
        except BaseException:
            lab.close()
            raise
        return lab

    def serve(self) -> None:
        """Start web servers: the Internet's on 80 and 443, the portal's on the box."""
        self.internet.serve("80", "443")
        self.box.serve("--redirect", "http://portal.example/", str(PORTAL_PORT))

    def close(self) -> None:
        """Remove everything."""
        for namespace in (*(phone.namespace for phone in self.phones), self.box, self.internet):
            namespace.close()

    def _connect_internet(self) -> None:
        _cable(self.box, "wan", self.internet, "eth0")
        self.box.run("ip", "addr", "add", f"{UPLINK4}/24", "dev", "wan")
        self.box.run("ip", "addr", "add", f"{UPLINK6}/64", "dev", "wan", "nodad")
        for address in (f"{INTERNET4}/24", f"{WALLED4}/24"):
            self.internet.run("ip", "addr", "add", address, "dev", "eth0")
        self.internet.run("ip", "addr", "add", f"{INTERNET6}/64", "dev", "eth0", "nodad")
        # IPv6 has no masquerade: the way back must be known.
        self.internet.run("ip", "route", "add", str(BOX6.network), "via", UPLINK6)

    def _phone(self, number: int) -> Phone:
        namespace = Namespace.made(f"phone{number}")
        # A connection that was cut gives up soon.
        namespace.run("sysctl", "-q", "net.ipv4.tcp_orphan_retries=1")
        port, device = f"p{number}", f"0200000001{number:02x}"
        _cable(namespace, "eth0", self.box, port)
        self.box.run("ip", "link", "set", port, "master", "br0")
        phone = Phone(namespace, device, port, f"10.77.0.{10 + number}", f"fd00:77::{10 + number:x}")
        join(phone, device=device)
        return phone


def join(phone: Phone, *, device: str, address4: str = "", address6: str = "") -> None:
    """Have a phone be on the Wi-Fi, under this MAC address and these addresses.

    The cable stays in: it takes the kernel up to a second to notice that one is back.
    """
    run = phone.namespace.run
    run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
    run("ip", "link", "set", "eth0", "address", colons(device))
    run("ip", "addr", "add", f"{address4 or phone.address4}/24", "dev", "eth0")
    run("ip", "addr", "add", f"{address6 or phone.address6}/64", "dev", "eth0", "nodad")
    run("ip", "route", "replace", "default", "via", str(BOX4.ip))
    run("ip", "-6", "route", "replace", "default", "via", str(BOX6.ip))


def colons(device: str) -> str:
    """A MAC address as people write it."""
    return ":".join(device[at : at + 2] for at in range(0, 12, 2))


def until(holds: object, *, seconds: float = 5) -> bool:
    """Wait for a condition; whether it came to hold."""
    assert callable(holds)
    end = monotonic() + seconds
    while not holds():
        if monotonic() > end:
            return False
        sleep(0.02)
    return True


def _cable(one: Namespace, name: str, other: Namespace, other_name: str) -> None:
    _run("ip", "link", "add", name, "netns", one.name, "type", "veth", "peer", "name", other_name, "netns", other.name)
    one.run("ip", "link", "set", name, "up")
    other.run("ip", "link", "set", other_name, "up")


def _enter(libc: ctypes.CDLL, namespace: int) -> None:
    if libc.setns(namespace, _CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _run(*command: str, check: bool = True, seconds: float = 30) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0 or not check, f"{' '.join(command)}: {done.stderr}{done.stdout}"
    return done
