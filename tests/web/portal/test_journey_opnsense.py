"""A phone's way online through OPNsense, whose login answers with data instead of a page."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from playwright.sync_api import Page
from tests.web.portal.conftest import Portal
from tests.web.portal.opnsense_box import OpnSense

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.configuration.texts import configuration
from spotcoffee.protocols.configuration.values import Values

_numbers = count(1)


@pytest.fixture
def open_box(portal: Portal) -> Iterator[Callable[[], tuple[OpnSense, str]]]:
    """Opens a firewall at an address of its own, with our template on it, and sells a ticket that works there."""
    with ExitStack() as opened:

        def open_one() -> tuple[OpnSense, str]:
            source = f"127.0.7.{next(_numbers)}"
            point = portal.house.access_point(source, equipment="opnsense")
            peer = opened.enter_context(portal.radius.peer(source))
            peer.status(portal.radius.auth, repeat_after=0.02)
            values = Values(server="127.0.0.1", portal=portal.address, number=point, secret="S", nas_identifier="box")
            texts = {text.name: text.text for text in configuration(Equipment.OPNSENSE, values)}
            box = opened.enter_context(OpnSense(peer, texts["opnsense_template"]))
            _, code = portal.house.ticket(portal.house.offer(point, credit=7_200))
            return box, code

        yield open_one


def test_a_guest_sees_a_page_and_no_data(
    open_box: Callable[[], tuple[OpnSense, str]], open_phone: Callable[..., Page]
) -> None:
    box, code = open_box()
    phone = open_phone(java_script_enabled=True)
    phone.goto(f"{box.url}/?redirurl=example.org/")
    phone.fill("#code", code.lower())

    phone.get_by_role("button", name="Se connecter").click()
    phone.wait_for_url("**/on/")

    assert phone.locator("h1").inner_text() == "Vous êtes connecté"
    assert box.is_on


def test_what_the_firewall_refuses_is_said_on_a_page(
    open_box: Callable[[], tuple[OpnSense, str]], open_phone: Callable[..., Page]
) -> None:
    box, code = open_box()
    box.refuses = True
    phone = open_phone(java_script_enabled=True)
    phone.goto(box.url)
    phone.fill("#code", code)

    phone.get_by_role("button", name="Se connecter").click()
    phone.wait_for_url("**/portal/s/**")

    assert phone.locator("h1").inner_text() == "Le point d’accès ne vous a pas laissé entrer"


def test_without_scripts_he_gets_online_all_the_same(
    open_box: Callable[[], tuple[OpnSense, str]], open_phone: Callable[..., Page]
) -> None:
    box, code = open_box()
    phone = open_phone()
    # Its own template needs a script, and ours has a button that needs none.
    phone.goto(f"{box.url}/")
    phone.goto(f"{phone.locator('form').get_attribute('action')}?gateway={box.url}/&zone=0&redirurl=")
    phone.fill("#code", code)

    phone.get_by_role("button", name="Se connecter").click()
    phone.get_by_role("button", name="Aller en ligne").click()

    assert "AUTHORIZED" in phone.content()
    assert box.is_on
