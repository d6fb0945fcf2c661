"""Logos: bytes from anyone, made ready for white paper."""

import contextlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.documents.printing import face, looks, png, saved, tickets, whole

from spotcoffee.documents.errors import DocumentError
from spotcoffee.documents.logo import HEAVIEST, read_logo
from spotcoffee.documents.ticket_sheet import SheetLayout, ticket_sheet


def jpeg(mode: str) -> bytes:
    return saved(Image.open(io.BytesIO(png(mode="L", ground=255))).convert(mode), "JPEG")


@pytest.mark.parametrize(
    "octets",
    [
        png(),
        png(mode="RGB", ground="white"),
        png(mode="L", ground=255),
        png(mode="1", ground=1),
        png(mode="LA", ground=(0, 0)),
        saved(Image.open(io.BytesIO(png(mode="RGB", ground="white"))).quantize(8)),
        png(mode="I;16", ground=65_535),
        jpeg("L"),
        jpeg("RGB"),
        jpeg("CMYK"),
    ],
)
def test_pictures_of_every_kind_are_printed_without_their_border(octets: bytes, tmp_path: Path) -> None:
    logo = read_logo(octets)

    assert abs(logo.width - 201) <= 8
    assert abs(logo.height - 201) <= 8
    assert len(zlib.decompress(logo.pixels)) == logo.width * logo.height * (3 if logo.is_coloured else 1)
    pdf = whole(ticket_sheet(tickets(1), face(logo=logo, place=""), SheetLayout.LARGE))
    # 8 mm of ink in the middle of the cell's head.
    assert looks(pdf, tmp_path, dots=100).crop((225, 65, 229, 69)).getextrema()[0] < 200  # type: ignore[operator]


def test_a_large_one_is_reduced() -> None:
    logo = read_logo(saved(Image.new("RGB", (3_000, 2_000), "brown"), "JPEG"))

    assert (logo.width, logo.height) == (450, 300)


def test_a_white_one_on_transparent_ground_turns_black() -> None:
    picture = Image.new("RGBA", (100, 100), (255, 255, 255, 0))
    picture.paste((255, 255, 255, 255), (20, 20, 80, 60))
    logo = read_logo(saved(picture))

    assert (logo.width, logo.height, logo.is_coloured) == (60, 40, False)
    assert set(zlib.decompress(logo.pixels)) == {0}


def chunk(kind: bytes, value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + kind + value + struct.pack(">I", zlib.crc32(kind + value))


def bomb(side: int) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"", "logo_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo_unreadable"),
        (saved(Image.new("L", (9, 9)), "GIF"), "logo_unreadable"),
        (png()[:200], "logo_unreadable"),
        (png() + bytes(HEAVIEST), "logo_too_heavy"),
        (bomb(5_000), "logo_too_large"),
        (bomb(12_000), "logo_too_large"),
        (bomb(60_000), "logo_too_large"),
        (saved(Image.new("RGB", (50, 50), "white")), "logo_blank"),
        (saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0))), "logo_blank"),
    ],
)
def test_what_is_no_logo_is_a_fault(octets: bytes, fault: str) -> None:
    with pytest.raises(DocumentError, match=fault):
        read_logo(octets)


@given(st.data())
def test_broken_bytes_raise_nothing_but_a_fault(data: st.DataObject) -> None:
    octets = bytearray(data.draw(st.sampled_from([png((60, 40)), jpeg("RGB")])))
    for _ in range(data.draw(st.integers(1, 8))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DocumentError):
        read_logo(bytes(octets))
