"""Every page of the navigation as a person meets it: wide and narrow, light and dark, with and without a mouse."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
SIZES = ({"width": 1280, "height": 900}, {"width": 360, "height": 740})
# Links that begin a download, show a PDF or leave the staff's pages.
ELSEWHERE = re.compile(r"/(file|receipt|backup)/|^/(api|portal|static|metrics|t)/|logout|\?")
MOST_PAGES = 80


def links(page: Page) -> list[str]:
    """The addresses on this page that lead to other pages of ours."""
    found = page.locator("a[href^='/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [str(address).partition("#")[0] for address in found if not ELSEWHERE.search(str(address))]


def kind(address: str) -> str:
    """Addresses of two things of one kind are one page."""
    return re.sub(r"\d+", "N", address)


def offences_of(page: Page) -> Iterator[str]:
    """What is wrong with the page that stands open, at both widths, in light and in dark."""
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            yield f"{page.url}: {wide} px too wide at {size['width']}"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for violation in Axe().run(page).response["violations"]:
                nodes = [node["html"][:120] for node in violation["nodes"][:3]]
                yield f"{page.url} {size['width']} {scheme}: {violation['id']}: {violation['help']}: {nodes}"


@pytest.mark.timeout(900)
def test_no_page_offends_against_accessibility_scrolls_sideways_or_breaks_the_policy(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(**DESK, reduced_motion="reduce")
    offences: list[str] = []
    page.on("pageerror", lambda error: offences.append(f"{page.url}: a script failed: {error}"))
    page.on(
        "console",
        lambda said: offences.append(f"{page.url}: {said.text}") if "Content Security Policy" in said.text else None,
    )
    waiting, seen = ["/account/", "/"], set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if kind(address) in seen:
            continue
        seen.add(kind(address))
        answer = page.goto(address)
        assert answer is not None
        if answer.status != 200:
            offences.append(f"{address}: {answer.status}")
        offences.extend(offences_of(page))
        waiting.extend(links(page))

    assert offences == []
    assert {"/offers/N/", "/lists/N/", "/tickets/N/", "/access-points/N/", "/team/N/", "/log/", "/settings/"} <= seen
    assert len(seen) > 25


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
    page.wait_for_url(lambda address: "/login" not in address)
    assert page.get_by_role("button", name="Se déconnecter").is_visible()
