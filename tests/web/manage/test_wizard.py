"""The first run: from an empty database to a ticket that works."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests.factories import PASSWORD, cast

from spotcoffee.services import invitations
from spotcoffee.storage.models import AccessPoint, AccessPointFault, Offer, Organisation, StaffAccount, Ticket
from spotcoffee.web.surroundings import keys, now

pytestmark = pytest.mark.django_db
ASKED = {
    "language": "fr",
    "organisation": "Café du Port",
    "time_zone": "Europe/Paris",
    "name": "Anna",
    "email": "anna@example.org",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def door() -> Client:
    """A browser before the empty installation."""
    return Client(headers={"accept-language": "fr"}, HTTP_HOST="localhost")


@pytest.fixture
def path() -> str:
    """The address that `spotcoffee run` prints."""
    return f"/setup/{invitations.setup_link(by='terminal', now=now())}/"


@pytest.fixture
def anna(door: Client, path: str) -> Client:
    """The administrator, after the first step."""
    assert door.post(path, ASKED).status_code == 303
    return door


def _text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return str(answer.content.decode())


def test_who_holds_the_link_sets_the_place_up_and_is_signed_in(door: Client, path: str) -> None:
    assert "Étape 1 sur 4" in _text(door, path)
    assert "Step 1 of 4" in _text(door, f"{path}?language=en")
    answer = door.post(path, ASKED)
    assert (answer.status_code, answer["Location"]) == (303, "/start/equipment/")
    account = StaffAccount.objects.get()
    assert (account.email, account.role, account.organisation.language) == ("anna@example.org", "administrator", "fr")
    assert "Étape 2 sur 4" in _text(door, "/start/equipment/")
    # It opened once.
    for client in (door, Client(HTTP_HOST="localhost")):
        _text(client, path, 404)
        assert client.post(path, ASKED).status_code == 404
    assert Organisation.objects.count() == 1


def test_whoever_comes_without_the_link_is_told_where_it_is(door: Client) -> None:
    assert "spotcoffee user link" in _text(door, "/account/login/")
    cast()
    assert "spotcoffee user link" not in _text(door, "/account/login/")


def test_nobody_else_gets_in(door: Client, path: str) -> None:
    for token in ("nonsense", "x" * 5_000, "%00", "é"):
        _text(door, f"/setup/{token}/", 404)
    assert door.post("/setup/nonsense/", ASKED).status_code == 404
    assert not Organisation.objects.exists()


def test_where_someone_has_set_up_no_link_opens(door: Client, path: str) -> None:
    cast()
    _text(door, path, 404)
    assert door.post(path, ASKED).status_code == 404
    assert Organisation.objects.count() == 2


def test_what_was_typed_stays_and_no_password_comes_back(door: Client, path: str) -> None:
    answer = door.post(path, ASKED | {"email": "nowhere", "organisation": "", "time_zone": "Mars", "password": "short"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="nowhere"' in page
    assert 'value="Anna"' in page
    assert "short" not in page
    answer = door.post(path, ASKED | {"email": "nowhere", "organisation": "", "time_zone": "Mars"})
    page = answer.content.decode()
    for field in ("organisation", "time_zone", "email"):
        assert f'id="fault-{field}"' in page
    assert PASSWORD not in page
    for typed in ("\x00", "x" * 100_000, "<script>alert(1)</script>", "\ud7ff"):
        for name in ASKED:
            answer = door.post(path, ASKED | {"email": "", name: typed})
            assert answer.status_code == 422
            assert b"<script>alert" not in answer.content


def test_the_whole_first_run(anna: Client) -> None:
    AccessPointFault.objects.create(source="192.0.2.7", code="unknown_source", first_at=now(), last_at=now())
    page = _text(anna, "/start/equipment/")
    assert 'value="192.0.2.7"' in page
    answer = anna.post("/start/equipment/", {"name": "Accueil", "address": "192.0.2.7", "equipment": "mikrotik"})
    point = AccessPoint.objects.get()
    page = _text(anna, answer["Location"])
    assert keys().unseal(bytes(point.secret_sealed)) in page
    assert f'hx-get="/access-points/{point.pk}/health/"' in page

    assert "2 heures" in _text(anna, "/start/offers/")
    taken = {
        "take-hours": "1",
        "name-hours": "2 heures",
        "price-hours": "3,50 €",
        "take-week": "1",
        "name-week": "Semaine",
    }
    assert anna.post("/start/offers/", taken)["Location"] == "/start/ticket/"
    assert list(Offer.objects.order_by("pk").values_list("name", "credit", "lifetime")) == [
        ("2 heures", 7_200, 86_400),
        ("Semaine", None, 604_800),
    ]
    assert str(Offer.objects.get(name="2 heures").price) == "3.500"

    answer = anna.post("/start/ticket/make/")
    ticket = Ticket.objects.get()
    code = keys().unseal(bytes(ticket.login_sealed))
    page = _text(anna, answer["Location"])
    assert code[:3] in page
    assert 'hx-trigger="every 2s"' in page
    assert "En attente" in _text(anna, f"/start/ticket/{ticket.pk}/")
    Ticket.objects.update(first_login_at=datetime.now(UTC))
    assert "Ça marche" in _text(anna, f"/start/ticket/{ticket.pk}/")
    # Once more: the list is there already.
    anna.post("/start/ticket/make/")
    assert Ticket.objects.count() == 2
    assert anna.post("/start/finish/")["Location"] == "/"


def test_a_controllers_account_is_asked_for_at_once(anna: Client) -> None:
    page = _text(anna, "/start/equipment/")
    assert 'name="controller_url"' in page
    typed = {"name": "Accueil", "address": "192.0.2.7", "equipment": "unifi"}
    account = {
        "controller_url": "https://192.168.1.5:8443",
        "controller_user": "spot",
        "controller_password": "pass1234",
    }

    answer = anna.post("/start/equipment/", typed | account | {"controller_url": "elsewhere"})

    # What is wrong stands open, and no password comes back.
    assert answer.status_code == 422
    assert b"<details open>" in answer.content
    assert b"pass1234" not in answer.content
    assert not AccessPoint.objects.exists()
    assert anna.post("/start/equipment/", typed | account).status_code == 303
    point = AccessPoint.objects.get()
    assert (point.controller_url, point.controller_user) == ("https://192.168.1.5:8443", "spot")
    assert point.controller_secret_sealed is not None
    assert keys().unseal(bytes(point.controller_secret_sealed)) == "pass1234"


def test_each_step_can_be_left_out_and_says_what_it_needs(anna: Client) -> None:
    page = _text(anna, "/start/offers/")
    assert "ajoutez-en d’abord un" in page
    assert "créez-en d’abord une" in _text(anna, "/start/ticket/")
    assert anna.post("/start/ticket/make/")["Location"] == "/start/offers/"


def test_of_three_offers_one_that_is_wrong_keeps_all_from_being_made(anna: Client) -> None:
    anna.post("/start/equipment/", {"name": "Accueil", "address": "192.0.2.7", "equipment": "generic"})
    taken = {"take-hours": "1", "name-hours": "2 heures", "price-hours": "much", "take-day": "1", "name-day": "Jour"}
    answer = anna.post("/start/offers/", taken)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="much"' in page
    assert not Offer.objects.exists()
    for typed in ("\x00", "x" * 100_000, "<script>alert(1)</script>", "", "NaN", "-1", "1e9"):
        answer = anna.post("/start/offers/", taken | {"price-hours": typed, "name-hours": typed})
        assert answer.status_code == 422
        assert b"<script>alert" not in answer.content


def test_two_of_the_same_name_are_not_half_made(anna: Client) -> None:
    anna.post("/start/equipment/", {"name": "Accueil", "address": "192.0.2.7", "equipment": "generic"})
    taken = {"take-hours": "1", "name-hours": "Café", "take-day": "1", "name-day": "Café"}
    assert anna.post("/start/offers/", taken).status_code == 422
    assert not Offer.objects.exists()


def test_only_an_administrator_walks_through_it(people: Any, bob: Client) -> None:
    for path in ("equipment", "offers", "ticket"):
        _text(bob, f"/start/{path}/", 403)


def test_the_page_names_no_code_after_the_slash(door: Client, path: str) -> None:
    assert re.search(r'<form[^>]+method="post" novalidate>', _text(door, path))
