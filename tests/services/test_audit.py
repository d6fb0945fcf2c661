"""The audit log: nothing in it changes unseen."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests import factories
from tests.factories import NOW, cast

from spotcoffee.services import audit
from spotcoffee.services.audit import Wanted
from spotcoffee.services.callers import Caller
from spotcoffee.services.paging import Window
from spotcoffee.storage.models import AuditEntry

pytestmark = pytest.mark.django_db


def three_entries() -> Caller:
    caller = Caller(factories.organisation().pk, "alice@example.org")
    with transaction.atomic():
        for number in range(3):
            before, after = {"name": "a", "at": NOW}, {"name": "é", "at": None}
            audit.record(caller, "change", noun="offer", noun_id=number, now=NOW, before=before, after=after)
    return caller


def test_an_untouched_log_fits() -> None:
    assert audit.verify_chain(three_entries().organisation_id) is None


@pytest.mark.parametrize(
    "forged", [{"by": "bob"}, {"action": "delete"}, {"after": {"name": "b"}}, {"before": None}, {"noun_id": "9"}]
)
def test_a_changed_entry_is_found(forged: dict[str, object]) -> None:
    caller = three_entries()
    second = AuditEntry.objects.order_by("pk")[1]
    AuditEntry.objects.filter(pk=second.pk).update(**forged)

    assert audit.verify_chain(caller.organisation_id) == second.pk


def test_an_entry_taken_out_is_found() -> None:
    caller = three_entries()
    entries = list(AuditEntry.objects.order_by("pk"))
    entries[1].delete()

    assert audit.verify_chain(caller.organisation_id) == entries[2].pk


def test_each_organisation_has_a_chain_of_its_own() -> None:
    one, other = three_entries(), three_entries()
    AuditEntry.objects.filter(organisation_id=one.organisation_id).update(by="bob")

    assert audit.verify_chain(other.organisation_id) is None


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_the_transaction_of_its_act_is_our_bug() -> None:
    caller = Caller(factories.organisation().pk, "alice@example.org")

    with pytest.raises(RuntimeError):
        audit.record(caller, "add", noun="offer", noun_id=1, now=NOW)


def test_pages_are_of_ones_own_organisation_and_of_whoever_is_bound_his_own() -> None:
    people = cast()
    for caller, noun in ((people.at_parc, "offer"), (people.stranger, "ticket"), (people.at_parc, "ticket")):
        audit.record_export(caller, noun, now=NOW)
    bound = Caller(people.parc.pk, "eve@example.org", frozenset({1}))
    audit.record_export(bound, "offer", now=NOW + timedelta(days=1))

    def nouns(caller: Caller, **asked: object) -> list[tuple[str, str]]:
        return [(entry.by[:5], entry.noun) for entry in audit.page(caller, Window(10), Wanted(**asked)).items]

    assert nouns(people.at_parc) == [("eve@e", "offer"), ("alice", "ticket"), ("alice", "offer")]
    assert nouns(bound) == [("eve@e", "offer")]
    assert nouns(people.at_parc, noun="ticket") == [("alice", "ticket")]
    assert nouns(people.at_parc, begin=NOW + timedelta(hours=1)) == [("eve@e", "offer")]
    assert nouns(people.at_parc, end=NOW + timedelta(hours=1), by="alice@example.org") == [
        ("alice", "ticket"),
        ("alice", "offer"),
    ]
    assert audit.people(people.at_parc) == ["alice@example.org", "eve@example.org"]
    assert audit.people(bound) == ["eve@example.org"]
    first = audit.page(people.at_parc, Window(2), Wanted())
    assert [entry.noun for entry in audit.page(people.at_parc, Window(2, first.next), Wanted()).items] == ["offer"]
    assert len(list(audit.each(people.at_parc, Wanted()))) == 3
