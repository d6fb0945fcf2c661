"""Volume counters: 64 bits that travel in two attributes of 32 (RFC 2866 5.3, RFC 2869 5.1)."""

from typing import Final, TypeAlias

from spotcoffee.protocols.radius.errors import EncodeError, Malformed, MalformedPacket, Unwritable

Octets: TypeAlias = int

WRAP: Final = 2**32


def join_octets(low: int, gigawords: int = 0) -> Octets:
    """Join the two halves of a volume counter (RFC 2866 5.3, RFC 2869 5.1).

    low: 0 … 2**32 - 1. gigawords: times `low` has wrapped; 0 if the equipment omits it.
    Raises MalformedPacket when either needs more than 32 bits.
    """
    if not (0 <= low < WRAP and 0 <= gigawords < WRAP):
        raise MalformedPacket(Malformed.COUNTER_RANGE, low=low, gigawords=gigawords)
    return low + WRAP * gigawords


def split_octets(octets: Octets) -> tuple[int, int]:
    """Split a volume into (low, gigawords). Raises EncodeError when it needs more than 64 bits."""
    gigawords, low = divmod(octets, WRAP)
    if not 0 <= gigawords < WRAP:
        raise EncodeError(Unwritable.VALUE_RANGE, octets=octets)
    return low, gigawords
