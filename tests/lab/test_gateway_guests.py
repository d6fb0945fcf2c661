"""A guest's day: redirected, let in with a ticket, counted, cut, and let in again. Real server, gateway, kernel."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.house import House
from tests.lab.hotspot import Hotspot, opened
from tests.lab.namespaces import Lab, Phone, until


@pytest.fixture(scope="module")
def hotspot(open_lab: Lab, house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotspot]:
    folder: Path = tmp_path_factory.mktemp("box")
    with opened(open_lab, house, folder, interim_interval=2) as place:
        place.start_gateway()
        yield place


@pytest.fixture
def phone(hotspot: Hotspot) -> Iterator[Phone]:
    phone = hotspot.lab.phones[0]
    yield phone
    phone.fetch("http://10.77.0.1:3990/logoff")


def test_a_ticket_lets_a_phone_through(hotspot: Hotspot, phone: Phone) -> None:
    offer = hotspot.house.offer(hotspot.point, credit=3600)
    ticket, code = hotspot.house.ticket(offer)
    assert hotspot.visit(phone)["res"] == "notyet"
    assert hotspot.log_in(phone, code)["res"] == "success"
    assert phone.is_through()
    assert until(lambda: hotspot.session(ticket)["acct_session_id"])
    assert hotspot.log_off(phone)["res"] == "logoff"
    assert not phone.is_through()
    assert until(lambda: hotspot.session(ticket)["ended_at"])
