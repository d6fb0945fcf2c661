"""The manager's pages in a real browser: waiting for equipment, inviting, choosing a password, looking at a chart."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.radius_peer import Peer

DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"}
DEEPER = (
    "/access-points/new/",
    "/access-points/1/",
    "/team/invite/",
    "/team/1/",
    "/settings/portal/",
    "/start/equipment/",
    "/start/offers/",
    "/start/ticket/",
    "/statistics/?span=today&what=down",
    "/dashboard/?span=week",
)


@pytest.mark.parametrize("settings", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_behind_the_navigation_are_as_accessible_and_as_narrow(
    open_page: Callable[..., Page], settings: dict[str, Any]
) -> None:
    page = open_page(**settings)
    offences: list[str] = []
    for address in DEEPER:
        answer = page.goto(address)
        assert answer is not None
        if answer.status != 200:
            offences.append(f"{address}: {answer.status}")
        page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true })")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            offences.append(f"{address}: {wide} px too wide")
        for violation in Axe().run(page).response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            offences.append(f"{address}: {violation['id']}: {violation['help']}: {nodes}")
    assert offences == []


def test_the_page_of_a_new_access_point_tells_when_its_first_message_comes(browser_page: Page, shop: Any) -> None:
    browser_page.goto("/access-points/new/")
    browser_page.fill("#name", "Bloc Nord")
    browser_page.fill("#address", "127.0.0.77")
    browser_page.get_by_role("button", name="Ajouter le point d’accès").click()
    secret = browser_page.locator(".secret").inner_text()
    health = browser_page.locator("#health")
    expect(health).to_contain_text("en attente de son premier message")

    with Peer(shop.auth, 0, source="127.0.0.77", secret=secret) as equipment:
        equipment.log_in("NOSUCHCODE")

    expect(health).to_contain_text("Tout va bien", timeout=20_000)
    # The answer of the server does not take the secret away before it was copied.
    assert browser_page.locator(".secret").inner_text() == secret


def test_a_colleague_is_invited_and_chooses_a_password_without_scripts(
    browser_page: Page, open_page: Callable[..., Page]
) -> None:
    browser_page.goto("/team/invite/")
    browser_page.fill("#email", "dora@example.org")
    browser_page.get_by_label("Tous les points d’accès").check()
    browser_page.get_by_role("button", name="Inviter").click()
    link = browser_page.locator(".secret").inner_text()

    door = open_page(java_script_enabled=False, storage_state=None)
    door.goto(link)
    door.fill("#password", "une phrase que moi seule")
    door.fill("#again", "une phrase que moi seule")
    door.locator("button.primary").click()
    door.fill("#login", "dora@example.org")
    door.fill("#password", "une phrase que moi seule")
    door.locator("button.primary").click()
    assert door.get_by_role("link", name="dora@example.org").is_visible()
    # At the reception there is no team.
    assert not door.get_by_role("link", name="Équipe").is_visible()


def test_a_chart_has_its_figures_beside_it(browser_page: Page) -> None:
    browser_page.goto("/statistics/?span=week&what=sold")
    picture = browser_page.get_by_role("img")
    expect(picture).to_have_attribute("aria-label", re.compile("Au plus"))
    browser_page.get_by_text("Les chiffres du graphique").click()
    assert browser_page.get_by_role("table").first.get_by_role("row").count() == 8


def test_what_is_taken_back_is_one_button_away(browser_page: Page) -> None:
    browser_page.goto("/access-points/new/")
    browser_page.fill("#name", "Bloc Sud")
    browser_page.fill("#address", "127.0.0.78")
    browser_page.get_by_role("button", name="Ajouter le point d’accès").click()
    browser_page.get_by_role("button", name="Archiver").click()
    assert not browser_page.locator("main table").get_by_text("Bloc Sud").is_visible()
    browser_page.get_by_role("button", name="Annuler").click()
    assert browser_page.get_by_role("heading", name="Bloc Sud").is_visible()
