"""One box runs everything, and the phone is a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from tests.e2e.house import House
from tests.lab.browsers import A_PHONE, chromium_in
from tests.lab.hotspot import PORTAL_PORT, Hotspot, opened, until
from tests.lab.namespaces import BOX4, INTERNET4, WALLED4, Lab, Phone


@pytest.fixture(scope="module")
def hotspot(open_lab: Lab, house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotspot]:
    folder: Path = tmp_path_factory.mktemp("box")
    with opened(open_lab, house, folder, one_box=True, interim_interval=1) as place:
        place.start_gateway(forbidden=f"{WALLED4}/32")
        place.start_portal()
        yield place


@pytest.fixture
def phone(hotspot: Hotspot) -> Phone:
    return hotspot.lab.phones[0]


@pytest.fixture
def page(phone: Phone, tmp_path: Path) -> Iterator[Page]:
    with sync_playwright() as playwright, chromium_in(phone.namespace, playwright, tmp_path) as browser:
        yield browser.new_page(locale="fr-FR", viewport=A_PHONE)  # type: ignore[arg-type]


def test_a_browser_logs_in_goes_on_and_leaves(hotspot: Hotspot, phone: Phone, page: Page) -> None:
    ticket, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    page.goto(f"http://{INTERNET4}/")
    assert page.url.startswith(f"http://{BOX4.ip}:{PORTAL_PORT}/portal/{hotspot.point}")
    page.get_by_role("textbox").first.fill(code)
    page.get_by_role("textbox").first.press("Enter")
    page.get_by_role("heading", name="Vous êtes connecté").wait_for()
    assert phone.is_through()
    page.goto(f"http://{INTERNET4}/")
    assert page.text_content("body") == "ok"
    page.goto(f"http://{BOX4.ip}:3990/status")
    page.get_by_role("button", name="Se déconnecter").click()
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "user")
    assert not phone.is_through()


def test_guests_reach_nothing_else_of_the_box_nor_the_houses_own_network(hotspot: Hotspot, phone: Phone) -> None:
    _, code = hotspot.house.ticket(hotspot.house.offer(hotspot.point, credit=3600))
    hotspot.log_in(phone, code)
    assert phone.fetch(f"http://{BOX4.ip}:8443/")[0] == 7
    assert phone.fetch(f"http://{WALLED4}/")[0] == 7
    assert phone.is_through()
