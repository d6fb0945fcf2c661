"""Finding a ticket by what people say of it."""

from typing import Any

import pytest
from django.test import Client
from tests import factories as make

from spotcoffee.services import searches
from spotcoffee.storage.models import Ticket, TicketList
from spotcoffee.web.surroundings import keys


@pytest.fixture
def accueil(people: Any) -> TicketList:
    """A list of the Hôtel du Parc."""
    make.access_point(people.parc, "Salle")
    return make.ticket_list(make.offer(people.parc, name="2 heures"), "Accueil")


def _ticket(into: TicketList, login: str, note: str = "") -> Ticket:
    return make.ticket(into, login, keys=keys(), note=note)


def _find(client: Client, searched: str) -> Any:
    return client.get("/find/", {"q": searched})


def test_one_hit_goes_straight_to_its_card(bob: Client, accueil: TicketList) -> None:
    ticket = _ticket(accueil, "K7QM3XWF9T", "Chambre 12, Martin")
    make.session(ticket, ticket.ticket_list.offer.access_points.get(), device="02aabbccddee")
    for searched in (
        "K7QM3XWF9T",
        " k7q-m3xw-f9t ",
        "WF9T"[-4:],
        "f9t ".strip().rjust(4, "W"),
        "martin",
        "Chambre 12",
        "02:AA:BB:CC:DD:EE",
        "02-aa-bb-cc-dd-ee",
    ):
        answer = _find(bob, searched)
        assert (answer.status_code, answer["Location"]) == (302, f"/tickets/{ticket.pk}/"), searched


def test_several_hits_are_listed_with_the_end_of_their_codes_alone(bob: Client, accueil: TicketList) -> None:
    _ticket(accueil, "AAAAAAWF9T", "chambre 12")
    _ticket(accueil, "BBBBBBXYZ2", "chambre 12 bis")
    page = _find(bob, "chambre 12").content.decode()
    assert "2 tickets" in page
    for end, beginning in (("WF9T", "AAAAAA"), ("XYZ2", "BBBBBB")):
        assert end in page
        assert beginning not in page


def test_nothing_found_says_what_was_looked_at(bob: Client, accueil: TicketList) -> None:
    page = _find(bob, "ZZZZ").content.decode()
    assert "les quatre derniers caractères des codes" in page
    page = _find(bob, "02:00:00:00:00:99").content.decode()
    assert "02:00:00:00:00:99" in page
    assert "dernières connexions" in page


def test_a_stranger_finds_nothing(charlie: Client, accueil: TicketList) -> None:
    ticket = _ticket(accueil, "K7QM3XWF9T", "Martin")
    make.session(ticket, ticket.ticket_list.offer.access_points.get(), device="02aabbccddee")
    for searched in ("K7QM3XWF9T", "WF9T", "Martin", "02aabbccddee"):
        assert _find(charlie, searched).status_code == 200


def test_what_anyone_may_type_is_taken(bob: Client, accueil: TicketList) -> None:
    for searched in (
        "",
        " ",
        "\0",
        "a\0b",
        "%",
        "_",
        "\\",
        "'; DROP",
        "<script>alert(1)</script>",
        "é" * 200,
        "x" * 9_000,
    ):
        answer = _find(bob, searched)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_a_percent_sign_is_no_wildcard(bob: Client, accueil: TicketList) -> None:
    _ticket(accueil, "K7QM3XWF9T", "Martin")
    assert _find(bob, "%").status_code == 200
    assert _find(bob, "M_rtin").status_code == 200


def test_what_was_searched_for_stays_in_the_field(bob: Client, accueil: TicketList) -> None:
    assert _find(bob, "Müller").content.decode().count('value="Müller"') == 2


def test_more_than_fifty_are_not_listed(people: Any, accueil: TicketList) -> None:
    for number in range(searches.MOST_FOUND + 3):
        _ticket(accueil, f"CODE{number:06}", "groupe")
    found = searches.find(people.at_parc, "groupe", keys=keys())
    assert len(found.tickets) == searches.MOST_FOUND
    assert found.tickets == sorted(found.tickets, reverse=True)


def test_finding_asks_the_database_the_same_whatever_is_found(
    bob: Client, accueil: TicketList, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(15) as counted:
            _find(bob, "chambre 12")
        return len(counted)

    _ticket(accueil, "AAAAAAWF9T", "chambre 12")
    _ticket(accueil, "BBBBBBXYZ2", "chambre 12")
    few = queries()
    for number in range(10):
        _ticket(accueil, f"CODE{number:06}", "chambre 12")
    assert queries() == few
