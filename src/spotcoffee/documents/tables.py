"""Tables as CSV (ui.md, "Files for a French Excel"). Headers and texts come in as finished sentences.

EXCEL opens with a double click in a French Excel; RFC4180 is for programs. In both no cell is ever a formula.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Final, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from spotcoffee.domain.codes import printed

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
# What makes a spreadsheet compute: at the start of a cell, or of any line in it.
_ACTIVE: Final = frozenset("=+-@\t\r\n")
_CHUNK: Final = 500
_END: Final = "\r\n"


class Profile(Enum):
    """Who reads the file."""

    EXCEL = "excel"
    RFC4180 = "rfc4180"


@dataclass(frozen=True, slots=True)
class Code:
    """A login or password. exact: compared as it stands; else people see it in groups, which also keeps it a text."""

    text: str
    exact: bool = False


Cell: TypeAlias = str | int | Decimal | datetime | Code | None


def csv_file(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    profile: Profile,
    zone: ZoneInfo,
    tail: Sequence[Cell] = (),
) -> Iterator[bytes]:
    """A CSV file piece by piece. zone: of the instants that people read; programs get UTC.

    tail: the last cells of every row, the same in all: written once, that is most of the work of a hand-out.
    """
    separator = ";" if profile is Profile.EXCEL else ","

    def joined(cells: Sequence[Cell]) -> str:
        return separator.join(_cell(cell, profile, zone) for cell in cells)

    if profile is Profile.EXCEL:
        yield _BYTE_ORDER_MARK
    yield (joined(header) + _END).encode()
    end = (separator + joined(tail) if tail else "") + _END
    pending: list[str] = []
    for row in rows:
        pending.append(joined(row) + end)
        if len(pending) == _CHUNK:
            yield "".join(pending).encode()
            pending.clear()
    yield "".join(pending).encode()


def _cell(cell: Cell, profile: Profile, zone: ZoneInfo) -> str:
    for_people = profile is Profile.EXCEL
    match cell:
        case None:
            return ""
        case str():
            return _text(cell, always_quoted=for_people)
        case Code(text, exact):
            return _text(printed(text) if for_people and not exact else text, always_quoted=for_people)
        case int():
            return str(cell)
        case Decimal():
            return format(cell, "f").replace(".", ",") if for_people else format(cell, "f")
        case datetime():
            return _instant(cell, zone) if for_people else cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            assert_never(cell)


def _instant(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    # strftime writes the year 999 in three digits on some systems.
    return f"{local:%d/%m}/{local.year:04} {local:%H:%M:%S}"


def _text(text: str, *, always_quoted: bool) -> str:
    inert = _inert(text)
    if always_quoted or any(character in ',;"\r\n' for character in inert) or inert != inert.strip():
        return '"' + inert.replace('"', '""') + '"'
    return inert


def _inert(text: str) -> str:
    """The text with an apostrophe before each line that a spreadsheet would compute."""
    if not _ACTIVE.isdisjoint(text):
        lines = text.splitlines(keepends=True)
        return "".join("'" + line if _is_active(line) else line for line in lines)
    return text


def _is_active(line: str) -> bool:
    for character in line:
        if character in _ACTIVE:
            return True
        if not (character.isspace() or unicodedata.category(character) in ("Cc", "Cf")):
            return False
    return False
