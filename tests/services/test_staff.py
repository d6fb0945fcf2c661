"""Staff accounts and tokens: what is kept opens nothing."""

from datetime import timedelta

import pytest
from tests.factories import NOW, PASSWORD, cast

from spotcoffee.services import staff
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.services.staff import NewAccount, add, add_token, add_with_organisation, verify_token
from spotcoffee.storage.models import ApiToken, AuditEntry, Organisation, StaffAccount

pytestmark = pytest.mark.django_db


def asked(**values: str) -> NewAccount:
    return NewAccount(**{"email": "dora@example.org", "role": "reception", "password": PASSWORD, **values})


def test_an_account_keeps_an_argon2_hash_and_its_address_in_lower_case() -> None:
    account = add(cast().at_parc, asked(email="Dora@Example.org"), now=NOW)

    assert account.email == "dora@example.org"
    assert account.password.startswith("argon2")
    assert account.check_password(PASSWORD)
    assert PASSWORD not in repr(asked()) + str(AuditEntry.objects.get().after)


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        add(cast().at_parc, asked(email="alice@", role="king", password="short"), now=NOW)

    assert dict(refused.value.faults) == {
        "email": "not_an_email",
        "role": "unknown_choice",
        "password": "password_too_short",
    }


def test_an_address_has_one_account_in_any_case() -> None:
    here = cast()

    with pytest.raises(Invalid) as refused:
        add(here.stranger, asked(email="ALICE@example.org"), now=NOW)

    assert refused.value.faults == [("email", "taken")]


@pytest.mark.parametrize("password", ["", "password123", "x" * 1025])
def test_a_bad_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(cast().at_parc, asked(password=password), now=NOW)

    assert {field for field, _ in refused.value.faults} == {"password"}


def test_a_new_organisation_is_made_with_its_first_account() -> None:
    account = add_with_organisation("Camping", asked(), by="x", language="fr", zone="Europe/Paris", now=NOW)
    again = asked(email="emil@example.org")
    other = add_with_organisation("Camping", again, by="x", language="fr", zone="Europe/Paris", now=NOW)

    assert account.organisation == other.organisation


def test_a_refused_account_leaves_no_organisation() -> None:
    with pytest.raises(Invalid):
        add_with_organisation("Camping", asked(role="king"), by="x", language="fr", zone="Europe/Paris", now=NOW)

    assert not Organisation.objects.exists()


def test_a_token_acts_for_its_account_and_only_its_digest_is_kept() -> None:
    here = cast()
    token = add_token("Alice@example.org", by="x", now=NOW)

    assert verify_token(token, now=NOW) == here.alice
    assert len(token) >= 43
    assert token not in str(ApiToken.objects.values_list().get()) + str(AuditEntry.objects.get().after)


@pytest.mark.parametrize("token", ["", "x", "é", "\ud800", "x" * 100_000])
def test_any_other_text_is_no_token(token: str) -> None:
    add_token(cast().alice.email, by="x", now=NOW)

    assert verify_token(token, now=NOW) is None


def test_a_token_of_an_account_that_was_closed_opens_nothing() -> None:
    here = cast()
    token = add_token(here.alice.email, by="x", now=NOW)
    StaffAccount.objects.filter(pk=here.alice.pk).update(is_active=False)

    assert verify_token(token, now=NOW) is None
    with pytest.raises(NotFound):
        add_token(here.alice.email, by="x", now=NOW)


def test_the_last_use_of_a_token_is_written_once_a_minute() -> None:
    token = add_token(cast().alice.email, by="x", now=NOW)
    for seconds in (0, 30, 90):
        staff.verify_token(token, now=NOW + timedelta(seconds=seconds))

    assert ApiToken.objects.get().last_used_at == NOW + timedelta(seconds=90)
