"""Challenges: one for each device that has not logged in, good for one answer and for a while."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from spotcoffee.protocols.portals.uam import CHALLENGE_LIFE, CHALLENGE_OCTETS, is_expired
from spotcoffee.servers.gateway.enforcement import Device

# Of a challenge's life: as long as it is handed out again. Phones ask several times while their owner types.
HANDED_OUT: Final = CHALLENGE_LIFE * 2 / 3
MOST: Final = 65_536


@dataclass(slots=True, eq=False)
class Challenges:
    """All of them, by device. now: monotonic seconds."""

    _made: OrderedDict[Device, tuple[bytes, float]] = field(default_factory=OrderedDict)

    def give(self, device: Device, *, now: float) -> bytes:
        """The device's challenge; a new one where it has none that is still fresh."""
        challenge, made_at = self._made.get(device, (b"", 0.0))
        if not challenge or is_expired(made_at, now=now, life=HANDED_OUT):
            challenge = secrets.token_bytes(CHALLENGE_OCTETS)
            self._made.pop(device, None)
            if len(self._made) >= MOST:
                self._made.popitem(last=False)
            self._made[device] = (challenge, now)
        return challenge

    def take(self, device: Device, *, now: float) -> bytes | None:
        """The device's challenge, for the last time; None where it has none, or one too old."""
        challenge, made_at = self._made.pop(device, (None, 0.0))
        return None if challenge is None or is_expired(made_at, now=now) else challenge
