"""What a phone meets before its owner does anything: an address, names, the captive portal API; and rude neighbours."""

import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
from tests.e2e.house import House
from tests.lab.dhcp import ask
from tests.lab.hotspot import UAM, Hotspot, opened, until
from tests.lab.namespaces import BOX4, BOX6, INTERNET4, INTERNET6, UPLINK4, Lab, Phone, join

NAME = "wifi.lab"
API = f"https://{NAME}:4990/captive-portal"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    cert, key = folder / "cert.pem", folder / "key.pem"
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run([*request, *names, "-keyout", key, "-out", cert, "-days", "2"], check=True, capture_output=True)
    return cert, key


@pytest.fixture(scope="module")
def hotspot(
    open_lab: Lab, house: House, tmp_path_factory: pytest.TempPathFactory, certificate: tuple[Path, Path]
) -> Iterator[Hotspot]:
    folder: Path = tmp_path_factory.mktemp("box")
    cert, key = certificate
    with opened(open_lab, house, folder) as place:
        place.start_gateway(host=NAME, tls_cert=str(cert), tls_key=str(key), legal_log="on")
        yield place


@pytest.fixture
def phone(hotspot: Hotspot) -> Iterator[Phone]:
    phone = hotspot.lab.phones[0]
    yield phone
    phone.fetch(f"{UAM}/logoff")


def test_a_phone_gets_an_address_with_the_captive_portal_option(hotspot: Hotspot, tmp_path: Path) -> None:
    lease = ask(hotspot.lab.phones[1], tmp_path)
    assert lease.address.startswith("10.77.0.")
    assert lease[1:] == (str(BOX4.ip), str(BOX4.ip), API)


def test_the_router_tells_of_the_captive_portal_over_ipv6(hotspot: Hotspot, phone: Phone) -> None:
    with phone.namespace.entered():
        heard = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        index = socket.if_nametoindex("eth0")
    with heard:
        heard.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        heard.settimeout(10)
        heard.sendto(struct.pack("!BBHI", 133, 0, 0, 0), ("ff02::2", 0, 0, index))
        message = next(said for said in iter(lambda: heard.recv(2048), b"") if said[0] == 134)
    assert API.encode() in message
    assert BOX6.network.network_address.packed in message


def test_names_of_the_box_are_its_own_and_the_api_tells_how_a_guest_stands(
    hotspot: Hotspot, phone: Phone, certificate: tuple[Path, Path]
) -> None:
    def ask() -> dict[str, object]:
        out = phone.namespace.out(
            "curl",
            "-sf",
            "--max-time",
            "5",
            "--cacert",
            str(certificate[0]),
            "--resolve",
            f"{NAME}:4990:{BOX4.ip}",
            API,
        )
        said: dict[str, object] = json.loads(out)
        return said

    assert ask() == {
        "captive": True,
        "can-extend-session": True,
        "user-portal-url": f"https://{NAME}:4990/prelogin",
    }
    _, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600, quota_down=10**7))
    assert hotspot.log_in(phone, code)["res"] == "success"
    told = ask()
    assert told["captive"] is False
    assert told["bytes-remaining"] == 10**7
    assert 3590 <= int(str(told["seconds-remaining"])) <= 3600


def test_the_box_answers_for_its_own_name(hotspot: Hotspot, phone: Phone) -> None:
    question = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0)
    question += b"".join(bytes([len(label)]) + label.encode() for label in NAME.split(".")) + b"\0"
    with phone.namespace.entered():
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with asking:
        asking.settimeout(5)
        # Whatever resolver a phone asks before its login, it is the box that answers.
        asking.sendto(question + struct.pack("!2H", 1, 1), (INTERNET4, 53))
        answer = asking.recv(512)
    assert answer.endswith(BOX4.ip.packed)


def test_probes_are_led_to_the_portal(hotspot: Hotspot, phone: Phone) -> None:
    for host, path in (("captive.apple.com", "/hotspot-detect.html"), ("www.gstatic.com", "/generate_204")):
        write = ("-o", "/dev/null", "-w", "%{http_code} %{redirect_url}")
        out = phone.namespace.out("curl", "-s", *write, "--resolve", f"{host}:80:{INTERNET4}", f"http://{host}{path}")
        assert hotspot.read_redirect(out)["userurl"] == f"http://{host}{path}"


def test_a_phone_that_comes_by_ipv6_is_sent_to_the_portal_and_let_in(hotspot: Hotspot, phone: Phone) -> None:
    _, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    told = hotspot.visit(phone, f"http://[{INTERNET6}]/")
    assert (told["uamip"], told["userurl"]) == (str(BOX6.ip), f"http://[{INTERNET6}]/")
    assert ip_address(told["ip"]) in BOX6.network
    assert hotspot.log_in(phone, code)["res"] == "success"
    assert phone.is_through(to=INTERNET6)


def test_somebody_with_a_guests_address_is_not_let_through_and_is_told_of(hotspot: Hotspot, phone: Phone) -> None:
    thief = hotspot.lab.phones[1]
    _, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    assert hotspot.log_in(phone, code)["res"] == "success"
    join(thief, device=thief.device, address4=phone.address4, address6="fd00:77::99")
    try:
        assert not thief.is_through()
        assert hotspot.gateway is not None
        hotspot.gateway.wait_for("stranger")
    finally:
        join(thief, device=thief.device)
        hotspot.lab.box.run("ip", "neigh", "flush", "dev", "br0")


def test_two_hundred_slow_connections_and_garbage_hold_up_nobody(hotspot: Hotspot, phone: Phone) -> None:
    rude = hotspot.lab.phones[1]
    _, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    with rude.namespace.entered():
        opened = [socket.socket() for _ in range(200)]
    for number, connection in enumerate(opened):
        connection.settimeout(2)
        connection.connect((str(BOX4.ip), 3990))
        connection.send(b"GET /logon HTTP/1.1\r\nX: " if number % 2 else b"\x00\xff garbage" * 500 + b"\r\n\r\n")
    stop = threading.Event()
    drip = threading.Thread(target=_drip, args=(opened, stop))
    drip.start()
    began = monotonic()
    assert hotspot.log_in(phone, code)["res"] == "success"
    took = monotonic() - began
    stop.set()
    drip.join()
    for connection in opened:
        connection.close()
    assert took < 1.0


def _drip(connections: list[socket.socket], stop: threading.Event) -> None:
    while not stop.wait(0.05):
        for connection in connections:
            try:
                connection.send(b"x")
            except OSError:
                continue


def test_heads_over_eight_kilobytes_are_refused(hotspot: Hotspot, phone: Phone) -> None:
    out = phone.namespace.out("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"X: {'a' * 9000}", UAM)
    assert out == "431"


def test_the_legal_log_finds_who_had_a_public_port(hotspot: Hotspot, phone: Phone) -> None:
    ticket, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    hotspot.log_in(phone, code)
    phone.namespace.run("curl", "-s", "--local-port", "45678", f"http://{INTERNET4}/")
    log = hotspot.folder / "gateway" / "connections" / f"{datetime.now(UTC):%Y-%m-%d}.csv"
    assert until(lambda: "45678" in log.read_text())
    assert log.stat().st_mode & 0o777 == 0o600
    line = next(line for line in log.read_text().splitlines() if ",45678," in line)
    port = line.split(",")[4]

    def find(at: datetime) -> subprocess.CompletedProcess[str]:
        words = ["gateway", "find", UPLINK4, port, at.isoformat(), "--by", "auditor"]
        return subprocess.run(
            [sys.executable, "-m", "spotcoffee.cli", *words],
            env={"SPOTCOFFEE_DATA": str(hotspot.folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    found = find(datetime.now(UTC))
    assert hotspot.session(ticket)["acct_session_id"] in found.stdout
    assert "02-00-00-00-01-01" in found.stdout
    assert code not in log.read_text()
    assert find(datetime.now(UTC) - timedelta(hours=1)).returncode == 1
    assert "auditor" in (hotspot.folder / "gateway" / "searches.csv").read_text()
