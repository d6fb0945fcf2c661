"""The memo, from its first line to its last, as a newcomer does it in the browser: one day of a small campsite."""

import csv
import io
import re
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader
from tests.browser.conftest import Shop
from tests.radius_peer import Peer

from spotcoffee.protocols.radius.packet import Code

PHONE = "02-00-00-00-0D-A1"


def primary(page: Page) -> Locator:
    """The one thing that a page is there for."""
    return page.locator("main .btn.primary").first


def chip(page: Page, state: str) -> Locator:
    """The ticket's state on its card."""
    return page.locator(f"main .chip.{state}").first


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011 - as a person reads the calendar


def number_in(address: str) -> int:
    found = re.search(r"/(\d+)/", address)
    assert found is not None, address
    return int(found[1])


def test_a_day_of_the_memo(browser_page: Page, shop: Shop) -> None:
    page = browser_page

    # An offer, bound to the access point.
    page.goto("/offers/new/")
    page.fill("#name", "Vacances d’automne")
    page.get_by_label("Salle", exact=True).check()
    page.fill("#credit", "2 h")
    page.fill("#lifetime", "1 semaine")
    page.fill("#valid_until", in_days(30))
    expect(page.locator("#live")).to_contain_text("2 heures de connexion")
    primary(page).click()
    page.wait_for_url(re.compile(r"/offers/"))
    page.goto("/offers/")
    offer = page.get_by_role("link", name="Vacances d’automne").first
    offer_id = number_in(offer.get_attribute("href") or "")

    # A list, with 200 tickets.
    page.goto(f"/lists/new/?offer={offer_id}")
    page.fill("#name", "Accueil, automne")
    page.fill("#count", "200")
    primary(page).click()
    page.wait_for_url(re.compile(r"/lists/\d+/"))
    list_id = number_in(page.url)
    page.goto(f"/lists/{list_id}/")
    expect(page.locator(".counts")).to_contain_text("200")

    # The sheet is printed: every ticket once.
    page.goto(f"/printing/?list={list_id}")
    page.locator('input[name="what"][value="3x8"]').check()
    primary(page).click()
    page.wait_for_url(re.compile(r"/handouts/\d+/"))
    sheet = page.request.get(f"/handouts/{number_in(page.url)}/file/")
    assert len(PdfReader(io.BytesIO(sheet.body())).pages) == 9

    # One more is sold at the desk.
    page.goto("/")
    page.get_by_role("button", name=re.compile("Vacances d’automne")).click()
    page.wait_for_url(re.compile(r"/sold/\d+/"))
    ticket_id = number_in(page.url)
    code = re.sub(r"\s", "", page.locator(".ticket .code").inner_text())

    # Its guest connects: orange; he has spent it: red.
    with Peer(shop.auth, shop.acct, source="127.0.0.1", secret=shop.secret) as equipment:
        accept = equipment.log_in(code, code, Calling_Station_Id=PHONE)
        assert accept.code is Code.ACCESS_ACCEPT
        told = {"User_Name": code, "Calling_Station_Id": PHONE, "Acct_Session_Id": "day"}
        equipment.report("Start", **told)
        page.goto(f"/tickets/{ticket_id}/")
        expect(chip(page, "started")).to_have_text("Entamé")
        equipment.report("Stop", Acct_Session_Time=7200, **told)
    page.goto(f"/tickets/{ticket_id}/")
    expect(chip(page, "consumed")).to_have_text("Consommé")

    # The validity is extended in one field; what it does is shown first.
    page.goto("/offers/")
    card = page.locator("form", has=page.locator('input[name="valid_until"]')).filter(
        has=page.locator(f'xpath=self::form[contains(@action, "/offers/{offer_id}/")]')
    )
    card.locator('input[name="valid_until"]').fill(in_days(60))
    card.get_by_role("button").click()
    expect(page.get_by_role("heading", name="Ce que ce changement fait")).to_be_visible()
    expect(page.locator("main")).to_contain_text("201 tickets")
    primary(page).click()
    expect(page.locator("#notices")).not_to_be_empty()

    # The list is bound to another offer, with the warning.
    page.goto(f"/lists/{list_id}/change/")
    page.get_by_role("radio", name=re.compile("^2 h, 2 appareils")).check()
    primary(page).click()
    expect(page.get_by_role("heading", name="Ce que ce changement fait")).to_be_visible()
    expect(page.locator("main")).to_contain_text("200 tickets imprimés")
    primary(page).click()
    page.goto(f"/lists/{list_id}/")
    expect(page.locator(".head")).to_contain_text("2 h, 2 appareils")

    # 50 more tickets; only those are exported, into a file that a French spreadsheet opens.
    page.goto(f"/lists/{list_id}/generate/")
    page.fill("#count", "50")
    primary(page).click()
    page.wait_for_url(lambda address: "generate" not in address)
    page.goto(f"/printing/?list={list_id}")
    page.locator('input[name="what"][value="excel"]').check()
    primary(page).click()
    page.wait_for_url(re.compile(r"/handouts/\d+/"))
    exported = page.request.get(f"/handouts/{number_in(page.url)}/file/").body()
    assert exported.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(exported.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + 50
    assert len({row[0] for row in rows[1:]}) == 50
    assert {row[3] for row in rows[1:]} == {"2 h, 2 appareils"}
    page.goto(f"/printing/?list={list_id}")
    expect(page.locator("main")).to_contain_text("Jamais remis")
