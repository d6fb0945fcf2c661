"""Who sent a packet: the proofs that a peer knows the shared secret (RFC 2865, 2866, 3579, 5176).

All comparisons take constant time. Since MD5 collides (CVE-2024-3596), the Message-Authenticator is the only
proof that holds for Access-Request and its answers.
"""

from enum import Enum
from hmac import compare_digest

from spotcoffee.protocols.radius.assigned import EAP_MESSAGE, PROXY_STATE
from spotcoffee.protocols.radius.errors import BadAuthenticator, Malformed, MalformedPacket, Unproven
from spotcoffee.protocols.radius.packet import (
    ANSWERS,
    RANDOM_AUTHENTICATOR,
    ZERO_AUTHENTICATOR,
    Code,
    Packet,
)
from spotcoffee.protocols.radius.secret import Secret


class Proof(Enum):
    """What shows that the peer knows the secret, the strongest of what the packet has."""

    MESSAGE_AUTHENTICATOR = "message_authenticator"
    AUTHENTICATOR = "authenticator"
    NONE = "none"


def verify_request(packet: Packet, secret: Secret, *, message_authenticator_required: bool = False) -> Proof:
    """Prove a request; NONE is an Access-Request that neither carries nor needs a Message-Authenticator.

    message_authenticator_required: of Access-Request; Status-Server always needs one, the others have another
    proof. Raises BadAuthenticator, and MalformedPacket for what is no request.
    """
    code = packet.code
    if code not in ANSWERS:
        raise MalformedPacket(Malformed.NOT_A_REQUEST, number=code)
    if code in RANDOM_AUTHENTICATOR:
        if packet.message_authenticator_at:
            _check_message_authenticator(packet, packet.authenticator, secret)
            return Proof.MESSAGE_AUTHENTICATOR
        _refuse_unproven(packet, message_authenticator_required)
        return Proof.NONE
    datagram = packet.datagram
    expected = secret.digest_after(datagram[:4] + ZERO_AUTHENTICATOR + datagram[20:])
    if not compare_digest(expected, packet.authenticator):
        raise BadAuthenticator(Unproven.REQUEST_AUTHENTICATOR_WRONG)
    if packet.message_authenticator_at:
        _check_message_authenticator(packet, ZERO_AUTHENTICATOR, secret)
        return Proof.MESSAGE_AUTHENTICATOR
    return Proof.AUTHENTICATOR


def verify_response(
    packet: Packet, request: bytes, secret: Secret, *, message_authenticator_required: bool = False
) -> Proof:
    """Prove that `packet` answers `request`, the datagram as it was sent.

    Code, Identifier and response authenticator are checked, and the Message-Authenticator where there is one.
    Raises BadAuthenticator.
    """
    allowed = ANSWERS.get(request[0], ())
    if packet.code not in allowed or packet.identifier != request[1]:
        raise BadAuthenticator(Unproven.NOT_THE_ANSWER, number=packet.code, identifier=packet.identifier)
    asked = request[4:20]
    datagram = packet.datagram
    expected = secret.digest_after(datagram[:4] + asked + datagram[20:])
    if not compare_digest(expected, packet.authenticator):
        raise BadAuthenticator(Unproven.RESPONSE_AUTHENTICATOR_WRONG)
    if packet.message_authenticator_at:
        _check_message_authenticator(packet, asked, secret)
        return Proof.MESSAGE_AUTHENTICATOR
    _refuse_unproven(packet, message_authenticator_required)
    return Proof.AUTHENTICATOR


def _check_message_authenticator(packet: Packet, authenticator: bytes, secret: Secret) -> None:
    """Raise BadAuthenticator unless the HMAC over the packet, with `authenticator` in its place, is right."""
    datagram = packet.datagram
    start = packet.message_authenticator_at
    end = start + 16
    signed = datagram[:4] + authenticator + datagram[20:start] + ZERO_AUTHENTICATOR + datagram[end:]
    if not compare_digest(secret.hmac(signed), datagram[start:end]):
        raise BadAuthenticator(Unproven.MESSAGE_AUTHENTICATOR_WRONG)


def _refuse_unproven(packet: Packet, required: bool) -> None:
    """Raise BadAuthenticator when a packet without Message-Authenticator must have one."""
    if required or packet.code is Code.STATUS_SERVER:
        raise BadAuthenticator(Unproven.MESSAGE_AUTHENTICATOR_MISSING)
    if EAP_MESSAGE in packet:
        raise BadAuthenticator(Unproven.EAP_WITHOUT_MESSAGE_AUTHENTICATOR)
    # A proxy's Proxy-State is the room in which the forger of CVE-2024-3596 writes: limit_proxy_state.
    if packet.code is Code.ACCESS_REQUEST and PROXY_STATE in packet:
        raise BadAuthenticator(Unproven.PROXY_STATE_WITHOUT_MESSAGE_AUTHENTICATOR)
