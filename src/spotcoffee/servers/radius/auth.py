"""From an Access-Request to a login (RFC 2865)."""

from datetime import datetime
from functools import partial

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.domain.credentials import Challenged, Proof, Typed
from spotcoffee.domain.devices import device_of
from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.packet import Packet
from spotcoffee.protocols.radius.passwords import chap_challenge, chap_matches, pap_reveal
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.services.authorization import Login


def login_of(
    packet: Packet, *, access_point: AccessPoint, secret: Secret, source: tuple[str, int], at: datetime
) -> Login:
    """Read a verified Access-Request. Raises MalformedPacket for a User-Password that none can have written."""
    device = device_of(
        packet.text(assigned.CALLING_STATION_ID) or "",
        framed_address(packet),
        access_point_id=access_point.id,
    )
    return Login(
        access_point=access_point,
        login=packet.text(assigned.USER_NAME) or "",
        proof=_proof(packet, secret),
        # Nothing tells such devices apart: each request is one of its own.
        device=device or f"?{source[1]}-{packet.identifier}-{packet.authenticator.hex()}",
        source=source[0],
        at=at,
        acct_session_id=packet.text(assigned.ACCT_SESSION_ID),
    )


def framed_address(packet: Packet) -> str:
    """The address of the guest as the equipment says it; empty without."""
    address = packet.address(assigned.FRAMED_IP_ADDRESS) or packet.address6(assigned.FRAMED_IPV6_ADDRESS)
    return "" if address is None else str(address)


def _proof(packet: Packet, secret: Secret) -> Proof:
    hidden = packet.first(assigned.USER_PASSWORD)
    if hidden is not None:
        return Typed(pap_reveal(hidden, packet.authenticator, secret).decode("utf-8", "replace"))
    answer = packet.first(assigned.CHAP_PASSWORD)
    if answer is not None:
        return Challenged(partial(chap_matches, answer, chap_challenge(packet)))
    return Challenged(_never) if assigned.EAP_MESSAGE in packet else Typed("")


def _never(_candidate: bytes) -> bool:
    """A method that we do not speak opens nothing."""
    return False
