"""Words on paper: which characters the faces can show, how a text breaks into lines, how much of it fits.

What the faces can't show never stops a print. A letter loses its foreign accent (ő is o), letters of another script become
one `?`, emoji and what is invisible are left out. A code is never bent so: each such character of it is a `?`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from spotcoffee.documents.typefaces import ENCODING, Typeface

# No ticket shows more; what is longer is cut before it costs anything.
LONGEST_TEXT: Final = 400
LEADING: Final = 1.22
_ELLIPSIS: Final = "…"
_UNKNOWN: Final = "?"
_BLANKS: Final = re.compile(r"[ \t\n\r\f\v\u2000-\u200a\u2028\u2029\u205f\u3000]+")
_UNKNOWN_RUN: Final = re.compile(r"\?{2,}")
# Neither in the encoding nor a known letter with an accent.
_STAND_INS: Final = str.maketrans(
    {
        "\u202f": "\u00a0",
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
        "\u2032": "'",
        "\u2033": '"',
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "Ħ": "H",
        "ħ": "h",
        "ı": "i",
        "Ŧ": "T",
        "ŧ": "t",
        "ẞ": "SS",
        "→": ">",
        "≤": "<=",
        "≥": ">=",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, ready to be drawn."""

    text: str
    face: Typeface
    size: float

    @property
    def width(self) -> float:
        """In points."""
        return measure(self.text, self.face, self.size)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text to be broken into lines. rank: the highest is shortened and left out first. after: space below, in sizes."""

    text: str
    face: Typeface
    size: float
    rank: int = 0
    most_lines: int = 4
    after: float = 0.25


def showable(text: str) -> str:
    """The text as the faces can show it, on one line; empty when nothing of it can be seen."""
    text = text[:LONGEST_TEXT].translate(_STAND_INS)
    text = _BLANKS.sub(" ", text)
    shown = "".join(map(_shown, unicodedata.normalize("NFC", text)))
    return _BLANKS.sub(" ", _UNKNOWN_RUN.sub(_UNKNOWN, shown)).strip(" ") if shown != text else text.strip(" ")


def code_text(code: str) -> str:
    """A code character by character, a `?` for each that the faces can't show or that can't be seen."""
    return "".join(c if c == " " or (c.isprintable() and _is_known(c)) else _UNKNOWN for c in code)


def measure(text: str, face: Typeface, size: float) -> float:
    """How wide a showable text stands, in points."""
    return face.width(text.encode(ENCODING), size)


def wrap(text: str, face: Typeface, size: float, *, width: float, most_lines: int) -> list[str]:
    """A showable text in at most so many lines of at most this width; what is cut off ends in an ellipsis."""
    lines: list[str] = []
    left = text
    while left:
        if len(lines) == most_lines - 1:
            return [*lines, cut(left, face, size, width=width)]
        line, left = _break(left, face, size, width)
        lines.append(line)
    return lines


def cut(text: str, face: Typeface, size: float, *, width: float) -> str:
    """As much of the text as stands within the width, with an ellipsis where that is not all."""
    if measure(text, face, size) <= width:
        return text
    end = _fitting(text, face, size, width - measure(_ELLIPSIS, face, size))
    return text[:end].rstrip(" ,;.:·") + _ELLIPSIS


def fit(paragraphs: Sequence[Paragraph], *, width: float, height: float, least: float = 0.75) -> list[list[Line]]:
    """The paragraphs as lines within a box: shrunk down to `least`, then shortened, then left out by rank."""
    kept = [paragraph for paragraph in paragraphs if paragraph.text]
    scale = 1.0
    while True:
        scaled = [replace(paragraph, size=paragraph.size * scale) for paragraph in kept]
        set_ = [_lines(paragraph, width) for paragraph in scaled]
        if not kept or heights(set_, scaled) <= height:
            return set_
        if scale > least:
            scale = max(least, scale - 0.05)
            continue
        kept = _shortened(kept, [len(lines) for lines in set_])


def heights(set_: Sequence[Sequence[Line]], paragraphs: Sequence[Paragraph]) -> float:
    """How high these lines stand one below the other, without the space below the last."""
    lines = sum(line.size * LEADING for lines in set_ for line in lines)
    return lines + sum(paragraph.size * paragraph.after for paragraph in paragraphs[:-1])


def _lines(paragraph: Paragraph, width: float) -> list[Line]:
    texts = wrap(paragraph.text, paragraph.face, paragraph.size, width=width, most_lines=paragraph.most_lines)
    return [Line(text, paragraph.face, paragraph.size) for text in texts]


def _shortened(paragraphs: list[Paragraph], counts: list[int]) -> list[Paragraph]:
    """One line less, in the longest paragraph; or without the one of the highest rank."""
    longest = max(range(len(paragraphs)), key=lambda i: (counts[i], paragraphs[i].rank))
    if counts[longest] > 1:
        shorter = replace(paragraphs[longest], most_lines=counts[longest] - 1)
        return [*paragraphs[:longest], shorter, *paragraphs[longest + 1 :]]
    last = max(range(len(paragraphs)), key=lambda i: paragraphs[i].rank)
    return [*paragraphs[:last], *paragraphs[last + 1 :]]


def _break(text: str, face: Typeface, size: float, width: float) -> tuple[str, str]:
    """The first line, and what is left of the text. A word wider than the line is broken."""
    end = max(1, _fitting(text, face, size, width))
    if end == len(text):
        return text, ""
    blank = text.rfind(" ", 0, end + 1)
    if blank > 0:
        return text[:blank].rstrip(" "), text[blank:].lstrip(" ")
    return text[:end], text[end:].lstrip(" ")


def _fitting(text: str, face: Typeface, size: float, width: float) -> int:
    """How many characters from the first on stand within the width."""
    room = width * 1000 / size
    for index, octet in enumerate(text.encode(ENCODING)):
        room -= face.widths[octet]
        if room < -1e-6:
            return index
    return len(text)


def _shown(character: str) -> str:
    if _is_known(character):
        return character if character.isprintable() or character == "\u00a0" else ""
    if unicodedata.category(character)[0] in "CMS":
        return ""
    parts = unicodedata.normalize("NFKD", character)
    base = "".join(part for part in parts if not unicodedata.combining(part))
    return base if base and all(map(_is_known, base)) and base.isprintable() else _UNKNOWN


def _is_known(character: str) -> bool:
    try:
        character.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True
