"""How tickets are printed: one table of options, each with the formats that have it, for forms, API and jobs alike.

They are remembered with the hand-out, so that its file says the same whenever it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from spotcoffee.documents.errors import Fault
from spotcoffee.documents.layout import Field
from spotcoffee.documents.receipt import Paper
from spotcoffee.documents.ticket_sheet import SheetLayout
from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.services.fields import Check, Faults, Unfit, flag, one_of, read_fields, text, whole
from spotcoffee.storage.models import TicketList

PDF: Final = "pdf"
RECEIPT: Final = "receipt"
# One ticket on a small card of its own, instead of a sheet.
ONE: Final = "one"
LAYOUTS: Final = (*(layout.value for layout in SheetLayout), ONE)
PAPERS: Final = (Paper.ROLL_80.value, Paper.ROLL_58.value)
FIELDS: Final = tuple(which.value for which in Field)
_TWO_QR: Final = {Field.LOGIN_QR.value, Field.JOIN_QR.value}


def _some(choices: tuple[str, ...], *, least: int = 0) -> Check:
    """Some of these words, each once, in the order given."""

    def check(value: object) -> list[str]:
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            raise Unfit("wrong_type")
        if not set(value) <= set(choices):
            raise Unfit("unknown_choice")
        words = list(dict.fromkeys(value))
        if len(words) < least:
            raise Unfit("empty")
        return words

    return check


_CHECKS: Final[Mapping[str, Check]] = {
    "layout": one_of(LAYOUTS),
    "start_at": partial(whole, least=1),
    "cut_marks": flag,
    "paper": one_of(PAPERS),
    "fields": _some(FIELDS),
    "languages": _some(LANGUAGES, least=1),
    "title": text,
}
_WORDS: Final = ("fields", "languages", "title")
# Which options each format has.
OF_FORMAT: Final[Mapping[str, tuple[str, ...]]] = {
    "csv": (),
    "xlsx": (),
    PDF: ("layout", "start_at", "cut_marks", *_WORDS),
    RECEIPT: ("paper", *_WORDS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOptions:
    """One print. fields: what is not left off. languages: the first leads. place, list_name: what they were called."""

    layout: str
    start_at: int
    cut_marks: bool
    paper: str
    fields: frozenset[Field]
    languages: tuple[str, ...]
    title: str
    place: str
    list_name: str


def faults(format: str, values: Mapping[str, object]) -> Faults:  # noqa: A002 - the API's word
    """(field, code) of each option that can't be taken, with the field's name as in the API: `options.start_at`."""
    read, found = read_fields(values, _CHECKS)
    found += [(name, "not_of_this_format") for name in read if name not in OF_FORMAT[format]]
    if not found and format == PDF:
        found = _sheet_faults(read)
    return [(f"options.{name}", code) for name, code in found]


def _sheet_faults(read: Mapping[str, Any]) -> Faults:
    layout = _sheet(read.get("layout", SheetLayout.MEDIUM.value))
    found: Faults = []
    if read.get("start_at", 1) > (layout.cells if layout else 1):
        found.append(("start_at", Fault.CELL_OUT_OF_RANGE.value))
    if layout and not layout.has_room_for_two_qr and set(read.get("fields", ())) >= _TWO_QR:
        found.append(("fields", Fault.NO_ROOM_FOR_TWO_QR.value))
    return found


def _sheet(layout: str) -> SheetLayout | None:
    return None if layout == ONE else SheetLayout(layout)


def remembered(
    format: str,  # noqa: A002
    values: Mapping[str, object],
    source: TicketList,
) -> dict[str, object]:
    """What is kept with a hand-out: every option of its format, and what list and place are called now.

    values: without faults.
    """
    read, _ = read_fields(values, _CHECKS)
    known = _defaults(source, read) | read
    return {name: known[name] for name in (*OF_FORMAT[format], "place", "list")}


def _defaults(source: TicketList, read: Mapping[str, Any]) -> dict[str, Any]:
    layout = _sheet(read.get("layout", SheetLayout.MEDIUM.value))
    # On smaller tickets a second QR would cost words; the Wi-Fi's name is among these.
    has_room = layout in (None, SheetLayout.LARGE)
    language = source.organisation.language
    return {
        "layout": SheetLayout.MEDIUM.value,
        "start_at": 1,
        "cut_marks": True,
        "paper": Paper.ROLL_80.value,
        "fields": [name for name in FIELDS if has_room or name != Field.JOIN_QR.value],
        "languages": [language if language in LANGUAGES else LANGUAGES[0]],
        "title": source.name,
        "place": source.organisation.name,
        "list": source.name,
    }


def recalled(options: Mapping[str, Any], source: TicketList) -> PrintOptions:
    """The options that stood on a hand-out; sensible ones where it has none, as a sale."""
    known = {**_defaults(source, options), **options}
    return PrintOptions(
        layout=known["layout"],
        start_at=known["start_at"],
        cut_marks=known["cut_marks"],
        paper=known["paper"],
        fields=frozenset(map(Field, known["fields"])),
        languages=tuple(known["languages"]),
        title=known["title"],
        place=known["place"],
        list_name=known["list"],
    )
