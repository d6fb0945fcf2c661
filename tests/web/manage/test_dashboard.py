"""The dashboard: every number is true, and leads to its list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests import factories as make

from spotcoffee.services import desk
from spotcoffee.storage.models import AccessPoint, AccessPointFault, Backup, Offer
from spotcoffee.web.surroundings import keys, pace


@pytest.fixture
def room(people: Any) -> AccessPoint:
    """An access point that was heard just now."""
    return make.access_point(people.parc, "Salle", address="192.0.2.1", last_seen_at=datetime.now(UTC))


@pytest.fixture
def offer(people: Any, room: AccessPoint) -> Offer:
    """2 hours for 3,50 €."""
    return make.offer(people.parc, room, name="2 heures", credit=7_200, price="3.50", currency="EUR")


def _text(client: Client, query: str = "") -> str:
    answer = client.get(f"/dashboard/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def _sell(people: Any, offer: Offer, number: int = 1) -> None:
    for at in range(number):
        desk.sell_once(people.at_parc, offer.pk, account_id=people.alice.pk, key=f"key{at}", keys=keys(), pace=pace())


def _is_online(room: AccessPoint, offer: Offer, **columns: Any) -> None:
    now = datetime.now(UTC)
    ticket = make.ticket(make.ticket_list(offer), keys=keys())
    began = {"id": now.year * 10**14 + now.month * 10**12 + ticket.pk, "began_at": now - timedelta(minutes=30)}
    make.session(ticket, room, **{**began, "seen_at": now, "device": f"0200000000{ticket.pk:02}", **columns})


def test_who_is_online_and_what_was_sold_with_what_it_brought(
    alice: Client, people: Any, room: AccessPoint, offer: Offer
) -> None:
    _sell(people, offer, 2)
    _is_online(room, offer)
    page = _text(alice)
    assert '<span class="n">1</span> <a href="/online/">client en ligne' in page
    assert "vendus aujourd’hui, 7,00\N{NO-BREAK SPACE}€</a>" in page
    assert f'href="/online/?place={room.pk}">1 client<' in page


def test_the_stock_of_an_offer_and_where_to_find_it(alice: Client, offer: Offer) -> None:
    into = make.ticket_list(offer)
    make.tickets(into, 3, keys=keys())
    page = _text(alice)
    assert f'href="/lists/?offer={offer.pk}">2 heures</a>' in page
    assert "Plus que 3 tickets «\N{NO-BREAK SPACE}2 heures\N{NO-BREAK SPACE}»" in page


def test_traffic_of_an_hour_stands_in_the_chart_and_in_its_table(
    alice: Client, room: AccessPoint, offer: Offer
) -> None:
    _is_online(room, offer, down=6_000_000_000, up=1_000_000_000)
    page = _text(alice)
    assert '<rect class="down"' in page
    assert '<rect class="up"' in page
    assert "en Go par heure" in page
    assert "style=" not in page
    assert "<script>" not in page
    week = _text(alice, "?span=week")
    assert "6\N{NO-BREAK SPACE}Go" in week
    assert "par jour" in week


def test_what_fails_is_to_be_done(alice: Client, people: Any, room: AccessPoint, offer: Offer) -> None:
    now = datetime.now(UTC)
    people.charlie.delete()
    people.elsewhere.delete()
    AccessPoint.objects.filter(pk=room.pk).update(last_seen_at=now - timedelta(hours=1))
    AccessPointFault.objects.create(
        source="192.0.2.1", code="message_authenticator_wrong", first_at=now, last_at=now, count=4
    )
    AccessPointFault.objects.create(source="192.0.2.7", code="unknown_source", first_at=now, last_at=now, count=9)
    page = _text(alice)
    assert "Salle\N{NO-BREAK SPACE}: Le secret partagé ne correspond pas" in page
    assert 'href="/access-points/new/?address=192.0.2.7"' in page
    assert "Aucune sauvegarde" in page
    Backup.objects.create(made_at=now, by="alice", size=1)
    AccessPointFault.objects.all().delete()
    assert "tout va bien" in _text(alice)


def test_strangers_are_shown_to_nobody_where_several_organisations_share_the_machine(
    alice: Client, people: Any, room: AccessPoint
) -> None:
    now = datetime.now(UTC)
    AccessPointFault.objects.create(source="192.0.2.7", code="unknown_source", first_at=now, last_at=now, count=9)
    # The cast has two organisations.
    assert "192.0.2.7" not in _text(alice)


def test_silence_counts_only_while_someone_is_online(alice: Client, room: AccessPoint, offer: Offer) -> None:
    AccessPoint.objects.filter(pk=room.pk).update(last_seen_at=datetime.now(UTC) - timedelta(hours=1))
    assert "Personne en ligne" in _text(alice)
    _is_online(room, offer, seen_at=datetime.now(UTC) - timedelta(hours=1))
    assert "Muet alors que des clients y étaient en ligne" in _text(alice)


def test_a_manager_sees_his_access_points_alone(people: Any, signed_in: Any, room: AccessPoint, offer: Offer) -> None:
    elsewhere = make.access_point(people.parc, "Terrasse")
    _is_online(elsewhere, make.offer(people.parc, elsewhere, name="Ailleurs"))
    eve = make.staff(people.parc, "eve@example.org", "manager")
    eve.access_points.add(room)
    page = _text(signed_in(eve))
    assert "Salle" in page
    assert "Terrasse" not in page
    assert "Ailleurs" not in page
    assert '<span class="n">0</span> <a href="/online/">' in page
    assert "sauvegarde" not in page


def test_an_empty_place_says_what_to_do_first(charlie: Client) -> None:
    page = _text(charlie)
    assert "Aucun point d’accès" in page
    assert "/access-points/new/" in page
    assert "Aucune offre" in page


def test_reception_is_refused(bob: Client) -> None:
    assert bob.get("/dashboard/").status_code == 403


def test_nonsense_is_taken(alice: Client) -> None:
    for typed in ("%00", "<script>alert(1)</script>", "x" * 5_000):
        assert "<script>alert" not in _text(alice, f"?span={typed}")


def test_the_page_asks_the_database_the_same_however_much_there_is(
    alice: Client, people: Any, room: AccessPoint, offer: Offer, django_assert_num_queries: Any
) -> None:
    _is_online(room, offer)
    # SQLite takes the steps of the chart in two statements.
    count = 17 if connection.vendor == "sqlite" else 16
    with django_assert_num_queries(count):
        _text(alice)
    for number in range(4):
        other = make.access_point(people.parc, f"Bloc {number}", address=f"192.0.2.1{number}")
        _is_online(other, make.offer(people.parc, other))
    with django_assert_num_queries(count):
        _text(alice)
