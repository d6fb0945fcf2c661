"""Rate limits, as a guest measures them. The whole matrix is in bench/gateway_kernel.py."""

import pytest
from tests.lab.conftest import Gate, guest_of
from tests.lab.rates import measured

RATE = 20_000_000


@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_guest_gets_what_the_offer_says(gate: Gate, direction: str) -> None:
    gate.kernel.admit(guest_of(gate.phone, **{f"rate_{direction}": RATE}))
    rate = measured(gate.lab, gate.phone, direction=direction, protocol="tcp", seconds=2)
    assert rate == pytest.approx(RATE, rel=0.05)


def test_a_rate_is_changed_while_a_session_runs(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone, rate_down=RATE))
    gate.kernel.change(guest_of(gate.phone, rate_down=2 * RATE))
    assert measured(gate.lab, gate.phone, direction="down", protocol="tcp", seconds=2) == pytest.approx(
        2 * RATE, rel=0.05
    )
    gate.kernel.change(guest_of(gate.phone))
    assert measured(gate.lab, gate.phone, direction="down", protocol="tcp", seconds=1) > 5 * RATE


def test_a_login_finds_the_queue_gone_and_puts_it_back(gate: Gate) -> None:
    first, second = (guest_of(phone, rate_down=RATE, rate_up=RATE) for phone in gate.lab.phones)
    gate.kernel.admit(first)
    gate.lab.box.run("tc", "qdisc", "del", "dev", "br0", "root")
    gate.kernel.admit(second)
    assert gate.kernel.verify() == ()
    classes = gate.lab.box.out("tc", "class", "show", "dev", "br0")
    assert classes.count("class htb 5c0f:") == 2


def test_an_interface_keeps_its_own_queue_until_a_guest_is_limited(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    assert "htb" not in gate.lab.box.out("tc", "qdisc")
    gate.kernel.change(guest_of(gate.phone, rate_down=RATE))
    assert "htb" in gate.lab.box.out("tc", "qdisc", "show", "dev", "br0")
    assert "htb" not in gate.lab.box.out("tc", "qdisc", "show", "dev", "wan")
    gate.kernel.rebuild([guest_of(gate.phone)])
    assert "htb" not in gate.lab.box.out("tc", "qdisc")
    assert gate.kernel.verify() == ()
