"""Access points: what can be saved, what shares an address, what can be deleted."""

import pytest
from tests import factories
from tests.factories import KEYS, NOW, Cast, cast, directory_version

from spotcoffee.services import access_points
from spotcoffee.services.access_points import add, change, delete
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.storage.models import AccessPoint, AuditEntry

pytestmark = pytest.mark.django_db


def people() -> Cast:
    return cast()


def saved(caller: Caller, **values: object) -> AccessPoint:
    return add(caller, {"name": "Salle", "address": "192.0.2.1", **values}, keys=KEYS, now=NOW).access_point


def faults(caller: Caller, **values: object) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        saved(caller, **values)
    return refused.value.faults


def test_a_secret_left_out_is_made_answered_once_and_sealed() -> None:
    made = add(people().at_parc, {"name": "Salle", "address": "192.0.2.1"}, keys=KEYS, now=NOW)

    assert made.secret is not None
    assert len(made.secret) >= 24
    sealed = bytes(AccessPoint.objects.get().secret_sealed)
    assert made.secret.encode() not in sealed
    assert KEYS.unseal(sealed) == made.secret


def test_a_secret_that_was_given_is_not_answered() -> None:
    made = add(people().at_parc, {"name": "A", "address": "192.0.2.1", "secret": "s3cret"}, keys=KEYS, now=NOW)

    assert made.secret is None
    assert KEYS.unseal(bytes(made.access_point.secret_sealed)) == "s3cret"


def test_no_secret_reaches_the_audit_log() -> None:
    made = add(people().at_parc, {"name": "A", "address": "192.0.2.1"}, keys=KEYS, now=NOW)

    assert made.secret is not None
    entry = AuditEntry.objects.get()
    assert made.secret not in str(entry.after)
    assert entry.after["secret"] == "set"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1/32", "192.0.2.1"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_addresses_are_stored_in_one_form(written: str, stored: str) -> None:
    assert saved(people().at_parc, address=written).address == stored


@pytest.mark.parametrize(
    "address", ["", "localhost", "192.0.2.1/24", "192.0.2.256", "fe80::1%eth0", "192.0.2.1/33", "x" * 9999, 7, None]
)
def test_what_is_no_address_is_refused(address: object) -> None:
    assert faults(people().at_parc, address=address) == [("address", "not_an_address")]


def test_all_faults_are_said_at_once() -> None:
    found = faults(
        people().at_parc, name="", address="nowhere", equipment="toaster", coa_port=70_000, language="tlh", colour="red"
    )

    assert dict(found) == {
        "colour": "unknown_field",
        "name": "empty",
        "address": "not_an_address",
        "equipment": "unknown_choice",
        "language": "unknown_choice",
        "coa_port": "too_large",
    }


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "x" * 201, 3, None])
def test_a_name_is_one_line_of_text(name: object) -> None:
    assert [field for field, _ in faults(people().at_parc, name=name)] == ["name"]


def test_a_name_is_taken_once_in_an_organisation() -> None:
    here = people()
    saved(here.at_parc)

    assert faults(here.at_parc, address="192.0.2.2") == [("name", "taken")]
    saved(here.stranger, address="192.0.2.3")


def test_every_save_moves_the_version_that_servers_watch() -> None:
    caller = people().at_parc
    seen = [directory_version()]
    point = saved(caller)
    seen.append(directory_version())
    change(caller, point.pk, {"name": "Bar"}, keys=KEYS, now=NOW)
    seen.append(directory_version())
    delete(caller, point.pk, now=NOW)
    seen.append(directory_version())

    assert seen == sorted(set(seen))


def test_access_points_behind_one_address_share_its_secret() -> None:
    caller = people().at_parc
    saved(caller, name="A", nas_identifier="a", secret="one")

    assert faults(caller, name="B", nas_identifier="b", secret="two") == [("secret", "differs_at_same_address")]


def test_a_second_one_behind_an_address_takes_its_secret() -> None:
    caller = people().at_parc
    saved(caller, name="A", nas_identifier="a", secret="one")

    second = add(caller, {"name": "B", "address": "192.0.2.1", "nas_identifier": "b"}, keys=KEYS, now=NOW)

    assert second.secret is None
    assert KEYS.unseal(bytes(second.access_point.secret_sealed)) == "one"


@pytest.mark.parametrize("identifier", [None, "a"])
def test_two_behind_one_address_that_nothing_tells_apart_are_refused(identifier: str | None) -> None:
    caller = people().at_parc
    saved(caller, name="A", nas_identifier=identifier, secret="one")

    found = faults(caller, name="B", nas_identifier=identifier, secret="one")

    assert found == [("nas_identifier", "same_address_same_identifier")]


def test_an_archived_one_leaves_its_address_to_another() -> None:
    caller = people().at_parc
    old = saved(caller, name="A")
    change(caller, old.pk, {"archived": True}, keys=KEYS, now=NOW)

    saved(caller, name="B", secret="another")

    with pytest.raises(Invalid):
        change(caller, old.pk, {"archived": False}, keys=KEYS, now=NOW)


def test_an_address_of_another_organisation_is_taken() -> None:
    here = people()
    saved(here.at_parc, secret="one")

    assert faults(here.stranger, secret="one", nas_identifier="b") == [("address", "taken")]


def test_changing_one_field_leaves_the_others() -> None:
    caller = people().at_parc
    point = saved(caller, secret="one", coa_port=3799)

    change(caller, point.pk, {"name": "Bar"}, keys=KEYS, now=NOW)

    point.refresh_from_db()
    assert (point.name, point.coa_port, KEYS.unseal(bytes(point.secret_sealed))) == ("Bar", 3799, "one")


def test_accounting_none_is_refused_where_an_offer_has_a_quota() -> None:
    here = people()
    point = saved(here.at_parc)
    factories.offer(here.parc, point, quota_down=10**9)

    with pytest.raises(Invalid) as refused:
        change(here.at_parc, point.pk, {"accounting": "none"}, keys=KEYS, now=NOW)

    assert refused.value.faults == [("accounting", "quota_not_counted")]


def test_one_with_sessions_can_not_be_deleted() -> None:
    here = people()
    point = saved(here.at_parc)
    factories.session(factories.ticket(factories.ticket_list(factories.offer(here.parc, point))), point)

    with pytest.raises(Conflict) as refused:
        delete(here.at_parc, point.pk, now=NOW)

    assert refused.value.code == "has_sessions"


def test_the_last_one_of_an_offer_can_not_be_deleted() -> None:
    here = people()
    point, other = saved(here.at_parc), saved(here.at_parc, name="B", address="192.0.2.2")
    factories.offer(here.parc, point, other)
    delete(here.at_parc, other.pk, now=NOW)

    with pytest.raises(Conflict) as refused:
        delete(here.at_parc, point.pk, now=NOW)

    assert refused.value.code == "last_access_point_of_offer"


def test_a_stranger_s_access_point_does_not_exist() -> None:
    here = people()
    point = saved(here.at_parc)

    for use in (
        lambda: access_points.show(here.stranger, point.pk),
        lambda: change(here.stranger, point.pk, {"name": "Mine"}, keys=KEYS, now=NOW),
        lambda: delete(here.stranger, point.pk, now=NOW),
    ):
        with pytest.raises(NotFound):
            use()
    assert access_points.list_all(here.stranger) == []


def test_it_shows_who_is_online() -> None:
    here = people()
    point = saved(here.at_parc)
    ticket = factories.ticket(factories.ticket_list(factories.offer(here.parc, point)))
    factories.session(ticket, point)
    factories.session(ticket, point, ended_at=NOW)
    factories.session(ticket, point, acct_session_id=None)

    assert access_points.show(here.at_parc, point.pk).open_sessions == 1


def test_one_is_found_by_its_name_before_its_id() -> None:
    here = people()
    first = saved(here.at_parc)
    second = saved(here.at_parc, name=str(first.pk), address="192.0.2.2")

    assert access_points.find(str(first.pk)) == second
    assert access_points.find(first.name, organisation=here.parc.name) == first
    for named in ("nothing", "9" * 30, "", "-1"):
        with pytest.raises(NotFound):
            access_points.find(named)
