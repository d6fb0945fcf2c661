"""A hand-out as a table: which columns it has, and what stands in each row. It says what stood on the hand-out."""

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO, Final, cast
from zoneinfo import ZoneInfo

from spotcoffee.documents.tables import Cell, Code, Profile, csv_file
from spotcoffee.documents.workbook import write_workbook
from spotcoffee.services.handouts import HandedOut

# The columns, in order; programs see these names.
COLUMNS: Final = (
    "login",
    "password",
    "list",
    "offer",
    "valid_from",
    "valid_until",
    "price",
    "currency",
    "handed_out_at",
)
_PIECE: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is said beside the codes. terms: services.printed. handed_out_at: None in a preview."""

    list_name: str
    terms: Mapping[str, object]
    handed_out_at: datetime | None
    zone: ZoneInfo


def csv_export(
    sheet: Sheet, tickets: Iterable[HandedOut], *, profile: Profile, headers: Sequence[str]
) -> Iterator[bytes]:
    """The file piece by piece. headers: a sentence for each of COLUMNS."""
    rows = (_codes(ticket) for ticket in tickets)
    return csv_file(headers, rows, profile=profile, zone=sheet.zone, tail=_said(sheet))


def xlsx_export(
    sheet: Sheet, tickets: Iterable[HandedOut], *, headers: Sequence[str], name: str, made_at: datetime
) -> Iterator[bytes]:
    """The file piece by piece, once it is whole. headers: a sentence for each of COLUMNS. name: of the sheet within."""
    said = _said(sheet)
    rows = ([*_codes(ticket), *said] for ticket in tickets)
    # A workbook is a zip archive, written to and fro: no memory is large enough for every list. Only we can open it.
    with tempfile.TemporaryFile() as file:
        write_workbook(file, headers, rows, zone=sheet.zone, sheet=name, title=sheet.list_name, made_at=made_at)
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _said(sheet: Sheet) -> list[Cell]:
    terms = sheet.terms
    return [
        sheet.list_name,
        cast(str, terms["offer"]),
        _instant(terms.get("valid_from")),
        _instant(terms.get("valid_until")),
        _amount(terms.get("price")),
        cast(str | None, terms.get("currency")),
        sheet.handed_out_at,
    ]


def _instant(said: object) -> datetime | None:
    return None if said is None else datetime.fromisoformat(str(said))


def _amount(said: object) -> Decimal | None:
    """The price with cents; with a third decimal only where it has one."""
    if said is None:
        return None
    price = Decimal(str(said))
    cents = price.quantize(Decimal("0.01"))
    return cents if cents == price else price


def _codes(ticket: HandedOut) -> list[Cell]:
    password = None if ticket.password is None else Code(ticket.password, ticket.exact)
    return [Code(ticket.login, ticket.exact), password]


def file_name(list_name: str, *, extension: str, on: datetime) -> str:
    """`tickets_hotel-du-parc_2026-11-22.csv`. on: an instant in the zone whose date is meant."""
    plain = unicodedata.normalize("NFKD", list_name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "liste"
    return f"tickets_{words}_{on:%Y-%m-%d}.{extension}"
