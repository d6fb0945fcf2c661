"""What stands on a printed ticket, and the parts that sheets and rolls share: code, QR, words in one or two languages.

The code is the largest thing on it, then the QR, then what it grants in words. Black on white. All words come finished.
"""

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from spotcoffee.documents.errors import DocumentError, Fault
from spotcoffee.documents.lettering import LEADING, Line, code_text, cut, measure, showable
from spotcoffee.documents.logo import Logo
from spotcoffee.documents.pdf import Drawing
from spotcoffee.documents.qr import qr_octets
from spotcoffee.documents.typefaces import MONO_BOLD, SANS_BOLD, Typeface

LONGEST_CODE: Final = 253
BETWEEN: Final = " · "
_CODE_LEADING: Final = 1.05
_SMALLEST_CODE: Final = 5.0
_PREVIEW_GREY: Final = 0.5


class Field(StrEnum):
    """What may be left off a ticket. Its code may not."""

    PLACE = "place"
    LOGO = "logo"
    NETWORK = "network"
    GRANT = "grant"
    CONDITIONS = "conditions"
    VALIDITY = "validity"
    PRICE = "price"
    STEPS = "steps"
    LOGIN_QR = "login_qr"
    JOIN_QR = "join_qr"


ALL_FIELDS: Final = frozenset(Field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a ticket says in one language, as finished sentences; empty ones leave no gap. language: BCP 47."""

    language: str
    grant: str = ""
    conditions: str = ""
    validity: str = ""
    login_label: str = ""
    password_label: str = ""
    join_caption: str = ""
    login_caption: str = ""
    steps: tuple[str, ...] = ()
    farewell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFace:
    """What all tickets of a print have in common. wordings: the first leads, a second stands below it in italics.

    network: the Wi-Fi's name. join_qr: exactly what its QR says (qr.wifi_join). price: with its currency.
    preview: what stands in grey across tickets that are none.
    """

    wordings: tuple[Wording, ...]
    place: str = ""
    network: str = ""
    price: str = ""
    join_qr: str = ""
    logo: Logo | None = None
    fields: frozenset[Field] = field(default=ALL_FIELDS)
    preview: str = ""

    def __post_init__(self) -> None:
        qr_octets(self.join_qr)

    def shown(self) -> "TicketFace":
        """The same with what is off, and what no face can show, left empty."""

        def text(which: Field, words: str) -> str:
            return showable(words) if which in self.fields else ""

        wordings = tuple(
            replace(
                wording,
                grant=text(Field.GRANT, wording.grant),
                conditions=text(Field.CONDITIONS, wording.conditions),
                validity=text(Field.VALIDITY, wording.validity),
                login_label=showable(wording.login_label),
                password_label=showable(wording.password_label),
                join_caption=showable(wording.join_caption),
                login_caption=showable(wording.login_caption),
                steps=tuple(filter(None, (text(Field.STEPS, step) for step in wording.steps))),
                farewell=text(Field.STEPS, wording.farewell),
            )
            for wording in self.wordings
        )
        return replace(
            self,
            wordings=wordings,
            place=text(Field.PLACE, self.place),
            network=text(Field.NETWORK, self.network),
            price=text(Field.PRICE, self.price),
            join_qr=self.join_qr if Field.JOIN_QR in self.fields else "",
            logo=self.logo if Field.LOGO in self.fields else None,
            preview=showable(self.preview),
        )

    @property
    def language(self) -> str:
        """Of the document: its leading wording's."""
        return self.wordings[0].language if self.wordings else ""

    @property
    def has_login_qr(self) -> bool:
        """Whether a ticket's own QR has its place."""
        return Field.LOGIN_QR in self.fields


@dataclass(frozen=True, slots=True)
class PrintedTicket:
    """One ticket: its login as printed (in groups, or exactly as it stands), its password unless the code stands alone.

    login_qr: exactly what its QR says, an address; may be empty.
    Raises DocumentError EMPTY_CODE, CODE_TOO_LONG, QR_TOO_LONG.
    """

    login: str
    password: str | None = None
    login_qr: str = ""

    def __post_init__(self) -> None:
        for code in self.codes:
            if not code:
                raise DocumentError(Fault.EMPTY_CODE)
            if len(code) > LONGEST_CODE:
                raise DocumentError(Fault.CODE_TOO_LONG, length=len(code), most=LONGEST_CODE)
        qr_octets(self.login_qr)

    def __repr__(self) -> str:
        return "PrintedTicket(…)"

    @property
    def codes(self) -> tuple[str, ...]:
        """What a guest types: one code, or login and password."""
        return (self.login,) if self.password is None else (self.login, self.password)


@dataclass(frozen=True, slots=True)
class Box:
    """A place on paper, in points, from its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.y + self.height


def in_languages(wordings: tuple[Wording, ...], name: str) -> str:
    """A label in all languages on one line; once where they agree."""
    texts = (getattr(wording, name) for wording in wordings)
    return " / ".join(dict.fromkeys(text for text in texts if text))


def joined(*texts: str) -> str:
    """Those that are not empty, on one line."""
    return BETWEEN.join(filter(None, texts))


def squeezed(text: str, face: Typeface, size: float, *, width: float, least: float = 0.7) -> Line:
    """A text on one line: smaller where it is too wide, then cut."""
    natural = measure(text, face, size)
    if natural > width:
        size *= max(least, width / natural)
    return Line(cut(text, face, size, width=width + 0.01), face, size)


def draw_preview(drawing: Drawing, text: str, *, width: float, height: float) -> None:
    """A text in grey from corner to corner, over all else."""
    if text:
        long = math.hypot(width, height) * 0.6
        size = min(long * 1000 / measure(text, SANS_BOLD, 1000), height * 0.3)
        drawing.slanted(text, across=(width, height), face=SANS_BOLD, size=size, grey=_PREVIEW_GREY)


def draw_code(drawing: Drawing, code: str, box: Box, *, size: float, labelled: float = 0) -> None:
    """A code as large as fits, up to a size, in the middle of its box; right of a label's room where it has one.

    A very long one is broken into lines, never cut: half a code opens nothing.
    """
    room = Box(box.x + labelled, box.y, box.width - labelled, box.height)
    lines, size = _code_lines(code_text(code), size, room)
    step = size * _CODE_LEADING
    cap = MONO_BOLD.cap_height / 1000 * size
    y = room.y + (room.height + step * (len(lines) - 1) - cap) / 2
    for text in lines:
        x = room.x if labelled else room.x + (room.width - measure(text, MONO_BOLD, size)) / 2
        drawing.text(text, x=x, y=y, face=MONO_BOLD, size=size)
        y -= step


def _code_lines(code: str, size: float, room: Box) -> tuple[list[str], float]:
    size = min(size, room.height / _CODE_LEADING)
    whole = measure(code, MONO_BOLD, size)
    if whole > room.width:
        size *= room.width / whole
    if size >= _SMALLEST_CODE:
        return [code], size
    size = _SMALLEST_CODE
    while True:
        most = int(room.width / measure("0", MONO_BOLD, size) + 1e-6)
        lines = [code[at : at + most] for at in range(0, len(code), most)]
        if len(lines) * size * _CODE_LEADING <= room.height:
            return lines, size
        size *= 0.95


def draw_lines(drawing: Drawing, lines: list[Line], *, x: float, top: float, width: float, centred: bool) -> float:
    """Lines one below the other from the top; where the next would begin."""
    for line in lines:
        # What a line has beyond its size is shared out above and below its letters.
        baseline = top - line.size * 0.94
        left = x + (width - line.width) / 2 if centred else x
        drawing.text(line.text, x=left, y=baseline, face=line.face, size=line.size)
        top -= line.size * LEADING
    return top
