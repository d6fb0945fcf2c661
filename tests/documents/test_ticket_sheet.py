"""A4 sheets, read back: every QR says its text, every code can be read, nothing leaves its cell."""

import io
import time
from itertools import islice
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from tests.documents.printing import (
    FRENCH,
    HOSTILE,
    PLACE,
    address,
    code,
    face,
    hostile_face,
    looks,
    operators,
    pages,
    png,
    qr_texts,
    tickets,
    whole,
)

from spotcoffee.documents.errors import DocumentError, Fault
from spotcoffee.documents.layout import ALL_FIELDS, LONGEST_CODE, Field, PrintedTicket, TicketFace
from spotcoffee.documents.logo import read_logo
from spotcoffee.documents.qr import LONGEST_TEXT, wifi_join
from spotcoffee.documents.ticket_sheet import SheetLayout, ticket_sheet
from spotcoffee.domain.codes import printed

GOLDEN = Path(__file__).parent.parent / "golden" / "documents"
JOIN = wifi_join("DEUX-RIVES")
LAYOUTS = list(SheetLayout)
DOTS = 300
MM = DOTS / 25.4


def ink_near_cuts(picture: Image.Image, layout: SheetLayout) -> int:
    """The darkest grey in a band of 1 mm beside each cut, marks aside; 255: white."""
    width, height = 190 / layout.columns, 277 / layout.rows
    darkest = 255
    for cell in range(layout.cells):
        row, column = divmod(cell, layout.columns)
        left, top = 10 + column * width, 10 + row * height
        bands = [
            (left + 2, top + 0.3, left + width - 2, top + 1),
            (left + 2, top + height - 1, left + width - 2, top + height - 0.3),
            (left + 0.3, top + 2, left + 1, top + height - 2),
            (left + width - 1, top + 2, left + width - 0.3, top + height - 2),
        ]
        for band in bands:
            darkest = min(darkest, picture.crop(tuple(round(edge * MM) for edge in band)).getextrema()[0])  # type: ignore[arg-type,type-var]
    return darkest


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("passwords", [False, True])
def test_every_qr_of_a_page_says_its_ticket(layout: SheetLayout, passwords: bool, tmp_path: Path) -> None:
    pdf = whole(ticket_sheet(tickets(layout.cells, passwords=passwords), face(), layout))

    assert sorted(qr_texts(looks(pdf, tmp_path, dots=300))) == sorted(address(n) for n in range(layout.cells))


@pytest.mark.parametrize("layout", [SheetLayout.LARGE, SheetLayout.MEDIUM])
def test_two_qr_on_a_ticket_both_say_their_text(layout: SheetLayout, tmp_path: Path) -> None:
    pdf = whole(ticket_sheet(tickets(layout.cells), face(join_qr=JOIN, logo=read_logo(png())), layout))

    found = qr_texts(looks(pdf, tmp_path, dots=300))
    assert sorted(found) == sorted([address(n) for n in range(layout.cells)] + [JOIN] * layout.cells)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_longest_text_of_a_qr_is_still_read(layout: SheetLayout, tmp_path: Path) -> None:
    text = "https://wifi.example/" + "x" * (LONGEST_TEXT - 21)
    pdf = whole(ticket_sheet([PrintedTicket("7KM-P2RT-9XW", None, text)], face(place=""), layout))

    assert qr_texts(looks(pdf, tmp_path, dots=300)) == [text]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_codes_words_and_prices_can_be_read(layout: SheetLayout) -> None:
    [text] = pages(whole(ticket_sheet(tickets(3, passwords=True), face(), layout)))

    for number in range(3):
        assert printed(code(number)) in text
        assert printed(code(number + 10**6)[:8]) in text
    for words in (PLACE, "2 heures de connexion", "avant le 30/09/2026 · 3,00 €", "2 hours online", "Wi-Fi DEUX-RIVES"):
        assert text.count(words) == 3
    for words in ("Identifiant", "Login", "Mot de passe", "Password"):
        assert words in text


def test_a_strict_reader_finds_no_fault() -> None:
    pdf = whole(ticket_sheet(tickets(50), face(logo=read_logo(png())), SheetLayout.MEDIUM, title="Été (2026) \\ ☕"))

    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    assert len(reader.pages) == 3
    assert reader.metadata is not None
    assert reader.metadata.title == "Été (2026) \\ ☕"
    assert reader.root_object["/Lang"] == "fr"
    assert printed(code(49)) in reader.pages[2].extract_text()


def test_a_sheet_draws_what_the_golden_one_draws() -> None:
    layout = SheetLayout.MEDIUM
    pdf = whole(ticket_sheet(tickets(2), face(join_qr=JOIN, logo=read_logo(png())), layout, start_at=23))

    assert operators(pdf) == (GOLDEN / "sheet_3x8.txt").read_text(encoding="utf-8")


def test_the_same_values_give_the_same_bytes() -> None:
    once, twice = (whole(ticket_sheet(tickets(30), face(), SheetLayout.SMALL)) for _ in range(2))

    assert once == twice


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_first_sheet_begins_at_the_cell_asked_for(layout: SheetLayout, tmp_path: Path) -> None:
    pdf = whole(ticket_sheet(tickets(2), face(), layout, start_at=layout.cells))

    first, second = pages(pdf)
    assert printed(code(0)) in first
    assert printed(code(1)) in second
    picture = looks(pdf, tmp_path, dots=DOTS)
    last_cell = (round((200 - 190 / layout.columns) * MM), round((287 - 277 / layout.rows) * MM), *picture.size)
    assert qr_texts(picture.crop(last_cell)) == [address(0)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("cell", [0, -1, 10_000])
def test_a_cell_that_no_sheet_has_is_a_fault_before_anything_is_drawn(layout: SheetLayout, cell: int) -> None:
    untouched = tickets(1)
    with pytest.raises(DocumentError) as refused:
        ticket_sheet(untouched, face(), layout, start_at=cell)

    assert refused.value.code is Fault.CELL_OUT_OF_RANGE
    assert refused.value.fields == {"cell": cell, "cells": layout.cells}
    assert len(list(untouched)) == 1


def test_the_cell_after_the_last_is_a_fault() -> None:
    with pytest.raises(DocumentError, match="cell_out_of_range"):
        ticket_sheet(tickets(1), face(), SheetLayout.MEDIUM, start_at=25)


def test_nothing_to_print_is_a_fault() -> None:
    with pytest.raises(DocumentError, match="nothing_to_print"):
        ticket_sheet([], face(), SheetLayout.LARGE)


def test_the_smallest_tickets_carry_one_qr() -> None:
    with pytest.raises(DocumentError, match="no_room_for_two_qr"):
        ticket_sheet(tickets(1), face(join_qr=JOIN), SheetLayout.SMALL)

    for off in (Field.LOGIN_QR, Field.JOIN_QR):
        assert whole(ticket_sheet(tickets(1), face(join_qr=JOIN, fields=ALL_FIELDS - {off}), SheetLayout.SMALL))


@pytest.mark.parametrize(
    ("count", "start_at", "sheets"), [(1, 1, 1), (24, 1, 1), (25, 1, 2), (24, 2, 2), (1, 24, 1), (10_000, 9, 417)]
)
def test_there_are_as_many_sheets_as_needed(count: int, start_at: int, sheets: int) -> None:
    pdf = whole(ticket_sheet(tickets(count), face(), SheetLayout.MEDIUM, start_at=start_at))

    assert pdf.count(b"/Type /Page ") == sheets
    assert f"/Type /Pages /Count {sheets} ".encode() in pdf


@pytest.mark.parametrize(
    ("which", "words"),
    [
        (Field.PLACE, PLACE),
        (Field.NETWORK, "DEUX-RIVES"),
        (Field.GRANT, "2 heures de connexion"),
        (Field.CONDITIONS, "à utiliser en 24 heures"),
        (Field.VALIDITY, "30/09/2026"),
        (Field.PRICE, "3,00 €"),
    ],
)
def test_a_field_that_is_off_is_not_there(which: Field, words: str) -> None:
    def text(fields: frozenset[Field]) -> str:
        [page] = pages(whole(ticket_sheet(tickets(1), face(fields=fields), SheetLayout.LARGE)))
        return page

    assert words in text(ALL_FIELDS)
    assert words not in text(ALL_FIELDS - {which})


@pytest.mark.parametrize("which", [Field.LOGIN_QR, Field.JOIN_QR])
def test_a_qr_that_is_off_is_not_there(which: Field, tmp_path: Path) -> None:
    pdf = whole(ticket_sheet(tickets(1), face(join_qr=JOIN, fields=ALL_FIELDS - {which}), SheetLayout.LARGE))

    assert qr_texts(looks(pdf, tmp_path)) == [JOIN if which is Field.LOGIN_QR else address(0)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_bare_code_prints(layout: SheetLayout) -> None:
    for bare in (TicketFace(wordings=()), TicketFace(wordings=(), fields=frozenset())):
        [text] = pages(whole(ticket_sheet(tickets(1), bare, layout)))
        assert text.split() == [printed(code(0))]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_the_words_nothing_leaves_its_cell(layout: SheetLayout, name: str, tmp_path: Path) -> None:
    given = list(tickets(layout.columns + 1, passwords=True))
    pdf = whole(ticket_sheet(given, hostile_face(HOSTILE[name]), layout, title=HOSTILE[name]))

    picture = looks(pdf, tmp_path, dots=DOTS)
    assert ink_near_cuts(picture, layout) == 255
    assert sorted(qr_texts(picture)) == sorted(ticket.login_qr for ticket in given)
    [text] = pages(pdf)
    assert all(ticket.login in text for ticket in given)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_longest_codes_stay_whole_in_their_cells(layout: SheetLayout, tmp_path: Path) -> None:
    long = "".join(code(number) for number in range(26))[:LONGEST_CODE]
    codes = [PrintedTicket(long), PrintedTicket(long, long)] * layout.columns
    pdf = whole(ticket_sheet(codes, face(), layout))

    assert "".join(pages(pdf)[0].split()).count(long) == layout.columns * 3
    assert ink_near_cuts(looks(pdf, tmp_path, dots=DOTS), layout) == 255


def test_what_a_face_can_not_show_in_a_code_is_a_question_mark() -> None:
    [text] = pages(whole(ticket_sheet([PrintedTicket("Ő-élan-☕\u00ad\u200b(x)")], face(), SheetLayout.LARGE)))

    assert "?-élan-???(x)" in text


@pytest.mark.parametrize(
    ("login", "password", "fault"),
    [("", None, "empty_code"), ("A", "", "empty_code"), ("A" * 254, None, "code_too_long")],
)
def test_a_code_that_can_not_be_one_is_a_fault(login: str, password: str | None, fault: str) -> None:
    with pytest.raises(DocumentError, match=fault):
        PrintedTicket(login, password)


def test_a_ticket_does_not_show_its_code_to_logs() -> None:
    assert "7KM" not in repr(PrintedTicket("7KM-P2RT-9XW", "secret"))


def test_one_language_prints_alone() -> None:
    [text] = pages(whole(ticket_sheet(tickets(1), face(wordings=(FRENCH,)), SheetLayout.SMALL)))

    assert "hours" not in text


def test_sheets_come_one_by_one_as_the_tickets_do() -> None:
    taken: list[int] = []

    def drawn():  # type: ignore[no-untyped-def]
        for number, ticket in enumerate(tickets(10_000)):
            taken.append(number)
            yield ticket

    pieces = ticket_sheet(drawn(), face(), SheetLayout.MEDIUM)
    # The start, the cell, the marks, two sheets.
    assert len(list(islice(pieces, 5))) == 5
    assert len(taken) == 48


def test_a_thousand_tickets_with_qr_are_quick_and_small() -> None:
    given = list(tickets(1_000))
    before = time.process_time()
    pdf = whole(ticket_sheet(given, face(logo=read_logo(png())), SheetLayout.MEDIUM))

    assert time.process_time() - before < 2
    assert len(pdf) < 500_000


def test_cut_marks_can_be_left_off() -> None:
    with_marks, without = (
        operators(whole(ticket_sheet(tickets(1), face(), SheetLayout.MEDIUM, cut_marks=on))) for on in (True, False)
    )

    assert " l " in with_marks
    assert " l " not in without


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_preview_is_told_from_a_ticket_in_every_cell(layout: SheetLayout, tmp_path: Path) -> None:
    pdf = whole(ticket_sheet(tickets(layout.cells), face(preview="APERÇU / PREVIEW"), layout))

    # Drawn twice, the white edge first.
    assert "".join(pages(pdf)[0].split()).count("APERÇU/PREVIEW") == 2 * layout.cells
    assert ink_near_cuts(looks(pdf, tmp_path, dots=DOTS), layout) == 255
