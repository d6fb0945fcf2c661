"""PDF page by page: what is drawn on a page as operators, and the file around them as it is written.

Written at once and forgotten: a file of any length needs the memory of one page. The same values give the same
operators; nothing in the file tells when or where it was made. (ISO 32000-1; numbers in brackets are its sections.)
"""

import math
import zlib
from typing import Final

from spotcoffee.documents.logo import Logo
from spotcoffee.documents.qr import QrCode
from spotcoffee.documents.typefaces import ALL, ENCODING, Typeface

MM: Final = 72 / 25.4
_CATALOGUE, _PAGES, _RESOURCES, _FONTS, _INFO = range(1, 6)
_FIRST_FREE: Final = 6
_ESCAPES: Final = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


class Drawing:
    """Operators that draw in black, in points from the lower left corner."""

    def __init__(self) -> None:
        self._operators: list[bytes] = []

    def __bytes__(self) -> bytes:
        return b"\n".join(self._operators)

    def text(self, text: str, *, x: float, y: float, face: Typeface, size: float) -> None:
        """A showable text from x on, standing on the line y."""
        written = text.translate(_ESCAPES).encode(ENCODING)
        self._add(f"BT /{face.key} {_n(size)} Tf {_n(x)} {_n(y)} Td (".encode() + written + b") Tj ET")

    def slanted(self, text: str, *, across: tuple[float, float], face: Typeface, size: float, grey: float) -> None:
        """A showable text along the rising diagonal of a box, in its middle, with a white edge. grey: 0 … 1, white."""
        width, height = across
        cos, sin = width / math.hypot(*across), height / math.hypot(*across)
        written = text.translate(_ESCAPES).encode(ENCODING)
        # From the middle of the box back by half the text, and down by half its capitals.
        back, down = face.width(text.encode(ENCODING), size) / 2, face.cap_height / 2000 * size
        x, y = width / 2 - back * cos + down * sin, height / 2 - back * sin - down * cos
        turned = " ".join(_n(value, digits=4) for value in (cos, sin, -sin, cos))
        start = f"/{face.key} {_n(size)} Tf {turned} {_n(x)} {_n(y)} Tm ("
        shown = start.encode() + written + b") Tj ET"
        edge = f"1 G {_n(size / 8)} w 1 j BT 1 Tr "
        self._add(b"q " + edge.encode() + shown + f" {_n(grey)} g BT 0 Tr ".encode() + shown + b" Q")

    def lines(self, *lines: tuple[float, float, float, float], width: float, dash: str = "") -> None:
        """Straight lines, each from x, y to x, y."""
        path = " ".join(f"{_n(x1)} {_n(y1)} m {_n(x2)} {_n(y2)} l" for x1, y1, x2, y2 in lines)
        self._add(f"q {_n(width)} w [{dash}] 0 d {path} S Q".encode())

    def qr(self, qr: QrCode, *, x: float, y: float, side: float) -> None:
        """A QR in a square of this side, without its quiet zone. One path: no hair between its modules."""
        scale = _n(side / qr.side, digits=5)
        # Turned over, so that rows count from the top.
        modules = "\n".join(f"{x} {y} {length} 1 re" for x, y, length in qr.runs())
        self._add(f"q {scale} 0 0 -{scale} {_n(x)} {_n(y + side)} cm\n{modules}\nf Q".encode())

    def picture(self, name: str, *, x: float, y: float, width: float, height: float) -> None:
        """A picture of the file's, stretched over a box."""
        self._add(f"q {_n(width)} 0 0 {_n(height)} {_n(x)} {_n(y)} cm /{name} Do Q".encode())

    def stencil(self, name: str, *, x: float, y: float, scale: float = 1) -> None:
        """A stencil of the file's, its lower left corner at x, y."""
        self._add(f"q {_n(scale, digits=4)} 0 0 {_n(scale, digits=4)} {_n(x)} {_n(y)} cm /{name} Do Q".encode())

    def _add(self, operators: bytes) -> None:
        self._operators.append(operators)


class PdfFile:
    """Writes a file from its start to its end; each method gives the bytes that come next."""

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}
        self._length = 0
        self._next = _FIRST_FREE
        self._pages: list[int] = []
        self._named: dict[str, int] = {}

    def start(self, *, title: str, language: str) -> bytes:
        """The head, the faces, what the file is called and which language it is in (BCP 47)."""
        # The octets of the comment tell programs that the file is binary (7.5.2).
        pieces = [self._written(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")]
        fonts = " ".join(
            f"/{face.key} << /Type /Font /Subtype /Type1 /BaseFont /{face.name} /Encoding /WinAnsiEncoding >>"
            for face in ALL
        )
        pieces.append(self._object(_FONTS, f"<< {fonts} >>".encode()))
        pieces.append(self._object(_INFO, f"<< /Title {_text(title)} /Producer (SpotCoffee) >>".encode()))
        # Printed at its own size, or labels and cut marks don't meet the paper's (12.2).
        catalogue = (
            f"<< /Type /Catalog /Pages {_PAGES} 0 R /Lang {_text(language)} "
            "/ViewerPreferences << /PrintScaling /None /Duplex /Simplex /DisplayDocTitle true >> >>"
        )
        pieces.append(self._object(_CATALOGUE, catalogue.encode()))
        return b"".join(pieces)

    def picture(self, name: str, logo: Logo) -> bytes:
        """A picture that drawings and stencils may show by this name."""
        number = self._named[name] = self._number()
        colours = "/DeviceRGB" if logo.is_coloured else "/DeviceGray"
        head = (
            f"/Type /XObject /Subtype /Image /Width {logo.width} /Height {logo.height} "
            f"/ColorSpace {colours} /BitsPerComponent 8 /Interpolate true"
        )
        return self._stream(number, head, logo.pixels)

    def stencil(self, name: str, drawing: Drawing, *, width: float, height: float) -> bytes:
        """A drawing that pages may show by this name, as often as they like (8.10)."""
        pictures = self._pictures()
        number = self._named[name] = self._number()
        head = (
            f"/Type /XObject /Subtype /Form /BBox [0 0 {_n(width)} {_n(height)}] "
            f"/Resources << /Font {_FONTS} 0 R {pictures}>>"
        )
        return self._stream(number, head, zlib.compress(bytes(drawing)))

    def page(self, drawing: Drawing, *, width: float, height: float) -> bytes:
        """A page of this size, in points."""
        content, number = self._number(), self._number()
        self._pages.append(number)
        page = (
            f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {_n(width)} {_n(height)}] "
            f"/Resources {_RESOURCES} 0 R /Contents {content} 0 R >>"
        )
        return self._stream(content, "", zlib.compress(bytes(drawing))) + self._object(number, page.encode())

    def end(self) -> bytes:
        """The list of pages, where each object lies, and the end."""
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        pieces = [
            self._object(_PAGES, f"<< /Type /Pages /Count {len(self._pages)} /Kids [{kids}] >>".encode()),
            self._object(_RESOURCES, f"<< /Font {_FONTS} 0 R {self._pictures()}>>".encode()),
        ]
        table = self._length
        entries = "".join(f"{self._offsets[number]:010} 00000 n \n" for number in range(1, self._next))
        trailer = f"<< /Size {self._next} /Root {_CATALOGUE} 0 R /Info {_INFO} 0 R >>"
        pieces.append(f"xref\n0 {self._next}\n0000000000 65535 f \n{entries}trailer\n{trailer}\n".encode())
        pieces.append(f"startxref\n{table}\n%%EOF\n".encode())
        return b"".join(pieces)

    def _pictures(self) -> str:
        named = " ".join(f"/{name} {number} 0 R" for name, number in self._named.items())
        return f"/XObject << {named} >> " if named else ""

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _stream(self, number: int, head: str, compressed: bytes) -> bytes:
        dictionary = f"<< {head} /Length {len(compressed)} /Filter /FlateDecode >>\nstream\n".encode()
        return self._object(number, dictionary + compressed + b"\nendstream")

    def _object(self, number: int, value: bytes) -> bytes:
        self._offsets[number] = self._length
        return self._written(f"{number} 0 obj\n".encode() + value + b"\nendobj\n")

    def _written(self, piece: bytes) -> bytes:
        self._length += len(piece)
        return piece


def _n(value: float, *, digits: int = 2) -> str:
    """A number as PDF writes it: no exponent, nothing that says nothing."""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    """A text outside pages: UTF-16, in hexadecimal digits (7.9.2.2)."""
    return f"<FEFF{text.encode('utf-16-be', errors='replace').hex().upper()}>"
