"""How a guest's time ends: by the gateway, by the kernel alone, and what then becomes of flows that are running."""

import subprocess
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

from tests.lab.conftest import Gate, guest_of
from tests.lab.namespaces import INTERNET4, INTERNET6, until


def test_a_kick_cuts_a_running_download(gate: Gate, tmp_path: Path) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    got, running = _downloading(gate, tmp_path)
    gate.kernel.expel(gate.phone.device)
    size = got.stat().st_size
    assert gate.phone.fetch(f"http://{INTERNET4}/") == (0, "302 http://portal.example/")
    assert not until(lambda: got.stat().st_size > size + 66_000, seconds=0.5)
    _stop(running)


def test_a_kick_ends_the_guests_flows_and_nobody_elses(gate: Gate, tmp_path: Path) -> None:
    other = gate.lab.phones[1]
    gate.kernel.admit(guest_of(gate.phone))
    gate.kernel.admit(guest_of(other))
    _got, running = _downloading(gate, tmp_path)
    assert other.is_through()
    gate.kernel.expel(gate.phone.device)
    flows = gate.lab.box.out("conntrack", "-L", "-p", "tcp")
    assert f"src={gate.phone.address4} " not in flows
    assert f"src={other.address4} " in flows
    _stop(running)


def test_the_last_count_comes_with_the_kick(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    gate.phone.namespace.run("ping", "-c2", "-i0.01", "-s1000", INTERNET4)
    gone = gate.kernel.expel(gate.phone.device)
    assert gone is not None
    assert (gone.down, gone.up) == (2056, 2056)
    assert gate.kernel.expel(gate.phone.device) is None
    assert gate.kernel.traffic(1.0) == {}


def test_counting_goes_on_from_what_the_session_had(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone, counted_down=5_000, counted_up=300))
    gate.phone.namespace.run("ping", "-c1", "-s1000", INTERNET4)
    traffic = gate.kernel.traffic(1.0)[gate.phone.device]
    assert (traffic.down, traffic.up) == (6_028, 1_328)


def test_the_kernel_ends_a_guests_time_by_itself(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone, seconds_left=1))
    assert gate.phone.is_through()
    assert until(lambda: not gate.phone.is_through(), seconds=3)
    assert gate.phone.device in gate.kernel.traffic(1.0)
    assert gate.kernel.verify() == ()
    assert gate.kernel.alerts() == ()
    assert gate.kernel.expel(gate.phone.device) is not None


def test_more_time_is_given_without_losing_the_count(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone, seconds_left=2))
    gate.phone.namespace.run("ping", "-c1", "-s1000", INTERNET4)
    gate.kernel.change(guest_of(gate.phone, seconds_left=60))
    ends_at = monotonic() + 2.5
    assert until(lambda: monotonic() > ends_at)
    assert gate.phone.is_through()
    assert gate.kernel.traffic(1.0)[gate.phone.device].down > 1_028


def test_time_that_has_run_out_is_given_anew(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone, seconds_left=1))
    assert until(lambda: not gate.phone.is_through(), seconds=3)
    gate.kernel.change(guest_of(gate.phone, seconds_left=60))
    assert gate.phone.is_through()


def test_a_volume_ends_in_the_kernel_itself(gate: Gate) -> None:
    for host in (INTERNET4, f"[{INTERNET6}]"):
        gate.kernel.admit(guest_of(gate.phone, quota_down=300_000))
        exit_code, _status = gate.phone.fetch(f"http://{host}/1000000", seconds=1)
        assert exit_code == 28
        assert 200_000 < gate.kernel.traffic(1.0)[gate.phone.device].down <= 300_000


def test_an_upload_ends_at_its_volume(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone, quota_up=5_000))
    gate.phone.namespace.run("ping", "-c9", "-i0.01", "-W1", "-s1000", INTERNET4, check=False)
    assert gate.kernel.traffic(1.0)[gate.phone.device].up == 4 * 1_028


def test_a_volume_is_counted_from_the_change_that_gives_it(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone, quota_down=300_000))
    assert gate.phone.fetch(f"http://{INTERNET4}/1000000", seconds=1)[0] == 28
    gate.kernel.change(guest_of(gate.phone, quota_down=2_000_000))
    assert gate.phone.fetch(f"http://{INTERNET4}/1000000")[0] == 0
    gate.kernel.change(guest_of(gate.phone))
    assert gate.phone.fetch(f"http://{INTERNET4}/3000000")[0] == 0


def test_addresses_come_and_go_with_a_change(gate: Gate) -> None:
    guest = guest_of(gate.phone)
    gate.kernel.admit(guest)
    gate.kernel.change(replace(guest, addresses=(ip_address(gate.phone.address6),)))
    assert not gate.phone.is_through(to=INTERNET4)
    assert gate.phone.is_through(to=INTERNET6)


def test_a_second_login_begins_at_nought(gate: Gate) -> None:
    for _login in range(2):
        gate.kernel.admit(guest_of(gate.phone))
        gate.phone.namespace.run("ping", "-c1", "-s1000", INTERNET4)
        assert gate.kernel.traffic(1.0)[gate.phone.device].down == 1_028


def _downloading(gate: Gate, folder: Path) -> tuple[Path, subprocess.Popen[str]]:
    got = folder / "got"
    running = gate.phone.namespace.start("curl", "-s", "-N", "-o", str(got), f"http://{INTERNET4}/20000000/10")
    assert until(lambda: got.exists() and got.stat().st_size > 400_000)
    return got, running


def _stop(running: subprocess.Popen[str]) -> None:
    # Its last packets are answered while the rules are there, not in the next test.
    running.kill()
    running.wait()
