"""CSV files: byte for byte what a French Excel and a program expect, and never a formula."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.documents.tables import Cell, Code, Profile, csv_file

PARIS = ZoneInfo("Europe/Paris")
GOLDEN = Path(__file__).parent.parent / "golden" / "tables"
HEADER = ["Identifiant", "Mot de passe", "Liste", "Prix", "Valable jusqu'au"]
ROWS: list[list[Cell]] = [
    [Code("7KMP2RT9XW"), None, "Hôtel du Parc; été", Decimal("3.50"), datetime(2026, 8, 31, 16, tzinfo=UTC)],
    [Code("0012345678"), Code("00471100"), 'Chambre "12", vue', Decimal("0"), None],
    [Code("alice@example.org", exact=True), Code("=1+1", exact=True), "=HYPERLINK(1)\r\n+2", 12, None],
]


def written(rows: list[list[Cell]], profile: Profile) -> bytes:
    return b"".join(csv_file(HEADER, rows, profile=profile, zone=PARIS))


@pytest.mark.parametrize("profile", list(Profile))
def test_a_file_is_byte_for_byte_the_golden_one(profile: Profile) -> None:
    assert written(ROWS, profile) == (GOLDEN / f"{profile.value}.csv").read_bytes()


def test_excel_gets_a_byte_order_mark_semicolons_and_commas_in_numbers() -> None:
    file = written(ROWS, Profile.EXCEL)

    assert file.startswith(b'\xef\xbb\xbf"Identifiant";')
    assert b";3,50;31/08/2026 18:00:00\r\n" in file


def test_codes_are_grouped_for_excel_so_that_they_stay_texts() -> None:
    file = written(ROWS, Profile.EXCEL)

    assert b'"001-2345-678";"0047-1100"' in file
    assert b"0012345678,00471100" in written(ROWS, Profile.RFC4180)


def test_programs_get_no_byte_order_mark_and_utc() -> None:
    file = written(ROWS, Profile.RFC4180)

    assert not file.startswith(b"\xef")
    assert b",3.50,2026-08-31T16:00:00Z\r\n" in file


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("=1+1", "'=1+1"),
        ("+33 1", "'+33 1"),
        ("-1", "'-1"),
        ("@SUM", "'@SUM"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("\u200b=1", "'\u200b=1"),
        ("a\n=1", "a\n'=1"),
        ("=1\r\n=2", "'=1\r\n'=2"),
        ("a=1", "a=1"),
        ("a-b", "a-b"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("profile", list(Profile))
def test_no_text_is_a_formula(text: str, inert: str, profile: Profile) -> None:
    file = b"".join(csv_file(["a"], [[text, "end"]], profile=profile, zone=PARIS)).decode("utf-8-sig")
    separator = ";" if profile is Profile.EXCEL else ","

    rows = list(csv.reader(io.StringIO(file, newline=""), delimiter=separator))

    assert rows[1:] == [[inert, "end"]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_text_survives_a_reader_and_starts_no_line_that_computes(texts: list[str]) -> None:
    for profile, separator in ((Profile.EXCEL, ";"), (Profile.RFC4180, ",")):
        file = b"".join(csv_file(["a"], [[*texts, "end"]], profile=profile, zone=PARIS)).decode("utf-8-sig")
        _, row = csv.reader(io.StringIO(file, newline=""), delimiter=separator)
        assert len(row) == len(texts) + 1
        for text, cell in zip(texts, row, strict=False):
            assert cell.replace("'", "") == text.replace("'", "")
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_a_long_file_comes_in_pieces() -> None:
    pieces = list(csv_file(["a"], ([number] for number in range(10_000)), profile=Profile.RFC4180, zone=PARIS))

    assert len(pieces) > 10
    assert b"".join(pieces).count(b"\r\n") == 10_001


def test_no_header_and_no_rows_are_no_trouble() -> None:
    assert b"".join(csv_file(["a"], [], profile=Profile.RFC4180, zone=PARIS)) == b"a\r\n"


@pytest.mark.parametrize("profile", list(Profile))
def test_cells_that_all_rows_share_stand_in_each(profile: Profile) -> None:
    rows, tail = [["=a", Code("7KMP2RT9XW")], ["b", None]], ["x;y,z", 3, None]

    alone = b"".join(csv_file(list("abcde"), [[*row, *tail] for row in rows], profile=profile, zone=PARIS))
    assert b"".join(csv_file(list("abcde"), rows, profile=profile, zone=PARIS, tail=tail)) == alone
