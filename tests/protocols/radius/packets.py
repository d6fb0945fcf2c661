"""Requests for tests: as a peer of ours would send them."""

import hashlib
from typing import Final

from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.packet import Attribute, Code, Packet, decode
from spotcoffee.protocols.radius.secret import Secret

SECRET: Final = Secret(b"sesame")
ASKED: Final = bytes(range(16))


def request(
    code: Code = Code.ACCESS_REQUEST, *attributes: Attribute, message_authenticator: bool | None = None
) -> Packet:
    """A verified request with identifier 7."""
    random = ASKED if code in {Code.ACCESS_REQUEST, Code.STATUS_SERVER} else None
    return decode(
        encode_request(code, 7, attributes, SECRET, authenticator=random, message_authenticator=message_authenticator)
    )


def raw(code: int, octets: bytes, *, identifier: int = 7) -> bytes:
    """A datagram of any octets behind a well-formed header."""
    return bytes((code, identifier)) + (20 + len(octets)).to_bytes(2, "big") + ASKED + octets


def plain_md5(octets: bytes) -> bytes:
    """MD5 as the standard library computes it, not as our code does."""
    return hashlib.md5(octets, usedforsecurity=False).digest()


USER: Final = attribute("User-Name", "nemo")
