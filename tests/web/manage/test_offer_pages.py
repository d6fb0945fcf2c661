"""The pages of offers: cards, the form that answers, what a change does before it is saved."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.factories import Cast

from spotcoffee.services import handouts, offers
from spotcoffee.storage.models import AccessPoint, AuditEntry, Offer
from spotcoffee.web.surroundings import keys, pace

FORM = {
    "name": "2 heures",
    "credit": "2h",
    "lifetime": "1 j",
    "period_limit": "90 min",
    "period": "day",
    "valid_until": "2030-09-30",
    "rate_down": "8 Mbit/s",
    "quota_down": "1,5 Go",
    "price": "3,50",
    "max_devices": "2",
}


@pytest.fixture
def point(people: Cast) -> AccessPoint:
    """The one access point of the place."""
    return factories.access_point(people.parc, "Accueil")


@pytest.fixture
def sold(people: Cast, point: AccessPoint) -> Offer:
    """An offer with three tickets, two of them printed."""
    made = factories.offer(people.parc, point, name="2 heures", credit=7200)
    of = factories.ticket_list(made, "Été")
    factories.tickets(of, 2, keys=keys())
    handouts.take(people.at_parc, of.pk, pace=pace())
    factories.ticket(of, keys=keys())
    return made


def body(answer: Any) -> str:
    return unescape(answer.content.decode())


def form_of(alice: Client, offer: Offer) -> dict[str, Any]:
    """What a browser would send of an offer's form, untouched."""
    page = alice.get(f"/offers/{offer.pk}/").content.decode()
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] in ("csrfmiddlewaretoken", "q"):
            continue
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            sent[name[1]] = unescape(value[1]) if value else ""
    return sent | {"period": offer.period or ""}


def test_an_empty_page_says_what_belongs_there(alice: Client) -> None:
    page = body(alice.get("/offers/"))
    assert "Créer la première offre" in page


def test_an_offer_is_made_as_people_write_it(alice: Client, point: AccessPoint) -> None:
    answer = alice.post("/offers/new/", {**FORM, "access_points": [point.pk]})

    made = Offer.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/offers/{made.pk}/")
    assert (made.credit, made.lifetime, made.period_limit, made.period) == (7200, 86_400, 5400, "day")
    assert made.valid_until == datetime(2030, 9, 30, 22, tzinfo=UTC)
    assert (made.rate_down, made.quota_down, str(made.price), made.max_devices) == (
        8_000_000,
        1_500_000_000,
        "3.500",
        2,
    )
    page = body(alice.get("/offers/"))
    assert (
        "Utilisable jusqu’au 30 septembre 2030\xa0; 2 heures de connexion, au plus 1 heure et 30 minutes par jour"
        in page
    )


def test_the_only_access_point_is_ticked_already(alice: Client, point: AccessPoint, people: Cast) -> None:
    assert re.search(rf'value="{point.pk}" checked', alice.get("/offers/new/").content.decode())
    factories.access_point(people.parc, "Terrasse", address="127.0.0.9")
    assert not re.search(rf'value="{point.pk}" checked', alice.get("/offers/new/").content.decode())


def test_a_forgotten_access_point_is_told_at_the_field_and_what_was_typed_is_kept(
    alice: Client, point: AccessPoint
) -> None:
    answer = alice.post("/offers/new/", {**FORM, "credit": "deux heures"})

    page = body(answer)
    assert answer.status_code == 422
    assert "Choisissez au moins un point d’accès" in page
    assert "«\xa0deux heures\xa0» n’est pas une durée. Écrivez par exemple 2 h, 90 min, 1 j ou 1 semaine." in page
    assert 'value="deux heures"' in page
    assert not Offer.objects.exists()


def test_each_field_says_back_what_it_understood(alice: Client, point: AccessPoint) -> None:
    page = body(alice.post("/offers/check/", {**FORM, "access_points": [point.pk]}))

    assert "= " not in page  # the sign is the style's
    assert "2 heures de connexion, à dépenser librement" in page
    assert "lundi 30 septembre 2030 inclus" in page
    assert "24 heures à partir de la première connexion" in page
    assert "au plus 8\xa0Mbit/s en réception" in page
    assert 'hx-swap-oob="true"' in page


def test_what_is_odd_is_told_at_the_field_and_saved_all_the_same(alice: Client, point: AccessPoint) -> None:
    odd = {"name": "Sans fin", "max_devices": "1", "access_points": [point.pk]}
    assert "un tel ticket fonctionne pour toujours" in body(alice.post("/offers/check/", odd))
    assert alice.post("/offers/new/", odd).status_code == 303


def test_the_page_says_who_keeps_which_limit_where(alice: Client, people: Cast) -> None:
    blind = factories.access_point(people.parc, "Café du Quai", equipment="opnsense", accounting="none")
    page = body(alice.post("/offers/check/", {**FORM, "idle_timeout": "10 min", "access_points": [blind.pk]}))
    assert "Débits\xa0: l’équipement ne sait pas les limiter" in page
    assert "Inactivité\xa0: l’équipement coupe selon son propre réglage" in page
    assert "Café du Quai ne compte pas les données. Laissez vide ou retirez ce point d’accès." in page


def test_renaming_touches_nothing_and_asks_nothing(alice: Client, sold: Offer) -> None:
    answer = alice.post(f"/offers/{sold.pk}/", {**form_of(alice, sold), "name": "Deux heures"})

    assert answer.status_code == 303
    sold.refresh_from_db()
    assert sold.name == "Deux heures"
    assert "Aucune liste, aucun ticket n’a changé" in body(alice.get(f"/offers/{sold.pk}/"))


def test_what_a_change_does_is_shown_before_it_is_saved(
    alice: Client, sold: Offer, people: Cast, point: AccessPoint
) -> None:
    ticket = factories.ticket(sold.ticket_lists.get(), keys=keys(), first_login_at=factories.NOW)
    factories.session(ticket, point)
    sent = {**form_of(alice, sold), "credit": "3 h"}

    answer = alice.post(f"/offers/{sold.pk}/", sent)

    page = body(answer)
    assert answer.status_code == 200
    assert "<s>2 heures</s>" in page
    assert "<strong>3 heures</strong>" in page
    assert "<strong>4 tickets</strong> déjà générés" in page
    assert "<strong>2 tickets imprimés</strong>" in page
    assert "<strong>1 client connecté</strong>" in page
    assert "Accueil\xa0: 1 client, à sa prochaine connexion" in page
    sold.refresh_from_db()
    assert sold.credit == 7200

    seen = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert seen
    assert alice.post(f"/offers/{sold.pk}/", {**sent, "seen": seen[1]}).status_code == 303
    sold.refresh_from_db()
    assert sold.credit == 10_800


def test_a_confirmation_of_something_else_shows_the_change_again(alice: Client, sold: Offer) -> None:
    sent = {**form_of(alice, sold), "credit": "3 h"}
    shown = alice.post(f"/offers/{sold.pk}/", sent).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen
    factories.ticket(sold.ticket_lists.get(), keys=keys())

    answer = alice.post(f"/offers/{sold.pk}/", {**sent, "seen": seen[1]})

    assert "<strong>4 tickets</strong>" in body(answer)
    sold.refresh_from_db()
    assert sold.credit == 7200


def confirmed(alice: Client, address: str, sent: dict[str, Any]) -> Any:
    shown = alice.post(address, sent).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen, shown
    return alice.post(address, {**sent, "seen": seen[1]})


def test_the_validity_is_extended_in_one_field(alice: Client, sold: Offer) -> None:
    address = f"/offers/{sold.pk}/extend/"
    assert "prennent ces valeurs" in body(alice.post(address, {"valid_until": "2030-10-31"}))

    assert confirmed(alice, address, {"valid_until": "2030-10-31"}).status_code == 303

    sold.refresh_from_db()
    assert sold.valid_until == datetime(2030, 10, 31, 23, tzinfo=UTC)
    assert sold.credit == 7200


def test_a_change_is_taken_back_with_one_button(alice: Client, sold: Offer) -> None:
    confirmed(alice, f"/offers/{sold.pk}/extend/", {"valid_until": "2030-10-31"})
    page = alice.get(f"/offers/{sold.pk}/").content.decode()
    undo = re.search(rf'action="(/offers/{sold.pk}/undo/[^"]+)"', page)
    assert undo

    assert alice.post(undo[1]).status_code == 303

    sold.refresh_from_db()
    assert sold.valid_until is None


def test_what_was_changed_again_is_not_taken_back(alice: Client, sold: Offer, people: Cast) -> None:
    confirmed(alice, f"/offers/{sold.pk}/extend/", {"valid_until": "2030-10-31"})
    page = alice.get(f"/offers/{sold.pk}/").content.decode()
    undo = re.search(rf'action="(/offers/{sold.pk}/undo/[^"]+)"', page)
    assert undo
    later = datetime(2031, 1, 1, tzinfo=UTC)
    offers.change(people.at_parc, sold.pk, {"valid_until": later}, now=factories.NOW)

    alice.post(undo[1])

    sold.refresh_from_db()
    assert sold.valid_until == later
    assert alice.post(f"/offers/{sold.pk}/undo/forged/").status_code == 404


def test_fields_that_nobody_touched_keep_what_another_saved_meanwhile(
    alice: Client, people: Cast, point: AccessPoint
) -> None:
    offer = factories.offer(people.parc, point, name="1 h", credit=3600, rate_down=1_234_567)
    sent = form_of(alice, offer)
    offers.change(people.at_parc, offer.pk, {"credit": 7200}, now=factories.NOW)

    alice.post(f"/offers/{offer.pk}/", {**sent, "max_devices": "3"})

    offer.refresh_from_db()
    assert (offer.credit, offer.max_devices, offer.rate_down) == (7200, 3, 1_234_567)


def test_back_to_the_form_keeps_what_was_typed(alice: Client, sold: Offer) -> None:
    answer = alice.post(f"/offers/{sold.pk}/", {**form_of(alice, sold), "credit": "3 h", "again": "1"})
    assert answer.status_code == 200
    assert 'value="3 h"' in body(answer)


def test_an_offer_is_duplicated_archived_and_deleted(alice: Client, sold: Offer) -> None:
    page = body(alice.get(f"/offers/new/?from={sold.pk}"))
    assert 'value="2 heures (copie)"' in page
    assert 'value="2 h"' in page

    alice.post(f"/offers/{sold.pk}/archive/")
    assert Offer.objects.get(pk=sold.pk).archived
    assert "2 heures" not in body(alice.get("/offers/")).split("<main")[1].split("</h1>")[1].replace(
        "«\xa02 heures", ""
    )
    assert "2 heures" in body(alice.get("/offers/?archived=1"))
    alice.post(f"/offers/{sold.pk}/unarchive/")
    assert not Offer.objects.get(pk=sold.pk).archived

    assert alice.post(f"/offers/{sold.pk}/delete/").status_code == 409
    alice.post("/offers/new/", {"name": "Vide", "access_points": list(sold.access_points.values_list("pk", flat=True))})
    empty = Offer.objects.get(name="Vide")
    assert alice.post(f"/offers/{empty.pk}/delete/").status_code == 303
    assert not Offer.objects.filter(name="Vide").exists()


def test_reception_sees_offers_and_changes_none(bob: Client, sold: Offer) -> None:
    page = body(bob.get(f"/offers/{sold.pk}/"))
    assert "disabled" in page
    assert "Enregistrer" not in page
    for address in (f"/offers/{sold.pk}/", f"/offers/{sold.pk}/extend/", f"/offers/{sold.pk}/archive/", "/offers/new/"):
        assert bob.post(address, FORM).status_code == 403, address
    assert AuditEntry.objects.filter(action="refused").exists() or AuditEntry.objects.exists()


def test_a_stranger_finds_nothing(charlie: Client, sold: Offer) -> None:
    assert charlie.get(f"/offers/{sold.pk}/").status_code == 404
    assert charlie.get(f"/offers/new/?from={sold.pk}").status_code == 404
    for act in ("", "extend/", "archive/", "unarchive/", "delete/", "undo/x/"):
        assert charlie.post(f"/offers/{sold.pk}/{act}", FORM).status_code == 404, act
    assert charlie.post("/offers/check/", {**FORM, "offer": sold.pk}).status_code == 404
    assert "2 heures" not in body(charlie.get("/offers/"))


def test_a_manager_changes_no_offer_that_holds_elsewhere_too(
    signed_in: Any, people: Cast, sold: Offer, point: AccessPoint
) -> None:
    other = factories.access_point(people.parc, "Bloc Nord", address="127.0.0.3")
    sold.access_points.add(other)
    manager = factories.staff(people.parc, role="manager")
    manager.access_points.add(point)
    browser = signed_in(manager)
    assert "disabled" in body(browser.get(f"/offers/{sold.pk}/"))
    assert browser.post(f"/offers/{sold.pk}/", {"name": "Mien", "max_devices": "1"}).status_code == 403


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "<script>alert(1)</script>",
        "\0",
        "9" * 400,
        "-1",
        "1e99",
        "٣ h",
        "=1+1",
        "\ud800".encode("utf-8", "replace").decode(),
    ],
)
def test_nothing_typed_breaks_the_form(alice: Client, sold: Offer, point: AccessPoint, hostile: str) -> None:
    sent = dict.fromkeys(FORM, hostile) | {"time_zone": hostile, "valid_from": hostile, "valid_until_time": hostile}
    sent |= {"currency": hostile, "idle_timeout": hostile, "shown": hostile, "quota_up": hostile}
    for address in ("/offers/new/", f"/offers/{sold.pk}/", f"/offers/{sold.pk}/extend/", "/offers/check/"):
        answer = alice.post(address, {**sent, "access_points": [point.pk], "again": "1"})
        assert answer.status_code in (200, 303, 422), (address, answer.status_code)
        assert b"<script>alert" not in answer.content


def test_numbers_of_offers_that_can_not_be_are_no_faults_of_ours(alice: Client, sold: Offer) -> None:
    assert alice.get(f"/offers/{10**30}/").status_code == 404
    assert alice.get("/offers/?after=x&q=%00").status_code == 200
    assert alice.post("/offers/new/", {**FORM, "access_points": ["x"]}).status_code == 422


def test_the_cards_take_the_same_queries_however_many(
    alice: Client, people: Cast, sold: Offer, django_assert_num_queries: Any
) -> None:
    alice.get("/offers/")
    with django_assert_num_queries(9):
        alice.get("/offers/")
    for number in range(5):
        factories.offer(people.parc, name=f"Offre {number}")
    with django_assert_num_queries(9):
        alice.get("/offers/")
