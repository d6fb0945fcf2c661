"""What happens to the rules behind our back: nobody passes for free, and paying guests go on without a new login."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.lab.conftest import NETWORK, Gate, guest_of
from tests.lab.namespaces import INTERNET4, INTERNET6, Lab, until
from tests.lab.state import state_of

from spotcoffee.servers.gateway.enforcement import Fault
from spotcoffee.servers.gateway.kernel import Kernel

FAULTS: dict[str, tuple[list[str], set[Fault]]] = {
    "all rules flushed": (["nft", "flush", "ruleset"], {Fault.RULES, Fault.GUESTS}),
    "our table deleted": (["nft", "delete", "table", "inet", "spotcoffee"], {Fault.RULES, Fault.GUESTS}),
    "one chain flushed": (["nft", "flush", "chain", "inet", "spotcoffee", "inward"], {Fault.RULES}),
    "ports freed": (["nft", "delete", "table", "bridge", "spotcoffee"], {Fault.RULES}),
    "guests thrown out": (["nft", "flush", "map", "inet", "spotcoffee", "guests4"], {Fault.GUESTS}),
    "queue to guests deleted": (["tc", "qdisc", "del", "dev", "br0", "root"], {Fault.SHAPING_DOWN}),
    "queue to the uplink deleted": (["tc", "qdisc", "del", "dev", "wan", "root"], {Fault.SHAPING_UP}),
    "one class deleted": (["tc", "class", "del", "dev", "br0", "classid", "5c0f:1"], {Fault.SHAPING_DOWN}),
    "routing rules deleted": (["ip", "rule", "del", "pref", "2000"], {Fault.ROUTING}),
    "forwarding switched off": (["sysctl", "-q", "net.ipv4.conf.br0.forwarding=0"], {Fault.ROUTING}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_taken_away_is_seen_and_mended(gate: Gate, fault: str) -> None:
    guest = guest_of(gate.phone, rate_down=50_000_000, rate_up=50_000_000)
    gate.kernel.admit(guest)
    gate.phone.namespace.run("ping", "-c1", "-s1000", INTERNET4)
    gate.kernel.traffic(1.0)
    command, faults = FAULTS[fault]
    assert gate.kernel.verify() == ()
    gate.lab.box.run(*command)
    assert set(gate.kernel.verify()) == faults
    gate.kernel.rebuild([guest])
    assert gate.kernel.verify() == ()
    assert gate.phone.is_through(to=INTERNET4)
    assert gate.phone.is_through(to=INTERNET6)
    assert not gate.lab.phones[1].is_through()
    assert gate.kernel.traffic(2.0)[gate.phone.device].down > 1_028


def test_nobody_passes_while_the_rules_are_gone(gate: Gate) -> None:
    phone = gate.phone
    # Without masquerade a packet would find its way out and back: only the box stands between.
    gate.lab.internet.run("ip", "route", "replace", "10.77.0.0/24", "via", "203.0.113.1")
    gate.kernel.admit(guest_of(phone))
    gate.lab.box.run("nft", "flush", "ruleset")
    for host in (INTERNET4, INTERNET6):
        assert not phone.is_through(to=host)
        assert not gate.lab.phones[1].is_through(to=host)
    gate.lab.internet.run("ip", "route", "del", "10.77.0.0/24")


def test_nothing_comes_in_while_the_rules_are_gone(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    gate.lab.box.run("nft", "flush", "ruleset")
    pinged = gate.lab.internet.run("ping", "-c1", "-W1", gate.phone.address6, check=False)
    assert "0 received" in pinged.stdout


def test_a_running_download_notices_no_rebuilding(gate: Gate, tmp_path: Path) -> None:
    guest = guest_of(gate.phone)
    gate.kernel.admit(guest)
    got, running = _downloading(gate, tmp_path, seconds=1)
    gate.kernel.rebuild([guest])
    assert running.wait(timeout=10) == 0
    assert got.stat().st_size == 4_000_000
    assert gate.kernel.traffic(1.0)[gate.phone.device].down > 4_000_000


def test_a_login_on_missing_rules_puts_them_back(gate: Gate) -> None:
    first, second = (guest_of(phone) for phone in gate.lab.phones)
    gate.kernel.admit(replace(first, quota_down=10_000_000))
    gate.lab.box.run("nft", "flush", "ruleset")
    gate.kernel.admit(second)
    assert gate.kernel.verify() == ()
    assert all(phone.is_through() for phone in gate.lab.phones)


def test_a_kick_on_missing_rules_puts_the_others_back(gate: Gate) -> None:
    for phone in gate.lab.phones:
        gate.kernel.admit(guest_of(phone))
    gate.lab.box.run("nft", "flush", "ruleset")
    gate.kernel.expel(gate.phone.device)
    assert gate.kernel.verify() == ()
    assert [phone.is_through() for phone in gate.lab.phones] == [False, True]


def test_after_a_killed_process_guests_go_on_and_so_do_their_counters(gate: Gate, tmp_path: Path) -> None:
    gate.kernel.close()
    guest = guest_of(gate.phone)
    gate.killed(guest)
    got, running = _downloading(gate, tmp_path, seconds=3)
    gate.killed(replace(guest, counted_down=7, counted_up=7))
    gate.restart(replace(guest, counted_down=7, counted_up=7))
    assert running.wait(timeout=10) == 0
    assert got.stat().st_size == 4_000_000
    traffic = gate.kernel.traffic(1.0)[gate.phone.device]
    assert traffic.down > 4_000_000
    assert 0 < traffic.up < traffic.down


def test_after_a_killed_process_who_is_not_named_is_out(gate: Gate) -> None:
    gate.kernel.close()
    gate.killed(guest_of(gate.phone))
    assert gate.phone.is_through()
    gate.restart()
    assert not gate.phone.is_through()


def test_a_gateway_that_stops_leaves_the_door_shut(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    gate.kernel.close()
    for host in (INTERNET4, INTERNET6):
        assert not gate.phone.is_through(to=host)
    gate.restart()


def test_a_gateway_whose_rules_are_gone_still_stops(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    gate.lab.box.run("nft", "flush", "ruleset")
    gate.kernel.close()
    assert not gate.phone.is_through(to=INTERNET6)
    gate.restart()


@pytest.mark.parametrize("died", [False, True], ids=["closed", "killed and then closed"])
def test_a_gateway_that_is_taken_off_leaves_the_box_as_it_was(lab: Lab, tmp_path: Path, died: bool) -> None:
    with lab.box.entered():
        lab.box.run("sysctl", "-q", "net.ipv6.conf.wan.accept_ra=1")
        before = state_of(lab)
        gate = Gate(lab, Kernel(kept=tmp_path / "kept"), tmp_path / "kept")
        if died:
            gate.killed(guest_of(gate.phone))
        gate.kernel.install(NETWORK)
        assert state_of(lab) != before
        gate.kernel.admit(guest_of(gate.phone, rate_down=1_000_000))
        gate.kernel.close(leave_closed=False)
        assert state_of(lab) == before


def _downloading(gate: Gate, folder: Path, *, seconds: int) -> tuple[Path, subprocess.Popen[str]]:
    got = folder / "got"
    url = f"http://{INTERNET4}/4000000/{seconds}"
    running = gate.phone.namespace.start("curl", "-s", "-N", "-o", str(got), url)
    assert until(lambda: got.exists() and got.stat().st_size > 400_000)
    return got, running
