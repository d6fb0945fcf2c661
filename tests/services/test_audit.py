"""The audit log: nothing in it changes unseen."""

import pytest
from django.db import transaction
from tests import factories
from tests.factories import NOW

from spotcoffee.services import audit
from spotcoffee.services.callers import Caller
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
