"""Requests to controllers and their answers, as values: whoever does the I/O needs to know nothing of their makers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from spotcoffee.domain.units import Octets

JSON: Final = "application/json"


class Unanswerable(Exception):
    """A controller did not do what was asked. code: unreadable, refused, logged_out, not_found."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. path: from the root of the controller's address. body: JSON; None without."""

    method: str
    path: str
    body: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer. headers: names in lower case."""

    status: int
    body: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Station:
    """A device as a controller lists it. down, up: octets of its own counting, which may begin anew."""

    is_authorized: bool
    down: Octets
    up: Octets


def colons(device: str) -> str:
    """A MAC address as controllers write it."""
    return ":".join(device[at : at + 2] for at in range(0, 12, 2))


def dashes(device: str) -> str:
    """A MAC address as Omada writes it."""
    return colons(device).replace(":", "-").upper()
