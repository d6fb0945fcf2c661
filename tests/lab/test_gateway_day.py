"""A café's day, from the desk to the guest and back: real pages, server, gateway, kernel and browsers."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.e2e.house import REPOSITORY, House
from tests.lab.browsers import A_PHONE, chromium_in
from tests.lab.dhcp import ask
from tests.lab.hotspot import Hotspot, opened, until
from tests.lab.namespaces import BOX4, INTERNET4, Lab, Phone, join

from spotcoffee.project.certificate import own_certificate

ALICE = "alice@example.org"
PASSWORD = "a long phrase of the tests"
NAME = "wifi.lab"
API = f"https://{NAME}:4990/captive-portal"
# Seconds; bit/s.
CREDIT, IDLE, RATE = 14, 3, 4_000_000


@pytest.fixture(scope="module")
def hotspot(open_lab: Lab, house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotspot]:
    folder: Path = tmp_path_factory.mktemp("box")
    cert, key = own_certificate(folder / "certificate", [NAME], now=datetime.now(UTC))
    with opened(open_lab, house, folder, interim_interval=1) as place:
        place.start_gateway(host=NAME, tls_cert=str(cert), tls_key=str(key))
        place.start_portal()
        yield place


@pytest.fixture
def phone(hotspot: Hotspot) -> Phone:
    return hotspot.lab.phones[0]


@pytest.fixture
def desk(hotspot: Hotspot, tmp_path: Path) -> Iterator[tuple[Page, Page]]:
    """A page of the desk, whose receptionist has signed in, and a page of the guest's phone."""
    address, phone = hotspot.start_desk(), hotspot.lab.phones[0]
    owner = hotspot.house.row("SELECT name FROM hotspot_organisation")["name"]
    words = ["user", "add", "--organisation", owner, "--role", "administrator", "--password-stdin", ALICE]
    subprocess.run(
        [sys.executable, "-m", "spotcoffee.cli", *words],
        cwd=REPOSITORY, env=hotspot.house.environ(), input=f"{PASSWORD}\n", text=True, capture_output=True, check=True,
    )  # fmt: skip
    with (
        sync_playwright() as playwright,
        chromium_in(hotspot.lab.internet, playwright, tmp_path) as computer,
        chromium_in(phone.namespace, playwright, tmp_path) as mobile,
    ):
        page = computer.new_page(base_url=address, locale="fr-FR")
        page.goto("/account/login/")
        page.fill("#login", ALICE)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        yield page, mobile.new_page(locale="fr-FR", viewport=A_PHONE)  # type: ignore[arg-type]


def _log_in(page: Page, code: str) -> None:
    page.goto(f"http://{INTERNET4}/")
    page.get_by_role("textbox").first.fill(code)
    page.get_by_role("textbox").first.press("Enter")
    page.get_by_role("heading", name="Vous êtes connecté").wait_for()
    # A page that is open may ask for more by itself.
    page.goto("about:blank")


def test_a_ticket_sold_at_the_desk_is_used_up_by_a_guest(
    hotspot: Hotspot, phone: Phone, desk: tuple[Page, Page], tmp_path: Path
) -> None:
    computer, mobile = desk
    hotspot.house.offer(hotspot.point, name="Un café", credit=CREDIT, idle_timeout=IDLE, rate_down=RATE)

    # The phone joins: an address, the captive portal option, and no way but to the portal.
    lease = ask(phone, tmp_path)
    assert (lease.router, lease.api) == (str(BOX4.ip), API)
    join(phone, device=phone.device, address4=lease.address)
    assert phone.fetch(f"http://{INTERNET4}/")[1].startswith(f"302 {hotspot.portal}?")

    # A ticket is sold, and opens the Wi-Fi as fast as its offer says.
    computer.goto("/")
    computer.get_by_role("button", name=re.compile("Un café")).click()
    computer.wait_for_url(re.compile(r"/sold/\d+/"))
    ticket = int(re.findall(r"\d+", computer.url.rsplit(":", 1)[1])[1])
    code = re.sub(r"\s", "", computer.locator(".ticket .code").inner_text())
    _log_in(mobile, code)
    began = monotonic()
    assert phone.fetch(f"http://{INTERNET4}/1000000", seconds=10)[1].startswith("200")
    assert 0.9 < (monotonic() - began) * RATE / 8_000_000 < 1.5
    computer.goto(f"/tickets/{ticket}/")
    expect(computer.locator("main .chip.started").first).to_have_text("Entamé")

    # Silence ends the session, and is given back.
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "idle")
    first = hotspot.session(ticket)
    used = hotspot.ticket(ticket)["used_time"]
    assert used == first["time"] - IDLE
    assert not phone.is_through()

    # A second login goes on until the credit ends, to the second.
    _log_in(mobile, code)
    talk = phone.namespace.start("ping", "-q", "-i", "0.2", INTERNET4)
    assert until(lambda: hotspot.session(ticket)["end_cause"] == "session_timeout")
    talk.kill()
    assert not phone.is_through()
    second = hotspot.session(ticket)
    assert (second["id"] != first["id"], second["time"]) == (True, CREDIT - used)
    assert hotspot.ticket(ticket)["used_time"] == CREDIT

    # The ticket is red, its guest is told why, and the desk sees what happened.
    mobile.goto(f"http://{INTERNET4}/")
    mobile.get_by_role("textbox").first.fill(code)
    mobile.get_by_role("textbox").first.press("Enter")
    expect(mobile.locator("body")).to_contain_text("épuisé")
    computer.goto(f"/tickets/{ticket}/")
    expect(computer.locator("main .chip.consumed").first).to_have_text("Consommé")
    history = computer.locator("section", has=computer.get_by_role("heading", name="Son histoire"))
    for said in (f"acceptée pour {CREDIT} secondes", f"−{IDLE} secondes", f"{CREDIT - used} secondes", "temps épuisé"):
        expect(history).to_contain_text(said.replace(" secondes", "\N{NO-BREAK SPACE}secondes"))
    assert history.inner_text().count("Fin de session") == 2
