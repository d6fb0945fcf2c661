"""The whole life of a ticket, asked by FreeRADIUS's own client, and an exchange read by its own sniffer."""

import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.e2e.conftest import Build, opened
from tests.e2e.house import House, Server, missing
from tests.radius_peer import PATIENCE, SECRET, Peer, access_request

CAFE = "127.0.0.1"
PHONE = '"AA-BB-CC-DD-EE-01"'
PROVEN = "Message-Authenticator = 0x00"

# Lines of radclient -x: `Received Access-Accept Id 1 from …`, then each attribute behind a tab.
_RECEIVED = re.compile(r"^Received (?P<code>[\w-]+) Id", re.MULTILINE)
_ATTRIBUTE = re.compile(r"^\t(?P<name>[\w-]+) = (?P<value>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Heard:
    """What radclient says: its exit status, the code that it received, the attributes as it reads them."""

    status: int
    code: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class Radclient:
    """radclient, asking a server. offer: what is sold where it asks from."""

    server: Server
    offer: int

    def ask(self, command: str, *attributes: str, secret: str = SECRET, tries: int = 20) -> Heard:
        """Ask, and again every second."""
        port = self.server.acct if command == "acct" else self.server.auth
        done = subprocess.run(
            ["radclient", "-x", "-r", str(tries), "-t", "1", f"{CAFE}:{port}", command, secret],
            input=", ".join(attributes),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        received = _RECEIVED.search(done.stdout)
        said = done.stdout[received.start() :] if received else ""
        found = {found["name"]: found["value"].strip('"') for found in _ATTRIBUTE.finditer(said)}
        return Heard(done.returncode, received["code"] if received else "", found)


@pytest.fixture(scope="module")
def house(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(build("sqlite", tmp_path_factory.mktemp("house"))) as made:
        yield made


@pytest.fixture(scope="module")
def server(house: House) -> Server:
    return house.start()


@pytest.fixture(scope="module")
def radclient(house: House, server: Server) -> Radclient:
    if shutil.which("radclient") is None:
        missing("radclient")
    point = house.access_point(CAFE)
    with server.peer(CAFE) as peer:
        peer.status(server.auth, repeat_after=0.02)
    return Radclient(server, house.offer(point, credit=7200, idle_timeout=600, rate_down=5_000_000, rate_up=1_000_000))


def test_the_life_of_a_ticket(house: House, radclient: Radclient) -> None:
    ticket, code = house.ticket(radclient.offer)

    def log_in(password: str) -> Heard:
        return radclient.ask(
            "auth",
            f"User-Name = {code.lower()}",
            f'User-Password = "{password}"',
            f"Calling-Station-Id = {PHONE}",
            PROVEN,
        )

    def report(status: str, *attributes: str) -> Heard:
        return radclient.ask(
            "acct",
            f"User-Name = {code}",
            f"Acct-Status-Type = {status}",
            "Acct-Session-Id = one",
            f"Calling-Station-Id = {PHONE}",
            f"Class = {accepted.attributes['Class']}",
            *attributes,
        )

    refused = log_in("WRONG")
    assert (refused.status, refused.code) == (1, "Access-Reject")
    assert refused.attributes["Reply-Message"].startswith("Ce code n")

    accepted = log_in(f"{code[:4]}-{code[4:]}")
    assert (accepted.status, accepted.code) == (0, "Access-Accept")
    assert accepted.attributes.keys() >= {"Class", "Message-Authenticator"}
    assert {
        name: value for name, value in accepted.attributes.items() if name not in ("Class", "Message-Authenticator")
    } == {
        "Session-Timeout": "7200",
        "Idle-Timeout": "600",
        "Acct-Interim-Interval": "300",
        "WISPr-Bandwidth-Max-Down": "5000000",
        "WISPr-Bandwidth-Max-Up": "1000000",
    }

    answers = [
        report("Start"),
        report("Interim-Update", "Acct-Session-Time = 600", "Acct-Output-Octets = 5000", "Acct-Input-Octets = 70"),
        report("Interim-Update", "Acct-Session-Time = 300", "Acct-Output-Octets = 2000"),
        report(
            "Stop",
            "Acct-Session-Time = 1500",
            "Acct-Output-Octets = 1000",
            "Acct-Output-Gigawords = 1",
            "Acct-Input-Octets = 90",
            "Acct-Terminate-Cause = Idle-Timeout",
        ),
    ]
    assert [(answer.status, answer.code) for answer in answers] == [(0, "Accounting-Response")] * 4
    used = house.row("SELECT used_time, used_down, used_up FROM hotspot_ticket WHERE id = ?", ticket)
    assert used == {"used_time": 900, "used_down": 2**32 + 1000, "used_up": 90}
    assert log_in(code).attributes["Session-Timeout"] == str(7200 - 900)


def test_chap_opens_too(house: House, radclient: Radclient) -> None:
    _, code = house.ticket(radclient.offer, password="Ouvre-Toi", exact=True)
    answers = [
        radclient.ask("auth", f"User-Name = {code}", f'CHAP-Password = "{password}"', PROVEN)
        for password in ("Ouvre-Toi", "ouvre-toi")
    ]
    assert [(answer.status, answer.code) for answer in answers] == [(0, "Access-Accept"), (1, "Access-Reject")]


def test_the_server_says_that_it_is_alive(radclient: Radclient) -> None:
    alive = radclient.ask("status", PROVEN)
    assert (alive.status, alive.code) == (0, "Access-Accept")


def test_another_secret_gets_no_answer(radclient: Radclient) -> None:
    nobody = radclient.ask("auth", "User-Name = x", "User-Password = x", PROVEN, secret="another", tries=1)
    assert (nobody.status, nobody.code) == (1, "")


def test_radsniff_reads_an_exchange(house: House, server: Server, radclient: Radclient, tmp_path: Path) -> None:
    """It reads both packets, and the password with the secret, with no code of ours."""
    if shutil.which("radsniff") is None:
        missing("radsniff")
    _, code = house.ticket(radclient.offer)
    with server.peer(CAFE) as peer:
        request = access_request(77, code, code, Calling_Station_Id="AA-BB-CC-DD-EE-01")
        peer.send(request, port=server.auth)
        answer = peer.receive(within=PATIENCE)
        assert answer is not None
        capture = tmp_path / "exchange.pcap"
        capture.write_bytes(captured(peer, [request, answer]))
    read = subprocess.run(
        ["radsniff", "-x", "-I", str(capture), "-s", SECRET, "-p", "1812"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    # Its exit status is 1 at the end of every file.
    assert "Access-Request Id 77" in read.stdout
    assert f'User-Name = "{code}"' in read.stdout
    assert f'User-Password = "{code}"' in read.stdout
    assert "Access-Accept Id 77" in read.stdout
    assert "Session-Timeout = 7200" in read.stdout


def captured(peer: Peer, exchange: list[bytes]) -> bytes:
    """A capture file (libpcap, raw IPv4) of a request to port 1812 and its answer."""
    here, there = bytes(map(int, CAFE.split("."))), int(peer.socket.getsockname()[1])
    file = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101)
    for number, (datagram, ports) in enumerate(zip(exchange, ((there, 1812), (1812, there)), strict=True)):
        udp = struct.pack(">HHHH", *ports, 8 + len(datagram), 0) + datagram
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0, here, here) + udp
        file += struct.pack("<IIII", 1_700_000_000, number * 1000, len(ip), len(ip)) + ip
    return file
