"""Signing in with a real browser."""

from playwright.sync_api import Page


def test_the_account_page_opens_in_french(browser_page: Page) -> None:
    browser_page.goto("/account/")
    assert browser_page.locator("html").get_attribute("lang") == "fr"
    assert browser_page.get_by_role("button", name="Se déconnecter").is_visible()
