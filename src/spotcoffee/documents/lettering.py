"""Words on paper: which characters the faces can show, how a text breaks into lines, how much of it fits.

What the faces can't show never stops a print. A letter loses its foreign accent (ő is o), letters of another script
become one `?`, emoji and what is invisible are left out. A code is never bent so: each such character is a `?`.
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
    """A text to be broken into lines. after: space below it, in sizes.

    Where room is short it says its short text, if it has one; then the highest rank is left out, and 0 is cut.
    """

    text: str
    face: Typeface
    size: float
    rank: int = 0
    most_lines: int = 4
    after: float = 0.25
    short: str = ""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Paragraphs as lines, each with the space below it; height: of all, without the space below the last."""

    paragraphs: list[tuple[list[Line], float]]
    height: float


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


def fit(paragraphs: Sequence[Paragraph], *, width: float, height: float, least: float = 0.75) -> Fitted:
    """The paragraphs as lines within a box: shrunk down to `least`, then less and less of it."""
    kept = [paragraph for paragraph in paragraphs if paragraph.text]
    scale = 1.0
    while True:
        fitted = typeset([replace(paragraph, size=paragraph.size * scale) for paragraph in kept], width=width)
        if fitted.height <= height or not kept:
            return fitted
        if scale > least:
            scale = max(least, scale - 0.05)
        else:
            kept = _shortened(kept, [len(lines) for lines, _ in fitted.paragraphs])


def typeset(paragraphs: Sequence[Paragraph], *, width: float) -> Fitted:
    """The paragraphs as lines of at most this width, however high."""
    set_, height, after = [], 0.0, 0.0
    for paragraph in paragraphs:
        texts = wrap(paragraph.text, paragraph.face, paragraph.size, width=width, most_lines=paragraph.most_lines)
        height += after + len(texts) * paragraph.size * LEADING
        after = paragraph.size * paragraph.after
        set_.append(([Line(text, paragraph.face, paragraph.size) for text in texts], after))
    return Fitted(set_, height)


def balanced(paragraph: Paragraph, *, width: float) -> float:
    """The least width at which the paragraph takes no more lines than at this one: no lone last word."""

    def count(within: float) -> int:
        return len(typeset([paragraph], width=within).paragraphs[0][0])

    narrow, wide, lines = 0.0, width, count(width)
    if lines == 1 or lines == paragraph.most_lines:
        return width
    while wide - narrow > 1:
        middle = (narrow + wide) / 2
        narrow, wide = (narrow, middle) if count(middle) <= lines else (middle, wide)
    return wide


def _shortened(paragraphs: list[Paragraph], counts: list[int]) -> list[Paragraph]:
    """Short texts; then without the highest rank; then one line less in the longest; in the end without the last."""
    if any(paragraph.short for paragraph in paragraphs):
        return [replace(paragraph, text=paragraph.short or paragraph.text, short="") for paragraph in paragraphs]
    dearest = max(range(len(paragraphs)), key=lambda i: paragraphs[i].rank)
    if paragraphs[dearest].rank:
        return [*paragraphs[:dearest], *paragraphs[dearest + 1 :]]
    longest = max(range(len(paragraphs)), key=lambda i: counts[i])
    if counts[longest] == 1:
        return paragraphs[:-1]
    shorter = replace(paragraphs[longest], most_lines=counts[longest] - 1)
    return [*paragraphs[:longest], shorter, *paragraphs[longest + 1 :]]


def _break(text: str, face: Typeface, size: float, width: float) -> tuple[str, str]:
    """The first line, and what is left of the text. A word wider than the line is broken."""
    end = max(1, _fitting(text, face, size, width))
    if end == len(text):
        return text, ""
    blank = text.rfind(" ", 0, end + 1)
    if blank > 0:
        # A separator says nothing at either end of a line.
        return text[:blank].rstrip(" ·"), text[blank:].lstrip(" ·")
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
    category = unicodedata.category(character)
    if category[0] in "CM" or category in ("So", "Sk"):
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
