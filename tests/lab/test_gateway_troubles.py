"""What goes wrong at a place: the server away, a process killed, rules swept away, bad settings. Guests go on."""

import contextlib
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.house import House
from tests.lab.hotspot import UAM, Hotspot, Program, opened, until
from tests.lab.namespaces import INTERNET4, Lab, Phone


@pytest.fixture(scope="module")
def place(open_lab: Lab, house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotspot]:
    folder: Path = tmp_path_factory.mktemp("box")
    with opened(open_lab, house, folder, interim_interval=1) as made:
        yield made


@pytest.fixture
def hotspot(place: Hotspot) -> Iterator[Hotspot]:
    """With its server and its gateway running, and nobody on."""
    if place.server is None or place.server.process.poll() is not None:
        place.start_server()
    if place.gateway is None or place.gateway.process.poll() is not None:
        place.start_gateway()
    yield place
    for phone in place.lab.phones:
        phone.fetch(f"{UAM}/logoff")


def _network_of(hotspot: Hotspot) -> dict[str, str]:
    box = hotspot.lab.box
    said = {
        "rules": box.out("nft", "list", "ruleset"),
        "routing": box.out("ip", "rule") + box.out("ip", "-6", "rule"),
        "queues": box.out("tc", "qdisc", "show", "dev", "br0") + box.out("tc", "qdisc", "show", "dev", "wan"),
        "forwarding": box.out("sysctl", "net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.forwarding"),
    }
    links = json.loads(box.out("ip", "-j", "addr"))
    said["addresses"] = str(
        [(a["ifname"], b["local"]) for a in links for b in a["addr_info"] if b["scope"] == "global"]
    )
    return said


def _log_in(hotspot: Hotspot, phone: Phone, **terms: int) -> tuple[int, str]:
    ticket, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, **(terms or {"credit": 3600})))
    assert hotspot.log_in(phone, code)["res"] == "success"
    assert until(lambda: hotspot.session(ticket)["acct_session_id"])
    return ticket, code


def test_guests_go_on_without_the_server_and_all_is_told_when_it_is_back(hotspot: Hotspot) -> None:
    phone, other = hotspot.lab.phones
    ticket, _ = _log_in(hotspot, phone)
    short, _ = _log_in(hotspot, other, credit=3)
    assert hotspot.server is not None
    assert hotspot.gateway is not None
    hotspot.server.end(signal.SIGKILL)

    hotspot.gateway.wait_for("server_away", seconds=40)
    assert phone.fetch(f"http://{INTERNET4}/300000")[1].startswith("200")
    # His limit holds without anybody to ask, and he is told plainly why he can't log in again.
    assert until(lambda: not other.is_through())
    assert other.fetch(f"http://{INTERNET4}/")[1] == f"302 {UAM}/repair"
    page = other.namespace.out("curl", "-s", "-H", "Accept-Language: fr-FR,fr;q=0.9", f"{UAM}/repair")
    assert "Le service Wi-Fi est en cours de réparation" in page
    assert "The Wi-Fi service is being repaired" in other.namespace.out("curl", "-s", "-H", "Accept-Language: en", UAM)

    hotspot.start_server()
    assert until(lambda: hotspot.session(short)["end_cause"] == "session_timeout")
    assert hotspot.ticket(short)["used_time"] == 3
    assert until(lambda: hotspot.session(ticket)["down"] >= 300_000)
    assert until(lambda: other.fetch(f"http://{INTERNET4}/")[1] != f"302 {UAM}/repair")
    assert hotspot.log_off(phone)["res"] == "logoff"
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "user")
    assert len(hotspot.sessions(ticket)) == 1
    assert hotspot.ticket(ticket)["used_time"] == hotspot.session(ticket)["time"]


def name_servers(hotspot: Hotspot) -> list[str]:
    """The processes that give this box's guests their addresses."""
    ours = str(hotspot.folder).encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"dnsmasq" in words[0] and any(ours in word for word in words):
                found.append(process.name)
    return found


def test_after_a_killed_gateway_guests_go_on_without_a_new_login(hotspot: Hotspot) -> None:
    phone, stranger = hotspot.lab.phones
    ticket, _ = _log_in(hotspot, phone)
    assert phone.fetch(f"http://{INTERNET4}/200000")[1].startswith("200")
    assert hotspot.gateway is not None
    before = name_servers(hotspot)
    assert len(before) == 1
    hotspot.gateway.end(signal.SIGKILL)
    assert phone.is_through()
    assert not stranger.is_through()

    assert hotspot.start_gateway().logged("guests_resumed")[0]["count"] == 1
    # dnsmasq has given up root, and with it the signal that would have ended it: the one left over makes room.
    assert until(lambda: len(name_servers(hotspot)) == 1 and name_servers(hotspot) != before)
    assert phone.is_through()
    assert not stranger.is_through()
    assert hotspot.status(phone)["session"]["sessionTimeout"] == 3600
    assert phone.fetch(f"http://{INTERNET4}/200000")[1].startswith("200")
    hotspot.log_off(phone)
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "user")
    session = hotspot.session(ticket)
    assert len(hotspot.sessions(ticket)) == 1
    assert 400_000 < session["down"] < 500_000


def test_a_second_gateway_is_refused_and_the_first_goes_on(hotspot: Hotspot) -> None:
    phone, _ = hotspot.lab.phones
    _log_in(hotspot, phone)
    second = Program.started(hotspot.lab.box, hotspot.environ(), "gateway")
    assert second.end(signal.SIGCONT) == 1
    assert "another gateway runs" in "".join(second.said)
    assert phone.is_through()


def test_flushed_rules_let_nobody_through_and_are_put_back(hotspot: Hotspot) -> None:
    phone, stranger = hotspot.lab.phones
    _log_in(hotspot, phone)
    assert hotspot.gateway is not None
    hotspot.lab.box.run("nft", "flush", "ruleset")
    assert not stranger.is_through()
    hotspot.gateway.wait_for("kernel_mended", seconds=10)
    assert phone.is_through()
    assert stranger.fetch(f"http://{INTERNET4}/")[1].startswith("302")


def test_a_deleted_queue_is_put_back(hotspot: Hotspot) -> None:
    phone, _ = hotspot.lab.phones
    _log_in(hotspot, phone, rate_down=4_000_000)
    assert hotspot.gateway is not None
    mended = len(hotspot.gateway.logged("kernel_mended"))
    hotspot.lab.box.run("tc", "qdisc", "del", "dev", "br0", "root")
    hotspot.gateway.wait_for("kernel_mended", seconds=10, times=mended + 1)
    assert "class htb" in hotspot.lab.box.out("tc", "class", "show", "dev", "br0")
    assert phone.is_through()


def test_a_stopped_gateway_leaves_the_machine_as_it_was_and_its_guests_come_back(place: Hotspot) -> None:
    phone, _ = place.lab.phones
    if place.gateway is not None:
        assert place.gateway.end() == 0
    before = _network_of(place)
    place.start_gateway()
    ticket, _ = _log_in(place, phone)
    assert place.gateway is not None
    assert place.gateway.end() == 0
    assert _network_of(place) == before
    assert not phone.is_through()

    place.start_gateway()
    assert phone.is_through()
    place.log_off(phone)
    assert until(lambda: place.session(ticket)["end_cause"] == "user")
    assert len(place.sessions(ticket)) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"guest_interface": "br9"}, "br9 does not exist"),
        ({"guest_address": "203.0.113.129/25"}, "overlaps"),
        ({"port": "70000", "portal": "ftp://x", "no_such": "1"}, "port:|portal:|no such setting"),
        ({"secret": ""}, "secret and secret_file"),
    ],
)
def test_wrong_settings_are_refused_and_the_network_is_untouched(
    place: Hotspot, wrong: dict[str, str], words: str
) -> None:
    if place.gateway is not None and place.gateway.process.poll() is None:
        place.gateway.end()
    before = _network_of(place)
    refused = Program.started(place.lab.box, place.environ(**wrong), "gateway")
    assert refused.end(signal.SIGCONT) == 1
    assert all(word in "".join(refused.said) for word in words.split("|"))
    assert "Traceback" not in "".join(refused.said)
    assert _network_of(place) == before
