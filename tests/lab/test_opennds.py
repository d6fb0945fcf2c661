"""A guest's day behind a real openNDS: Chromium without JavaScript, from the first page asked for to the ticket."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.lab.boxes import Box, opened
from tests.lab.namespaces import INTERNET4, until


@pytest.fixture(scope="module")
def box(namespaces: None, house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """Level 1: the browser brings the hash."""
    with opened(house, tmp_path_factory.mktemp("opennds1"), tls=False) as made:
        yield made


def log_in(box: Box, code: str) -> str:
    """What a guest does. Answers the page that he ends on."""
    with box.browser(ignore_https_errors=True) as page:
        page.goto(f"http://{INTERNET4}/")
        assert page.url.startswith(f"{box.portal}/portal/{box.point}/"), page.url
        page.fill("input[name=code]", code)
        page.click("button.go")
        page.wait_for_url("**/portal/s/**", timeout=45_000)
        return page.content()


def log_in_and_wait(box: Box, **offer: Any) -> int:
    """A guest with a fresh ticket, who is through. Answers its id."""
    ticket, code = box.house.ticket(box.house.offer(box.point, **offer))
    assert not box.is_through()
    log_in(box, code)
    assert until(box.is_through, seconds=10)
    return ticket


@pytest.fixture(autouse=True)
def afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """The next guest finds the phone off."""
    yield
    if "box" in request.fixturenames:
        used: Box = request.getfixturevalue("box")
        mac = ":".join(used.phone.device[at : at + 2] for at in range(0, 12, 2))
        used.control("deauth", mac)
        assert until(lambda: not used.is_through(), seconds=10)


def test_a_guest_is_let_in_with_his_code_and_his_use_reaches_the_ticket(box: Box) -> None:
    ticket, code = box.house.ticket(box.house.offer(box.point, credit=3_600, rate_down=50_000_000))
    assert not box.is_through()

    page = log_in(box, code)

    assert "Vous êtes connecté" in page
    assert until(box.is_through, seconds=10)
    box.phone.fetch(f"http://{INTERNET4}/5000000", seconds=20)
    assert until(lambda: box.ticket(ticket)["used_down"] >= 5_000_000, seconds=75), box.session(ticket)
    session = box.session(ticket)
    assert (session["device"], session["framed_address"]) == (box.phone.device, box.phone.address4)
    assert session["charged"] > 0


def test_the_limits_of_the_offer_hold_on_the_box(box: Box) -> None:
    log_in_and_wait(box, credit=3_600, rate_down=2_000_000, rate_up=1_000_000, quota_down=10_240_000)

    listed = box.control("json").stdout

    assert '"download_rate_limit_threshold":"2000"' in listed
    assert '"upload_rate_limit_threshold":"1000"' in listed
    assert '"download_quota":"10000"' in listed


def test_the_box_cuts_at_the_end_of_the_time(box: Box) -> None:
    ticket = log_in_and_wait(box, credit=12)

    assert until(lambda: not box.is_through(), seconds=40)

    assert until(lambda: box.session(ticket)["ended_at"], seconds=20)
    assert box.session(ticket)["end_cause"] in ("session_timeout", "disconnected")
    assert box.ticket(ticket)["used_time"] >= 12


def test_staff_put_a_guest_off_and_see_that_it_was_done(box: Box) -> None:
    ticket = log_in_and_wait(box, credit=3_600)
    assert until(lambda: box.session(ticket)["acct_session_id"], seconds=20)
    session = box.session(ticket)["id"]

    box.house.seed("disconnect", organisation=box.house.organisation, session=session)

    assert until(lambda: not box.is_through(), seconds=15)
    order = "SELECT * FROM hotspot_order WHERE session_id = ?"
    assert until(lambda: box.house.row(order, session)["state"] == "acknowledged", seconds=15)
    assert box.session(ticket)["end_cause"] == "disconnected"


def test_a_spent_quota_cuts_the_guest(box: Box) -> None:
    ticket = log_in_and_wait(box, quota_down=3_000_000)

    box.phone.fetch(f"http://{INTERNET4}/6000000", seconds=20)

    assert until(lambda: not box.is_through(), seconds=40)
    assert until(lambda: box.session(ticket)["ended_at"], seconds=20)
    assert box.session(ticket)["end_cause"] in ("quota", "disconnected")
    assert box.ticket(ticket)["used_down"] >= 3_000_000


def test_an_idle_guest_is_cut_and_gets_the_time_back(box: Box) -> None:
    ticket = log_in_and_wait(box, credit=3_600)

    ended = until(lambda: box.session(ticket)["ended_at"], seconds=110)

    assert ended
    session = box.session(ticket)
    assert session["end_cause"] == "idle"
    lasted = (session["ended_at"] - session["began_at"]) // 1_000_000
    assert box.ticket(ticket)["used_time"] <= max(0, lasted - 60) + 2


def test_a_wrong_code_is_refused_at_once_and_lets_no_one_in(box: Box) -> None:
    with box.browser() as page:
        page.goto(f"http://{INTERNET4}/")
        page.fill("input[name=code]", "NOSUCHCODE")
        page.click("button.go")

        assert page.locator("[role=alert]").count() == 1

    assert not box.is_through()


def test_at_level_3_opennds_fetches_the_login_itself(namespaces: None, house: House, tmp_path: Path) -> None:
    with opened(house, tmp_path, tls=True) as box:
        seen = "SELECT authmon_seen_at FROM hotspot_accesspoint WHERE id = ?"
        assert until(lambda: box.house.row(seen, box.point)["authmon_seen_at"], seconds=30)
        ticket, code = house.ticket(house.offer(box.point, credit=3_600, rate_down=2_000_000))

        page = log_in(box, code)

        assert "Vous êtes connecté" in page
        assert until(box.is_through, seconds=10)
        assert '"download_rate_limit_threshold":"2000"' in box.control("json").stdout
        began = datetime.fromtimestamp(box.session(ticket)["began_at"] / 1e6, UTC)
        assert abs(time.time() - began.timestamp()) < 60
