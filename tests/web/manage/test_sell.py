"""Selling at the desk: the menu, the ticket just sold, taking a sale back, the stock."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from django.test import Client
from tests import factories as make

from spotcoffee.storage.models import AuditEntry, Handout, Offer, StaffAccount, Ticket, TicketList
from spotcoffee.web.surroundings import keys

HOUR: Final = 3_600


@pytest.fixture
def coffee(people: Any) -> Offer:
    """An offer of the Hôtel du Parc, at its one access point."""
    point = make.access_point(people.parc, "Salle")
    return make.offer(people.parc, point, name="2 heures", credit=2 * HOUR, price="3.50", currency="EUR")


@pytest.fixture
def stocked(coffee: Offer) -> TicketList:
    """Three tickets of it in stock."""
    into = make.ticket_list(coffee, "Accueil")
    make.tickets(into, 3, keys=keys())
    return into


def _sell(client: Client, offer: Offer, key: str = "a form") -> Any:
    return client.post("/sell/", {"offer": offer.pk, "key": key})


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_menu_shows_each_offer_with_its_key_its_price_and_what_it_grants(bob: Client, stocked: TicketList) -> None:
    page = _text(bob.get("/"))
    assert 'data-key="1"' in page
    assert "2 heures de connexion" in page
    assert "3,50\N{NO-BREAK SPACE}€" in page


def test_a_sale_shows_the_whole_code_in_groups_and_marks_the_ticket(bob: Client, stocked: TicketList) -> None:
    answer = _sell(bob, stocked.offer)
    assert answer.status_code == 303
    ticket = Ticket.objects.get(handed_out_at__isnull=False)
    assert answer["Location"] == f"/sold/{ticket.pk}/"
    login = keys().unseal(bytes(ticket.login_sealed))
    page = _text(bob.get(answer["Location"]))
    assert f"<b>{login[:3]}</b><b>{login[3:7]}</b><b>{login[7:]}</b>" in page
    assert "Annuler la vente" in page


def test_the_same_form_sent_twice_sells_one_ticket(bob: Client, stocked: TicketList) -> None:
    first, second = _sell(bob, stocked.offer), _sell(bob, stocked.offer)
    assert first["Location"] == second["Location"]
    assert Handout.objects.count() == 1
    assert _sell(bob, stocked.offer, "the next form")["Location"] != first["Location"]


def test_one_form_sells_different_offers(bob: Client, stocked: TicketList, people: Any) -> None:
    other = make.offer(people.parc, name="La journée", lifetime=24 * HOUR)
    assert _sell(bob, stocked.offer)["Location"] != _sell(bob, other)["Location"]


def test_without_stock_the_ticket_is_made_on_the_spot(bob: Client, coffee: Offer) -> None:
    assert bob.get(_sell(bob, coffee)["Location"]).status_code == 200
    assert "créés à la vente" in _text(bob.get("/"))


def test_a_form_without_a_key_sells_nothing(bob: Client, stocked: TicketList) -> None:
    for key in ("", "é", "x" * 65, "a\0b"):
        assert _sell(bob, stocked.offer, key).status_code == 422
    assert not Handout.objects.exists()


def test_an_offer_that_is_none_of_mine_is_not_sold(charlie: Client, bob: Client, stocked: TicketList) -> None:
    assert _sell(charlie, stocked.offer).status_code == 404
    for typed in ("", "0", "abc", "-1", "9" * 18, "9" * 400, "<script>alert(1)</script>", "²"):
        assert bob.post("/sell/", {"offer": typed, "key": "k"}).status_code == 404
    assert not Handout.objects.exists()


def test_what_has_ended_is_neither_on_the_menu_nor_sold(bob: Client, stocked: TicketList) -> None:
    Offer.objects.filter(pk=stocked.offer_id).update(valid_until=make.NOW - timedelta(days=400))
    assert "data-key" not in _text(bob.get("/")).partition('id="content"')[2]
    answer = _sell(bob, stocked.offer)
    assert answer.status_code == 409
    assert "terminée" in _text(answer)
    assert not Handout.objects.exists()


def test_a_sale_is_taken_back_within_thirty_seconds(bob: Client, stocked: TicketList) -> None:
    address = _sell(bob, stocked.offer)["Location"]
    ticket = Ticket.objects.get(handed_out_at__isnull=False)
    answer = bob.post(f"/tickets/{ticket.pk}/cancel-sale/")
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert "La vente est annulée" in _text(bob.get("/"))
    ticket.refresh_from_db()
    assert ticket.handout_id is None
    assert bob.get(address)["Location"] == f"/tickets/{ticket.pk}/"


def test_an_older_sale_offers_no_way_back(bob: Client, stocked: TicketList) -> None:
    _sell(bob, stocked.offer)
    Handout.objects.update(at=datetime.now(UTC) - timedelta(seconds=31))
    ticket = Ticket.objects.get(handed_out_at__isnull=False)
    assert "Annuler la vente" not in _text(bob.get("/"))
    assert bob.post(f"/tickets/{ticket.pk}/cancel-sale/").status_code == 409


def test_the_code_just_sold_is_read_by_its_seller_others_are_written_down(
    bob: Client, alice: Client, stocked: TicketList
) -> None:
    address = _sell(bob, stocked.offer)["Location"]
    bob.get(address)
    assert not AuditEntry.objects.filter(action="read").exists()
    alice.get(address)
    assert AuditEntry.objects.filter(action="read", by="alice@example.org").count() == 1


def test_the_latest_sales_show_the_end_of_a_code_alone(bob: Client, stocked: TicketList) -> None:
    _sell(bob, stocked.offer)
    login = keys().unseal(bytes(Ticket.objects.get(handed_out_at__isnull=False).login_sealed))
    page = _text(bob.get("/"))
    assert login[-4:] in page
    assert login[:6] not in page


def test_a_stranger_sees_nothing_of_a_sale(charlie: Client, bob: Client, stocked: TicketList) -> None:
    address = _sell(bob, stocked.offer)["Location"]
    ticket = Ticket.objects.get(handed_out_at__isnull=False)
    assert charlie.get(address).status_code == 404
    assert charlie.post(f"/tickets/{ticket.pk}/cancel-sale/").status_code == 404


def test_an_auditor_sells_nothing_and_begins_elsewhere(people: Any, signed_in: Any, stocked: TicketList) -> None:
    auditor = signed_in(make.staff(people.parc, "dora@example.org", "auditor"))
    answer = auditor.get("/")
    assert answer.status_code == 303
    assert answer["Location"] != "/"
    assert _sell(auditor, stocked.offer).status_code == 403
    assert AuditEntry.objects.filter(action="refused", by="dora@example.org").exists()


def test_a_place_without_offers_says_what_belongs_here(alice: Client, bob: Client) -> None:
    assert "Rien à vendre" in _text(alice.get("/"))
    assert "Demandez à un responsable" in _text(bob.get("/"))


def test_names_are_inert(bob: Client, people: Any) -> None:
    name = "<script>alert(1)</script>"
    sold = _sell(bob, make.offer(people.parc, make.access_point(people.parc), name=name))
    for address in ("/", sold["Location"]):
        page = _text(bob.get(address))
        assert name not in page
        assert "&lt;script&gt;" in page


def test_the_menu_asks_the_database_the_same_whatever_it_holds(
    bob: Client, people: Any, stocked: TicketList, django_assert_num_queries: Any
) -> None:
    _sell(bob, stocked.offer)
    with django_assert_num_queries(11):
        bob.get("/")
    for number in range(4):
        more = make.offer(people.parc, name=f"Offre numéro {number}")
        make.tickets(make.ticket_list(more), 2, keys=keys())
        _sell(bob, more)
    with django_assert_num_queries(11):
        bob.get("/")


def test_a_receptionist_sells_only_at_her_access_points(people: Any, signed_in: Any, coffee: Offer) -> None:
    terrace = make.access_point(people.parc, "Terrasse")
    there = make.offer(people.parc, terrace, name="Sur la terrasse")
    eve: StaffAccount = make.staff(people.parc, "eve@example.org", "reception")
    eve.access_points.add(terrace)
    client = signed_in(eve)
    page = _text(client.get("/"))
    assert "Sur la terrasse" in page
    assert "2 heures" not in page
    assert _sell(client, coffee).status_code == 404
    assert _sell(client, there).status_code == 303
