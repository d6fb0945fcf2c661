"""The controller of an access point: written with its other fields, and answered nowhere."""

from typing import Any, Final

import pytest
from tests import factories

from spotcoffee.storage.models import AccessPoint

pytestmark = pytest.mark.django_db

CONTROLLER: Final = {
    "controller_url": "https://unifi.example:8443",
    "controller_user": "spotcoffee",
    "controller_password": "a password of the tests",
}


def test_a_controller_is_set_and_its_account_shown_nowhere(people: factories.Cast, alice: Any) -> None:
    point = factories.access_point(people.parc, equipment="unifi")

    assert alice.patch(f"/access-points/{point.pk}", CONTROLLER).status_code == 200

    shown = alice.get(f"/access-points/{point.pk}").json()
    assert shown["capabilities"]["disconnect"] is True
    assert not [name for name in shown if name.startswith("controller")]
    assert "a password of the tests" not in str(list(AccessPoint.objects.values()))


def test_a_receptionist_may_not(people: factories.Cast, bob: Any) -> None:
    point = factories.access_point(people.parc, equipment="unifi")

    assert bob.patch(f"/access-points/{point.pk}", CONTROLLER).status_code == 403


def test_each_wrong_field_is_named(people: factories.Cast, alice: Any) -> None:
    point = factories.access_point(people.parc, equipment="mikrotik")
    wrong = {"controller_url": "https://x", "controller_fingerprint": "ab"}

    answer = alice.patch(f"/access-points/{point.pk}", wrong)

    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"controller_url", "controller_fingerprint"}


def test_a_new_access_point_may_bring_its_controller(alice: Any) -> None:
    values = {"name": "Plage", "address": "192.0.2.3", "equipment": "unifi", **CONTROLLER}

    added = alice.post("/access-points", values)

    assert added.status_code == 201
    assert AccessPoint.objects.get(pk=added.json()["id"]).controller_url == "https://unifi.example:8443"


def test_nothing_is_saved_where_one_of_both_is_wrong(people: factories.Cast, alice: Any) -> None:
    point = factories.access_point(people.parc, equipment="unifi")

    answer = alice.patch(f"/access-points/{point.pk}", {"name": "Plage", "controller_fingerprint": "ab"})

    assert answer.status_code == 422
    assert AccessPoint.objects.get(pk=point.pk).name == point.name
