"""Which requests were seen already, and what was answered (RFC 5080 2.2.2).

The same octets from the same place get the identical answer; while one is being decided, its retransmissions
get nothing more. Only verified requests belong here: else anybody could fill it.
"""

from collections import OrderedDict
from enum import Enum
from struct import Struct
from typing import Final, TypeAlias

from spotcoffee.protocols.radius.packet import HEADER_LENGTH, Packet

# One object of octets: a tuple of the same takes 200 bytes more, and a full cache holds 100,000 of them.
Key: TypeAlias = bytes

# More than one for each that comes in, so that it ends; few, so that no request pays for a burst before it.
_EXPIRED_AT_ONCE: Final = 16
_write_ports_and_hash: Final = Struct(">HHq").pack


class Seen(Enum):
    """What `look_up` knows of a request that has no answer yet."""

    NEW = "new"
    PENDING = "pending"


def request_key(packet: Packet, source: tuple[str, int], our_port: int) -> Key:
    """What makes two requests the same one: source address and port, our port, header (RFC 5080 2.2.2), octets."""
    # Equipment that repeats an authenticator over other octets asks something new. hash() is keyed.
    datagram = packet.datagram
    ports_and_hash = _write_ports_and_hash(source[1], our_port, hash(datagram))
    return datagram[:HEADER_LENGTH] + ports_and_hash + source[0].encode()


class AnswerCache:
    """Requests and their answers for `lifetime` seconds, at most `most` of them; the oldest goes first.

    `now` is a monotonic clock in seconds that never goes back between two calls.
    """

    def __init__(self, *, lifetime: float = 30.0, most: int = 100_000) -> None:
        self._lifetime: Final = lifetime
        self._most: Final = most
        # Ordered by end of life: each change puts an entry last, and every life is equally long.
        self._entries: Final[OrderedDict[Key, tuple[float, bytes | None]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def look_up(self, key: Key, *, now: float) -> bytes | Seen:
        """Find the answer given. NEW: decide it now, then `answer` or `forget`. PENDING: send nothing."""
        self._expire(now)
        ends_at, answer = self._entries.get(key, (now, None))
        if ends_at <= now:
            self._put(key, None, now)
            return Seen.NEW
        return Seen.PENDING if answer is None else answer

    def answer(self, key: Key, answer: bytes, *, now: float) -> None:
        """Keep what was sent, until `now` plus the lifetime."""
        self._put(key, answer, now)

    def forget(self, key: Key) -> None:
        """A request that will not be answered: its retransmission is decided anew."""
        self._entries.pop(key, None)

    def _put(self, key: Key, answer: bytes | None, now: float) -> None:
        entries = self._entries
        entries.pop(key, None)
        if len(entries) >= self._most:
            entries.popitem(last=False)
        entries[key] = (now + self._lifetime, answer)

    def _expire(self, now: float) -> None:
        entries = self._entries
        for _ in range(_EXPIRED_AT_ONCE):
            oldest = next(iter(entries), None)
            if oldest is None or entries[oldest][0] > now:
                return
            del entries[oldest]
