"""The form of a hand-out: which tickets of a list, on which paper or into which file, and what stands on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext

from spotcoffee.documents.ticket_sheet import SheetLayout
from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.services import handouts
from spotcoffee.services.print_options import FIELDS, ONE, PDF, RECEIPT
from spotcoffee.web.manage.cursors import number_of

# What is chosen: the format, and the option or the profile that goes with it.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "3x8": (PDF, "3x8"),
    "2x5": (PDF, "2x5"),
    "4x10": (PDF, "4x10"),
    ONE: (PDF, ONE),
    "80": (RECEIPT, "80"),
    "58": (RECEIPT, "58"),
    "excel": ("csv", "excel"),
    "xlsx": ("xlsx", ""),
    "rfc4180": ("csv", "rfc4180"),
}
PAPERS: Final = tuple(what for what, (kind, _) in KINDS.items() if kind in (PDF, RECEIPT))
FILES: Final = tuple(what for what in KINDS if what not in PAPERS)
_BOTH: Final[Mapping[str, tuple[str, ...]]] = {
    "fr": ("fr",),
    "en": ("en",),
    "fr en": ("fr", "en"),
    "en fr": ("en", "fr"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintForm:
    """As it was filled in. chosen: tickets by id; empty: all that `only` says. fields: what stands on a ticket."""

    what: str
    only: str
    chosen: tuple[int, ...]
    start_at: str
    cut_marks: bool
    fields: tuple[str, ...]
    languages: str

    @property
    def format(self) -> str:
        """Of the hand-out."""
        return KINDS[self.what][0]

    @property
    def profile(self) -> str:
        """Of a CSV file."""
        return KINDS[self.what][1] if self.format == "csv" else ""

    @property
    def sheet(self) -> SheetLayout | None:
        """Of an A4 sheet; None on everything else."""
        return SheetLayout(self.what) if self.format == PDF and self.what != ONE else None

    @property
    def is_paper(self) -> bool:
        """Whether tickets come out, and not a table."""
        return self.format in (PDF, RECEIPT)

    @property
    def first_cell(self) -> int:
        """Where the first ticket goes, from 1; 0 where what was typed is no number."""
        return number_of(self.start_at.strip() or "1") or 0

    @property
    def options(self) -> dict[str, Any]:
        """As print_options checks them."""
        if not self.is_paper:
            return {}
        options: dict[str, Any] = {"fields": list(self.fields), "languages": list(_BOTH[self.languages])}
        if self.format == RECEIPT:
            return {**options, "paper": KINDS[self.what][1]}
        options |= {"layout": KINDS[self.what][1], "cut_marks": self.cut_marks}
        return {**options, "start_at": self.first_cell} if self.sheet else options


def fresh(sent: QueryDict, *, language: str) -> PrintForm:
    """A form that nobody has filled in yet: what an address asks for, and sensible things."""
    what = sent.get("what", "")
    return PrintForm(
        what=what if what in KINDS else "3x8",
        only="not_handed_out",
        chosen=_chosen(sent),
        start_at="1",
        cut_marks=True,
        fields=tuple(name for name in FIELDS if name != "join_qr"),
        languages=language if language in LANGUAGES else LANGUAGES[0],
    )


def filled_in(sent: QueryDict, *, language: str) -> PrintForm:
    """A form as it was sent; words that are no choice are what a fresh form says."""
    start = fresh(sent, language=language)
    only, languages = sent.get("only", ""), sent.get("languages", "")
    return PrintForm(
        what=start.what,
        only=only if only in handouts.ONLY else start.only,
        chosen=start.chosen,
        start_at=sent.get("start_at", "1")[:20],
        cut_marks=sent.get("cut_marks", "") == "1",
        fields=tuple(name for name in FIELDS if name in sent.getlist("fields")),
        languages=languages if languages in _BOTH else start.languages,
    )


def _chosen(sent: QueryDict) -> tuple[int, ...]:
    """Tickets by their ids; nonsense among them is left out."""
    numbers = (number_of(one) for one in sent.get("tickets", "").split(",")[: handouts.MOST_CHOSEN])
    return tuple(sorted({one for one in numbers if one is not None}))


def kind_in_words(what: str) -> str:
    """What a choice is called."""
    return {
        "3x8": gettext("A4 sheets of 24 tickets (3 × 8)"),
        "2x5": gettext("A4 sheets of 10 tickets (2 × 5)"),
        "4x10": gettext("A4 sheets of 40 tickets (4 × 10)"),
        ONE: gettext("One card (A6) a ticket"),
        "80": gettext("Receipt roll, 80 mm"),
        "58": gettext("Receipt roll, 58 mm"),
        "excel": gettext("CSV for Excel"),
        "xlsx": gettext("Excel workbook (XLSX)"),
        "rfc4180": gettext("CSV for programs"),
    }[what]


def field_in_words(name: str) -> str:
    """What stands on a ticket, beside its code."""
    return {
        "place": gettext("Name of the place"),
        "logo": gettext("Logo"),
        "network": gettext("Name of the Wi-Fi"),
        "grant": gettext("What the ticket grants"),
        "conditions": gettext("Conditions"),
        "validity": gettext("Period of validity"),
        "price": gettext("Price"),
        "steps": gettext("How to connect"),
        "login_qr": gettext("QR that logs in"),
        "join_qr": gettext("QR that joins the Wi-Fi"),
    }[name]


def only_in_words(name: str) -> str:
    """Which tickets of a list."""
    return {
        "not_handed_out": gettext("Never handed out"),
        "unused": gettext("Unused, handed out before or not"),
        "all": gettext("All, used ones too"),
    }[name]


def languages_in_words() -> list[tuple[str, str]]:
    """The choices of languages."""
    both = gettext("%(first)s, then %(second)s")
    french, english = gettext("French"), gettext("English")
    return [
        ("fr", french),
        ("en", english),
        ("fr en", both % {"first": french, "second": english}),
        ("en fr", both % {"first": english, "second": french}),
    ]
