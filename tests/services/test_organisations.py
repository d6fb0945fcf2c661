"""An organisation's own settings."""

import pytest
from tests import factories as make
from tests.factories import NOW, cast

from spotcoffee.services import organisations
from spotcoffee.services.errors import Invalid
from spotcoffee.services.offers import APPLY_OFFER
from spotcoffee.storage.models import AuditEntry, Job

pytestmark = pytest.mark.django_db


def test_only_what_differs_is_changed_and_told() -> None:
    people = cast()
    values = {"name": "Hôtel du Lac", "language": "fr", "time_zone": "Europe/Paris", "currency": "EUR"}
    owner = organisations.change(people.at_parc, values, now=NOW)
    assert owner.name == "Hôtel du Lac"
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({"name": "Hôtel du Parc"}, {"name": "Hôtel du Lac"})
    organisations.change(people.at_parc, values, now=NOW)
    assert AuditEntry.objects.count() == 1


def test_another_time_zone_has_those_tickets_decided_again_whose_calendar_it_is() -> None:
    people = cast()
    make.access_point(people.parc)
    here, own = make.offer(people.parc), make.offer(people.parc, time_zone="Europe/Rome")
    make.offer(people.parc)
    for offer in (here, here, own):
        make.ticket_list(offer)
    organisations.change(people.at_parc, {"name": "Hôtel du Lac"}, now=NOW)
    assert not Job.objects.exists()
    organisations.change(people.at_parc, {"time_zone": "Indian/Reunion"}, now=NOW)
    job = Job.objects.get()
    assert (job.kind, job.arguments) == (APPLY_OFFER, {"offer": here.pk})


def test_all_faults_are_said_at_once_and_nothing_is_changed() -> None:
    people = cast()
    values = {"name": "Camping des Pins", "language": "xx", "time_zone": "Mars", "currency": "eur"}
    with pytest.raises(Invalid) as refused:
        organisations.change(people.at_parc, values, now=NOW)
    assert dict(refused.value.faults) == {
        "name": "taken",
        "language": "unknown_choice",
        "time_zone": "unknown_choice",
        "currency": "unknown_choice",
    }
    people.parc.refresh_from_db()
    assert people.parc.name == "Hôtel du Parc"
