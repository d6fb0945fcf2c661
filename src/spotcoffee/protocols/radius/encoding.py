"""How a RADIUS packet is written and signed (RFC 2865 3, 2866 3, 3579 3.2, 5176 2.3).

What a caller could forget (Message-Authenticator, Proxy-State, the computed authenticators) is added here.
"""

from collections.abc import Iterable
from struct import Struct
from typing import Final

from spotcoffee.protocols.radius.assigned import MESSAGE_AUTHENTICATOR, PROXY_STATE
from spotcoffee.protocols.radius.errors import EncodeError, Unwritable
from spotcoffee.protocols.radius.packet import (
    ANSWERS,
    HEADER_LENGTH,
    MOST_OCTETS,
    RANDOM_AUTHENTICATOR,
    ZERO_AUTHENTICATOR,
    Attribute,
    Code,
    Packet,
)
from spotcoffee.protocols.radius.secret import Secret

_write_header: Final = Struct(">BBH16s").pack
_EMPTY_MESSAGE_AUTHENTICATOR: Final = bytes((MESSAGE_AUTHENTICATOR, 18)) + ZERO_AUTHENTICATOR
# Written by the encoder alone.
_RESERVED: Final = frozenset({MESSAGE_AUTHENTICATOR, PROXY_STATE})


def encode_request(
    code: Code,
    identifier: int,
    attributes: Iterable[Attribute],
    secret: Secret,
    *,
    authenticator: bytes | None = None,
    message_authenticator: bool | None = None,
) -> bytes:
    """Write a signed request.

    authenticator: 16 random octets for Access-Request and Status-Server; None for the others, whose own is
    computed. message_authenticator: None means that every request but Accounting-Request begins with one.
    A User-Password comes already hidden (`passwords.pap_hide`). Raises EncodeError.
    """
    if code not in ANSWERS:
        raise EncodeError(Unwritable.NOT_A_REQUEST, code=code)
    computed = code not in RANDOM_AUTHENTICATOR
    if (authenticator is None) != computed or (authenticator is not None and len(authenticator) != 16):
        raise EncodeError(Unwritable.AUTHENTICATOR_LENGTH)
    if not 0 <= identifier <= 255:
        raise EncodeError(Unwritable.IDENTIFIER_RANGE, identifier=identifier)
    proven = code is not Code.ACCOUNTING_REQUEST if message_authenticator is None else message_authenticator
    packet = _frame(code, identifier, authenticator or ZERO_AUTHENTICATOR, _encode(attributes, proven=proven))
    if proven:
        packet = _prove(packet, secret)
    return _sign(packet, secret) if computed else packet


def encode_response(
    code: Code,
    request: Packet,
    attributes: Iterable[Attribute],
    secret: Secret,
    *,
    message_authenticator: bool | None = None,
) -> bytes:
    """Write the signed answer to `request`; its Proxy-States follow the attributes, unmodified, in order.

    message_authenticator: None means first in every answer to Access-Request and Status-Server, none in an
    Accounting-Response, and in answers to RFC 5176 requests as the request has it. Raises EncodeError.
    """
    if code not in ANSWERS.get(request.code, ()):
        raise EncodeError(Unwritable.NOT_AN_ANSWER, code=code, request=request.code)
    proven = message_authenticator
    if proven is None:
        proven = request.code in RANDOM_AUTHENTICATOR or (
            request.message_authenticator_at > 0 and request.code is not Code.ACCOUNTING_REQUEST
        )
    octets = _encode(attributes, proven=proven)
    for state in request.all(PROXY_STATE):
        octets += b"%c%c%b" % (PROXY_STATE, len(state) + 2, state)
    packet = _frame(code, request.identifier, request.authenticator, octets)
    return _sign(_prove(packet, secret) if proven else packet, secret)


def _encode(attributes: Iterable[Attribute], *, proven: bool) -> bytes:
    octets = _EMPTY_MESSAGE_AUTHENTICATOR if proven else b""
    for kind, value in attributes:
        size = len(value) + 2
        if size > 255 or kind in _RESERVED or not 0 < kind < 256:
            raise EncodeError(_write_fault(kind), type=kind, size=size)
        octets += b"%c%c%b" % (kind, size, value)
    return octets


def _write_fault(kind: int) -> Unwritable:
    if kind in _RESERVED:
        return Unwritable.RESERVED_ATTRIBUTE
    return Unwritable.ATTRIBUTE_TOO_LONG if 0 < kind < 256 else Unwritable.ATTRIBUTE_TYPE


def _frame(code: int, identifier: int, authenticator: bytes, octets: bytes) -> bytes:
    length = HEADER_LENGTH + len(octets)
    if length > MOST_OCTETS:
        raise EncodeError(Unwritable.PACKET_TOO_LONG, length=length)
    return _write_header(code, identifier, length, authenticator) + octets


def _prove(packet: bytes, secret: Secret) -> bytes:
    """Fill the empty Message-Authenticator at offset 20 (RFC 3579 3.2)."""
    return packet[:22] + secret.hmac(packet) + packet[38:]


def _sign(packet: bytes, secret: Secret) -> bytes:
    """Fill the authenticator; what it is computed over stands in its place until now."""
    return packet[:4] + secret.digest_after(packet) + packet[20:]
