"""What is saved of an offer reaches guests who are on within 5 s: a real worker, a real RADIUS server, equipment."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from tests.e2e.house import REPOSITORY, House, Server, until
from tests.radius_peer import PATIENCE, OrderTaker

from spotcoffee.protocols.radius.listing import describe
from spotcoffee.protocols.radius.packet import Code, Packet

AT: Final = "127.0.0.9"
# A promise of the product, not the patience of a test.
WITHIN: Final = 5.0
STATION: Final = {"Calling_Station_Id": "02-00-00-00-01-01"}


@pytest.fixture
def server(house: House) -> Server:
    return house.start()


@pytest.fixture
def worker(house: House) -> Iterator[None]:
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "spotcoffee.cli", "worker"],
        cwd=REPOSITORY, env=house.environ(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until(lambda: house.rows("SELECT id FROM hotspot_process WHERE kind = 'worker'"), "the worker works")
    yield
    process.terminate()
    process.wait(PATIENCE)


def test_a_new_rate_quota_and_end_reach_a_guest_in_time(house: House, server: Server, worker: None) -> None:
    with OrderTaker(AT) as equipment, server.peer(AT) as peer:
        point = house.access_point(AT, equipment="gateway", coa_port=equipment.port)
        offer = house.offer(point, credit=7_200, rate_down=2_000_000)
        _, code = house.ticket(offer)
        peer.status(server.auth, repeat_after=0.02)
        assert peer.log_in(code, code, **STATION).code is Code.ACCESS_ACCEPT
        peer.report("Start", User_Name=code, Acct_Session_Id="s1", **STATION)

        def told_of(**values: Any) -> tuple[Packet, dict[str, str]]:
            """Save this of the offer; the order that follows, in time."""
            began = time.monotonic()
            house.seed("save_offer", offer=offer, now=datetime.now(UTC), values=values)
            order = equipment.take(within=WITHIN)
            assert time.monotonic() - began < WITHIN
            return order, dict(describe(order))

        _, rate = told_of(rate_down=8_000_000)
        assert rate["WISPr-Bandwidth-Max-Down"] == "8000000"
        _, quota = told_of(quota_down=1_000_000_000)
        assert quota["ChilliSpot-Max-Output-Octets"] == "1000000000"
        end, _ = told_of(valid_until=(datetime.now(UTC) - timedelta(minutes=1)).isoformat())
        assert end.code is Code.DISCONNECT_REQUEST
