"""Accounts as an administrator changes them, and their tokens."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from tests import factories as make
from tests.factories import NOW, PASSWORD, Cast, cast

from spotcoffee.domain.staff import Role
from spotcoffee.services import reach, staff, tokens
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.staff import NewAccount
from spotcoffee.storage.models import ApiToken, AuditEntry, StaffAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """The cast; Alice can sign in."""
    made = cast()
    made.alice.password = make_password(PASSWORD, hasher="argon2")
    made.alice.save(update_fields=["password"])
    return made


def test_a_role_and_its_reach_are_changed_and_told(people: Cast) -> None:
    room = make.access_point(people.parc)
    values = {"role": "manager", "bound": True, "access_points": [room.pk], "needs_second_factor": True, "name": "Bob"}
    changed = staff.change(people.at_parc, people.bob.pk, values, now=NOW)
    assert reach.caller_of(changed).access_points == {room.pk}
    entry = AuditEntry.objects.get()
    assert entry.before == {
        "name": "", "role": "reception", "bound": False, "needs_second_factor": False, "access_points": [],
    }  # fmt: skip
    assert entry.after["access_points"] == [room.pk]
    freed = staff.change(people.at_parc, people.bob.pk, {"bound": False}, now=NOW)
    assert reach.caller_of(freed).access_points is None
    assert not freed.access_points.exists()


@pytest.mark.parametrize("values", [{"is_active": False}, {"role": "manager"}])
def test_the_last_administrator_who_can_sign_in_stays(people: Cast, values: dict[str, Any]) -> None:
    # Invited, but he has chosen no password yet.
    make.staff(people.parc, "later@example.org", "administrator")
    with pytest.raises(Conflict) as refused:
        staff.change(people.at_parc, people.alice.pk, values, now=NOW)
    assert refused.value.code == "last_administrator"
    kept = StaffAccount.objects.get(pk=people.alice.pk)
    assert (kept.role, kept.is_active) == ("administrator", True)
    StaffAccount.objects.filter(email="later@example.org").update(password=kept.password)
    staff.change(people.at_parc, people.alice.pk, values, now=NOW)


def test_a_strangers_account_does_not_exist(people: Cast) -> None:
    with pytest.raises(NotFound):
        staff.change(people.stranger, people.bob.pk, {"role": "manager"}, now=NOW)
    assert [view.email for view in staff.list_all(people.stranger)] == ["charlie@example.org"]


def test_whoever_is_bound_sees_himself_and_those_beside_him(people: Cast) -> None:
    here, there = make.access_point(people.parc), make.access_point(people.parc)
    eve, finn, gus = (make.staff(people.parc, f"{name}@example.org", "manager") for name in ("eve", "finn", "gus"))
    eve.access_points.add(here)
    finn.access_points.add(here, there)
    gus.access_points.add(there)
    seen = staff.list_all(Caller(people.parc.pk, "eve@example.org", frozenset({here.pk})))
    assert [view.email for view in seen] == ["eve@example.org", "finn@example.org"]
    assert seen[1].access_points == sorted([here.pk, there.pk])


def test_the_list_tells_who_has_a_second_factor_in_few_queries(people: Cast, django_assert_num_queries: Any) -> None:
    Authenticator.objects.create(user=people.alice, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=people.bob, type=Authenticator.Type.RECOVERY_CODES, data={})
    for _ in range(5):
        make.staff(people.parc)
    with django_assert_num_queries(3):
        views = staff.list_all(people.at_parc)
    assert [view.email for view in views if view.has_second_factor] == ["alice@example.org"]
    assert not next(view for view in views if view.email == "alice@example.org").is_awaited


def test_a_lost_second_factor_is_removed(people: Cast) -> None:
    Authenticator.objects.create(user=people.bob, type=Authenticator.Type.TOTP, data={"secret": "x"})
    with pytest.raises(NotFound):
        staff.remove_second_factor(people.stranger, people.bob.pk, now=NOW)
    staff.remove_second_factor(people.at_parc, people.bob.pk, now=NOW)
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.get().action == "remove_second_factor"


def test_an_account_is_added_for_some_access_points_by_name(people: Cast) -> None:
    room = make.access_point(people.parc, "Salle")
    asked = NewAccount(email="d@example.org", role="reception", password=PASSWORD, access_points=("Salle",))
    added = staff.add(people.at_parc, asked, now=NOW)
    assert reach.caller_of(added).access_points == {room.pk}
    for role, points, error in (("reception", ("Cave",), NotFound), ("auditor", ("Salle",), Invalid)):
        asked = NewAccount(email="e@example.org", role=role, password=PASSWORD, access_points=points)
        with pytest.raises(error):
            staff.add(people.at_parc, asked, now=NOW)


def test_tokens_are_listed_and_revoked_by_their_organisation_alone(people: Cast) -> None:
    token = tokens.add(people.at_parc, people.bob.pk, name=" caisse ", now=NOW)
    with pytest.raises(NotFound):
        tokens.add(people.stranger, people.bob.pk, name="", now=NOW)
    assert staff.verify_token(token, now=NOW + timedelta(hours=1)) == people.bob
    (view,) = tokens.list_all(people.at_parc)
    assert (view.name, view.account, view.last_used_at) == ("caisse", "bob@example.org", NOW + timedelta(hours=1))
    assert tokens.list_all(people.stranger) == []
    with pytest.raises(NotFound):
        tokens.revoke(people.stranger, view.id, now=NOW)
    tokens.revoke(people.at_parc, view.id, now=NOW)
    assert staff.verify_token(token, now=NOW) is None
    assert not ApiToken.objects.exists()


def test_roles_that_see_all_have_no_reach(people: Cast) -> None:
    views = {view.email: view for view in staff.list_all(people.at_parc)}
    assert views["alice@example.org"].role is Role.ADMINISTRATOR
    assert views["alice@example.org"].access_points is None
