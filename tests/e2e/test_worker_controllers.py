"""A real worker process before a stand-in of a controller: a waiting guest is let in, and put off again on an order."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.e2e.house import REPOSITORY, House, until
from tests.radius_peer import PATIENCE
from tests.servers.controllers.unifi_controller import PASSWORD, USER, UnifiController

MAC = "02:00:00:00:01:01"


@pytest.fixture
def controller() -> Iterator[UnifiController]:
    made = UnifiController()
    yield made
    made.close()


@pytest.fixture
def worker(house: House) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "spotcoffee.cli", "worker"],
        cwd=REPOSITORY, env=house.environ(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield process
    process.terminate()
    assert process.wait(PATIENCE) == 0


def test_a_waiting_guest_is_let_in_and_put_off(
    house: House, controller: UnifiController, worker: subprocess.Popen[bytes]
) -> None:
    point = house.access_point(
        "127.0.0.9", equipment="unifi", controller_url=controller.url, controller_user=USER,
        controller_password=PASSWORD,
    )  # fmt: skip
    _, code = house.ticket(house.offer(point, credit=3_600))
    controller.station(MAC)

    house.seed("let_in", point=point, code=code, device="020000000101")

    until(lambda: MAC in controller.authorized, "the controller let the guest in", patience=20)
    session = "SELECT id, began_at, ended_at FROM hotspot_session WHERE access_point_id = ?"
    until(lambda: house.row(session, point)["began_at"], "the session began")
    house.seed("disconnect", organisation=house.organisation, session=house.row(session, point)["id"])
    until(lambda: MAC not in controller.authorized, "he was put off", patience=10)
    until(lambda: house.row(session, point)["ended_at"], "the session ended")
    state = "SELECT state FROM hotspot_order"
    until(lambda: house.row(state)["state"] != "sent", "what became of the order was written")
    assert house.row(state)["state"] == "acknowledged"
    assert worker.poll() is None
