"""A phone's way online and off again: Chromium without JavaScript, a UAM gateway, our portal and our RADIUS server."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page
from tests.e2e.house import until
from tests.web.portal.conftest import Portal
from tests.web.portal.uam_nas import Phone, UamNas

from spotcoffee.protocols.radius.packet import Code

UAM_SECRET: Final = "a secret of the gateway"
_numbers = count(1)


@pytest.fixture
def gateway(portal: Portal) -> Iterator[UamNas]:
    """A CoovaChilli gateway at an address of its own, which our server knows."""
    number = next(_numbers)
    source = f"127.0.7.{number}"
    point = portal.house.access_point(
        source, name=f"Café du Quai {number}", equipment="coovachilli", nas_identifier="nas01", portal_secret=UAM_SECRET
    )
    with portal.radius.peer(source) as peer:
        # Status-Server says no identifier: a login shows that the server knows the gateway.
        peer.log_in("nobody", NAS_Identifier="nas01", Calling_Station_Id="02-00-00-00-00-FF")
        phone = Phone(mac=f"0200000000{number:02x}", address=f"10.1.0.{number}")
        nas = UamNas(peer, f"{portal.address}/portal/{point}", UAM_SECRET, phone)
        nas.point = point  # type: ignore[attr-defined]
        with nas:
            yield nas


def sell(portal: Portal, gateway: UamNas, **terms: Any) -> tuple[int, str]:
    """A ticket that works at the gateway."""
    offer = portal.house.offer(gateway.point, **({"credit": 7_200} | terms))  # type: ignore[attr-defined]
    return portal.house.ticket(offer)


def ask_for_a_page(phone: Page, gateway: UamNas) -> None:
    """What a phone asks first, as the gateway intercepts it."""
    phone.goto(f"http://127.0.0.1:{gateway.port}/hotspot-detect.html")


def type_code(phone: Page, code: str) -> None:
    phone.fill("#code", code)
    phone.locator("main button", has_text="Se connecter").or_(phone.get_by_role("button", name="Réessayer")).click()


def keep(phone: Page, shots: Path | None, name: str) -> None:
    if shots is not None:
        for scheme in ("light", "dark"):
            phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            phone.screenshot(path=shots / f"{name}-{scheme}.png", full_page=True)


def test_a_code_leads_online_and_the_page_says_what_is_left(
    portal: Portal, gateway: UamNas, open_phone: Callable[..., Page], shots: Path | None
) -> None:
    ticket, code = sell(portal, gateway, quota_down=3_100_000_000, idle_timeout=600, lifetime=86_400)
    phone = open_phone()
    ask_for_a_page(phone, gateway)
    assert phone.locator("h1").inner_text() == "Bonjour, entrez le code de votre ticket"
    keep(phone, shots, "login")

    type_code(phone, f" {code[:3].lower()} {code[3:6]}-{code[6:]} ")

    assert phone.locator("h1").inner_text() == "Vous êtes connecté"
    assert "/portal/s/" in phone.url
    assert "Il vous reste" in phone.inner_text("dl")
    assert phone.get_by_role("link", name="Continuer").get_attribute("href", timeout=100) == (
        f"http://127.0.0.1:{gateway.port}/hotspot-detect.html"
    )
    assert code not in phone.url
    keep(phone, shots, "connected")
    assert [answer.code for answer in gateway.answers] == [Code.ACCESS_ACCEPT]
    session = portal.house.row("SELECT * FROM hotspot_session WHERE ticket_id = ?", ticket)
    assert session["device"] == gateway.phone.mac
    assert session["ended_at"] is None
    assert phone.context.cookies() == []


def test_leaving_ends_the_session(portal: Portal, gateway: UamNas, open_phone: Callable[..., Page]) -> None:
    ticket, code = sell(portal, gateway)
    phone = open_phone()
    ask_for_a_page(phone, gateway)
    type_code(phone, code)

    phone.get_by_role("button", name="Se déconnecter").click()

    assert phone.locator("h1").inner_text() == "Vous êtes déconnecté"
    assert portal.house.row("SELECT * FROM hotspot_session WHERE ticket_id = ?", ticket)["end_cause"] == "user"


def test_a_wrong_code_is_refused_before_it_reaches_the_gateway(
    portal: Portal, gateway: UamNas, open_phone: Callable[..., Page], shots: Path | None
) -> None:
    sell(portal, gateway)
    phone = open_phone()
    ask_for_a_page(phone, gateway)

    type_code(phone, "K7QM3XWF9T")

    assert phone.locator("h1").inner_text().startswith("Ce code n")
    assert gateway.answers == []
    keep(phone, shots, "wrong")


def test_a_second_device_reads_why_and_may_take_the_place_of_the_first(
    portal: Portal, gateway: UamNas, open_phone: Callable[..., Page], shots: Path | None
) -> None:
    ticket, code = sell(portal, gateway)
    old = gateway.phone
    phone = open_phone()
    ask_for_a_page(phone, gateway)
    type_code(phone, code)
    gateway.phone = Phone(mac="0200000000fe", address="10.1.0.254")
    new = open_phone()
    ask_for_a_page(new, gateway)
    type_code(new, code)
    assert new.locator("h1").inner_text() == "Ce ticket est utilisé sur un autre appareil."
    assert "Café du Quai" in new.inner_text(".no")
    keep(new, shots, "too-many")

    new.get_by_role("button", name="Remplacer mon ancien appareil").click()

    assert new.locator("h1").inner_text() == "Vous êtes connecté"
    sessions = portal.house.rows("SELECT device FROM hotspot_session WHERE ticket_id = ? ORDER BY id", ticket)
    assert [session["device"] for session in sessions] == [old.mac, "0200000000fe"]


def test_a_challenge_that_grew_old_costs_the_guest_nothing(
    portal: Portal, gateway: UamNas, open_phone: Callable[..., Page]
) -> None:
    _, code = sell(portal, gateway)
    phone = open_phone()
    ask_for_a_page(phone, gateway)
    gateway.expires = True

    type_code(phone, code)

    assert phone.locator("h1").inner_text() == "Vous êtes connecté"
    assert len(gateway.answers) == 1


def test_a_session_that_ended_shows_as_such_and_wants_the_code_again(
    portal: Portal, gateway: UamNas, open_phone: Callable[..., Page]
) -> None:
    ticket, code = sell(portal, gateway)
    phone = open_phone()
    ask_for_a_page(phone, gateway)
    type_code(phone, code)
    mine = phone.url
    gateway.stop("Idle-Timeout", 1)
    until(lambda: portal.house.row("SELECT ended_at FROM hotspot_session WHERE ticket_id = ?", ticket)["ended_at"], "")

    phone.goto(mine)
    assert phone.locator("h1").inner_text() != "Vous êtes connecté"
    ask_for_a_page(phone, gateway)

    assert phone.locator("#code").input_value() == ""


def test_the_page_changes_its_language(portal: Portal, gateway: UamNas, open_phone: Callable[..., Page]) -> None:
    _, code = sell(portal, gateway)
    phone = open_phone(locale="de-AT")
    ask_for_a_page(phone, gateway)
    assert phone.locator("html").get_attribute("lang") == "de"

    phone.get_by_role("link", name="Italiano").click()
    assert phone.locator("html").get_attribute("lang") == "it"
    phone.fill("#code", code)
    phone.get_by_role("button", name="Connetti").click()

    assert phone.locator("h1").inner_text() == "È connesso"
