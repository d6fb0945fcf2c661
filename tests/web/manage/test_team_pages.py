"""The team's page, and the page behind an invitation's link."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from tests import factories as make
from tests.factories import PASSWORD

from spotcoffee.services import staff, tokens
from spotcoffee.storage.models import AccessPoint, AuditEntry, Invitation, StaffAccount

ASKED = {"email": "dora@example.org", "name": "Dora", "role": "reception", "reach": "all"}
LINK = re.compile(r"https?://localhost(/account/invitation/[^/]+/)")
HOSTILE = ("", "\x00", "x" * 100_000, "<script>alert(1)</script>", "٣", "\ud7ff")


@pytest.fixture
def room(people: Any) -> AccessPoint:
    """An access point of the Hôtel du Parc."""
    return make.access_point(people.parc, "Salle")


@pytest.fixture
def people(people: Any) -> Any:
    """The cast; Alice has a password."""
    people.alice.set_password(PASSWORD)
    people.alice.save(update_fields=["password"])
    return people


def _text(client: Client, path: str = "/team/", status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return str(answer.content.decode())


def _stranger() -> Client:
    client = Client(headers={"accept-language": "fr"}, HTTP_HOST="localhost")
    client.defaults["wsgi.url_scheme"] = "https"
    return client


def _invited(alice: Client) -> str:
    """The path of a new colleague's link."""
    answer = alice.post("/team/invite/", ASKED)
    assert answer.status_code == 303
    page = _text(alice, answer["Location"])
    found = LINK.search(page)
    assert found, page
    return found[1]


def test_the_list_says_who_may_do_what_and_where(alice: Client, people: Any, room: AccessPoint) -> None:
    eve = make.staff(people.parc, "eve@example.org", "manager", name="Eve")
    eve.access_points.add(room)
    page = _text(alice)
    assert "Eve" in page
    assert "Gérant" in page
    assert "Salle" in page
    assert "charlie@example.org" not in page


def test_an_invited_colleague_chooses_a_password_and_signs_in(alice: Client) -> None:
    path = _invited(alice)
    assert "invité, lien valable" in _text(alice)
    door = _stranger()
    assert "dora@example.org" in _text(door, path)
    answer = door.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, "/account/login/")
    assert "Le mot de passe est choisi" in _text(door, answer["Location"])
    assert door.post("/account/login/", {"login": "dora@example.org", "password": PASSWORD}).status_code == 302
    assert door.get("/").status_code == 200
    assert "Ce lien n’ouvre plus rien" in _text(_stranger(), path, 404)
    assert _stranger().post(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 404


def test_the_link_is_shown_once_and_stands_nowhere_in_clear(alice: Client) -> None:
    path = _invited(alice)
    token = path.split("/")[-2]
    account = StaffAccount.objects.get(email="dora@example.org")
    assert token not in _text(alice, f"/team/{account.pk}/")
    assert token not in str(list(alice.session.items()))
    assert token not in str(list(Invitation.objects.values()))


def test_where_someone_works_is_never_left_to_chance(alice: Client, room: AccessPoint) -> None:
    answer = alice.post("/team/invite/", ASKED | {"reach": ""})
    assert answer.status_code == 422
    assert 'id="fault-reach"' in answer.content.decode()
    answer = alice.post("/team/invite/", ASKED | {"reach": "some"})
    assert "Choisissez au moins un point d’accès" in answer.content.decode()
    assert not StaffAccount.objects.filter(email="dora@example.org").exists()
    answer = alice.post("/team/invite/", ASKED | {"reach": "some", "access_points": [str(room.pk)]})
    assert answer.status_code == 303
    assert list(StaffAccount.objects.get(email="dora@example.org").access_points.all()) == [room]
    assert alice.post("/team/invite/", ASKED | {"email": "a@b.fr", "role": "auditor", "reach": ""}).status_code == 303


def test_what_was_typed_stays(alice: Client) -> None:
    answer = alice.post("/team/invite/", ASKED | {"email": "bob@example.org", "name": "<i>Dora</i>"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="bob@example.org"' in page
    assert "&lt;i&gt;Dora&lt;/i&gt;" in page
    assert 'id="fault-email"' in page
    assert re.search(r'value="all" checked', page)


def test_a_colleague_is_changed(alice: Client, people: Any, room: AccessPoint) -> None:
    path = f"/team/{people.bob.pk}/"
    sent = {
        "name": "Bob",
        "role": "manager",
        "reach": "some",
        "access_points": [str(room.pk)],
        "needs_second_factor": "1",
    }
    assert alice.post(path, sent).status_code == 303
    bob = StaffAccount.objects.get(pk=people.bob.pk)
    assert (bob.name, bob.role, bob.needs_second_factor, bob.bound) == ("Bob", "manager", True, True)
    page = _text(alice, path)
    assert re.search(r'value="some" checked', page)
    assert re.search(rf'value="{room.pk}" checked', page)


def test_a_second_factor_that_is_required_is_set_up_before_anything_else(
    bob: Client, alice: Client, people: Any
) -> None:
    alice.post(f"/team/{people.bob.pk}/", {"role": "reception", "reach": "all", "needs_second_factor": "1"})
    answer = bob.get("/find/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/")


def test_suspending_ends_sessions_and_tokens_at_once_and_can_be_undone(alice: Client, bob: Client, people: Any) -> None:
    token = tokens.add(people.at_parc, people.bob.pk, name="", now=datetime.now(UTC))
    assert bob.get("/find/").status_code == 200
    assert alice.post(f"/team/{people.bob.pk}/suspend/").status_code == 303
    assert bob.get("/find/").status_code == 302
    assert staff.verify_token(token, now=datetime.now(UTC)) is None
    page = _text(alice)
    assert f'action="/team/{people.bob.pk}/restore/"' in page
    assert alice.post(f"/team/{people.bob.pk}/restore/").status_code == 303
    assert StaffAccount.objects.get(pk=people.bob.pk).is_active


def test_a_new_password_ends_the_sessions_of_the_old_one(alice: Client, bob: Client, people: Any) -> None:
    answer = alice.post(f"/team/{people.bob.pk}/link/")
    found = LINK.search(_text(alice, answer["Location"]))
    assert found
    assert bob.get("/find/").status_code == 200
    _stranger().post(found[1], {"password": PASSWORD, "again": PASSWORD})
    assert bob.get("/find/").status_code == 302


def test_a_link_opens_no_session_past_the_second_factor(alice: Client, people: Any) -> None:
    Authenticator.objects.create(user=people.bob, type=Authenticator.Type.TOTP, data={"secret": "x"})
    found = LINK.search(_text(alice, alice.post(f"/team/{people.bob.pk}/link/")["Location"]))
    assert found
    door = _stranger()
    door.post(found[1], {"password": PASSWORD, "again": PASSWORD})
    assert door.get("/find/").status_code == 302


def test_the_last_administrator_is_not_locked_out(alice: Client, people: Any) -> None:
    for path, sent in (
        (f"/team/{people.alice.pk}/suspend/", {}),
        (f"/team/{people.alice.pk}/", {"role": "reception", "reach": "all"}),
    ):
        answer = alice.post(path, sent)
        assert answer.status_code == 409
        assert "dernier administrateur" in answer.content.decode()
    assert alice.get("/team/").status_code == 200


def test_passwords_that_differ_or_are_weak_are_refused_in_words(alice: Client) -> None:
    path = _invited(alice)
    for sent, says in (
        ({"password": PASSWORD, "again": "x"}, "pas identiques"),
        ({"password": "court", "again": "court"}, "trop court"),
        ({}, "trop court"),
    ):
        answer = _stranger().post(path, sent)
        assert answer.status_code == 422
        assert says in answer.content.decode()


def test_a_link_that_is_too_old_opens_nothing(alice: Client) -> None:
    path = _invited(alice)
    Invitation.objects.update(until=datetime.now(UTC) - timedelta(seconds=1))
    assert "Ce lien n’ouvre plus rien" in _text(_stranger(), path, 404)
    assert "le lien est périmé" in _text(alice)


def test_a_lost_second_factor_is_removed(alice: Client, people: Any) -> None:
    Authenticator.objects.create(user=people.bob, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert "téléphone perdu" in _text(alice, f"/team/{people.bob.pk}/")
    assert alice.post(f"/team/{people.bob.pk}/remove-factor/").status_code == 303
    assert not Authenticator.objects.exists()


ACTS = ("", "suspend/", "restore/", "link/", "remove-factor/")


def test_a_strangers_team_does_not_exist(charlie: Client, people: Any) -> None:
    _text(charlie, f"/team/{people.bob.pk}/", 404)
    for act in ACTS:
        assert charlie.post(f"/team/{people.bob.pk}/{act}", ASKED).status_code == 404


def test_only_an_administrator_changes_the_team(people: Any, signed_in: Any, bob: Client) -> None:
    _text(bob, "/team/", 403)
    for role in ("manager", "auditor"):
        client = signed_in(make.staff(people.parc, f"{role}@example.org", role))
        page = _text(client)
        assert "/team/invite/" not in page
        assert "Suspendre" not in page
        for act in ACTS:
            assert client.post(f"/team/{people.bob.pk}/{act}", ASKED).status_code == 403
    assert AuditEntry.objects.filter(action="refused", noun="staff").count() == 11


def test_whatever_is_typed_is_taken(alice: Client, people: Any) -> None:
    for typed in HOSTILE:
        for name in ("email", "name", "role", "reach", "access_points"):
            for path in ("/team/invite/", f"/team/{people.bob.pk}/"):
                answer = alice.post(path, ASKED | {name: typed})
                assert answer.status_code in (303, 422), (name, typed[:10])
                assert b"<script>alert" not in answer.content
                StaffAccount.objects.filter(email__in=("dora@example.org",)).delete()
    for token in ("x" * 5_000, "%00", "<script>", "é"):
        assert _stranger().get(f"/account/invitation/{token}/").status_code == 404


def test_the_list_asks_the_database_the_same_however_many_there_are(
    alice: Client, people: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(8):
        _text(alice)
    for _ in range(6):
        make.staff(people.parc, role="manager")
    with django_assert_num_queries(8):
        _text(alice)
