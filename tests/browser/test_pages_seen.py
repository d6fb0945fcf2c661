"""Every page of the navigation as a person meets it: wide and narrow, light and dark, with and without a mouse."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}


def places(page: Page) -> list[str]:
    """The addresses that the header leads to."""
    page.goto("/account/")
    found = page.locator("header nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(found) >= 3
    return [str(address) for address in found]


@pytest.mark.parametrize("settings", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_offends_against_accessibility_scrolls_sideways_or_breaks_the_policy(
    open_page: Callable[..., Page], settings: dict[str, Any]
) -> None:
    page = open_page(**settings)
    offences: list[str] = []
    page.on("pageerror", lambda error: offences.append(f"{page.url}: a script failed: {error}"))
    page.on(
        "console",
        lambda said: offences.append(f"{page.url}: {said.text}") if "Content Security Policy" in said.text else None,
    )
    for address in ["/account/", "/account/second-factor/", "/account/password/change/", *places(page)]:
        answer = page.goto(address)
        assert answer is not None
        if answer.status != 200:
            offences.append(f"{address}: {answer.status}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            offences.append(f"{address}: {wide} px too wide")
        for violation in Axe().run(page).response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            offences.append(f"{address}: {violation['id']}: {violation['help']}: {nodes}")
    assert offences == []


def test_a_passkey_signs_in_without_a_password(open_page: Callable[..., Page], shop: Any) -> None:
    page = open_page(**DESK)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    page.goto("/account/second-factor/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("input[type=password]", shop.password)
        page.locator("main form button.primary, main form button").first.click()
        page.wait_for_url("**/webauthn/add/")
    page.locator("input[type=checkbox]").first.check()
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: "webauthn/add" not in address)

    page.context.clear_cookies()
    page.goto("/account/login/?next=/account/")
    page.click("#passkey_login")
    page.wait_for_url("**/account/")
    assert page.get_by_role("button", name="Se déconnecter").is_visible()
