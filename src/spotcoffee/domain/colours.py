"""Colours that a place chooses for its portal, and whether they can be read (WCAG 2.2, 1.4.3)."""

import re
from typing import Final

# Normal text on its background.
LEAST_CONTRAST: Final = 4.5
_HEXADECIMAL: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_WHITE: Final = "#FFFFFF"


def is_colour(text: str) -> bool:
    """Whether it is written `#7A4A21`."""
    return _HEXADECIMAL.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 … 21, whichever is lighter."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_readable(text: str, background: str) -> bool:
    """Whether text of one colour can be read on another."""
    return contrast(text, background) >= LEAST_CONTRAST


def readable_on(background: str, *, choices: tuple[str, ...]) -> str:
    """The colour, of these, that reads best on a background."""
    return max(choices, key=lambda choice: contrast(choice, background))


def lightened(colour: str, *, until_readable_on: str) -> str:
    """The colour, with as much white in it as it takes to be read on a dark background."""
    for percent in range(0, 101, 2):
        mixed = _mixed(colour, _WHITE, percent)
        if is_readable(mixed, until_readable_on):
            return mixed
    return _WHITE


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    # Any channel is on the same side of 0.03928, as the text of WCAG has it, and of the exact 0.04045.
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _mixed(one: str, other: str, percent: int) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{(a * (100 - percent) + b * percent) // 100:02X}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue
