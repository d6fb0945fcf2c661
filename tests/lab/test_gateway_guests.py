"""A guest's day: redirected, let in with a ticket, counted, cut, and let in again. Real server, gateway, kernel."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from tests.e2e.house import House
from tests.lab.hotspot import UAM, Hotspot, opened, until
from tests.lab.namespaces import INTERNET4, Lab, Phone


@pytest.fixture(scope="module")
def hotspot(open_lab: Lab, house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotspot]:
    folder: Path = tmp_path_factory.mktemp("box")
    with opened(open_lab, house, folder, interim_interval=1) as place:
        place.start_gateway()
        yield place


@pytest.fixture
def phone(hotspot: Hotspot) -> Iterator[Phone]:
    phone = hotspot.lab.phones[0]
    yield phone
    phone.fetch(f"{UAM}/logoff")


def _talking(phone: Phone) -> subprocess.Popen[str]:
    return phone.namespace.start("ping", "-q", "-i", "0.2", INTERNET4)


def test_a_ticket_lets_a_phone_through_and_its_use_is_reported(hotspot: Hotspot, phone: Phone) -> None:
    ticket, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    told = hotspot.visit(phone)
    assert told["res"] == "notyet"
    assert told["userurl"] == f"http://{INTERNET4}/page?x=1"
    assert told["mac"] == "02-00-00-00-01-01"
    assert hotspot.log_in(phone, code)["res"] == "success"
    assert phone.fetch(f"http://{INTERNET4}/1000000")[1].startswith("200")
    assert until(lambda: hotspot.session(ticket)["down"] >= 1_000_000)
    assert hotspot.log_off(phone)["res"] == "logoff"
    assert not phone.is_through()
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "user")
    session = hotspot.session(ticket)
    assert (session["device"], session["framed_address"]) == (phone.device, phone.address4)
    assert hotspot.ticket(ticket)["used_down"] == session["down"] < 1_200_000


def test_a_wrong_code_is_refused_with_the_servers_words(hotspot: Hotspot, phone: Phone) -> None:
    told = hotspot.log_in(phone, "NOSUCHCODE")
    assert told["res"] == "failed"
    assert told["reply"].startswith("Ce code")
    assert not phone.is_through()


def test_a_challenge_is_good_for_one_answer(hotspot: Hotspot, phone: Phone) -> None:
    _, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    challenge = hotspot.visit(phone)["challenge"]
    assert hotspot.answer(phone, code, challenge)["res"] == "success"
    hotspot.log_off(phone)
    again = hotspot.answer(phone, code, challenge)
    assert (again["res"], again["challenge"] == challenge) == ("failed", False)
    assert not phone.is_through()


def test_silence_ends_a_session_and_is_given_back_and_credit_ends_the_next_to_the_second(
    hotspot: Hotspot, phone: Phone
) -> None:
    ticket, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=4, idle_timeout=2))
    assert hotspot.log_in(phone, code)["res"] == "success"
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "idle")
    assert (hotspot.session(ticket)["time"], hotspot.ticket(ticket)["used_time"]) == (2, 0)
    assert not phone.is_through()

    assert hotspot.log_in(phone, code)["res"] == "success"
    began = monotonic()
    ping = _talking(phone)
    assert until(lambda: not phone.is_through())
    assert monotonic() - began > 3.5
    ping.kill()
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "session_timeout")
    assert hotspot.ticket(ticket)["used_time"] == 4
    assert hotspot.log_in(phone, code)["res"] == "failed"


def test_a_quota_ends_a_session_and_uses_the_ticket_up(hotspot: Hotspot, phone: Phone) -> None:
    ticket, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, quota_down=500_000))
    hotspot.log_in(phone, code)
    exit_code, _ = phone.fetch(f"http://{INTERNET4}/5000000", seconds=6)
    assert exit_code != 0
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "quota")
    assert 500_000 <= hotspot.ticket(ticket)["used_down"] < 700_000
    assert hotspot.log_in(phone, code)["res"] == "failed"


def test_staff_disconnect_a_guest(hotspot: Hotspot, phone: Phone) -> None:
    ticket, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    hotspot.log_in(phone, code)
    assert until(lambda: hotspot.session(ticket)["acct_session_id"])
    hotspot.house.seed("disconnect", organisation=hotspot.house.organisation, session=hotspot.session(ticket)["id"])
    assert until(lambda: not phone.is_through())
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "disconnected")
    orders = hotspot.house.rows("SELECT * FROM hotspot_order WHERE session_id = ?", hotspot.session(ticket)["id"])
    assert [order["state"] for order in orders] == ["acknowledged"]


def test_a_changed_offer_changes_a_running_session(hotspot: Hotspot, phone: Phone) -> None:
    offer = hotspot.house.offer(hotspot.point, credit=3600)
    ticket, code = hotspot.house.ticket(offer)
    hotspot.log_in(phone, code)
    assert until(lambda: hotspot.session(ticket)["acct_session_id"])
    now = datetime.now(UTC)
    hotspot.house.seed("change_offer", offer=offer, now=now, values={"credit": 7200, "rate_down": 2_000_000})
    assert until(lambda: hotspot.status(phone)["session"]["sessionTimeout"] > 3600)
    assert until(lambda: "class htb" in hotspot.lab.box.out("tc", "class", "show", "dev", "br0"))
    # And a limit that is no more is lifted.
    hotspot.house.seed("change_offer", offer=offer, now=datetime.now(UTC), values={"credit": None, "rate_down": None})
    assert until(lambda: hotspot.status(phone)["session"]["sessionTimeout"] == 0)
    assert until(lambda: "class htb" not in hotspot.lab.box.out("tc", "class", "show", "dev", "br0"))
    assert phone.is_through()


def test_the_rate_is_what_the_offer_says(hotspot: Hotspot, phone: Phone) -> None:
    _, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, rate_down=4_000_000))
    hotspot.log_in(phone, code)
    began = monotonic()
    assert phone.fetch(f"http://{INTERNET4}/1000000")[1].startswith("200")
    assert 1.5 < monotonic() - began < 3.5


def test_the_json_interface_tells_and_logs_off(hotspot: Hotspot, phone: Phone) -> None:
    _, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    before = hotspot.status(phone)
    assert before["clientState"] == 0
    assert hotspot.answer(phone, code, before["challenge"])["res"] == "success"
    during = hotspot.status(phone)
    assert (during["clientState"], during["session"]["userName"]) == (1, code)
    assert during["session"]["sessionTimeout"] == 3600
    assert hotspot.status(phone, "/json/logoff")["clientState"] == 0
    assert not phone.is_through()


def test_the_portals_page_lets_a_guest_in(hotspot: Hotspot, phone: Phone) -> None:
    hotspot.start_portal()
    ticket, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    page, url = hotspot.open_page(phone, f"http://{INTERNET4}/")
    end, url = hotspot.send_form(phone, page, url, code=code)
    assert phone.is_through(), (url, end)
    assert until(lambda: hotspot.session(ticket)["acct_session_id"])
