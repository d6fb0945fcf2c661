"""Tables as XLSX (ui.md, "Files for a French Excel"): real dates, texts that stay texts, no formula and no hyperlink.

Row after row goes to the library's own temporary file, so that 100,000 take no memory.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import IO, Final, assert_never
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from spotcoffee.documents.tables import Cell, Code
from spotcoffee.domain.codes import printed

# A sheet has 1,048,576 rows; what is more goes to the next.
MOST_ROWS: Final = 1_000_000
_LONGEST_NAME: Final = 31
_NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_WIDTH: Final = 20
_DAY: Final = timedelta(days=1)
# The day 0 of spreadsheets, for every date since March 1900.
_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no zones
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_workbook(
    into: IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    zone: ZoneInfo,
    sheet: str,
    title: str,
    made_at: datetime,
    most_rows: int = MOST_ROWS,
) -> None:
    """Write a file with a frozen header, and filters over all rows. zone: of the instants. sheet: its name, cut to fit.

    The same values and made_at give the same bytes.
    """
    workbook = xlsxwriter.Workbook(into, _OPTIONS)
    workbook.set_properties({"title": title, "author": "SpotCoffee", "created": made_at.replace(tzinfo=None)})
    pages = _Pages(workbook, header, zone=zone, name=sheet, most_rows=most_rows)
    for row in rows:
        pages.write(row)
    pages.close()
    workbook.close()


class _Pages:
    """The sheets of a workbook, filled one after the other."""

    def __init__(
        self, workbook: xlsxwriter.Workbook, header: Sequence[str], *, zone: ZoneInfo, name: str, most_rows: int
    ) -> None:
        self._workbook, self._header, self._zone, self._most_rows = workbook, header, zone, most_rows
        self._name = " ".join(name.translate(_NOT_IN_NAMES).split())[:_LONGEST_NAME].strip() or "SpotCoffee"
        self._bold = workbook.add_format({"bold": True, "bottom": 1})
        self._text = workbook.add_format({"num_format": "@"})
        self._instant = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss", "align": "left"})
        self._amount = workbook.add_format({"num_format": "0.00#"})
        self._sheets = 0
        self._sheet, self._row = self._next(), 0

    def write(self, row: Sequence[Cell]) -> None:
        """One row more."""
        if self._row == self._most_rows:
            self.close()
            self._sheet, self._row = self._next(), 0
        self._row += 1
        for column, cell in enumerate(row):
            self._write(column, cell)

    def close(self) -> None:
        """Filters over what the sheet has."""
        self._sheet.autofilter(0, 0, self._row, len(self._header) - 1)

    def _next(self) -> Worksheet:
        self._sheets += 1
        number = f" {self._sheets}" if self._sheets > 1 else ""
        sheet: Worksheet = self._workbook.add_worksheet(self._name[: _LONGEST_NAME - len(number)] + number)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(self._header) - 1, _WIDTH)
        for column, text in enumerate(self._header):
            sheet.write_string(0, column, text, self._bold)
        return sheet

    def _write(self, column: int, cell: Cell) -> None:
        match cell:
            case None:
                pass
            case str():
                self._write_text(column, cell, self._text)
            case Code(text, exact):
                self._write_text(column, text if exact else printed(text), self._text)
            case int():
                self._sheet.write_number(self._row, column, cell)
            case Decimal():
                self._sheet.write_number(self._row, column, float(cell), self._amount)
            case datetime():
                self._sheet.write_number(self._row, column, _serial(cell, self._zone), self._instant)
            case _:
                assert_never(cell)

    def _write_text(self, column: int, text: str, kind: Format) -> None:
        # A lone surrogate, which no UTF-8 holds, would spoil the whole file.
        self._sheet.write_string(self._row, column, text.encode(errors="replace").decode(), kind)


def _serial(at: datetime, zone: ZoneInfo) -> float:
    """An instant as spreadsheets count: days, in the zone's own time."""
    return (at.astimezone(zone).replace(tzinfo=None) - _DAY_ZERO) / _DAY
