"""What of the machine's settings is changed while a gateway runs, and put back."""

from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spotcoffee.servers.gateway import network
from spotcoffee.servers.gateway.enforcement import Network
from spotcoffee.servers.gateway.network import Surroundings

DEFAULTS = {"gc_thresh1": "128", "gc_thresh2": "512", "gc_thresh3": "1024"}


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kernel's settings, as files."""
    for family in ("ipv4", "ipv6"):
        for name, value in DEFAULTS.items():
            _write(tmp_path / f"{family}/neigh/default/{name}", value)
        for interface in ("br0", "wan", "all"):
            _write(tmp_path / f"{family}/conf/{interface}/forwarding", "0")
    _write(tmp_path / "ipv6/conf/wan/accept_ra", "0")
    monkeypatch.setattr(network, "_PROC", tmp_path)
    return tmp_path


def _write(path: Path, value: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{value}\n")


def surroundings(guests: str) -> Surroundings:
    made = Network(
        guest_interface="br0",
        uplink_interface="wan",
        guest4=IPv4Interface(guests),
        guest6=IPv6Interface("fd00:77::1/64"),
        portal_port=3990,
    )
    nothing: Any = SimpleNamespace(order=lambda *_, **__: None)
    ground: Any = SimpleNamespace(guest=SimpleNamespace(interface=1, is_up=True))
    return Surroundings(nothing, made, ground, kept=None)


def thresholds(proc: Path, family: str) -> list[int]:
    return [int((proc / f"{family}/neigh/default/{name}").read_text()) for name in DEFAULTS]


@pytest.mark.parametrize(
    ("guests", "room"),
    [("10.77.0.1/24", [256, 512, 1024]), ("10.77.0.1/22", [1024, 2048, 4096]), ("10.77.0.1/8", [16384, 32768, 65536])],
)
def test_there_is_room_for_every_guest_and_afterwards_as_before(proc: Path, guests: str, room: list[int]) -> None:
    place = surroundings(guests)

    place.pass_packets_on()

    assert thresholds(proc, "ipv4") == thresholds(proc, "ipv6") == room
    place.put_back()
    assert thresholds(proc, "ipv4") == thresholds(proc, "ipv6") == [128, 512, 1024]


def test_more_room_than_that_stays(proc: Path) -> None:
    _write(proc / "ipv4/neigh/default/gc_thresh3", "90000")

    surroundings("10.77.0.1/22").pass_packets_on()

    assert thresholds(proc, "ipv4") == [1024, 2048, 90000]


def test_where_the_table_is_the_machines_own_it_stays_as_it_is(proc: Path) -> None:
    for path in [*proc.glob("ipv*/neigh/default/*")]:
        path.unlink()

    surroundings("10.77.0.1/22").pass_packets_on()

    assert (proc / "ipv4/conf/br0/forwarding").read_text() == "1"
