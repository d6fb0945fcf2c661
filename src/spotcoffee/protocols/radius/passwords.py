"""What the guest typed, as access points carry it: PAP and CHAP (RFC 2865 2.2, 5.2, 5.3)."""

from hmac import compare_digest
from typing import Final

from spotcoffee.protocols.radius.assigned import CHAP_CHALLENGE
from spotcoffee.protocols.radius.errors import EncodeError, Malformed, MalformedPacket, Unwritable
from spotcoffee.protocols.radius.packet import Packet
from spotcoffee.protocols.radius.secret import Secret, md5

MOST_PASSWORD_OCTETS: Final = 128
_BLOCK: Final = 16


def pap_hide(password: bytes, authenticator: bytes, secret: Secret) -> bytes:
    """Hide a password for User-Password, in 16 to 128 octets (RFC 2865 5.2). Raises EncodeError above 128."""
    if len(password) > MOST_PASSWORD_OCTETS:
        raise EncodeError(Unwritable.PASSWORD_LENGTH, size=len(password))
    padded = password + bytes(-len(password) % _BLOCK) if password else bytes(_BLOCK)
    hidden, mask_seed = b"", authenticator
    for start in range(0, len(padded), _BLOCK):
        mask_seed = _xor(padded[start : start + _BLOCK], secret.digest_before(mask_seed))
        hidden += mask_seed
    return hidden


def pap_reveal(hidden: bytes, authenticator: bytes, secret: Secret) -> bytes:
    """Read a User-Password; the NULs at its end are padding. With a wrong secret the octets are noise.

    Raises MalformedPacket unless there are 16, 32 … 128 octets.
    """
    size = len(hidden)
    if size == 0 or size > MOST_PASSWORD_OCTETS or size % _BLOCK:
        raise MalformedPacket(Malformed.PASSWORD_LENGTH, size=size)
    password, mask_seed = b"", authenticator
    for start in range(0, size, _BLOCK):
        block = hidden[start : start + _BLOCK]
        password += _xor(block, secret.digest_before(mask_seed))
        mask_seed = block
    return password.rstrip(b"\0")


def chap_challenge(packet: Packet) -> bytes:
    """What the answer was made over: CHAP-Challenge, or else the request authenticator (RFC 2865 2.2)."""
    challenge = packet.first(CHAP_CHALLENGE)
    return packet.authenticator if challenge is None else challenge


def chap_password(identifier: int, candidate: bytes, challenge: bytes) -> bytes:
    """Compute the CHAP-Password of a candidate: identifier and 16 octets (RFC 2865 5.3)."""
    number = bytes((identifier,))
    return number + md5(number + candidate + challenge).digest()


def chap_matches(received: bytes, challenge: bytes, candidate: bytes) -> bool:
    """Whether a CHAP-Password was made from `candidate`; one of another length than 17 never was."""
    if len(received) != 17:
        return False
    return compare_digest(chap_password(received[0], candidate, challenge), received)


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(_BLOCK, "big")
