"""Workbooks, read back as a spreadsheet reads them: texts stay texts, instants are dates, nothing computes."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from spotcoffee.documents.tables import Cell, Code
from spotcoffee.documents.workbook import MOST_ROWS, write_workbook

PARIS = ZoneInfo("Europe/Paris")
MADE_AT = datetime(2026, 7, 15, 8, tzinfo=UTC)
HEADER = ("Identifiant", "Valeur")


def workbook(
    rows: Iterable[Sequence[Cell]],
    *,
    sheet: str = "Tickets",
    most_rows: int = MOST_ROWS,
    header: Sequence[str] = HEADER,
) -> bytes:
    file = io.BytesIO()
    write_workbook(file, header, rows, zone=PARIS, sheet=sheet, title="Été", made_at=MADE_AT, most_rows=most_rows)
    return file.getvalue()


def read(octets: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(octets))


def cells(value: Cell) -> tuple[object, str]:
    """The value of a cell as read back, and its kind: s, n or d."""
    cell = read(workbook([(Code("A"), value)])).active["B2"]
    return cell.value, cell.data_type


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil")',
        "+1",
        "-1",
        "@SUM(A1)",
        "{=1}",
        "http://example.org",
        "mailto:a@b.c",
        "12",
        "internal:Sheet1!A1",
        " x ",
        "été ☕",
    ],
)
def test_a_text_stays_the_text_it_is(text: str) -> None:
    octets = workbook([(Code("A"), text)])

    assert cells(text) == (text, "s")
    with zipfile.ZipFile(io.BytesIO(octets)) as parts:
        whole = b"".join(parts.read(name) for name in parts.namelist() if "sheet1" in name)
    assert b"<f>" not in whole
    assert b"hyperlink" not in whole


@pytest.mark.parametrize(("code", "shown"), [(Code("0012345678"), "001-2345-678"), (Code("007", exact=True), "007")])
def test_a_code_is_a_text_and_keeps_its_zeros(code: Code, shown: str) -> None:
    assert cells(code) == (shown, "s")


@pytest.mark.parametrize("text", ["a\x00b\x1b", "\ud800Café", "\ufffe", "x" * 200])
def test_what_no_xml_can_hold_spoils_no_file(text: str) -> None:
    value, kind = cells(text)

    assert kind == "s"
    assert value


def test_an_instant_is_a_date_in_the_place_s_own_time() -> None:
    value, kind = cells(datetime(2026, 7, 14, 22, 30, 15, tzinfo=UTC))

    assert isinstance(value, datetime)
    assert (value.isoformat(), kind) == ("2026-07-15T00:30:15", "d")


def test_an_amount_is_a_number_and_nothing_is_nothing() -> None:
    assert cells(Decimal("2.50")) == (2.5, "n")
    assert cells(3) == (3, "n")
    assert cells(None)[0] is None


def test_the_header_is_frozen_and_filters_cover_every_row() -> None:
    sheet = read(workbook([(Code("A"), 1), (Code("B"), 2)])).active

    assert [cell.value for cell in sheet[1]] == list(HEADER)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B3")


def test_what_a_sheet_can_not_hold_goes_to_the_next() -> None:
    book = read(workbook([(Code(str(number)), number) for number in range(5)], most_rows=2))

    assert book.sheetnames == ["Tickets", "Tickets 2", "Tickets 3"]
    assert [[cell.value for cell in sheet["B"]] for sheet in book] == [
        ["Valeur", 0, 1], ["Valeur", 2, 3], ["Valeur", 4],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("a[b]/c:d*e?f'g\\h", "a b c d e f g h"), ("x" * 40, "x" * 31), ("", "SpotCoffee"), ("''", "SpotCoffee")],
)
def test_any_name_makes_a_sheet(asked: str, shown: str) -> None:
    assert read(workbook([(Code("A"), 1)], sheet=asked)).sheetnames == [shown]


def test_the_same_values_give_the_same_bytes() -> None:
    assert workbook([(Code("A"), "x")]) == workbook([(Code("A"), "x")])
