"""Which requests were seen already, and what was answered (RFC 5080 2.2.2).

The same octets from the same place get the identical answer; while one is being decided, its retransmissions
get nothing more. Only verified requests belong here: else anybody could fill it.
"""

from collections import OrderedDict
from enum import Enum
from typing import Final, TypeAlias

from spotcoffee.protocols.radius.packet import HEADER_LENGTH, Packet

# Source address and port, our port, header (code, identifier, authenticator), hash of the octets.
Key: TypeAlias = tuple[str, int, int, bytes, int]


class Seen(Enum):
    """What `look_up` knows of a request that has no answer yet."""

    NEW = "new"
    PENDING = "pending"


def request_key(packet: Packet, source: tuple[str, int], our_port: int) -> Key:
    """What makes two requests the same one. source: address and port it came from."""
    # Equipment that repeats an authenticator over other octets asks something new. hash() is keyed.
    datagram = packet.datagram
    return (source[0], source[1], our_port, datagram[:HEADER_LENGTH], hash(datagram))


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
        entry = self._entries.get(key)
        if entry is None:
            self._put(key, None, now)
            return Seen.NEW
        return Seen.PENDING if entry[1] is None else entry[1]

    def answer(self, key: Key, answer: bytes, *, now: float) -> None:
        """Keep what was sent, until `now` plus the lifetime."""
        self._entries.pop(key, None)
        self._put(key, answer, now)

    def forget(self, key: Key) -> None:
        """A request that will not be answered: its retransmission is decided anew."""
        self._entries.pop(key, None)

    def _put(self, key: Key, answer: bytes | None, now: float) -> None:
        if len(self._entries) >= self._most:
            self._entries.popitem(last=False)
        self._entries[key] = (now + self._lifetime, answer)

    def _expire(self, now: float) -> None:
        entries = self._entries
        while entries:
            key = next(iter(entries))
            if entries[key][0] > now:
                return
            del entries[key]
