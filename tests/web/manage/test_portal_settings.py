"""The portal's look, as an administrator sets it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories as make
from tests.documents.printing import png

from spotcoffee.services import portal_look
from spotcoffee.storage.models import AccessPoint, AuditEntry

SENT = {"title": "Le Port", "network": "Port Wi-Fi", "accent": "#123456", "page": "", "welcome-fr": "Bonjour\r\nà tous"}


@pytest.fixture
def room(people: Any) -> AccessPoint:
    """An access point of the Hôtel du Parc."""
    return make.access_point(people.parc, "Salle")


def _text(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"/settings/portal/{query}")
    assert answer.status_code == status
    return str(answer.content.decode())


def test_the_look_is_saved_for_everywhere_or_for_one_place(alice: Client, people: Any, room: AccessPoint) -> None:
    assert alice.post("/settings/portal/", SENT).status_code == 303
    assert alice.post(f"/settings/portal/?place={room.pk}", {"title": "La salle"}).status_code == 303
    look = portal_look.shown(people.parc.pk)
    assert (look.title, look.network, look.accent, look.welcome) == (
        "Le Port", "Port Wi-Fi", "#123456", {"fr": "Bonjour\nà tous"},
    )  # fmt: skip
    assert portal_look.shown(people.parc.pk, room.pk).title == "La salle"
    assert 'value="La salle"' in _text(alice, f"?place={room.pk}")
    assert "Aspect du portail modifié" in alice.get("/log/").content.decode()


def test_what_can_not_be_read_is_refused_and_stays_typed(alice: Client) -> None:
    answer = alice.post("/settings/portal/", SENT | {"accent": "#FFFFFF", "must_accept": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="fault-accent"' in page
    assert 'value="#FFFFFF"' in page
    assert "Bonjour" in page
    assert not AuditEntry.objects.exists()


def test_it_can_be_seen_before_it_is_saved(alice: Client, people: Any, room: AccessPoint) -> None:
    answer = alice.post("/settings/portal/", SENT | {"preview": "1"})
    assert answer.status_code == 303
    assert "Le Port" in alice.get(answer["Location"]).content.decode()
    assert portal_look.shown(people.parc.pk).title == ""


def test_before_the_first_access_point_there_is_nothing_to_see(alice: Client) -> None:
    answer = alice.post("/settings/portal/", SENT | {"preview": "1"})
    assert (answer.status_code, answer["Location"]) == (303, "/settings/portal/")


def test_its_logo_comes_and_goes(alice: Client, people: Any) -> None:
    picture = SimpleUploadedFile("l.png", png((40, 30), mode="RGB", ground=(90, 20, 20)))
    assert alice.post("/settings/portal/", SENT | {"logo": picture}).status_code == 303
    assert portal_look.shown(people.parc.pk).logo
    alice.post("/settings/portal/", SENT)
    assert portal_look.shown(people.parc.pk).logo
    alice.post("/settings/portal/", SENT | {"remove_logo": "1"})
    assert portal_look.shown(people.parc.pk).logo is None
    answer = alice.post("/settings/portal/", SENT | {"logo": SimpleUploadedFile("l.png", b"x" * 3_000_000)})
    assert 'id="fault-logo"' in answer.content.decode()


def test_only_an_administrator_of_the_place_gets_here(bob: Client, charlie: Client, room: AccessPoint) -> None:
    _text(bob, "", 403)
    assert bob.post("/settings/portal/", SENT).status_code == 403
    _text(charlie, f"?place={room.pk}", 404)
    assert charlie.post(f"/settings/portal/?place={room.pk}", SENT).status_code == 404


def test_whatever_is_typed_is_taken(alice: Client, room: AccessPoint) -> None:
    for typed in ("\x00", "x" * 100_000, "<script>alert(1)</script>", "\ud7ff", "٣"):
        for name in (*SENT, "conditions-it"):
            for more in ({}, {"preview": "1"}):
                answer = alice.post("/settings/portal/", SENT | {name: typed} | more)
                assert answer.status_code in (303, 422), name
                assert b"<script>alert" not in answer.content
    for query in ("?place=x", "?place=%00", "?place=" + "9" * 40):
        _text(alice, query)
