"""Durations, rates, volumes and instants: what they are, and how people write them.

Whole seconds, bit/s, bytes; instants are aware datetimes in UTC. `None` means no limit wherever a limit stands.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NewType, TypeAlias

Seconds: TypeAlias = int
BitsPerSecond: TypeAlias = int
Octets: TypeAlias = int
OfferId = NewType("OfferId", int)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

MINUTE: Final[Seconds] = 60
HOUR: Final[Seconds] = 3_600
DAY: Final[Seconds] = 86_400
WEEK: Final[Seconds] = 604_800

# What the 64-bit integer columns and the longest calendar both hold: a century of seconds, an exabyte of octets.
MOST_SECONDS: Final[Seconds] = 100 * 366 * DAY
MOST_OCTETS: Final[Octets] = 10**18
MOST_RATE: Final[BitsPerSecond] = 10**12

_DURATION_UNITS: Final = {
    **dict.fromkeys(("", "s", "sec", "seconde", "secondes", "second", "seconds"), 1),
    **dict.fromkeys(("m", "mn", "min", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("h", "heure", "heures", "hour", "hours"), HOUR),
    **dict.fromkeys(("j", "d", "jour", "jours", "day", "days"), DAY),
    **dict.fromkeys(("sem", "semaine", "semaines", "w", "week", "weeks"), WEEK),
}
_SCALES: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_VOLUME_SUFFIXES: Final = ("octets", "octet", "bytes", "byte", "o", "b")
_RATE_SUFFIXES: Final = ("bit/s", "bits/s", "bps", "b/s")
_DURATION_PART: Final = re.compile(r"(\d+)\s*([a-z]*)\s*")
_SCALED: Final = re.compile(r"(\d+)(?:[.,](\d+))?\s*([kmgt]?)\Z")


class UnreadableQuantity(ValueError):
    """What a person typed is no duration, rate or volume. `text` is what was typed, `kind` what was expected."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text!r}")
        self.kind = kind
        self.text = text


def parse_duration(text: str) -> Seconds:
    """Read a duration as people write it: `2h`, `90 min`, `1 j`, `1h30`, `1 semaine`, `3600`.

    A number after hours that has no unit counts minutes (`1h30`). Raises UnreadableQuantity.
    """
    rest = text.strip().lower()
    total, unit, position = 0, 0, 0
    while position < len(rest):
        part = _DURATION_PART.match(rest, position)
        if part is None or part[2] not in _DURATION_UNITS or len(part[1]) > 12:
            raise UnreadableQuantity("duration", text)
        unit = MINUTE if part[2] == "" and unit == HOUR else _DURATION_UNITS[part[2]]
        total += int(part[1]) * unit
        position = part.end()
    if unit == 0 or total > MOST_SECONDS:
        raise UnreadableQuantity("duration", text)
    return total


def write_duration(seconds: Seconds) -> str:
    """Write a duration the short way that `parse_duration` reads back: `1d 2h 30min`."""
    parts = []
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def parse_volume(text: str) -> Octets:
    """Read a volume in bytes: `500 Mo`, `1,5 GB`, `1073741824`. k, M, G, T are powers of 1,000."""
    return _parse_scaled("volume", text, _VOLUME_SUFFIXES, MOST_OCTETS)


def parse_rate(text: str) -> BitsPerSecond:
    """Read a rate in bit/s: `2M`, `512 kbit/s`, `8000`. k, M, G are powers of 1,000."""
    return _parse_scaled("rate", text, _RATE_SUFFIXES, MOST_RATE)


def _parse_scaled(kind: str, text: str, suffixes: tuple[str, ...], most: int) -> int:
    rest = text.strip().lower()
    for suffix in suffixes:
        if rest.endswith(suffix):
            rest = rest.removesuffix(suffix).rstrip()
            break
    match = _SCALED.match(rest) if len(rest) <= 24 else None
    if match is None:
        raise UnreadableQuantity(kind, text)
    fraction = match[2] or ""
    value: int = int(match[1] + fraction) * _SCALES[match[3]] // 10 ** len(fraction)
    if value > most:
        raise UnreadableQuantity(kind, text)
    return value


def whole_seconds(elapsed: timedelta) -> Seconds:
    """The whole seconds that have passed: 1.9 s are 1."""
    return elapsed // timedelta(seconds=1)


def seconds_left(until: datetime, now: datetime) -> Seconds:
    """The seconds from `now` to `until`, a begun one counted whole: 0.1 s are 1, never 0 while some is left."""
    return -((now - until) // timedelta(seconds=1))
