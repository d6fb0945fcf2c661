"""Signing in and out, the second factor, and what strangers see."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from tests.factories import PASSWORD

from spotcoffee.storage.models import StaffAccount


@pytest.fixture
def stranger() -> Client:
    """A browser that nobody has signed in with."""
    client = Client(headers={"accept-language": "fr"}, HTTP_HOST="localhost")
    client.defaults["wsgi.url_scheme"] = "https"
    return client


def _login(client: Client, email: str, password: str) -> Any:
    return client.post("/account/login/?next=/account/", {"login": email, "password": password})


@pytest.fixture
def alice_with_password(people: Any) -> StaffAccount:
    """Alice, whose password is known."""
    people.alice.set_password(PASSWORD)
    people.alice.save(update_fields=["password"])
    return people.alice


def test_the_right_password_opens_the_pages(stranger: Client, alice_with_password: StaffAccount) -> None:
    answer = _login(stranger, alice_with_password.email.upper(), PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert "Mon compte" in stranger.get("/account/").content.decode()


def test_a_wrong_password_opens_nothing_and_says_so_in_french(
    stranger: Client, alice_with_password: StaffAccount
) -> None:
    answer = _login(stranger, alice_with_password.email, "wrong" * 4)
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert stranger.get("/account/").status_code == 302


def test_the_sixth_attempt_is_locked_out_even_with_the_right_password(
    stranger: Client, alice_with_password: StaffAccount
) -> None:
    for _ in range(5):
        answer = _login(stranger, alice_with_password.email, "wrong" * 4)
    assert answer.status_code == 429
    answer = _login(stranger, alice_with_password.email, PASSWORD)
    assert answer.status_code == 429
    assert "Attendez 15" in answer.content.decode()


def test_another_account_on_the_same_address_is_not_locked_out(
    stranger: Client, people: Any, alice_with_password: StaffAccount
) -> None:
    people.bob.set_password(PASSWORD)
    people.bob.save(update_fields=["password"])
    for _ in range(6):
        _login(stranger, alice_with_password.email, "wrong" * 4)
    assert _login(stranger, people.bob.email, PASSWORD).status_code == 302


def test_a_suspended_account_is_not_let_in(stranger: Client, alice_with_password: StaffAccount) -> None:
    StaffAccount.objects.filter(pk=alice_with_password.pk).update(is_active=False)
    _login(stranger, alice_with_password.email, PASSWORD)
    assert stranger.get("/account/").status_code == 302


def test_nobody_signs_up(stranger: Client, db: None) -> None:
    assert stranger.get("/account/signup/").status_code == 302
    stranger.post("/account/signup/", {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert not StaffAccount.objects.filter(email="x@example.org").exists()


def test_the_next_page_is_never_elsewhere(stranger: Client, alice_with_password: StaffAccount) -> None:
    for hostile in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        stranger.logout()
        answer = stranger.post(
            "/account/login/", {"login": alice_with_password.email, "password": PASSWORD, "next": hostile}
        )
        assert (answer.status_code, answer["Location"]) == (302, "/")


def test_an_account_that_needs_a_second_factor_can_only_set_one_up(alice: Client, people: Any) -> None:
    StaffAccount.objects.filter(pk=people.alice.pk).update(needs_second_factor=True)
    assert alice.get("/find/")["Location"] == "/account/second-factor/"
    assert alice.get("/account/second-factor/").status_code == 200


def test_the_secret_of_an_authenticator_app_is_encrypted_at_rest(alice: Client, people: Any) -> None:
    from allauth.mfa.adapter import get_adapter  # noqa: PLC0415

    sealed = get_adapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert get_adapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"


def test_every_page_forbids_inline_scripts_styles_and_frames(stranger: Client, db: None) -> None:
    answer = stranger.get("/account/login/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    page = answer.content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(src=|application/json))", page)


def test_the_language_of_ones_pages_is_ones_own(alice: Client, people: Any) -> None:
    alice.post("/account/language/", {"language": "en"})
    assert "My account" in alice.get("/account/").content.decode()
    assert alice.post("/account/language/", {"language": "tlh"}).status_code == 422


def test_an_address_that_does_not_exist_is_a_page_of_ours(stranger: Client, db: None) -> None:
    answer = stranger.get("/nothing")
    assert answer.status_code == 404
    assert "Retour à l’accueil" in answer.content.decode()


def test_a_page_within_a_place_marks_that_place_in_the_header(alice: Client) -> None:
    assert 'href="/printing/" aria-current="page"' in alice.get("/handouts/").content.decode()


@pytest.mark.parametrize(
    ("form", "then"),
    [
        ("https://localhost/offers/new/?from=3", "/offers/new/?from=3"),
        ("https://evil.example/offers/new/", "/"),
        ("https://localhost@evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_a_session_that_ran_out_one_is_back_at_the_form(stranger: Client, form: str, then: str) -> None:
    answer = stranger.post("/offers/new/", {"name": "x"}, headers={"referer": form} if form else {})

    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={quote(then)}")
