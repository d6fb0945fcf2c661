"""Guests of equipment without RADIUS: the portal waits until the controller has let them in."""

from datetime import timedelta
from typing import Final

import pytest
from tests import factories
from tests.factories import KEYS
from tests.web.portal.desk import Answer, Place

from spotcoffee.services import controller_reports
from spotcoffee.storage.models import AccessPoint, Admission, Session
from spotcoffee.web import surroundings
from spotcoffee.web.portal.guesses import GUESSES, Verdict

CODE: Final = "K7QM3XWF9T"
VISIT: Final = "?id=02:00:00:00:00:aa&ap=02:00:00:00:00:01&t=1795415952&url=http://example.org/&ssid=Wi-Fi"


@pytest.fixture
def unifi(place: Place) -> Place:
    """The same café with UniFi, and its controller's account."""
    columns = {"equipment": "unifi", "controller_url": "https://unifi.example", "controller_user": "spot"}
    AccessPoint.objects.update(**columns, controller_secret_sealed=KEYS.seal("secret"), portal_secret_sealed=None)
    return place


def type_code(place: Place, code: str = CODE) -> Answer:
    page = place.get(f"{place.path}/{VISIT}")
    assert page.status == 200, page.text
    return place.post(place.path, {"visit": page.hidden(), "code": code})


def test_a_right_code_leads_to_a_page_that_looks_again_by_itself(unifi: Place) -> None:
    unifi.ticket(CODE)

    answer = type_code(unifi)

    assert (answer.status, answer.location.startswith("/portal/w/")) == (303, True)
    waiting = unifi.get(answer.location)
    assert (waiting.heading, waiting.headers["Refresh"]) == ("Un instant", "2")
    admission = Admission.objects.get()
    assert (admission.device, admission.fields["ap"]) == ("0200000000aa", "020000000001")
    assert Session.objects.get().acct_session_id is None


def test_unifis_own_path_leads_to_the_place_of_its_site(unifi: Place) -> None:
    answer = unifi.get(f"/guest/s/default/{VISIT}")

    assert (answer.status, answer.location) == (303, f"{unifi.path}{VISIT}")


def test_a_site_that_could_be_of_several_places_leads_nowhere(unifi: Place) -> None:
    factories.access_point(unifi.owner, "Bloc", address="192.0.2.77", equipment="unifi", controller_site="bloc")

    assert unifi.get(f"/guest/s/bloc/{VISIT}").status == 303
    assert unifi.get(f"/guest/s/elsewhere/{VISIT}").status == 404


def test_once_the_controller_has_let_him_in_he_sees_what_is_left(unifi: Place) -> None:
    unifi.ticket(CODE)
    waits_at = type_code(unifi).location

    controller_reports.begin([Admission.objects.get()], keys=KEYS, interim_interval=300, now=surroundings.now())

    answer = unifi.get(waits_at)
    assert (answer.status, answer.location.startswith("/portal/s/")) == (303, True)
    assert unifi.get(answer.location).heading == "Vous êtes connecté"


def test_what_the_controller_refuses_is_said_with_a_way_to_try_again(unifi: Place) -> None:
    unifi.ticket(CODE)
    waits_at = type_code(unifi).location
    Admission.objects.update(fault="refused", ended_at=surroundings.now())

    answer = unifi.get(waits_at)

    assert "Réessayer" in answer.text
    assert "Refresh" not in answer.headers


def test_after_two_minutes_nobody_waits_any_longer(unifi: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    unifi.ticket(CODE)
    waits_at = type_code(unifi).location
    then = surroundings.now() + timedelta(seconds=121)
    monkeypatch.setattr(surroundings, "now", lambda: then)

    assert "Refresh" not in unifi.get(waits_at).headers


def test_without_a_controller_he_is_not_let_in(unifi: Place) -> None:
    AccessPoint.objects.update(controller_url="")
    unifi.ticket(CODE)

    answer = type_code(unifi)

    assert (answer.status, Admission.objects.count(), Session.objects.count()) == (200, 0, 0)
    assert "laissé" in answer.text


def test_a_wrong_code_is_refused_before_any_controller_is_asked(unifi: Place) -> None:
    answer = type_code(unifi, "NOSUCHCODE")

    assert 'role="alert"' in answer.text
    assert Admission.objects.count() == 0


def test_who_guessed_too_often_is_slowed_here_for_no_radius_server_does_it(
    unifi: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    unifi.ticket(CODE)
    monkeypatch.setattr(type(GUESSES), "verdict", lambda *_, **__: Verdict.PASS_ON)

    answer = type_code(unifi)

    assert (answer.status, Admission.objects.count()) == (429, 0)


def test_an_address_that_nobody_made_leads_nowhere(unifi: Place) -> None:
    assert unifi.get("/portal/w/AAAA/").status == 404
