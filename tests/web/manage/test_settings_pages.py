"""Settings: the organisation, the logo, API tokens, backups."""

import re
import tarfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories as make
from tests.documents.printing import png

from spotcoffee.services import staff
from spotcoffee.services.settings import site_of
from spotcoffee.storage.models import ApiToken, AuditEntry, Backup, Organisation, OrganisationLogo
from spotcoffee.web.surroundings import now

SENT = {"name": "Café du Port", "language": "fr", "time_zone": "Europe/Paris", "currency": "EUR"}
HOSTILE = ("", "\x00", "x" * 100_000, "<script>alert(1)</script>", "٣", "\ud7ff")


def _text(client: Client, path: str = "/settings/", status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return str(answer.content.decode())


def test_the_organisation_is_changed_and_the_change_is_told(alice: Client, people: Any) -> None:
    sent = SENT | {"language": "en", "time_zone": "America/Martinique", "currency": "chf"}
    assert alice.post("/settings/organisation/", sent).status_code == 303
    owner = Organisation.objects.get(pk=people.parc.pk)
    assert (owner.name, owner.language, owner.time_zone, owner.currency) == (
        "Café du Port", "en", "America/Martinique", "CHF",
    )  # fmt: skip
    assert "Les réglages sont enregistrés" in _text(alice)
    entry = AuditEntry.objects.get(noun="organisation")
    assert entry.before == {"name": "Hôtel du Parc", "language": "fr", "time_zone": "Europe/Paris", "currency": "EUR"}


def test_what_can_not_be_taken_is_said_at_its_field_and_stays(alice: Client, people: Any) -> None:
    sent = {"name": "Camping des Pins", "language": "fr", "time_zone": "Mars/Olympus", "currency": "XXQ"}
    answer = alice.post("/settings/organisation/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    for field in ("time_zone", "currency"):
        assert f'id="fault-{field}"' in page
    assert 'value="Mars/Olympus"' in page
    answer = alice.post("/settings/organisation/", SENT | {"name": "Camping des Pins"})
    assert 'id="fault-name"' in answer.content.decode()
    assert Organisation.objects.get(pk=people.parc.pk).name == "Hôtel du Parc"


def _upload(client: Client, octets: bytes) -> Any:
    return client.post("/settings/logo/", {"logo": SimpleUploadedFile("logo.png", octets)})


def test_a_logo_is_kept_shown_printed_and_taken_away(alice: Client, people: Any) -> None:
    octets = png((40, 30), mode="RGB", ground=(120, 70, 30))
    assert _upload(alice, octets).status_code == 303
    (address,) = re.findall(r'src="(/settings/logo/[^"]+)"', _text(alice))
    shown = alice.get(address)
    assert (shown.content, shown["Content-Type"]) == (octets, "image/png")
    logo = site_of(people.parc.pk, portal_address=None).logo
    assert logo is not None
    assert (logo.width, logo.height) == (40, 30)
    assert alice.post("/settings/logo/", {"remove": "1"}).status_code == 303
    assert alice.get(address).status_code == 404
    assert site_of(people.parc.pk, portal_address=None).logo is None


def test_what_is_no_picture_or_too_heavy_is_refused_in_words(alice: Client) -> None:
    for octets, says in (
        (b"<svg onload=alert(1)>", "aucune image"),
        (b"\x89PNG" + b"x" * 3_000_000, "trop lourde"),
        (png((10, 10), mode="RGB", ground=(255, 255, 255)), "rien à voir"),
    ):
        answer = _upload(alice, octets)
        assert answer.status_code == 422, says
        assert 'id="fault-logo"' in answer.content.decode()
    assert alice.post("/settings/logo/").status_code == 422
    assert not OrganisationLogo.objects.exists()


def test_a_strangers_logo_does_not_exist(alice: Client, charlie: Client) -> None:
    _upload(alice, png((10, 10), mode="RGB", ground=(0, 0, 0)))
    (address,) = re.findall(r'src="(/settings/logo/[^"]+)"', _text(alice))
    assert charlie.get(address).status_code == 404


def test_a_token_is_shown_once_works_and_is_revoked(alice: Client, people: Any) -> None:
    answer = alice.post("/settings/tokens/", {"token_name": "caisse", "account": str(people.bob.pk)})
    assert answer.status_code == 303
    (token,) = re.findall(r'<code class="secret" translate="no">([^<]+)</code>', _text(alice))
    assert token not in _text(alice)
    assert staff.verify_token(token, now=now()) == people.bob
    assert "utilisé" in _text(alice)
    made = ApiToken.objects.get()
    assert alice.post(f"/settings/tokens/{made.pk}/revoke/").status_code == 303
    assert staff.verify_token(token, now=now()) is None


def test_no_token_is_made_for_a_strangers_account_nor_revoked(alice: Client, charlie: Client, people: Any) -> None:
    for account in (str(people.charlie.pk), "", "x", "9" * 40):
        assert alice.post("/settings/tokens/", {"account": account}).status_code == 422
    staff.add_token("bob@example.org", by="test", now=now())
    assert charlie.post(f"/settings/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404


def test_of_a_shared_installation_nobody_downloads_the_backup(alice: Client) -> None:
    assert "/settings/backup/" not in _text(alice)
    assert alice.post("/settings/backup/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_backup_of_an_installation_of_ones_own_is_whole_and_noted(signed_in: Any) -> None:
    owner = make.organisation("Café du Port")
    client = signed_in(make.staff(owner, "anna@example.org", "administrator"))
    assert "Aucune sauvegarde" in _text(client)
    answer = client.post("/settings/backup/")
    with tarfile.open(fileobj=BytesIO(b"".join(answer))) as archive:
        assert sorted(archive.getnames()) == ["database", "manifest.json"]
    assert Backup.objects.get().by == "anna@example.org"
    assert AuditEntry.objects.filter(noun="backup").exists()
    assert "La dernière a été faite" in _text(client)


POSTS = ("organisation/", "logo/", "tokens/", "tokens/1/revoke/", "backup/")


def test_only_an_administrator_gets_here(people: Any, signed_in: Any, bob: Client) -> None:
    clients = [
        bob,
        *(signed_in(make.staff(people.parc, f"{role}@example.org", role)) for role in ("manager", "auditor")),
    ]
    for client in clients:
        _text(client, "/settings/", 403)
        for path in POSTS:
            assert client.post(f"/settings/{path}", SENT).status_code == 403


def test_whatever_is_typed_is_taken(alice: Client) -> None:
    for typed in HOSTILE:
        for name in SENT:
            answer = alice.post("/settings/organisation/", SENT | {name: typed})
            assert answer.status_code in (303, 422), (name, typed[:10])
            assert b"<script>alert" not in answer.content
        assert alice.post("/settings/tokens/", {"account": typed, "token_name": typed}).status_code == 422
    assert alice.get("/settings/logo/nonsense/").status_code == 404


def test_a_tokens_name_is_a_line_of_text(alice: Client, people: Any) -> None:
    sent = {"account": str(people.bob.pk), "token_name": "<script>alert(1)</script>"}
    assert alice.post("/settings/tokens/", sent).status_code == 303
    assert "<script>alert" not in _text(alice)
    for typed in ("x" * 101, "caisse\x00"):
        answer = alice.post("/settings/tokens/", sent | {"token_name": typed})
        assert answer.status_code == 422
        assert 'id="fault-token_name"' in answer.content.decode()
    assert ApiToken.objects.count() == 1


def test_the_page_asks_the_database_the_same_however_much_there_is(
    alice: Client, people: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(9):
        _text(alice)
    for _ in range(5):
        staff.add_token(make.staff(people.parc).email, by="test", now=now())
    with django_assert_num_queries(9):
        _text(alice)
