"""An establishment's logo on the guest's portal: small in octets, for the whole page must stay under 30 kB."""

import io
from typing import Final

from PIL import Image

from spotcoffee.documents.errors import DocumentError, Fault
from spotcoffee.documents.logo import read_logo

MOST_OCTETS: Final = 12_000
MEDIA_TYPE: Final = "image/png"
# Shown at half of it, on a dense screen.
_WIDEST, _HIGHEST = 440, 160


def portal_logo(octets: bytes) -> bytes:
    """A PNG of at most 12,000 octets, its transparent parts kept. Raises DocumentError as `read_logo` does."""
    # What it refuses is refused here too; only then are the octets opened a second time.
    read_logo(octets)
    picture = Image.open(io.BytesIO(octets), formats=("PNG", "JPEG")).convert("RGBA")
    box = picture.getchannel("A").getbbox()
    picture = picture.crop(box) if box else picture
    for scale in (1.0, 0.75, 0.5, 0.35, 0.25):
        smaller = picture.copy()
        smaller.thumbnail((int(_WIDEST * scale), int(_HIGHEST * scale)))
        for colours in (None, 128, 32):
            written = _written(smaller if colours is None else smaller.quantize(colours))
            if len(written) <= MOST_OCTETS:
                return written
    raise DocumentError(Fault.LOGO_TOO_HEAVY, octets=len(octets), most=MOST_OCTETS)


def _written(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG", optimize=True)
    return target.getvalue()
