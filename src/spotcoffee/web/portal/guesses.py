"""Slowing those who guess at the portal (trust.md): wrong codes cost their guesser, never honest guests elsewhere.

Where the equipment signs its visits, the device is true and pays alone. Elsewhere anyone may claim to be any device:
then its address pays too, which a whole place may share. No guest is refused for that: his login is brought to the
equipment unseen, and the RADIUS server, which knows the true device, decides and slows.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from spotcoffee.domain.guessing import Guessing

# Of an address that many guests may share: wrong codes at once, and seconds until one more is looked at.
ADDRESS_TOKENS: Final = 100.0
ADDRESS_SECONDS_PER_TOKEN: Final = 2.0


class Verdict(Enum):
    """What is done with a code that was typed."""

    LOOK = "look"
    # Brought to the equipment without a look at it.
    PASS_ON = "pass_on"  # noqa: S105
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who types. is_proven: the equipment signed that it is this device."""

    access_point_id: int
    device: str
    address: str
    is_proven: bool

    @property
    def name(self) -> str:
        """What his wrong codes are counted under: nobody else's, even if he claims another's device."""
        return self.device if self.is_proven else f"{self.device} {self.address}"


@dataclass(slots=True)
class Guesses:
    """The buckets of this process; its threads share them. Times are monotonic seconds."""

    _devices: Guessing = field(default_factory=Guessing)
    _addresses: Guessing = field(
        default_factory=lambda: Guessing(tokens=ADDRESS_TOKENS, seconds_per_token=ADDRESS_SECONDS_PER_TOKEN)
    )
    # Codes that are being looked at, by device and by address: many sent at once are no more guesses than one by one.
    _pending: Counter[tuple[int, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def verdict(self, guesser: Guesser, *, now: float) -> Verdict:
        """Whether his code may be looked at; LOOK: `looked` must follow, whatever comes of it."""
        point, names = guesser.access_point_id, _names(guesser)
        with self._lock:
            if self._devices.refuses(point, guesser.name, now=now, pending=self._pending[names[0]]):
                return Verdict.REFUSE if guesser.is_proven else Verdict.PASS_ON
            if not guesser.is_proven and self._addresses.refuses(
                point, guesser.address, now=now, pending=self._pending[names[1]]
            ):
                return Verdict.PASS_ON
            self._pending.update(names)
            return Verdict.LOOK

    def looked(self, guesser: Guesser) -> None:
        """His code is looked at, and counted if it was wrong."""
        with self._lock:
            self._pending.subtract(_names(guesser))
            # Only those that are above nothing are kept.
            self._pending = +self._pending

    def failed(self, guesser: Guesser, *, now: float) -> bool:
        """He typed a wrong code. Answers whether the access point is now under attack."""
        with self._lock:
            under_attack = self._devices.failed(guesser.access_point_id, guesser.name, now=now)
            if not guesser.is_proven:
                self._addresses.failed(guesser.access_point_id, guesser.address, now=now)
        return under_attack

    def forget(self) -> None:
        """Everyone starts anew."""
        with self._lock:
            self._pending = Counter()
            self._devices = Guessing()
            self._addresses = Guessing(tokens=ADDRESS_TOKENS, seconds_per_token=ADDRESS_SECONDS_PER_TOKEN)


def _names(guesser: Guesser) -> list[tuple[int, str]]:
    """What his codes are counted under: his device; where it proves nothing, his address as well."""
    point = guesser.access_point_id
    by_device = [(point, f"device {guesser.name}")]
    return by_device if guesser.is_proven else [*by_device, (point, f"address {guesser.address}")]


GUESSES: Final = Guesses()
