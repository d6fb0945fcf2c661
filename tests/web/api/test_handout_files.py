"""The files of hand-outs through the API, read back as a phone, a spreadsheet and a person read them."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from tests import factories
from tests.documents.printing import looks, pages, qr_texts
from tests.web.api.desk import Program

from spotcoffee.domain.codes import printed
from spotcoffee.services import job_kinds
from spotcoffee.storage.models import Handout, Offer, Ticket, TicketList
from spotcoffee.web.surroundings import keys, pace

pytestmark = pytest.mark.django_db
PORTAL = "https://wifi.les-deux-rives.fr"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def _portal(monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "SPOTCOFFEE", settings.SPOTCOFFEE.model_copy(update={"portal_address": PORTAL}))


@pytest.fixture
def source(people: Any) -> TicketList:
    """Three tickets of two hours within a day, until the end of September."""
    factories.access_point(people.parc)
    offer = factories.offer(
        people.parc,
        name="2 heures",
        credit=7200,
        lifetime=86_400,
        valid_until=datetime(2036, 9, 30, 22, tzinfo=UTC),
        price=Decimal("3"),
        currency="EUR",
    )
    return filled(factories.ticket_list(offer, "Été 2026"), 3)


def filled(into: TicketList, count: int) -> TicketList:
    factories.tickets(into, count, keys=keys())
    return into


def codes(of: TicketList) -> list[str]:
    return [factories.login_of(ticket, keys=keys()) for ticket in Ticket.objects.filter(ticket_list=of).order_by("pk")]


def handed_out(program: Program, of: TicketList, kind: str, **body: Any) -> dict[str, Any]:
    answer = program.post(f"/ticket-lists/{of.pk}/handouts", {"format": kind, **body})
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def read(program: Program, made: dict[str, Any]) -> bytes:
    answer = program.get(f"/handouts/{made['id']}/file")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def previewed(program: Program, of: TicketList, kind: str, accept: str, **body: Any) -> Any:
    asked = {"format": kind, "mark": False, **body}
    return program.post(f"/ticket-lists/{of.pk}/handouts", asked, Accept=accept)


@pytest.mark.parametrize("layout", ["2x5", "3x8", "4x10"])
def test_every_qr_of_a_sheet_logs_its_ticket_in(
    alice: Program, source: TicketList, layout: str, tmp_path: Path
) -> None:
    pdf = read(alice, handed_out(alice, source, "pdf", options={"layout": layout}))

    picture = looks(pdf, tmp_path, dots=300)
    assert sorted(qr_texts(picture)) == sorted(f"{PORTAL}/t/{code}" for code in codes(source))


@pytest.mark.parametrize("paper", ["80", "58"])
def test_a_receipt_s_qr_logs_its_ticket_in(alice: Program, source: TicketList, paper: str, tmp_path: Path) -> None:
    made = handed_out(alice, source, "receipt", options={"paper": paper})
    pdf = read(alice, made)

    for number, code in enumerate(codes(source), 1):
        assert qr_texts(looks(pdf, tmp_path, page=number)) == [f"{PORTAL}/t/{code}"]
    text = pages(pdf)[0]
    assert "2 heures 3,00 €" in text
    assert f"n° {made['id']}" in text


def test_one_ticket_a_card(alice: Program, source: TicketList, tmp_path: Path) -> None:
    pdf = read(alice, handed_out(alice, source, "pdf", options={"layout": "one"}))

    assert len(pages(pdf)) == 3
    assert qr_texts(looks(pdf, tmp_path)) == [f"{PORTAL}/t/{codes(source)[0]}"]


def test_login_and_password_travel_in_the_qr_and_stand_below_their_names(
    alice: Program, source: TicketList, tmp_path: Path
) -> None:
    of = factories.ticket_list(source.offer, "Identifiants", password_format="code8")
    factories.ticket(of, "KKKK222233", "ABCD2345", keys=keys())

    pdf = read(alice, handed_out(alice, of, "receipt"))

    assert qr_texts(looks(pdf, tmp_path)) == [f"{PORTAL}/t/KKKK222233?password=ABCD2345"]
    [text] = pages(pdf)
    for words in ("Identifiant", printed("KKKK222233"), "Mot de passe", printed("ABCD2345")):
        assert words in text


def test_without_a_portal_there_is_no_qr_and_the_ticket_does_not_speak_of_one(
    alice: Program, source: TicketList, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(settings, "SPOTCOFFEE", settings.SPOTCOFFEE.model_copy(update={"portal_address": ""}))
    pdf = read(alice, handed_out(alice, source, "receipt"))

    assert qr_texts(looks(pdf, tmp_path)) == []
    assert "QR" not in pages(pdf)[0]


def test_a_ticket_says_what_it_grants_in_both_languages(alice: Program, source: TicketList) -> None:
    pdf = read(alice, handed_out(alice, source, "pdf", options={"layout": "2x5", "languages": ["fr", "en"]}))

    [text] = pages(pdf)
    for words in (
        "Hôtel du Parc",
        "2 heures de connexion en 24 heures",
        "sur 1 appareil",
        "jusqu’au 30/09/2036 · 3,00 €",
        "2 hours online",
    ):
        assert text.count(words) == 3, words
    assert "until 30 Sept 2036" in text.replace("\n", " ")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf", "receipt"])
def test_a_file_says_what_stood_on_the_hand_out_whatever_changed_since(
    alice: Program, source: TicketList, kind: str
) -> None:
    made = handed_out(alice, source, kind)
    before = read(alice, made)

    Offer.objects.filter(pk=source.offer_id).update(
        name="Autre", credit=60, price=Decimal("9"), valid_until=datetime(2040, 1, 1, tzinfo=UTC)
    )
    TicketList.objects.filter(pk=source.pk).update(name="Renommée")

    assert read(alice, made) == before


def test_the_options_of_a_print_are_remembered(alice: Program, source: TicketList) -> None:
    given = {"layout": "4x10", "start_at": 40, "cut_marks": False, "fields": ["grant"], "title": "Planche"}
    made = handed_out(alice, source, "pdf", options=given)

    assert {name: made["options"][name] for name in given} == given
    assert (made["options"]["place"], made["options"]["list"]) == ("Hôtel du Parc", "Été 2026")
    pdf = read(alice, made)
    assert len(pages(pdf)) == 2
    assert "Hôtel" not in "".join(pages(pdf))


@pytest.mark.parametrize(
    ("kind", "options", "field", "code"),
    [
        ("pdf", {"start_at": 99}, "options.start_at", "cell_out_of_range"),
        ("pdf", {"layout": "one", "start_at": 2}, "options.start_at", "cell_out_of_range"),
        ("pdf", {"start_at": 0}, "options.start_at", "too_small"),
        ("pdf", {"layout": "5x5"}, "options.layout", "unknown_choice"),
        ("pdf", {"layout": "4x10", "fields": ["login_qr", "join_qr"]}, "options.fields", "no_room_for_two_qr"),
        ("receipt", {"paper": "57"}, "options.paper", "unknown_choice"),
        ("receipt", {"layout": "3x8"}, "options.layout", "not_of_this_format"),
        ("csv", {"title": "x"}, "options.title", "not_of_this_format"),
        ("pdf", {"languages": []}, "options.languages", "empty"),
        ("pdf", {"languages": ["tlh"]}, "options.languages", "unknown_choice"),
        ("pdf", {"cut_marks": "no"}, "options.cut_marks", "wrong_type"),
        ("pdf", {"fields": [["grant"]]}, "options.fields", "wrong_type"),
        ("pdf", {"glitter": True}, "options.glitter", "unknown_field"),
    ],
)
def test_a_bad_option_is_a_fault_at_its_field_and_nothing_is_taken(
    alice: Program, source: TicketList, kind: str, options: dict[str, Any], field: str, code: str
) -> None:
    for mark in (True, False):
        body = {"format": kind, "options": options, "mark": mark}
        answer = alice.post(f"/ticket-lists/{source.pk}/handouts", body)
        assert answer.status_code == 422, answer.content
        [fault] = answer.json()["errors"]
        assert (fault["field"], fault["code"]) == (field, code)
    assert not Handout.objects.exists()


def test_a_workbook_has_texts_dates_and_amounts_and_a_frozen_header(alice: Program, source: TicketList) -> None:
    of = factories.ticket_list(source.offer, "=1+1", password_format="digits8")
    factories.ticket(of, "0012345678", "00000042", keys=keys(), exact=True)
    made = handed_out(alice, of, "xlsx")
    answer = alice.get(f"/handouts/{made['id']}/file")

    assert answer["Content-Type"] == XLSX
    assert answer["Content-Disposition"].endswith('.xlsx"')
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    header, row = sheet.iter_rows()
    assert [cell.value for cell in header][:3] == ["Identifiant", "Mot de passe", "Liste"]
    assert [cell.value for cell in row][:4] == ["0012345678", "00000042", "=1+1", "2 heures"]
    assert {cell.data_type for cell in row[:4]} == {"s"}
    assert row[5].value.isoformat() == "2036-10-01T00:00:00"
    assert (row[6].value, row[7].value) == (3, "EUR")
    assert row[8].is_date
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I2")


def test_a_preview_of_a_print_shows_dots_and_says_what_it_is(
    alice: Program, source: TicketList, tmp_path: Path
) -> None:
    for kind in ("pdf", "receipt"):
        answer = previewed(alice, source, kind, "application/pdf")
        pdf = b"".join(answer.streaming_content)
        text = "".join(pages(pdf))
        assert answer.status_code == 200
        assert "APERÇU/PREVIEW" in "".join(text.split())
        assert text.count("•••-••••-•••") == 3
        assert not any(printed(code) in text for code in codes(source))
        assert set(qr_texts(looks(pdf, tmp_path))) <= {PORTAL}
    assert not Handout.objects.exists()


def test_a_preview_of_a_workbook_shows_dots_and_says_what_it_is(alice: Program, source: TicketList) -> None:
    answer = previewed(alice, source, "xlsx", XLSX)

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["APERÇU PREVIEW"]
    assert {cell.value for cell in book.worksheets[0]["A"][1:]} == {"•••-••••-•••"}
    assert {cell.value for cell in book.worksheets[0]["I"][1:]} == {None}


def test_a_preview_is_json_where_no_file_is_asked_for_and_a_conflict_where_nothing_is_left(
    alice: Program, source: TicketList
) -> None:
    assert previewed(alice, source, "pdf", "*/*").json()["count"] == 3
    handed_out(alice, source, "csv")

    assert previewed(alice, source, "pdf", "application/pdf").status_code == 409


def test_the_file_of_a_hand_out_whose_tickets_went_to_another_is_a_conflict(alice: Program, source: TicketList) -> None:
    first = handed_out(alice, source, "pdf")
    second = handed_out(alice, source, "pdf", only="all")

    assert alice.get(f"/handouts/{first['id']}/file").json()["type"].endswith("nothing_to_print")
    assert read(alice, second).startswith(b"%PDF")


def test_csv_of_a_french_excel_has_the_organisation_s_own_time(alice: Program, source: TicketList) -> None:
    file = read(alice, handed_out(alice, source, "csv", profile="excel")).decode("utf-8-sig")

    [row, *_] = csv.DictReader(io.StringIO(file), delimiter=";")
    assert (row["Valable jusqu'au"], row["Prix"]) == ("01/10/2036 00:00:00", "3,00")


def test_an_undone_hand_out_stays_in_its_tickets_histories(alice: Program, source: TicketList) -> None:
    ticket = Ticket.objects.filter(ticket_list=source).earliest("pk")
    first = handed_out(alice, source, "pdf")
    alice.post(f"/handouts/{first['id']}/undo")
    handed_out(alice, source, "csv")
    stranger = filled(factories.ticket_list(source.offer), 1).tickets.get()

    def history(of: Ticket) -> list[tuple[str, str]]:
        return [(event["kind"], event["reason"]) for event in alice.get(f"/tickets/{of.pk}/events").json()["items"]]

    assert history(ticket)[1:] == [("handout", "pdf"), ("undo_handout", "pdf"), ("handout", "csv")]
    assert [kind for kind, _ in history(stranger)] == ["created"]


def test_a_big_print_is_a_job_that_keeps_its_options(alice: Program, source: TicketList, monkeypatch: Any) -> None:
    monkeypatch.setattr("spotcoffee.web.api.handouts.MOST_AT_ONCE", 2)
    body = {"format": "pdf", "options": {"layout": "one"}}

    refused = alice.post(f"/ticket-lists/{source.pk}/handouts", {"format": "pdf", "options": {"start_at": 99}})
    job = alice.post(f"/ticket-lists/{source.pk}/handouts", body).json()
    assert job_kinds.run_next(job_kinds.Tools(keys=keys(), pace=pace(), interim_interval=300), worker_id=1)

    done = alice.get(f"/jobs/{job['id']}").json()
    file = alice.get(done["result_url"].removeprefix("/api/v1"))
    assert len(pages(b"".join(file.streaming_content))) == 3
    assert refused.status_code == 422
