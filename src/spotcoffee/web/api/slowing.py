"""Whoever shows many wrong tokens is told to wait (429). A right token is never refused, whatever came before it.

A token can't be guessed; this keeps a program that lost its own from asking on and on. Kept by each process alone.
"""

from dataclasses import dataclass, field
from typing import Final

TOKENS: Final = 30.0
SECONDS_PER_TOKEN: Final = 2.0
# Beyond this many addresses all start anew.
MOST_ADDRESSES: Final = 10_000


@dataclass(slots=True)
class WrongTokens:
    """A bucket for each address. Times are monotonic seconds."""

    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def is_too_many(self, address: str, *, now: float) -> bool:
        """Count one more wrong token from an address."""
        tokens, at = self._buckets.get(address, (TOKENS, now))
        tokens = min(TOKENS, tokens + (now - at) / SECONDS_PER_TOKEN)
        if len(self._buckets) >= MOST_ADDRESSES:
            self._buckets.clear()
        self._buckets[address] = (max(0.0, tokens - 1), now)
        return tokens < 1
