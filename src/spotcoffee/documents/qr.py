"""QR codes: what they say, their modules, and the same as SVG for a page.

Byte mode, UTF-8, level M, one fixed mask: choosing among the eight costs four times the rest, and readers read any.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Final

import segno

from spotcoffee.documents.errors import DocumentError, Fault

# Of UTF-8: 57 modules a side, the most that a phone still reads from a cell of the smallest tickets.
LONGEST_TEXT: Final = 200
LONGEST_NETWORK: Final = 32
# What a reader needs white around a code, in modules (ISO/IEC 18004, 6.3.8).
QUIET_ZONE: Final = 4
_MASK: Final = 3
_DIGITS: Final = bytes.maketrans(b"\x00\x01", b"01")
_SPECIAL: Final = re.compile(r'([\\;,":])')
_DARK: Final = re.compile("1+")
_LENGTHS_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class QrCode:
    """side: modules on a side. modules: side x side of `0` (white) and `1` (black), row after row from the top."""

    side: int
    modules: str

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Where it is black: column, row, and how many modules to the right."""
        for row in range(self.side):
            start = row * self.side
            for run in _DARK.finditer(self.modules, start, start + self.side):
                yield run.start() - start, row, run.end() - run.start()


@dataclass(slots=True)
class QrEncoder:
    """Encodes many texts of a few lengths, such as a thousand tickets' addresses, much faster than one by one.

    At one length, level and mask each module is a sum modulo 2 of bits of the text, the error correction's too:
    flipping a bit flips the same modules whatever the rest says. Which ones they are is learnt once for each bit.
    """

    _series: dict[int, "_Series"] = field(default_factory=dict)

    def encode(self, text: str) -> QrCode:
        """The QR that says exactly this text. Raises DocumentError QR_TOO_LONG."""
        octets = qr_octets(text)
        series = self._series.get(len(octets))
        if series is None:
            if len(self._series) == _LENGTHS_KEPT:
                self._series.clear()
            series = self._series[len(octets)] = _Series(octets)
        return series.encode(octets)


class _Series:
    """Texts of one length, each told by the bits in which it differs from the first one."""

    def __init__(self, first: bytes) -> None:
        self._side, self._modules = _encode(first)
        self._first = int.from_bytes(first)
        self._length = len(first)
        self._flips: dict[int, int] = {}

    def encode(self, octets: bytes) -> QrCode:
        modules, differing = self._modules, self._first ^ int.from_bytes(octets)
        while differing:
            bit = differing & -differing
            differing ^= bit
            flip = self._flips.get(bit)
            if flip is None:
                _, flipped = _encode((self._first ^ bit).to_bytes(self._length))
                flip = self._flips[bit] = self._modules ^ flipped
            modules ^= flip
        return QrCode(self._side, format(modules, f"0{self._side**2}b"))


def qr_code(text: str) -> QrCode:
    """The QR that says exactly this text. Raises DocumentError QR_TOO_LONG."""
    return QrEncoder().encode(text)


def qr_octets(text: str) -> bytes:
    """The text as a QR holds it. Raises DocumentError QR_TOO_LONG."""
    # A lone surrogate, which no UTF-8 holds, is nobody's address.
    octets = text.encode(errors="replace")
    if len(octets) > LONGEST_TEXT:
        raise DocumentError(Fault.QR_TOO_LONG, length=len(octets), most=LONGEST_TEXT)
    return octets


def qr_svg(text: str, *, label: str) -> str:
    """The QR as an SVG element for a page: black on white with its quiet zone, sized by the page's stylesheet.

    label: what someone who can't see it is told. Raises DocumentError QR_TOO_LONG.
    """
    qr = qr_code(text)
    side = qr.side + 2 * QUIET_ZONE
    path = "".join(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z" for x, y, length in qr.runs())
    return (
        f'<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        f'aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<path fill="#FFFFFF" d="M0 0h{side}v{side}h-{side}z"/><path fill="#000000" d="{path}"/></svg>'
    )


def wifi_join(network: str) -> str:
    """What a QR says to make a phone join an open network of this name (the form that ZXing laid down).

    Raises DocumentError NETWORK_NAME when no network can be called so: 1 to 32 octets, nothing invisible.
    """
    octets = len(network.encode(errors="replace"))
    if not 1 <= octets <= LONGEST_NETWORK or not network.isprintable():
        raise DocumentError(Fault.NETWORK_NAME, length=octets, most=LONGEST_NETWORK)
    escaped = _SPECIAL.sub(r"\\\1", network)
    return f"WIFI:S:{escaped};T:nopass;;"


def _encode(octets: bytes) -> tuple[int, int]:
    """Modules on a side, and all modules as the bits of one number, the top left one highest."""
    qr = segno.make(octets, mode="byte", error="m", mask=_MASK, boost_error=False, micro=False)
    return len(qr.matrix), int(b"".join(qr.matrix).translate(_DIGITS), 2)
