"""What stands in a ticket's QR, and what is left off where it would lead nowhere."""

import pytest
from tests.documents.printing import FRENCH, pages, whole

from spotcoffee.documents.layout import ALL_FIELDS, Field
from spotcoffee.services.errors import Conflict
from spotcoffee.services.handouts import HandedOut
from spotcoffee.services.print_options import PrintOptions
from spotcoffee.services.printing import Site, Words, login_address, print_tickets, shown_fields

WORDS = Words(wordings=(FRENCH,))
OPTIONS = PrintOptions(
    layout="2x5",
    start_at=1,
    cut_marks=True,
    paper="80",
    fields=ALL_FIELDS,
    languages=("fr",),
    title="Été",
    place="Hôtel du Parc",
    list_name="Été",
)


@pytest.mark.parametrize(
    ("portal", "login", "password", "address"),
    [
        ("https://wifi.example", "7KMP2RT9XW", None, "https://wifi.example/t/7KMP2RT9XW"),
        ("https://wifi.example/", "A", "B", "https://wifi.example/t/A?password=B"),
        ("http://10.0.0.1:8080", "alice@hôtel/1?", "a&b é", "http://10.0.0.1:8080/t/alice%40h%C3%B4tel%2F1%3F?password=a%26b+%C3%A9"),
    ],
)  # fmt: skip
def test_a_qr_leads_to_the_portal_with_the_code(portal: str, login: str, password: str | None, address: str) -> None:
    assert login_address(portal, login, password) == address


@pytest.mark.parametrize(
    ("site", "missing"),
    [
        (Site(), {Field.LOGIN_QR, Field.JOIN_QR}),
        (Site(portal_address="https://wifi.example"), {Field.JOIN_QR}),
        (Site(network="DEUX-RIVES"), {Field.LOGIN_QR}),
        (Site(portal_address="https://wifi.example", network="x" * 33), {Field.JOIN_QR}),
        (Site(portal_address="https://wifi.example", network="DEUX-RIVES"), set()),
    ],
)
def test_a_qr_that_leads_nowhere_is_left_off(site: Site, missing: set[Field]) -> None:
    assert shown_fields(OPTIONS, site) == ALL_FIELDS - missing


def printed(*tickets: HandedOut, kind: str = "pdf") -> str:
    site = Site(portal_address="https://wifi.example")
    return "".join(pages(whole(print_tickets(tickets, WORDS, OPTIONS, format=kind, site=site))))


def test_an_imported_login_stands_as_it_is_and_one_of_ours_in_groups() -> None:
    text = printed(HandedOut("7kmp2rt9xw", "", exact=True), HandedOut("7KMP2RT9XW", None, exact=False))

    assert "7kmp2rt9xw" in text
    assert "7KM-P2RT-9XW" in text


def test_an_address_too_long_for_a_qr_costs_no_ticket_its_print() -> None:
    assert "x" * 20 in printed(HandedOut("x" * 220, None, exact=True))


@pytest.mark.parametrize("kind", ["pdf", "receipt"])
def test_nothing_to_print_is_a_conflict(kind: str) -> None:
    with pytest.raises(Conflict, match="nothing_to_print"):
        printed(kind=kind)
