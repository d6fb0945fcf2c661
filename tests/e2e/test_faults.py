"""What breaks around a running server: the database goes away, the disk fills, equipment falls silent."""

import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.cluster import InterruptibleCluster
from tests.e2e.house import House, Server, missing, until
from tests.e2e.load import CAFE, loaded
from tests.postgres import PostgresMissing
from tests.radius_peer import Peer, access_request

from spotcoffee.protocols.radius.packet import Code

# Answers before and after the fault.
ENOUGH = 150
# How long nothing is answered, while everyone repeats.
AWAY = 1.0


@pytest.fixture
def cluster() -> Iterator[InterruptibleCluster]:
    """A PostgreSQL of the test's own."""
    made = InterruptibleCluster(durable=True)
    try:
        made.start()
    except PostgresMissing:
        missing("PostgreSQL 15")
    yield made
    made.stop()


@pytest.fixture
def far_house(cluster: InterruptibleCluster, tmp_path: Path) -> Iterator[House]:
    """A house whose database can go away."""
    house = House(tmp_path, cluster.new_database())
    house.furnish()
    yield house
    house.close()


def check_a_pause(house: House, *, begin: Callable[[Server], None], end: Callable[[Server], None]) -> None:
    """While nothing can be stored nothing is answered, and a valid ticket is never refused; then all comes right."""
    server = house.start()
    _, newcomer = house.ticket(house.offer(house.access_point("127.0.0.2")))
    with loaded(house, server) as load, server.peer("127.0.0.2") as peer:
        peer.status(server.auth)
        load.hear_more(ENOUGH)
        begin(server)
        load.hear_all()
        load.send()
        login = access_request(1, newcomer, newcomer, Calling_Station_Id="02-00-00-00-00-99")
        peer.send(login, port=server.auth)
        until(lambda: server.logged("database_failed"), "the first batch that fails")
        # What was stored just before may be answered; that it is there, the end of the test says.
        assert peer.answers_before_status(port=server.auth) == []
        load.hear_all()
        _stay_silent(server, load, peer)
        end(server)
        assert peer.exchange(login, port=server.auth).code is Code.ACCESS_ACCEPT
        load.finish()
        load.check_exactly()
        load.hear_more(ENOUGH)
        load.finish()
        load.check_exactly()
    assert server.logged("request_failed") == []
    assert server.stop() == 0


def _stay_silent(server: Server, load: Any, peer: Peer) -> None:
    heard, until_at = load.heard, time.monotonic() + AWAY
    load.run(lambda: time.monotonic() > until_at, asking=False)
    assert load.heard == heard, "a report was answered that could not be stored"
    # Alive all the same; and nothing was said to the guest who logs in.
    assert peer.answers_before_status(port=server.auth) == []


def test_a_database_that_goes_away_and_comes_back(far_house: House, cluster: InterruptibleCluster) -> None:
    check_a_pause(
        far_house,
        begin=lambda _server: cluster.interrupt(),
        end=lambda _server: cluster.resume(),
    )


def test_a_disk_that_is_full_for_a_while(house: House) -> None:
    """No file of the process can grow or change: to SQLite the disk is full. Nothing needs to be mounted."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    check_a_pause(
        house,
        begin=lambda server: _limit_files(server, 0, hard),
        end=lambda server: _limit_files(server, hard, hard),
    )


def _limit_files(server: Server, soft: int, hard: int) -> None:
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_a_saved_access_point_works_within_a_second(house: House) -> None:
    server = house.start()
    with server.peer("127.0.0.3") as peer:
        assert _is_silent(server, peer)
        point = house.access_point("127.0.0.3")
        saved_at = time.monotonic()
        peer.status(server.auth, repeat_after=0.02)
        # A quarter of one, in truth; the rest is for a machine that is busy.
        assert time.monotonic() - saved_at < 5
        _, code = house.ticket(house.offer(point))
        assert peer.log_in(code, code).code is Code.ACCESS_ACCEPT


def _is_silent(server: Server, peer: Peer) -> bool:
    peer.send(access_request(1, "NOBODY"), port=server.auth)
    with server.peer() as doorbell:
        doorbell.status(server.auth)
    return peer.receive(within=0.01) is None


def test_a_lost_session_is_closed_and_an_interim_reopens_it(house: House) -> None:
    house.settings = {"INTERIM_INTERVAL": "1"}
    ticket, code = house.ticket(house.offer(house.access_point(CAFE)))
    server = house.start()

    def stored() -> tuple[str | None, bool, int, int]:
        row = house.row(
            """SELECT s.ending, s.ended_at, s.charged, t.used_time FROM hotspot_session s
            JOIN hotspot_ticket t ON t.id = s.ticket_id WHERE t.id = ?""",
            ticket,
        )
        return row["ending"], row["ended_at"] is not None, row["charged"], row["used_time"]

    with server.peer(CAFE) as peer:

        def report(status: str, seconds: int) -> None:
            peer.report(status, User_Name=code, Acct_Session_Id="1", Acct_Session_Time=seconds)

        assert peer.log_in(code, code).code is Code.ACCESS_ACCEPT
        report("Interim-Update", 5)
        assert stored() == (None, False, 5, 5)
        # Three intervals of a second, and the sweep comes every ten.
        until(lambda: stored()[0] == "lost", "the sweep", patience=30)
        assert stored() == ("lost", True, 5, 5)
        report("Interim-Update", 9)
        assert stored() == (None, False, 9, 9)
        report("Stop", 12)
        assert stored() == ("stopped", True, 12, 12)
