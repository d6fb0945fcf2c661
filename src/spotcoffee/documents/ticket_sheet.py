"""Tickets on A4 sheets, to be cut along their marks: 2x5, 3x8 or 4x10 a sheet, beginning at any cell of the first.

What all tickets have in common is drawn once and shown in each cell; a ticket adds its code and its QR.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice
from typing import Final

from spotcoffee.documents.errors import DocumentError, Fault
from spotcoffee.documents.layout import (
    Box,
    PrintedTicket,
    TicketFace,
    draw_code,
    draw_lines,
    draw_preview,
    joined,
    squeezed,
)
from spotcoffee.documents.lettering import LEADING, Line, Paragraph, fit
from spotcoffee.documents.pdf import MM, Drawing, PdfFile
from spotcoffee.documents.qr import QrEncoder, qr_code
from spotcoffee.documents.typefaces import SANS, SANS_BOLD, SANS_ITALIC, SERIF_BOLD

A4: Final = (210 * MM, 297 * MM)
_MARGIN: Final = 10 * MM
_CELL, _MARKS, _LOGO, _PREVIEW = "Cell", "Marks", "Logo", "Preview"
_MARK_WIDTH: Final = 0.2 * MM
# Outside the cells, from the paper's edge; and inside, to each side of a corner.
_MARK_FROM, _MARK_TO, _CROSS = 3 * MM, 8 * MM, 1.5 * MM
# White around a QR, in parts of its side: four modules of 25 beside it, and below the code, which leaves some itself.
_BESIDE_QR, _BELOW_CODE = 0.16, 0.09


class SheetLayout(Enum):
    """How many tickets stand on a sheet: columns, rows; sizes in points, lengths in millimetres."""

    LARGE = "2x5"
    MEDIUM = "3x8"
    SMALL = "4x10"

    @property
    def columns(self) -> int:
        """Cells side by side."""
        return _GRIDS[self].columns

    @property
    def rows(self) -> int:
        """Cells one below the other."""
        return _GRIDS[self].rows

    @property
    def cells(self) -> int:
        """Cells on a sheet; the first is 1, at the top left, the next beside it."""
        return self.columns * self.rows

    @property
    def has_room_for_two_qr(self) -> bool:
        """Whether a ticket may carry the Wi-Fi's QR beside its own."""
        return self is not SheetLayout.SMALL


@dataclass(frozen=True, slots=True)
class _Grid:
    columns: int
    rows: int
    padding: float
    code: float
    # Login and password together, one below the other.
    pair: float
    text: float
    head: float


_GRIDS: Final = {
    SheetLayout.LARGE: _Grid(2, 5, padding=5 * MM, code=30, pair=40, text=8.75, head=8 * MM),
    SheetLayout.MEDIUM: _Grid(3, 8, padding=3 * MM, code=20.5, pair=26.5, text=7.25, head=4.5 * MM),
    SheetLayout.SMALL: _Grid(4, 10, padding=2.2 * MM, code=15.5, pair=22.5, text=6.25, head=3 * MM),
}


def ticket_sheet(
    tickets: Iterable[PrintedTicket],
    face: TicketFace,
    layout: SheetLayout,
    *,
    start_at: int = 1,
    cut_marks: bool = True,
    title: str = "",
) -> Iterator[bytes]:
    """A PDF of A4 sheets, page by page. start_at: the first cell to print on, 1 … layout.cells. title: the document's.

    Raises DocumentError at once CELL_OUT_OF_RANGE, NO_ROOM_FOR_TWO_QR, NOTHING_TO_PRINT.
    """
    if not 1 <= start_at <= layout.cells:
        raise DocumentError(Fault.CELL_OUT_OF_RANGE, cell=start_at, cells=layout.cells)
    shown = face.shown()
    if shown.join_qr and shown.has_login_qr and not layout.has_room_for_two_qr:
        raise DocumentError(Fault.NO_ROOM_FOR_TWO_QR, cells=layout.cells)
    waiting = iter(tickets)
    first = next(waiting, None)
    if first is None:
        raise DocumentError(Fault.NOTHING_TO_PRINT)
    sheet = _Sheet(shown, _GRIDS[layout], codes=len(first.codes))
    marks = _marks(sheet.grid) if cut_marks else Drawing()
    return _pages(sheet, chain([first], waiting), marks, skipped=start_at - 1, title=title)


def _pages(
    sheet: "_Sheet", tickets: Iterator[PrintedTicket], marks: Drawing, *, skipped: int, title: str
) -> Iterator[bytes]:
    file, face, grid = PdfFile(), sheet.face, sheet.grid
    width, height = A4
    yield file.start(title=title or face.place, language=face.language)
    if face.logo:
        yield file.picture(_LOGO, face.logo)
    yield file.stencil(_CELL, sheet.common(), width=sheet.width, height=sheet.height)
    if face.preview:
        yield file.stencil(_PREVIEW, sheet.preview(), width=sheet.width, height=sheet.height)
    yield file.stencil(_MARKS, marks, width=width, height=height)
    cells = grid.columns * grid.rows
    while on_page := list(islice(tickets, cells - skipped)):
        page = Drawing()
        page.stencil(_MARKS, x=0, y=0)
        for cell, ticket in enumerate(on_page, start=skipped):
            sheet.draw(page, ticket, cell)
        yield file.page(page, width=width, height=height)
        skipped = 0
    yield file.end()


class _Sheet:
    """Where everything stands in a cell, from its lower left corner."""

    def __init__(self, face: TicketFace, grid: _Grid, *, codes: int) -> None:
        self.face, self.grid = face, grid
        self.width = (A4[0] - 2 * _MARGIN) / grid.columns
        self.height = (A4[1] - 2 * _MARGIN) / grid.rows
        self._qr = QrEncoder()
        inner = Box(grid.padding, grid.padding, self.width - 2 * grid.padding, self.height - 2 * grid.padding)
        head = grid.head if face.place or face.logo else 0.0
        self._head = Box(inner.x, inner.top - head, inner.width, head)
        code = grid.code if codes == 1 else grid.pair
        self._code = Box(inner.x, self._head.y - code - head * 0.25, inner.width, code)
        self._labelled = self._label_width() if codes > 1 else 0.0
        self._place_body(inner)

    def _place_body(self, inner: Box) -> None:
        """Below the code a QR at the left and the words; of two QR the Wi-Fi's at the left, for it is read first."""
        face, grid = self.face, self.grid
        count = bool(face.join_qr) + face.has_login_qr
        self._caption = grid.text * 0.8 * LEADING if count == 2 else 0.0
        room = self._code.y - inner.y - self._caption
        # Letters leave some white below themselves.
        side = min(room / (1 + (_BESIDE_QR if self._labelled else _BELOW_CODE)), inner.width * 0.4)
        below = inner.y + self._caption
        left = Box(inner.x, below, side, side)
        right = Box(inner.x + inner.width - side, below, side, side)
        self._join_qr = left if face.join_qr else None
        self._login_qr = (right if face.join_qr else left) if face.has_login_qr else None
        beside = side * (1 + _BESIDE_QR)
        height = side if count else room - grid.text * 0.5
        self._words = Box(inner.x + (beside if count else 0), below, inner.width - beside * count, height)

    def common(self) -> Drawing:
        """What every cell shows."""
        drawing = Drawing()
        self._draw_head(drawing)
        if self._labelled:
            self._draw_labels(drawing)
        if self._join_qr:
            drawing.qr(qr_code(self.face.join_qr), x=self._join_qr.x, y=self._join_qr.y, side=self._join_qr.width)
        self._draw_captions(drawing)
        self._draw_words(drawing)
        return drawing

    def draw(self, page: Drawing, ticket: PrintedTicket, cell: int) -> None:
        """A ticket in a cell of the page, counted from 0."""
        row, column = divmod(cell, self.grid.columns)
        x = _MARGIN + column * self.width
        y = A4[1] - _MARGIN - (row + 1) * self.height
        page.stencil(_CELL, x=x, y=y)
        rows = len(ticket.codes)
        height = self._code.height / rows
        for index, code in enumerate(ticket.codes):
            box = Box(x + self._code.x, y + self._code.top - (index + 1) * height, self._code.width, height)
            draw_code(page, code, box, size=self.grid.code, labelled=self._labelled)
        if self._login_qr and ticket.login_qr:
            qr = self._qr.encode(ticket.login_qr)
            page.qr(qr, x=x + self._login_qr.x, y=y + self._login_qr.y, side=self._login_qr.width)
        if self.face.preview:
            page.stencil(_PREVIEW, x=x, y=y)

    def preview(self) -> Drawing:
        """What stands across a cell that is no ticket."""
        drawing = Drawing()
        draw_preview(drawing, self.face.preview, width=self.width, height=self.height)
        return drawing

    def _draw_head(self, drawing: Drawing) -> None:
        face, box = self.face, self._head
        width, height = face.logo.size_within(box.width * 0.4, box.height) if face.logo else (0.0, 0.0)
        gap = box.height * 0.3 if face.logo and face.place else 0.0
        size = min(box.height * 0.62, self.grid.text * 1.35)
        name = squeezed(face.place, SERIF_BOLD, size, width=box.width - width - gap)
        x = box.x + (box.width - width - gap - name.width) / 2
        if face.logo:
            drawing.picture(_LOGO, x=x, y=box.y + (box.height - height) / 2, width=width, height=height)
        if face.place:
            draw_lines(
                drawing,
                [name],
                x=x + width + gap,
                top=box.y + (box.height + name.size * LEADING) / 2,
                width=name.width,
                centred=False,
            )

    def _labels(self) -> list[list[Paragraph]]:
        """Of login and password, one line for each language."""
        size = self.grid.text * 0.85
        faces = (SANS_BOLD, SANS_ITALIC)
        return [
            [
                Paragraph(text, face, size, most_lines=1, after=0)
                for text, face in zip(dict.fromkeys(texts), faces, strict=False)
                if text
            ]
            for texts in (
                [wording.login_label for wording in self.face.wordings],
                [wording.password_label for wording in self.face.wordings],
            )
        ]

    def _label_width(self) -> float:
        lines = [Line(label.text, label.face, label.size) for labels in self._labels() for label in labels]
        widest = max((line.width for line in lines), default=0.0)
        return min(widest + self.grid.text * 0.7, self._code.width * 0.3)

    def _draw_labels(self, drawing: Drawing) -> None:
        height = self._code.height / 2
        for index, labels in enumerate(self._labels()):
            box = Box(self._code.x, self._code.top - (index + 1) * height, self._labelled - 2, height)
            _draw_middle(drawing, labels, box)

    def _draw_captions(self, drawing: Drawing) -> None:
        """Below each of two QR what it does, in the leading language, as far as the middle of the cell."""
        if not (self._join_qr and self._login_qr and self.face.wordings):
            return
        leading, left, right = self.face.wordings[0], self._join_qr, self._login_qr
        width, size = (right.x + right.width - left.x) / 2 - 4, self.grid.text * 0.8
        join, login = (
            squeezed(f"{n}. {text}" if text else "", SANS_BOLD, size, width=width)
            for n, text in enumerate((leading.join_caption, leading.login_caption), 1)
        )
        for line, x in ((join, left.x), (login, right.x + right.width - login.width)):
            draw_lines(drawing, [line], x=x, top=left.y - size * 0.15, width=width, centred=False)

    def _draw_words(self, drawing: Drawing) -> None:
        _draw_middle(drawing, self._paragraphs(), self._words)

    def _paragraphs(self) -> list[Paragraph]:
        """Conditions go first where room is short; a grant and until when stay, in both languages."""
        face, size = self.face, self.grid.text
        words: list[Paragraph] = []
        for first in face.wordings[:1]:
            words += [
                Paragraph(first.grant, SANS_BOLD, size * 1.15, most_lines=3),
                Paragraph(first.conditions, SANS, size, rank=1, most_lines=3),
                Paragraph(joined(first.validity, face.price), SANS, size, most_lines=3),
            ]
        network = f"Wi-Fi {face.network}" if face.network else ""
        words.append(Paragraph(network, SANS_BOLD, size, most_lines=2))
        for other in face.wordings[1:]:
            whole = joined(other.grant, other.conditions, other.validity)
            words.append(Paragraph(whole, SANS_ITALIC, size * 0.95, short=joined(other.grant, other.validity)))
        return words


def _draw_middle(drawing: Drawing, paragraphs: list[Paragraph], box: Box) -> None:
    """Paragraphs one below the other, in the middle of the box's height."""
    fitted = fit(paragraphs, width=box.width, height=box.height)
    top = box.y + (box.height + fitted.height) / 2
    for lines, after in fitted.paragraphs:
        top = draw_lines(drawing, lines, x=box.x, top=top, width=box.width, centred=False) - after


def _marks(grid: _Grid) -> Drawing:
    """Where to cut: strokes at the paper's edges, crosses at the corners that cells share."""
    width, height = A4
    across = [_MARGIN + column * (width - 2 * _MARGIN) / grid.columns for column in range(grid.columns + 1)]
    down = [_MARGIN + row * (height - 2 * _MARGIN) / grid.rows for row in range(grid.rows + 1)]
    strokes: list[tuple[float, float, float, float]] = []
    for x in across:
        strokes += [(x, _MARK_FROM, x, _MARK_TO), (x, height - _MARK_TO, x, height - _MARK_FROM)]
    for y in down:
        strokes += [(_MARK_FROM, y, _MARK_TO, y), (width - _MARK_TO, y, width - _MARK_FROM, y)]
    for x in across[1:-1]:
        for y in down[1:-1]:
            strokes += [(x - _CROSS, y, x + _CROSS, y), (x, y - _CROSS, x, y + _CROSS)]
    drawing = Drawing()
    drawing.lines(*strokes, width=_MARK_WIDTH)
    return drawing
