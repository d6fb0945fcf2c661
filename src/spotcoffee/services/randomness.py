"""Randomness that people carry around: shared secrets for equipment, passwords for first accounts."""

import os
from typing import Final

from spotcoffee.domain.codes import ALPHABET, CodeFormat, codes_from, octets_for

# 24 characters of 30 are 117 bits, and every equipment's form takes them.
_SECRET: Final = CodeFormat(ALPHABET, 24)


def make_secret() -> str:
    """A new shared secret."""
    return draw_codes(1, _SECRET)[0]


def draw_codes(count: int, code_format: CodeFormat) -> list[str]:
    """So many new codes; the same one may come twice."""
    codes: list[str] = []
    while len(codes) < count:
        missing = count - len(codes)
        codes.extend(codes_from(os.urandom(octets_for(missing, code_format)), code_format))
    return codes[:count]
