"""Codes: how logins and passwords are made, shown, typed and compared (ui.md, "Codes")."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Without what is read for something else: 0 and O, 1, I and L, U beside V.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS: Final = "0123456789"
# A guesser must try this many codes for each live one. Digits alone, which warn, need only so many that the slowed
# guesses of a season do not find one.
LEAST_SPARSITY: Final = {ALPHABET: 10**9, DIGITS: 10**5}
LONGEST: Final = 16
TAIL: Final = 4
_GROUPS: Final = {
    8: (4, 4),
    9: (3, 3, 3),
    10: (3, 4, 3),
    11: (4, 3, 4),
    12: (4, 4, 4),
    13: (3, 4, 3, 3),
    14: (4, 3, 4, 3),
    15: (4, 4, 4, 3),
    16: (4, 4, 4, 4),
}
_DROPPED: Final = str.maketrans("", "", " -\u00a0\u2010\u2011\u2013\t")


@dataclass(frozen=True, slots=True)
class CodeFormat:
    """How codes of one kind are drawn."""

    alphabet: str
    length: int

    @property
    def keyspace(self) -> int:
        """How many codes of this format there are."""
        count: int = len(self.alphabet) ** self.length
        return count

    @property
    def is_weak(self) -> bool:
        """Whether to warn: digits alone are easily guessed."""
        return self.alphabet == DIGITS


FORMATS: Final = {
    "code8": CodeFormat(ALPHABET, 8),
    "code10": CodeFormat(ALPHABET, 10),
    "code12": CodeFormat(ALPHABET, 12),
    "digits8": CodeFormat(DIGITS, 8),
    "digits10": CodeFormat(DIGITS, 10),
}


def format_for(name: str, *, live_tickets: int) -> CodeFormat | None:
    """The format, lengthened where that keeps codes sparse enough among this many; None when 16 do not."""
    code_format = FORMATS[name]
    while code_format.keyspace < LEAST_SPARSITY[code_format.alphabet] * live_tickets:
        if code_format.length == LONGEST:
            return None
        code_format = CodeFormat(code_format.alphabet, code_format.length + 1)
    return code_format


def codes_from(randomness: bytes, code_format: CodeFormat) -> Iterator[str]:
    """Codes drawn from random octets, unbiased: octets past the last whole multiple of the alphabet are dropped."""
    alphabet, length = code_format.alphabet, code_format.length
    size = len(alphabet)
    usable = 256 - 256 % size
    table = "".join(alphabet[octet % size] for octet in range(256)).encode()
    letters = randomness.translate(table, bytes(range(usable, 256))).decode()
    for position in range(0, len(letters) - length + 1, length):
        yield letters[position : position + length]


def octets_for(count: int, code_format: CodeFormat) -> int:
    """How many random octets surely make `count` codes, short of an accident: a fifth more than the mean need."""
    usable = 256 - 256 % len(code_format.alphabet)
    return count * code_format.length * 256 // usable * 6 // 5 + 64


def normalise(typed: str) -> str:
    """What a guest typed, as a generated code is stored: upper case, without spaces and hyphens."""
    # Most hold nothing to drop, and looking is three times faster than dropping.
    return typed.upper() if typed.isalnum() else typed.translate(_DROPPED).upper()


def printed(code: str) -> str:
    """A code in groups of three and four, as it stands on the ticket: `7KM-P2RT-9XW`."""
    groups = _GROUPS.get(len(code), (len(code),))
    parts, position = [], 0
    for size in groups:
        parts.append(code[position : position + size])
        position += size
    return "-".join(parts)


def tail(login: str) -> str:
    """The last characters, by which staff find a ticket."""
    return normalise(login)[-TAIL:]


def masked(login: str) -> str:
    """A login as logs may show it: `AB…7Q`; short ones not at all."""
    shown = "".join(character for character in login[:64] if character.isprintable())
    return f"{shown[:2]}…{shown[-2:]}" if len(shown) >= 8 else "…"
