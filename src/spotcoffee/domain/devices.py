"""Which device it is that asks or is reported (rules.md, section 1)."""

import re
from typing import Final

from spotcoffee.domain.units import HOUR, Seconds

# "Replace my other device" (rules.md, section 4): for how long the ticket's next Accept comes first, and how often.
REPLACEMENT_LIFE: Final[Seconds] = 120
MOST_REPLACEMENTS: Final = 3
REPLACEMENTS_WITHIN: Final[Seconds] = HOUR

_NOT_HEXADECIMAL: Final = re.compile(r"[^0-9a-f]+")
_MAC: Final = re.compile(r"[0-9a-f]{12}\Z")
_SEPARATED: Final = re.compile(
    r"[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}\Z|[0-9a-f]{4}(?:[.:-][0-9a-f]{4}){2}\Z"
)


def device_of(calling_station_id: str, framed_address: str, *, access_point_id: int) -> str | None:
    """The device behind a request; None where it names none, so that each request is a device of its own.

    A MAC address in any usual notation becomes 12 lower-case hexadecimal digits; anything else stays as it stands.
    """
    if calling_station_id:
        return mac_or_text(calling_station_id)
    return f"{framed_address}@{access_point_id}" if framed_address else None


def is_mac(device: str) -> bool:
    """Whether a device is known by its MAC address, as `mac_or_text` writes it."""
    return _MAC.match(device) is not None


def mac_or_text(calling_station_id: str) -> str:
    """A MAC address without separators, in lower case; any other text unchanged."""
    lower = calling_station_id.strip().lower()
    if _MAC.match(lower):
        return lower
    return _NOT_HEXADECIMAL.sub("", lower) if _SEPARATED.match(lower) else calling_station_id
