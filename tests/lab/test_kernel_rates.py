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
