"""A phone's way online through a MikroTik hotspot: with and without JavaScript, HTTP-CHAP and HTTP-PAP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from playwright.sync_api import Page
from tests.web.portal.conftest import Portal
from tests.web.portal.routeros import RouterOs

from spotcoffee.protocols.radius.packet import Code

_numbers = count(1)


@pytest.fixture
def open_router(portal: Portal) -> Iterator[Callable[..., tuple[RouterOs, str]]]:
    """Opens a router at an address of its own, and sells a ticket that works there."""
    with ExitStack() as opened:

        def open_one(*, chap: bool) -> tuple[RouterOs, str]:
            source = f"127.0.8.{next(_numbers)}"
            point = portal.house.access_point(source, equipment="mikrotik")
            peer = opened.enter_context(portal.radius.peer(source))
            peer.status(portal.radius.auth, repeat_after=0.02)
            router = opened.enter_context(RouterOs(peer, f"{portal.address}/portal/{point}", chap=chap))
            _, code = portal.house.ticket(portal.house.offer(point, credit=7_200))
            return router, code

        yield open_one


@pytest.mark.parametrize("chap", [True, False])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_code_leads_online(
    open_router: Callable[..., tuple[RouterOs, str]],
    open_phone: Callable[..., Page],
    chap: bool,
    scripts: bool,
) -> None:
    router, code = open_router(chap=chap)
    phone = open_phone(java_script_enabled=scripts)
    phone.goto(f"{router.url}/generate_204")
    phone.fill("#code", code.lower())

    phone.get_by_role("button", name="Se connecter").click()
    if not scripts:
        phone.get_by_role("button", name="Aller en ligne").click()
    phone.wait_for_url("**/portal/s/**")

    assert phone.locator("h1").inner_text() == "Vous êtes connecté"
    assert [answer.code for answer in router.answers] == [Code.ACCESS_ACCEPT]
    assert phone.get_by_role("link", name="Continuer").get_attribute("href") == f"{router.url}/generate_204"


def test_leaving_goes_through_the_router(
    open_router: Callable[..., tuple[RouterOs, str]], open_phone: Callable[..., Page]
) -> None:
    router, code = open_router(chap=True)
    phone = open_phone(java_script_enabled=True)
    phone.goto(f"{router.url}/")
    phone.fill("#code", code)
    phone.get_by_role("button", name="Se connecter").click()
    phone.wait_for_url("**/portal/s/**")

    phone.get_by_role("button", name="Se déconnecter").click()

    assert phone.locator("h1").inner_text() == "Vous êtes déconnecté"
    assert not router.is_on
