"""200 clients that drip, or never read: an honest guest logs in within a second, and staff get their page."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from tests.e2e.house import REPOSITORY, House, until
from tests.radius_peer import PATIENCE
from tests.web.portal.slow_clients import NAS_IDENTIFIER, SORTS, UAM_SECRET, Guest, crowd, trusting

CROWD: Final = 200
SECOND: Final = 1.0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("slow"))
    try:
        house.furnish()
        yield house
    finally:
        house.close()


@contextmanager
def serving(house: House, command: str, setting: str) -> Iterator[Guest]:
    """A guest of a running server."""
    point = house.access_point(
        f"127.0.8.{len(command)}", equipment="coovachilli", nas_identifier=NAS_IDENTIFIER, portal_secret=UAM_SECRET
    )
    _, code = house.ticket(house.offer(point, credit=7_200))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "spotcoffee.cli", command],
        cwd=REPOSITORY,
        env=house.environ(**{setting: f"127.0.0.1:{port}"}),
        stdin=subprocess.DEVNULL,
    )
    try:
        guest = Guest(port=port, place=point, code=code, tls=trusting() if command == "web" else None)
        until(lambda: listens(port), "the server")
        guest.log_in()
        yield guest
    finally:
        process.kill()
        process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def at_the_web(house: House) -> Iterator[Guest]:
    with serving(house, "web", "WEB_BIND") as guest:
        yield guest


@pytest.fixture(scope="module")
def at_the_portal(house: House) -> Iterator[Guest]:
    with serving(house, "portal", "PORTAL_BIND") as guest:
        yield guest


@pytest.mark.parametrize("sort", SORTS)
def test_they_hold_nobody_up_at_the_main_web(at_the_web: Guest, sort: str) -> None:
    with crowd(at_the_web.port, sort, CROWD, tls=at_the_web.tls):
        assert at_the_web.log_in() < SECOND
        assert at_the_web.look_at("/account/login/") < SECOND


@pytest.fixture(scope="module")
def silent(at_the_portal: Guest) -> Iterator[tuple[socket.socket, float]]:
    """A connection that says nothing, and since when."""
    with socket.create_connection(("127.0.0.1", at_the_portal.port), timeout=PATIENCE) as connection:
        yield connection, time.monotonic()


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("sort", sorted(SORTS.keys() - {"api"}))
def test_they_hold_nobody_up_at_the_portal(at_the_portal: Guest, sort: str) -> None:
    with crowd(at_the_portal.port, sort, CROWD):
        assert at_the_portal.log_in() < SECOND


def test_more_silent_ones_than_a_queue_has_room_for_hold_nobody_up(at_the_portal: Guest) -> None:
    # The web server's own default lets 1,024 connect.
    with crowd(at_the_portal.port, "silent", 1_100):
        assert at_the_portal.log_in() < SECOND


def test_who_says_nothing_is_sent_away(silent: tuple[socket.socket, float]) -> None:
    connection, began = silent

    assert connection.recv(1) == b""
    assert time.monotonic() - began < PATIENCE
