"""An establishment's logo: PNG or JPEG bytes checked, bounded, and made ready for white paper."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops

from spotcoffee.documents.errors import DocumentError, Fault

HEAVIEST: Final = 2_000_000
MOST_PIXELS: Final = 16_000_000
# 50 x 25 mm at 300 dots per inch: more than any ticket shows.
_WIDEST, _HIGHEST = 600, 300
_KINDS: Final = ("PNG", "JPEG")
# What Pillow raises on bytes that are no picture, or only the beginning of one.
_UNREADABLE: Final = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error, zlib.error)
_BOMBS: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# Paper that is nearly white is white: a scan's background, a JPEG's noise.
_NEARLY_WHITE: Final = 250


@dataclass(frozen=True, slots=True)
class Logo:
    """width, height: in pixels. pixels: rows of RGB or grey octets, as zlib compresses them."""

    width: int
    height: int
    is_coloured: bool
    pixels: bytes

    def size_within(self, width: float, height: float) -> tuple[float, float]:
        """The largest size of its own shape in a box."""
        scale = min(width / self.width, height / self.height)
        return self.width * scale, self.height * scale


def read_logo(octets: bytes) -> Logo:
    """A PNG or JPEG for white paper: its blank border cut off, transparent parts white, reduced to what paper shows.

    A white logo on transparent ground, made for a dark page, turns black. Raises DocumentError LOGO_TOO_HEAVY,
    LOGO_TOO_LARGE, LOGO_UNREADABLE (other kinds too) or LOGO_BLANK.
    """
    if len(octets) > HEAVIEST:
        raise DocumentError(Fault.LOGO_TOO_HEAVY, octets=len(octets), most=HEAVIEST)
    picture = _on_white(_opened(octets))
    box = _ink(picture)
    if box is None:
        raise DocumentError(Fault.LOGO_BLANK)
    picture = picture.crop(box)
    picture.thumbnail((_WIDEST, _HIGHEST))
    return _logo(picture)


def _opened(octets: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(octets), formats=_KINDS)
        # Only the head is read so far.
        if picture.width * picture.height > MOST_PIXELS:
            raise DocumentError(Fault.LOGO_TOO_LARGE, pixels=picture.width * picture.height, most=MOST_PIXELS)
        picture.draft("RGB", (2 * _WIDEST, 2 * _HIGHEST))
        picture.load()
    except DocumentError:
        raise
    except _BOMBS as bomb:
        raise DocumentError(Fault.LOGO_TOO_LARGE, most=MOST_PIXELS) from bomb
    except _UNREADABLE as unreadable:
        raise DocumentError(Fault.LOGO_UNREADABLE) from unreadable
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture in RGB, its transparent parts white."""
    if picture.mode.startswith(("I", "F")):
        # 16 bits a pixel; Pillow would cut them at 255 instead of scaling them.
        return picture.convert("F").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    alpha = layered.getchannel("A")
    flat = Image.new("RGB", layered.size, "white")
    flat.paste(layered, mask=alpha)
    return flat if _ink(flat) else ImageChops.invert(alpha).convert("RGB")


def _ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """The box outside of which there is only white; None when there is nothing else."""
    return picture.convert("L").point(lambda value: 255 if value < _NEARLY_WHITE else 0).getbbox()


def _logo(picture: Image.Image) -> Logo:
    red, green, blue = picture.split()
    differences = (ImageChops.difference(red, other) for other in (green, blue))
    is_coloured = any(difference.getbbox() for difference in differences)
    kept = picture if is_coloured else red
    return Logo(picture.width, picture.height, is_coloured, zlib.compress(kept.tobytes()))
