"""Tickets one by one: on a roll of 80 or 58 mm as a receipt printer cuts it, or on a card of its own (A6).

On a roll the paper is as long as the words ask; on a card they are made smaller until they fit.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import Final, TypeAlias

from spotcoffee.documents.errors import DocumentError, Fault
from spotcoffee.documents.layout import (
    Box,
    PrintedTicket,
    TicketFace,
    draw_code,
    draw_lines,
    draw_preview,
    in_languages,
    joined,
    squeezed,
)
from spotcoffee.documents.lettering import LEADING, Paragraph, balanced, cut, measure, showable, typeset
from spotcoffee.documents.pdf import MM, Drawing, PdfFile
from spotcoffee.documents.qr import QrEncoder, qr_code
from spotcoffee.documents.typefaces import SANS, SANS_BOLD, SANS_ITALIC, SERIF_BOLD

# What stands on the left and on the right of a line of the receipt.
SaleLine: TypeAlias = tuple[str, str]
_FACE, _LOGO = "Face", "Logo"
_MOST_SALE_LINES: Final = 12


class Paper(Enum):
    """What it is printed on."""

    ROLL_80 = "80"
    ROLL_58 = "58"
    CARD = "a6"


@dataclass(frozen=True, slots=True)
class _Stock:
    """Lengths in points. printable: a receipt printer's head is narrower than its paper. height None: as needed."""

    width: float
    printable: float
    margin: float
    scale: float
    qr: float
    height: float | None = None


_STOCKS: Final = {
    Paper.ROLL_80: _Stock(80 * MM, 72 * MM, 5 * MM, 1.0, 38 * MM),
    Paper.ROLL_58: _Stock(58 * MM, 48 * MM, 4 * MM, 0.8, 34 * MM),
    Paper.CARD: _Stock(105 * MM, 89 * MM, 8 * MM, 1.2, 38 * MM, height=148 * MM),
}
# A card's words are never smaller than this part of their size; tried in such steps.
_LEAST, _STEP = 0.25, 0.95
# Two QR stand side by side in so many times their side, which leaves a reader enough white between them.
_TWO_QR: Final = 2.2
# White above and below a QR, in parts of its side: four modules of 33.
_ABOVE_QR: Final = 0.12


def receipt(
    tickets: Iterable[PrintedTicket],
    face: TicketFace,
    paper: Paper,
    *,
    sale: tuple[SaleLine, ...] = (),
    title: str = "",
) -> Iterator[bytes]:
    """A PDF with a page for each ticket. sale: what was sold, when, by whom, in finished words. title: the document's.

    Raises DocumentError NOTHING_TO_PRINT at once.
    """
    waiting = iter(tickets)
    first = next(waiting, None)
    if first is None:
        raise DocumentError(Fault.NOTHING_TO_PRINT)
    shown = face.shown()
    lines = tuple((showable(left), showable(right)) for left, right in sale[:_MOST_SALE_LINES])
    strip = _fitted_strip(shown, _STOCKS[paper], lines, codes=len(first.codes))
    return _pages(strip, chain([first], waiting), title=title)


def _fitted_strip(face: TicketFace, stock: _Stock, sale: tuple[SaleLine, ...], *, codes: int) -> "_Strip":
    scale = stock.scale
    while True:
        strip = _Strip(face, stock, sale, codes=codes, scale=scale)
        if stock.height is None or strip.depth <= stock.height or scale < _LEAST:
            return strip
        scale *= _STEP


def _pages(strip: "_Strip", tickets: Iterator[PrintedTicket], *, title: str) -> Iterator[bytes]:
    file, face = PdfFile(), strip.face
    yield file.start(title=title or face.place, language=face.language)
    if face.logo:
        yield file.picture(_LOGO, face.logo)
    yield file.stencil(_FACE, strip.common(), width=strip.width, height=strip.height)
    for ticket in tickets:
        page = Drawing()
        page.stencil(_FACE, x=0, y=0)
        strip.draw(page, ticket)
        yield file.page(page, width=strip.width, height=strip.height)
    yield file.end()


class _Strip:
    """What stands on the paper from the top down. depth: how much of it is taken so far, in points."""

    def __init__(
        self, face: TicketFace, stock: _Stock, sale: tuple[SaleLine, ...], *, codes: int, scale: float
    ) -> None:
        self.face, self.depth, self.width = face, stock.margin, stock.width
        self._left, self._room, self._scale = (stock.width - stock.printable) / 2, stock.printable, scale
        self._qr_side = stock.qr * scale / stock.scale
        self._encoder = QrEncoder()
        self._common: list[Callable[[Drawing], None]] = []
        self._codes: list[tuple[float, float, float]] = []
        self._login_qr: tuple[float, float] | None = None
        self._compose(sale, codes)
        self.depth += stock.margin
        # Printers turn a page that is wider than high.
        self.height = stock.height or max(self.depth, stock.width + MM)
        spare = (self.height - self.depth) / 2 if stock.height else 0.0
        self._top = self.height - max(0.0, spare)

    def common(self) -> Drawing:
        """What every ticket shows."""
        drawing = Drawing()
        for draw in self._common:
            draw(drawing)
        return drawing

    def draw(self, page: Drawing, ticket: PrintedTicket) -> None:
        """What is this ticket's own."""
        boxes = self._codes[: len(ticket.codes)]
        for code, (depth, height, size) in zip(ticket.codes, boxes, strict=False):
            draw_code(page, code, Box(self._left, self._top - depth - height, self._room, height), size=size)
        if self._login_qr is not None and ticket.login_qr:
            x, depth = self._login_qr
            y = self._top - depth - self._qr_side
            page.qr(self._encoder.encode(ticket.login_qr), x=x, y=y, side=self._qr_side)
        draw_preview(page, self.face.preview, width=self.width, height=self.height)

    def _compose(self, sale: tuple[SaleLine, ...], codes: int) -> None:
        self._head()
        self._code_band(codes)
        self._grants()
        self._qr_codes()
        self._steps()
        self._sale(sale)
        self._farewell()

    def _head(self) -> None:
        face = self.face
        if face.logo:
            width, height = face.logo.size_within(self._room * 0.6, 18 * MM * self._scale)
            x, depth = (self.width - width) / 2, self.depth
            self._common.append(
                lambda drawing: drawing.picture(_LOGO, x=x, y=self._top - depth - height, width=width, height=height)
            )
            self._down(height + self._mm(2))
        self._words(Paragraph(face.place, SERIF_BOLD, 15 * self._scale, most_lines=3))
        self._words(Paragraph(f"Wi-Fi {face.network}" if face.network else "", SANS_BOLD, 10 * self._scale))

    def _code_band(self, codes: int) -> None:
        """Login and password each below their label, between two strokes."""
        self._down(self._mm(3))
        self._stroke(self._mm(0.6))
        self._down(self._mm(2.5))
        size = 26 * self._scale
        for index in range(codes):
            if codes > 1:
                label = in_languages(self.face.wordings, ("login_label", "password_label")[index])
                self._words(Paragraph(label, SANS, 9 * self._scale, most_lines=1))
            self._codes.append((self.depth, size, size))
            self._down(size)
        self._down(self._mm(2.5))
        self._stroke(self._mm(0.6))
        self._down(self._mm(3))

    def _grants(self) -> None:
        scale = self._scale
        for index, wording in enumerate(self.face.wordings):
            if index == 0:
                self._words(Paragraph(joined(wording.grant, self.face.price), SERIF_BOLD, 13 * scale, most_lines=3))
                self._words(Paragraph(wording.conditions, SANS, 10 * scale))
                self._words(Paragraph(wording.validity, SANS, 10 * scale))
            else:
                told = joined(wording.grant, wording.conditions, wording.validity)
                self._words(Paragraph(told, SANS_ITALIC, 10 * scale))

    def _qr_codes(self) -> None:
        """The Wi-Fi's first, for without it the other leads nowhere; side by side where the paper is wide enough."""
        face, side = self.face, self._qr_side
        both = bool(face.join_qr) and face.has_login_qr
        beside = both and self._room > side * _TWO_QR
        if beside:
            self._captions_beside()
        if face.join_qr:
            if not beside:
                self._caption("join_caption", "1. " if both else "")
            qr, depth = qr_code(face.join_qr), self.depth
            x = self._left if beside else (self.width - side) / 2
            self._common.append(lambda drawing: drawing.qr(qr, x=x, y=self._top - depth - side, side=side))
            self._down(0 if beside else side * (1 + _ABOVE_QR))
        if face.has_login_qr:
            if not beside:
                self._caption("login_caption", "2. " if both else "")
            self._login_qr = (self._left + self._room - side if beside else (self.width - side) / 2, self.depth)
            self._down(side * (1 + _ABOVE_QR))

    def _caption(self, name: str, number: str) -> None:
        """Above its QR, with the white that a reader needs; on one that stands alone and logs in there is none."""
        caption = in_languages(self.face.wordings, name) if self.face.join_qr else ""
        if caption:
            self._down(self._mm(1.5))
            self._words(Paragraph(number + caption, SANS_BOLD, 10 * self._scale, most_lines=2))
        self._down(self._qr_side * _ABOVE_QR)

    def _captions_beside(self) -> None:
        self._down(self._mm(2))
        join, login = (in_languages(self.face.wordings, name) for name in ("join_caption", "login_caption"))
        size, half = 9 * self._scale, self._room * 0.48
        left, right = (
            squeezed(f"{number}. {caption}" if caption else "", SANS_BOLD, size, width=half)
            for number, caption in ((1, join), (2, login))
        )
        depth = self.depth

        def draw(drawing: Drawing) -> None:
            for line, x in ((left, self._left), (right, self._left + self._room - right.width)):
                draw_lines(drawing, [line], x=x, top=self._top - depth, width=half, centred=False)

        self._common.append(draw)
        self._down(size * LEADING + self._qr_side * _ABOVE_QR)

    def _steps(self) -> None:
        """Numbered, each in all languages, one below the other."""
        steps = [[showable(f"{n}. {step}") for n, step in enumerate(w.steps[:6], 1)] for w in self.face.wordings]
        faces = (SANS, SANS_ITALIC)
        for index in range(max(map(len, steps), default=0)):
            for language, told in enumerate(steps):
                if index < len(told):
                    text = told[index] if language == 0 else told[index].split(" ", 1)[1]
                    self._words(Paragraph(text, faces[min(language, 1)], 10 * self._scale), centred=False)

    def _sale(self, sale: tuple[SaleLine, ...]) -> None:
        if not sale:
            return
        self._separator()
        size = 9.5 * self._scale
        for left, right in sale:
            fixed = squeezed(right, SANS, size, width=self._room * 0.6)
            loose = cut(left, SANS, size, width=self._room - fixed.width - size)
            self._pair(loose, fixed.text, size, fixed.size)
        self._down(self._mm(1))

    def _pair(self, left: str, right: str, size: float, right_size: float) -> None:
        y = self.depth + size * 0.94
        end = self._left + self._room - measure(right, SANS, right_size)

        def draw(drawing: Drawing) -> None:
            drawing.text(left, x=self._left, y=self._top - y, face=SANS, size=size)
            drawing.text(right, x=end, y=self._top - y, face=SANS, size=right_size)

        self._common.append(draw)
        self._down(size * LEADING)

    def _farewell(self) -> None:
        farewells = [wording.farewell for wording in self.face.wordings if wording.farewell]
        if farewells:
            self._separator()
        for index, text in enumerate(farewells):
            self._words(Paragraph(text, SANS if index == 0 else SANS_ITALIC, 10 * self._scale))

    def _separator(self) -> None:
        self._down(self._mm(2))
        self._stroke(self._mm(0.3), dash=f"{self._mm(1.2):.2f} {self._mm(1):.2f}")
        self._down(self._mm(2))

    def _words(self, paragraph: Paragraph, *, centred: bool = True) -> None:
        if not paragraph.text:
            return
        fitted = typeset([paragraph], width=balanced(paragraph, width=self._room) if centred else self._room)
        [(lines, _)] = fitted.paragraphs
        depth = self.depth

        def draw(drawing: Drawing) -> None:
            draw_lines(drawing, lines, x=self._left, top=self._top - depth, width=self._room, centred=centred)

        self._common.append(draw)
        self._down(fitted.height)

    def _stroke(self, width: float, *, dash: str = "") -> None:
        depth, x1, x2 = self.depth + width / 2, self._left, self._left + self._room
        self._common.append(
            lambda drawing: drawing.lines((x1, self._top - depth, x2, self._top - depth), width=width, dash=dash)
        )
        self._down(width)

    def _down(self, height: float) -> None:
        self.depth += height

    def _mm(self, length: float) -> float:
        """A length that shrinks with the words."""
        return length * MM * self._scale
