"""Access points, as a manager sees, adds and changes them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories as make

from spotcoffee.storage.models import AccessPoint, AccessPointFault, AuditEntry, Offer, Session
from spotcoffee.web.surroundings import keys

HOSTILE = ("", "\x00", "x" * 100_000, "<script>alert(1)</script>", "٣", "-1", "9" * 40, "\ud7ff")


@pytest.fixture
def room(people: Any) -> AccessPoint:
    """An access point that was never heard."""
    return make.access_point(people.parc, "Salle", address="192.0.2.1")


def _text(client: Client, path: str = "/access-points/", status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return str(answer.content.decode())


def test_the_list_says_how_each_fares(alice: Client, people: Any, room: AccessPoint) -> None:
    make.access_point(people.parc, "Terrasse", address="192.0.2.2", last_seen_at=datetime.now(UTC))
    page = _text(alice)
    assert "Jamais vu encore" in page
    assert "Tout va bien" in page
    assert f"/access-points/{room.pk}/" in page
    assert "RADIUS" not in page


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("request_authenticator_wrong", "Le secret partagé ne correspond pas"),
        ("message_authenticator_missing", "ne signe pas"),
        ("unknown_nas_identifier", "se nomme autrement"),
        ("wrong_port", "échangez les deux"),
        ("zero_attribute_type", "illisibles"),
    ],
)
def test_what_its_packets_showed_is_said_until_it_is_heard_well(
    alice: Client, room: AccessPoint, code: str, says: str
) -> None:
    now = datetime.now(UTC)
    AccessPointFault.objects.create(source="192.0.2.1", code=code, first_at=now, last_at=now)
    assert says in _text(alice)
    AccessPoint.objects.filter(pk=room.pk).update(last_seen_at=now + timedelta(seconds=30))
    assert says not in _text(alice)


def test_one_is_added_and_its_secret_is_shown_once(alice: Client) -> None:
    answer = alice.post("/access-points/new/", {"name": "Bloc Nord", "address": "10.0.5.0/24", "equipment": "mikrotik"})
    point = AccessPoint.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/access-points/{point.pk}/")
    secret = keys().unseal(bytes(point.secret_sealed))
    page = _text(alice, answer["Location"])
    assert secret in page
    assert "en attente de son premier message" in page
    assert secret not in _text(alice, answer["Location"])
    assert secret not in str(list(alice.session.items()))


def test_what_was_typed_stays_and_each_fault_stands_at_its_field(alice: Client) -> None:
    typed = {"name": "<b>Bloc</b>", "address": "nowhere", "equipment": "mikrotik"}
    typed |= {"coa_port": "many", "interim_interval": "soon"}
    answer = alice.post("/access-points/new/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "&lt;b&gt;Bloc&lt;/b&gt;" in page
    assert 'value="nowhere"' in page
    assert 'id="fault-address"' in page
    assert 'id="fault-coa_port"' in page
    assert 'value="many"' in page
    assert 'id="fault-interim_interval"' in page
    assert not AccessPoint.objects.exists()


def test_only_what_was_touched_is_changed(alice: Client, room: AccessPoint) -> None:
    before = AccessPoint.objects.get(pk=room.pk)
    shown = {"name": "Grande salle", "address": "192.0.2.1", "equipment": "generic", "interim_interval": "10 min"}
    assert alice.post(f"/access-points/{room.pk}/", shown).status_code == 303
    after = AccessPoint.objects.get(pk=room.pk)
    assert (after.name, after.interim_interval) == ("Grande salle", 600)
    assert bytes(after.secret_sealed) == bytes(before.secret_sealed)
    assert set(AuditEntry.objects.get(action="change").after or {}) == {"name", "interim_interval"}
    assert alice.post(f"/access-points/{room.pk}/", shown).status_code == 303
    assert AuditEntry.objects.filter(action="change").count() == 1


def test_the_page_waits_for_the_first_message_by_itself(alice: Client, room: AccessPoint) -> None:
    path = f"/access-points/{room.pk}/health/"
    assert f'hx-get="{path}"' in _text(alice, f"/access-points/{room.pk}/")
    assert 'hx-trigger="every 2s"' in _text(alice, path)
    AccessPoint.objects.filter(pk=room.pk).update(last_seen_at=datetime.now(UTC))
    part = _text(alice, path)
    assert "Tout va bien" in part
    assert "<html" not in part


def test_the_last_access_point_of_an_offer_is_neither_archived_nor_deleted(
    alice: Client, people: Any, room: AccessPoint
) -> None:
    make.offer(people.parc, room, name="La journée")
    for act in ("archive", "delete"):
        answer = alice.post(f"/access-points/{room.pk}/{act}/")
        assert answer.status_code == 409
        assert "le seul point d’accès de l’offre La journée" in answer.content.decode()
    other = make.access_point(people.parc, "Terrasse", address="192.0.2.2")
    Offer.objects.get().access_points.add(other)
    assert alice.post(f"/access-points/{room.pk}/archive/").status_code == 303
    assert "Salle" in _text(alice, "/access-points/?archived=1")
    assert alice.post(f"/access-points/{other.pk}/delete/").status_code == 409
    assert alice.post(f"/access-points/{room.pk}/unarchive/").status_code == 303


def test_one_that_guests_used_is_not_deleted(alice: Client, people: Any, room: AccessPoint) -> None:
    other = make.access_point(people.parc, "Terrasse", address="192.0.2.2")
    ticket = make.ticket(make.ticket_list(make.offer(people.parc, room, other)), keys=keys())
    make.session(ticket, room, ended_at=datetime.now(UTC))
    assert alice.post(f"/access-points/{room.pk}/delete/").status_code == 409
    Session.objects.all().delete()
    assert alice.post(f"/access-points/{room.pk}/delete/").status_code == 303


def test_a_strangers_does_not_exist(charlie: Client, room: AccessPoint) -> None:
    assert "Salle" not in _text(charlie)
    _text(charlie, f"/access-points/{room.pk}/", 404)
    _text(charlie, f"/access-points/{room.pk}/health/", 404)
    for act in ("archive/", "unarchive/", "delete/", ""):
        assert charlie.post(f"/access-points/{room.pk}/{act}", {"name": "Volé"}).status_code == 404


def test_reception_looks_and_changes_nothing(bob: Client, room: AccessPoint) -> None:
    page = _text(bob, f"/access-points/{room.pk}/")
    assert "Enregistrer" not in page
    assert "Supprimer" not in page
    assert "/access-points/new/" not in _text(bob)
    _text(bob, "/access-points/new/", 403)
    for act in ("archive/", "unarchive/", "delete/", ""):
        assert bob.post(f"/access-points/{room.pk}/{act}", {"name": "Changé"}).status_code == 403
    assert AuditEntry.objects.filter(action="refused").count() >= 3


def test_what_a_bound_manager_adds_is_his(people: Any, signed_in: Any, room: AccessPoint) -> None:
    eve = make.staff(people.parc, "eve@example.org", "manager", bound=True)
    eve.access_points.add(room)
    client = signed_in(eve)
    answer = client.post("/access-points/new/", {"name": "Bloc", "address": "192.0.2.9", "equipment": "generic"})
    assert "Bloc" in _text(client, answer["Location"])


def test_whatever_is_typed_is_taken(alice: Client, room: AccessPoint) -> None:
    for typed in HOSTILE:
        for path in ("/access-points/new/", f"/access-points/{room.pk}/"):
            for name in ("name", "address", "equipment", "secret", "nas_identifier", "coa_port", "interim_interval"):
                shown = {"name": "Salle", "address": "192.0.2.1", "equipment": "generic", name: typed}
                answer = alice.post(path, shown)
                assert answer.status_code in (303, 422), (name, typed[:20])
                assert b"<script>alert" not in answer.content
        for path in ("/access-points/?archived=", "/access-points/new/?address="):
            assert b"<script>alert" not in alice.get(path + typed.replace("\x00", "%00")[:3_000]).content


def test_the_list_asks_the_database_the_same_however_many_there_are(
    alice: Client, people: Any, room: AccessPoint, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(8):
        _text(alice)
    for number in range(6):
        make.access_point(people.parc, f"Bloc {number}", address=f"192.0.2.1{number}")
    with django_assert_num_queries(8):
        _text(alice)


def test_a_stranger_at_the_door_is_proposed(alice: Client, people: Any, room: AccessPoint) -> None:
    people.charlie.delete()
    people.elsewhere.delete()
    now = datetime.now(UTC)
    AccessPointFault.objects.create(source="192.0.2.7", code="unknown_source", first_at=now, last_at=now, count=9)
    page = _text(alice)
    (path,) = set(re.findall(r'href="(/access-points/new/\?address=[^"]+)"', page))
    assert 'value="192.0.2.7"' in _text(alice, path)
    make.access_point(people.parc, "Bloc", address="192.0.2.0/28")
    assert "192.0.2.7" not in _text(alice)


def test_the_texts_to_copy_hold_the_secret_and_who_read_them_is_remembered(alice: Client, people: Any) -> None:
    point = make.access_point(people.parc, "Bloc", address="192.0.2.4", equipment="mikrotik")
    secret = "SecretOfThisTest42"
    AccessPoint.objects.filter(pk=point.pk).update(secret_sealed=keys().seal(secret))
    page = alice.post(f"/access-points/{point.pk}/setup/").content.decode()
    assert secret in page
    assert not re.search(r"address=localhost", page)
    assert AuditEntry.objects.filter(action="read_setup", noun_id=point.pk).count() == 1
    assert "Configuration à copier lue" in alice.get("/log/").content.decode()
    assert alice.get(f"/access-points/{point.pk}/setup/").status_code == 405


def test_nobody_else_reads_the_texts(bob: Client, charlie: Client, room: AccessPoint) -> None:
    assert bob.post(f"/access-points/{room.pk}/setup/").status_code == 403
    assert charlie.post(f"/access-points/{room.pk}/setup/").status_code == 404


def test_a_controllers_account_is_kept_and_its_password_never_shown(alice: Client) -> None:
    sent = {"name": "Bloc", "address": "192.0.2.4", "equipment": "unifi", "controller_url": "https://192.0.2.5:8443"}
    answer = alice.post("/access-points/new/", sent | {"controller_user": "wifi", "controller_password": "hush-hush"})
    assert answer.status_code == 303
    point = AccessPoint.objects.get()
    assert (point.controller_url, point.controller_user) == ("https://192.0.2.5:8443", "wifi")
    assert keys().unseal(bytes(point.controller_secret_sealed or b"")) == "hush-hush"
    page = _text(alice, answer["Location"])
    assert 'value="https://192.0.2.5:8443"' in page
    assert "hush-hush" not in page
    answer = alice.post(answer["Location"], sent | {"controller_url": "nowhere", "controller_fingerprint": "x"})
    assert answer.status_code == 422
    assert 'id="fault-controller_url"' in answer.content.decode()
    assert 'id="fault-controller_fingerprint"' in answer.content.decode()


def test_the_hosts_of_its_login_page_are_said_on_its_page(alice: Client) -> None:
    sent = {"name": "Bloc", "address": "192.0.2.4", "equipment": "mikrotik", "portal_hosts": "wifi.lan 10.5.50.1"}
    answer = alice.post("/access-points/new/", sent)
    assert answer.status_code == 303
    assert AccessPoint.objects.get().portal_hosts == "wifi.lan 10.5.50.1"
    assert 'value="wifi.lan 10.5.50.1"' in _text(alice, answer["Location"])
    answer = alice.post(answer["Location"], sent | {"portal_hosts": "http://wifi.lan/"})
    assert answer.status_code == 422
    assert 'id="fault-portal_hosts"' in answer.content.decode()


def test_each_half_of_the_road_is_told(alice: Client, room: AccessPoint) -> None:
    part = _text(alice, f"/access-points/{room.pk}/health/")
    assert part.partition('class="road')[2].partition("</ul>")[0].count("<li>") == 4
