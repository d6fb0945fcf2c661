"""Links that open a door once."""

from datetime import timedelta

import pytest
from tests.factories import NOW, PASSWORD, access_point, cast

from spotcoffee.services import invitations, reach, staff
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.services.invitations import LIFE, Beginning
from spotcoffee.storage.models import AuditEntry, Invitation, Organisation, StaffAccount

pytestmark = pytest.mark.django_db
OTHER = "another fine password"
ASKED = {"email": "Dora@example.org", "name": "Dora", "role": "reception", "bound": False}


def test_an_invitation_opens_once_and_its_owner_chooses_the_password() -> None:
    made = invitations.invite(cast().at_parc, ASKED, now=NOW)
    assert not made.account.has_usable_password()
    assert invitations.opened(made.token, now=NOW) == made.account

    used = invitations.use(made.token, PASSWORD, now=NOW)

    assert used.email == "dora@example.org"
    assert StaffAccount.objects.get(pk=used.pk).check_password(PASSWORD)
    with pytest.raises(NotFound):
        invitations.use(made.token, OTHER, now=NOW)


def test_only_a_digest_is_kept_and_nothing_of_it_is_in_the_log() -> None:
    made = invitations.invite(cast().at_parc, ASKED, now=NOW)
    kept = Invitation.objects.get()
    assert made.token not in (kept.digest, repr(made))
    assert made.token not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.get().action == "invite"


def test_it_lasts_seven_days_and_a_newer_one_takes_its_place() -> None:
    people = cast()
    made = invitations.invite(people.at_parc, ASKED, now=NOW)
    with pytest.raises(NotFound):
        invitations.opened(made.token, now=NOW + LIFE)
    newer = invitations.link(people.at_parc, made.account.pk, now=NOW + timedelta(days=1))
    with pytest.raises(NotFound):
        invitations.opened(made.token, now=NOW)
    assert invitations.opened(newer.token, now=NOW + LIFE) == made.account
    assert invitations.awaited(people.at_parc, now=NOW) == {made.account.pk: NOW + timedelta(days=1) + LIFE}
    assert invitations.awaited(people.stranger, now=NOW) == {}


def test_a_weak_password_is_refused_and_the_link_still_opens() -> None:
    made = invitations.invite(cast().at_parc, ASKED, now=NOW)
    with pytest.raises(Invalid):
        invitations.use(made.token, "short", now=NOW)
    assert invitations.opened(made.token, now=NOW) == made.account


def test_a_suspended_account_has_no_link_and_its_old_one_opens_nothing() -> None:
    people = cast()
    made = invitations.link(people.at_parc, people.bob.pk, now=NOW)
    StaffAccount.objects.filter(pk=people.bob.pk).update(is_active=False)
    with pytest.raises(NotFound):
        invitations.opened(made.token, now=NOW)
    with pytest.raises(NotFound):
        invitations.link(people.at_parc, people.bob.pk, now=NOW)


def test_a_stranger_makes_no_link_and_nonsense_opens_nothing() -> None:
    people = cast()
    with pytest.raises(NotFound):
        invitations.link(people.stranger, people.bob.pk, now=NOW)
    for token in ("", "x" * 500, "é\ud800", "nonsense"):
        with pytest.raises(NotFound):
            invitations.opened(token, now=NOW)


def test_who_is_bound_to_access_points_says_to_which() -> None:
    people = cast()
    room, elsewhere = access_point(people.parc), access_point(people.elsewhere)
    asked = {**ASKED, "bound": True}
    for points, code in (([], "no_access_point"), ([elsewhere.pk], "unknown")):
        with pytest.raises(Invalid) as refused:
            invitations.invite(people.at_parc, {**asked, "access_points": points}, now=NOW)
        assert refused.value.faults == [("access_points", code)]
    made = invitations.invite(people.at_parc, {**asked, "access_points": [room.pk]}, now=NOW)
    assert reach.caller_of(made.account).access_points == {room.pk}
    # The last of them is gone: his reach does not become the whole place.
    room.delete()
    assert reach.caller_of(StaffAccount.objects.get(pk=made.account.pk)).access_points == frozenset()


def test_an_administrator_is_never_bound() -> None:
    people = cast()
    room = access_point(people.parc)
    asked = {**ASKED, "role": "administrator", "bound": True, "access_points": [room.pk]}
    made = invitations.invite(people.at_parc, asked, now=NOW)
    assert not made.account.bound
    assert not made.account.access_points.exists()


def test_an_address_that_is_taken_is_told_before_anything_is_made() -> None:
    people = cast()
    with pytest.raises(Invalid) as refused:
        invitations.invite(people.at_parc, {"email": "BOB@example.org", "role": "king"}, now=NOW)
    assert dict(refused.value.faults) == {"email": "taken", "role": "unknown_choice"}
    assert StaffAccount.objects.count() == 3


BEGINNING = Beginning(
    organisation="Café du Port",
    language="fr",
    zone="Europe/Paris",
    email="anna@example.org",
    name="Anna",
    password=PASSWORD,
)


def test_an_empty_installation_is_set_up_once_by_whoever_holds_the_link() -> None:
    token = invitations.setup_link(by="terminal", now=NOW)
    assert token is not None
    account = invitations.set_up(token, BEGINNING, now=NOW)
    assert (account.role, account.organisation.name, account.name) == ("administrator", "Café du Port", "Anna")
    assert account.check_password(PASSWORD)
    for again in (token, "nonsense"):
        with pytest.raises(NotFound):
            invitations.set_up(again, BEGINNING, now=NOW)
    assert invitations.setup_link(by="terminal", now=NOW) is None
    assert Organisation.objects.count() == 1


def test_a_link_for_a_password_sets_nothing_up() -> None:
    people = cast()
    made = invitations.link(people.at_parc, people.bob.pk, now=NOW)
    with pytest.raises(NotFound):
        invitations.opens_setup(made.token, now=NOW)


def test_all_faults_of_a_beginning_are_said_at_once_and_nothing_is_made() -> None:
    token = invitations.setup_link(by="terminal", now=NOW) or ""
    wrong = Beginning(organisation="", language="xx", zone="Mars", email="@", name="x" * 101, password="short")
    with pytest.raises(Invalid) as refused:
        invitations.set_up(token, wrong, now=NOW)
    assert dict(refused.value.faults) == {
        "organisation": "empty",
        "language": "unknown_choice",
        "time_zone": "unknown_choice",
        "email": "not_an_email",
        "name": "too_long",
        "password": "password_too_short",
    }
    assert not Organisation.objects.exists()
    invitations.opens_setup(token, now=NOW)


def test_setting_a_new_password_leaves_the_rest_of_the_account() -> None:
    people = cast()
    made = invitations.link(people.at_parc, people.bob.pk, now=NOW)
    invitations.use(made.token, PASSWORD, now=NOW)
    assert staff.get(people.at_parc, people.bob.pk).role == "reception"
