"""The same sheet as documents/ticket_sheet draws, by reportlab: what decision 6 is measured against.

With our own QR encoder, one path for each QR, and what all tickets have in common drawn once as a form.
"""

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from spotcoffee.documents.layout import PrintedTicket, TicketFace
from spotcoffee.documents.qr import QrCode, QrEncoder

_COLUMNS, _ROWS, _MARGIN, _PADDING = 3, 8, 10 * mm, 3 * mm
_WIDTH, _HEIGHT = (A4[0] - 2 * _MARGIN) / _COLUMNS, (A4[1] - 2 * _MARGIN) / _ROWS
_SIDE = 18 * mm


def sheet(tickets: Sequence[PrintedTicket], face: TicketFace) -> bytes:
    """A PDF of A4 sheets, 3x8."""
    file, encoder = io.BytesIO(), QrEncoder()
    canvas = Canvas(file, pagesize=A4, pageCompression=1)
    canvas.beginForm("cell")
    _common(canvas, face)
    canvas.endForm()
    for start in range(0, len(tickets), _COLUMNS * _ROWS):
        for cell, ticket in enumerate(tickets[start : start + _COLUMNS * _ROWS]):
            row, column = divmod(cell, _COLUMNS)
            canvas.saveState()
            canvas.translate(_MARGIN + column * _WIDTH, A4[1] - _MARGIN - (row + 1) * _HEIGHT)
            canvas.doForm("cell")
            canvas.setFont("Courier-Bold", 20.5)
            canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 40, ticket.login)
            _qr(canvas, encoder.encode(ticket.login_qr))
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _common(canvas: Canvas, face: TicketFace) -> None:
    canvas.setFont("Times-Bold", 10)
    canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 18, face.place)
    canvas.setFont("Helvetica", 7.25)
    y = _SIDE
    for wording in face.wordings:
        for text in (wording.grant, wording.conditions, wording.validity):
            canvas.drawString(_PADDING + _SIDE + 6, y, text)
            y -= 8


def _qr(canvas: Canvas, qr: QrCode) -> None:
    size = _SIDE / qr.side
    path = canvas.beginPath()
    for column, row, length in qr.runs():
        path.rect(_PADDING + column * size, _PADDING + _SIDE - (row + 1) * size, length * size, size)
    canvas.drawPath(path, stroke=0, fill=1)
