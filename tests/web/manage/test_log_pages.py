"""The log: who did what, in words; filters, the file, the seal."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.factories import NOW

from spotcoffee.services import access_points, audit, offers
from spotcoffee.storage.models import AuditEntry, Offer
from spotcoffee.web.surroundings import keys

HOSTILE = ("%00", "<script>alert(1)</script>", "x" * 5_000, "-1", "2026-13-45", "٣", "9" * 30)


@pytest.fixture
def offer(people: Any) -> Offer:
    """An offer that Alice made on an access point of hers, and then gave another name and price."""
    saved = access_points.add(people.at_parc, {"name": "Salle", "address": "192.0.2.1"}, keys=keys(), now=NOW)
    values = {"name": "2 heures", "access_points": [saved.access_point.pk], "credit": 7_200, "price": "3"}
    made = offers.add(people.at_parc, values, now=NOW)
    offers.change(people.at_parc, made.pk, {"price": "3.50", "rate_down": 2_000_000}, now=NOW)
    return made


def _text(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"/log/{query}")
    assert answer.status_code == status
    return str(answer.content.decode())


def test_entries_read_as_sentences_with_before_and_after(alice: Client, offer: Offer) -> None:
    page = _text(alice)
    for said in (
        "Offre modifiée",
        "Point d’accès ajouté",
        "alice@example.org",
        f'<a href="/offers/{offer.pk}/">2 heures</a>',
        "<s>3,00\N{NO-BREAK SPACE}€</s>",
        "3,50\N{NO-BREAK SPACE}€",
        "2\N{NO-BREAK SPACE}Mbit/s",
        "2 heures",
        "Salle",
    ):
        assert said in page, said


def test_filters_by_person_thing_and_day(alice: Client, people: Any, offer: Offer) -> None:
    assert "Offre modifiée" not in _text(alice, "?noun=access_point")
    assert "Point d’accès ajouté" in _text(alice, "?noun=access_point")
    assert "Offre modifiée" in _text(alice, "?by=alice@example.org&from=2026-07-15&to=2026-07-15")
    assert "Aucune entrée" in _text(alice, "?by=bob@example.org")
    assert "Aucune entrée" in _text(alice, "?from=2026-07-16")
    assert "Aucune entrée" in _text(alice, "?to=2026-07-14")


def test_what_a_role_did_not_allow_stands_out(alice: Client, bob: Client) -> None:
    bob.get("/log/")
    assert "Refusé\N{NO-BREAK SPACE}: le rôle ne le permet pas" in _text(alice)


def test_the_chain_is_checked(alice: Client, offer: Offer) -> None:
    assert "Le journal est intact" in alice.post("/log/check/", follow=True).content.decode()
    first = AuditEntry.objects.order_by("pk")[0]
    AuditEntry.objects.filter(pk=first.pk).update(by="someone else")
    assert f"rompu à l’entrée {first.pk}" in alice.post("/log/check/", follow=True).content.decode()


def test_the_file_opens_in_a_french_excel_and_is_itself_in_the_log(alice: Client, offer: Offer, people: Any) -> None:
    offers.change(people.at_parc, offer.pk, {"name": "=HYPERLINK(1)"}, now=NOW)
    answer = alice.get("/log/file/?noun=offer")
    file = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file), delimiter=";"))
    assert rows[0][:4] == ["Quand", "Qui", "Quoi", "Objet"]
    assert rows[1][:3] == ["15/07/2026 10:00:00", "alice@example.org", "Offre créée"]
    assert any("'=HYPERLINK(1)" in cell for row in rows for cell in row)
    assert answer["Content-Disposition"].startswith('attachment; filename="journal_')
    assert AuditEntry.objects.filter(action="export", noun="audit").exists()


def test_a_bound_manager_sees_what_he_did_himself(people: Any, signed_in: Any, offer: Offer) -> None:
    eve = make.staff(people.parc, "eve@example.org", "manager", bound=True)
    client = signed_in(eve)
    assert "Rien n’a encore été fait" in _text(client)
    client.get("/settings/")
    page = _text(client)
    assert "Refusé" in page
    assert "alice@example.org" not in page
    assert "Offre" not in b"".join(client.get("/log/file/")).decode()


def test_pages_follow_one_another(alice: Client, people: Any) -> None:
    for number in range(60):
        audit.record_export(people.at_parc, "statistics", now=datetime.now(UTC), size=number)
    page = _text(alice)
    assert page.count("<tr>") == 51
    following = page.partition('rel="next" href="/log/')[2].partition('"')[0].replace("&amp;", "&")
    assert _text(alice, following).count("<tr>") == 11


def test_a_stranger_reads_nothing_and_reception_is_refused(charlie: Client, bob: Client, offer: Offer) -> None:
    assert "Offre modifiée" not in _text(charlie)
    assert b"".join(charlie.get("/log/file/")).count(b"alice") == 0
    _text(bob, "", 403)
    assert bob.get("/log/file/").status_code == 403
    assert bob.post("/log/check/").status_code == 403


def test_nonsense_is_taken(alice: Client, offer: Offer) -> None:
    for typed in HOSTILE:
        for name in ("by", "noun", "from", "to", "after"):
            assert "<script>alert" not in _text(alice, f"?{name}={typed}")
            assert alice.get(f"/log/file/?{name}={typed}").status_code == 200


def test_values_of_another_release_stand_as_they_are(alice: Client, people: Any) -> None:
    audit.record_export(people.at_parc, "statistics", now=NOW)
    odd = {"period": ["x"], "credit": "a lot", "role": "king", "price": "much", "new_field": {"a": [1]}}
    AuditEntry.objects.update(after=odd, before={"valid_until": "never"}, noun="offer", action="invented")
    page = _text(alice)
    assert "a lot" in page
    assert "invented offer" in page


def test_the_page_asks_the_database_the_same_however_long_the_log(
    alice: Client, people: Any, offer: Offer, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(9):
        _text(alice)
    for _ in range(30):
        audit.record_export(people.at_parc, "statistics", now=NOW)
    with django_assert_num_queries(9):
        _text(alice)
