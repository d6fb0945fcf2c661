"""The one address that openNDS is given: browsers go on to the portal, openNDS itself gets its answers."""

from base64 import b64encode

import pytest
from django.test import Client
from tests.factories import KEYS
from tests.services.controlled import place

from spotcoffee.storage.models import AccessPoint
from spotcoffee.web import surroundings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys that the tests' secrets are sealed with."""
    monkeypatch.setattr(surroundings, "keys", lambda: KEYS)


def poll(client: Client, number: int, **fields: str) -> tuple[int, str]:
    told = {"auth_get": "view", "gatewayhash": "0" * 64, "payload": b64encode(b"none").decode(), **fields}
    answer = client.post(f"/portal/opennds/{number}/", told)
    return answer.status_code, answer.content.decode()


def test_a_guests_browser_goes_on_to_the_portal_with_all_it_brought(client: Client) -> None:
    answer = client.get("/portal/opennds/7/?fas=YWJj&iv=0123456789abcdef")

    assert (answer.status_code, answer["Location"]) == (303, "/portal/7/?fas=YWJj&iv=0123456789abcdef")
    assert answer["Cache-Control"] == "no-store"


def test_openndss_own_questions_are_answered_and_noted(client: Client) -> None:
    made = place("opennds")

    assert poll(client, made.point.pk) == (200, "*")

    point = AccessPoint.objects.get(pk=made.point.pk)
    assert point.authmon_seen_at is not None
    assert point.last_seen_at is not None


@pytest.mark.parametrize(
    "fields", [{"auth_get": "steal"}, {"gatewayhash": "x"}, {"payload": "%"}, {"auth_get": "custom"}]
)
def test_what_it_does_not_ask_is_a_plain_refusal(client: Client, fields: dict[str, str]) -> None:
    assert poll(client, place("opennds").point.pk, **fields) == (400, "")


def test_another_access_points_number_is_nobody(client: Client) -> None:
    assert poll(client, place("mikrotik").point.pk) == (404, "")
    assert poll(client, 999_999) == (404, "")


def test_no_other_way_of_asking_is_taken(client: Client) -> None:
    assert client.delete("/portal/opennds/7/").status_code == 405
