"""Printing and exporting: what is taken, the preview that takes nothing, the files again, undoing."""

import io
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader
from tests import factories
from tests.factories import Cast

from spotcoffee.services import job_kinds
from spotcoffee.storage.models import AuditEntry, Handout, Job, Offer, Ticket, TicketList
from spotcoffee.web.manage import printing
from spotcoffee.web.surroundings import keys, pace

FIELDS = ["place", "grant", "conditions", "validity", "price", "steps"]


@pytest.fixture
def summer(people: Cast) -> TicketList:
    """Thirty virgin tickets of two hours."""
    offer = factories.offer(people.parc, factories.access_point(people.parc), name="2 heures", credit=7200)
    made = factories.ticket_list(offer, "Été")
    factories.tickets(made, 30, keys=keys())
    return made


def form(of: TicketList, **more: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    asked = {"list": of.pk, "only": "not_handed_out", "what": "3x8", "start_at": "1", "cut_marks": "1"}
    return {**asked, "fields": FIELDS, "languages": "fr", **more}


def body(answer: Any) -> str:
    return unescape(answer.content.decode())


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def text_of(pdf: bytes) -> str:
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)


def logins(of: TicketList) -> set[str]:
    return {keys().unseal(bytes(one.login_sealed)) for one in Ticket.objects.filter(ticket_list=of)}


def test_the_lists_show_what_was_never_handed_out(alice: Client, summer: TicketList) -> None:
    page = body(alice.get("/printing/"))
    assert f'href="/printing/?list={summer.pk}"' in page
    assert "<strong>30</strong> jamais remis" in page


def test_the_form_begins_with_what_was_never_handed_out(alice: Client, summer: TicketList) -> None:
    page = body(alice.get(f"/printing/?list={summer.pk}"))
    assert 'value="not_handed_out" checked' in page
    assert "30 tickets à remettre" in page
    assert "2 feuilles" in page


def test_a_sheet_begun_is_gone_on_with(alice: Client, summer: TicketList) -> None:
    part = body(alice.post("/printing/", form(summer, start_at="19"), headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert part.count('class="used"') == 6
    assert "2 feuilles" in part


def test_a_cell_that_no_sheet_has_is_told_and_takes_nothing(alice: Client, summer: TicketList) -> None:
    for cell in ("25", "0", "x", "-1", "9" * 50, "<script>"):
        answer = alice.post("/printing/hand-out/", form(summer, start_at=cell))
        assert answer.status_code == 422, cell
        assert 'class="error"' in body(answer)
        assert b"<script>alert" not in answer.content
    assert not Handout.objects.exists()


def test_a_preview_takes_nothing_and_shows_no_code(alice: Client, summer: TicketList) -> None:
    answer = alice.post("/printing/preview/", form(summer))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    text = text_of(bytes_of(answer)).replace("-", "")
    assert "APERÇU" in text
    assert not any(login in text for login in logins(summer))
    assert not Handout.objects.exists()
    assert not Ticket.objects.filter(handed_out_at__isnull=False).exists()


def test_a_print_takes_each_ticket_once_and_can_be_downloaded_again(alice: Client, summer: TicketList) -> None:
    sent = form(summer, form_key="k", languages="fr en")
    first, second = alice.post("/printing/hand-out/", sent), alice.post("/printing/hand-out/", sent)

    made = Handout.objects.get()
    assert first["Location"] == second["Location"] == f"/handouts/{made.pk}/"
    assert (made.count, made.options["layout"], made.options["languages"]) == (30, "3x8", ["fr", "en"])
    pdf = bytes_of(alice.get(f"/handouts/{made.pk}/file/"))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    text = text_of(pdf).replace("-", "").replace("\n", "").replace(" ", "")
    assert all(login in text for login in logins(summer))
    shown = alice.get(f"/handouts/{made.pk}/file/?show")
    assert shown["Content-Disposition"].startswith("inline")
    assert AuditEntry.objects.filter(action="read", noun="handout").count() == 2


def test_added_tickets_alone_go_into_the_next_export(alice: Client, summer: TicketList) -> None:
    alice.post("/printing/hand-out/", form(summer))
    added = factories.ticket(summer, "ADDEDLATER", keys=keys())

    alice.post("/printing/hand-out/", form(summer, what="excel"))

    made = Handout.objects.get(format="csv")
    file = bytes_of(alice.get(f"/handouts/{made.pk}/file/")).decode("utf-8-sig")
    assert made.count == 1
    assert "ADD-EDLA-TER" in file
    assert file.count("\r\n") == 2
    added.refresh_from_db()
    assert added.handout_id == made.pk


def test_nothing_left_is_told_on_the_form(alice: Client, summer: TicketList) -> None:
    alice.post("/printing/hand-out/", form(summer))
    answer = alice.post("/printing/hand-out/", form(summer))
    assert answer.status_code == 422
    assert "aucun ticket de ce genre à remettre" in body(answer)
    assert Handout.objects.count() == 1


@pytest.mark.parametrize("what", ["2x5", "4x10", "one", "80", "58"])
def test_every_paper_comes_out(alice: Client, summer: TicketList, what: str) -> None:
    answer = alice.post("/printing/hand-out/", form(summer, what=what))
    pdf = bytes_of(alice.get(answer["Location"] + "file/"))
    pages = len(PdfReader(io.BytesIO(pdf)).pages)
    assert pages == {"2x5": 3, "4x10": 1, "one": 30, "80": 30, "58": 30}[what]


def test_a_workbook_comes_out(alice: Client, summer: TicketList) -> None:
    answer = alice.post("/printing/hand-out/", form(summer, what="xlsx"))
    book = load_workbook(io.BytesIO(bytes_of(alice.get(answer["Location"] + "file/"))))
    assert {str(row[0].value).replace("-", "") for row in list(book.active.rows)[1:]} == logins(summer)


def test_chosen_tickets_alone_go_out_and_those_of_other_lists_never(alice: Client, summer: TicketList) -> None:
    other = factories.ticket(factories.ticket_list(summer.offer), keys=keys())
    chosen = list(Ticket.objects.filter(ticket_list=summer).values_list("pk", flat=True)[:3])
    asked = ",".join(map(str, [*chosen, other.pk, "x"]))
    assert "3 tickets à remettre" in body(alice.get(f"/printing/?list={summer.pk}&tickets={asked}"))

    alice.post("/printing/hand-out/", form(summer, tickets=asked))

    assert set(Ticket.objects.filter(handout__isnull=False).values_list("pk", flat=True)) == set(chosen)


def test_very_many_are_a_job(alice: Client, summer: TicketList, monkeypatch: Any) -> None:
    monkeypatch.setattr(printing, "MOST_AT_ONCE", 10)
    answer = alice.post("/printing/hand-out/", form(summer, form_key="k"))
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert job.total == 30
    job_kinds.run_now(job, job_kinds.Tools(keys=keys(), pace=pace(), interim_interval=300))
    made = Handout.objects.get()
    assert (made.count, made.options["layout"]) == (30, "3x8")
    assert f'href="/handouts/{made.pk}/"' in body(alice.get(f"/jobs/{job.pk}/"))


def test_a_print_that_went_wrong_is_undone(alice: Client, summer: TicketList) -> None:
    alice.post("/printing/hand-out/", form(summer))
    made = Handout.objects.get()
    assert "Annuler" in body(alice.get(f"/handouts/{made.pk}/"))

    assert alice.post(f"/handouts/{made.pk}/undo/").status_code == 303

    assert not Ticket.objects.filter(handed_out_at__isnull=False).exists()
    assert "30 tickets sont de retour en stock" in body(alice.get(f"/handouts/{made.pk}/"))
    assert alice.get(f"/handouts/{made.pk}/file/").status_code == 409
    assert alice.post(f"/handouts/{made.pk}/undo/").status_code == 409


def test_a_hand_out_says_who_when_what_stood_on_it_and_whether_it_still_holds(
    alice: Client, summer: TicketList
) -> None:
    alice.post("/printing/hand-out/", form(summer))
    made = Handout.objects.get()
    page = body(alice.get("/handouts/"))
    assert "alice@example.org" in page
    assert "Planches A4 de 24 tickets" in page
    assert "périmé" not in body(alice.get(f"/handouts/{made.pk}/"))
    Offer.objects.update(credit=3600)
    page = body(alice.get(f"/handouts/{made.pk}/"))
    assert "2 heures" in page
    assert "L’offre a changé depuis" in page


def test_reception_prints_no_lists_and_reads_no_files(bob: Client, alice: Client, summer: TicketList) -> None:
    alice.post("/printing/hand-out/", form(summer))
    made = Handout.objects.get()
    assert bob.get(f"/handouts/{made.pk}/").status_code == 200
    assert "Ouvrir et imprimer" not in body(bob.get(f"/handouts/{made.pk}/"))
    assert bob.get(f"/handouts/{made.pk}/file/").status_code == 403
    assert bob.post(f"/handouts/{made.pk}/undo/").status_code == 403
    assert bob.get("/printing/").status_code == 403
    assert bob.post("/printing/hand-out/", form(summer)).status_code == 403
    assert bob.post("/printing/preview/", form(summer)).status_code == 403


def test_a_stranger_finds_no_hand_out(charlie: Client, alice: Client, summer: TicketList) -> None:
    alice.post("/printing/hand-out/", form(summer))
    made = Handout.objects.get()
    assert charlie.get(f"/printing/?list={summer.pk}").status_code == 404
    assert charlie.post("/printing/hand-out/", form(summer)).status_code == 404
    assert charlie.post("/printing/preview/", form(summer)).status_code == 404
    for address in ("", "file/"):
        assert charlie.get(f"/handouts/{made.pk}/{address}").status_code == 404
    assert charlie.post(f"/handouts/{made.pk}/undo/").status_code == 404
    assert charlie.get(f"/handouts/?list={summer.pk}").status_code == 404
    assert "alice" not in body(charlie.get("/handouts/"))


def test_nonsense_is_no_fault_of_ours(alice: Client, summer: TicketList) -> None:
    nonsense = {"only": "x", "what": "x", "languages": "x", "fields": ["x", "<script>"], "tickets": "x,,\0"}
    assert alice.post("/printing/", form(summer, **nonsense)).status_code == 200
    assert alice.get("/printing/?list=x").status_code == 200
    assert alice.post("/printing/hand-out/", {"list": "\0"}).status_code == 404
    assert alice.post("/printing/hand-out/", form(summer, form_key="\0")).status_code == 303


def test_the_name_of_an_offer_is_inert(alice: Client, summer: TicketList) -> None:
    Offer.objects.update(name="<script>alert(1)</script>")
    alice.post("/printing/hand-out/", form(summer))
    for address in (f"/printing/?list={summer.pk}", "/handouts/", f"/handouts/{Handout.objects.get().pk}/"):
        assert b"<script>alert" not in alice.get(address).content, address


def test_the_pages_take_the_same_queries_however_many(
    alice: Client, summer: TicketList, django_assert_num_queries: Any
) -> None:
    def seen(address: str, queries: int) -> None:
        with django_assert_num_queries(queries):
            alice.get(address)

    alice.get("/printing/")
    for _ in range(2):
        seen("/printing/", 7)
        seen("/handouts/", 5)
        seen(f"/printing/?list={summer.pk}", 6)
        for number in range(3):
            more = factories.ticket_list(summer.offer, f"Liste {number} {re.escape(str(Handout.objects.count()))}")
            factories.tickets(more, 2, keys=keys())
            alice.post("/printing/hand-out/", form(more, what="rfc4180"))
