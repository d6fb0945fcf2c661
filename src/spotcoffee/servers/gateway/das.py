"""Orders of the server: Disconnect and CoA (RFC 5176). Who can't prove the secret, or comes late, gets silence.

Checked in this order: the packet, the secret with a Message-Authenticator, whether it was answered already, its
Event-Timestamp, then what it says.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, cast

import structlog

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.assigned import ErrorCause, ServiceType, Vendor
from spotcoffee.protocols.radius.authenticator import verify_request
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.duplicates import AnswerCache, request_key
from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.errors import RadiusError
from spotcoffee.protocols.radius.packet import Code, Packet, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.gateway.box import Box
from spotcoffee.servers.gateway.errors import EnforcementError
from spotcoffee.servers.gateway.packets import dashed, said_limits
from spotcoffee.servers.gateway.sessions import End, Session

# Seconds that an order's Event-Timestamp may differ from our clock (RFC 5176 6.3).
WINDOW: Final = 300

_ANSWERS: Final = {
    Code.DISCONNECT_REQUEST: (Code.DISCONNECT_ACK, Code.DISCONNECT_NAK),
    Code.COA_REQUEST: (Code.COA_ACK, Code.COA_NAK),
}
_TELL_APART: Final = frozenset(
    {
        assigned.USER_NAME,
        assigned.ACCT_SESSION_ID,
        assigned.CALLING_STATION_ID,
        assigned.FRAMED_IP_ADDRESS,
        assigned.FRAMED_IPV6_ADDRESS,
    }
)
_UNDERSTOOD: Final = _TELL_APART | {
    assigned.NAS_IP_ADDRESS,
    assigned.NAS_IPV6_ADDRESS,
    assigned.NAS_IDENTIFIER,
    assigned.NAS_PORT,
    assigned.NAS_PORT_TYPE,
    assigned.CALLED_STATION_ID,
    assigned.CLASS,
    assigned.EVENT_TIMESTAMP,
    assigned.MESSAGE_AUTHENTICATOR,
    assigned.PROXY_STATE,
    assigned.SERVICE_TYPE,
    assigned.ACCT_TERMINATE_CAUSE,
    assigned.REPLY_MESSAGE,
    assigned.VENDOR_SPECIFIC,
}
_LIMITS: Final = frozenset({assigned.SESSION_TIMEOUT, assigned.IDLE_TIMEOUT, assigned.ACCT_INTERIM_INTERVAL})
_VENDORS: Final = frozenset({Vendor.WISPR, Vendor.CHILLISPOT})

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class OrderTaker(asyncio.DatagramProtocol):
    """The socket where orders arrive. monotonic, wall: seconds."""

    box: Box
    secret: Secret
    monotonic: Callable[[], float]
    wall: Callable[[], float]
    # An order older than the window gets no answer anyway.
    _answered: AnswerCache = field(default_factory=lambda: AnswerCache(lifetime=2.0 * WINDOW, most=10_000))
    _transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take an order."""
        try:
            answer = self.answer(data)
        except RadiusError as error:
            log.warning("order_dropped", source=addr[0], reason=error.code.value)
            return
        except Exception:
            # Our bug; the next order is another.
            log.exception("order_failed", source=addr[0])
            return
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)

    def answer(self, datagram: bytes) -> bytes | None:
        """What an order gets; None: silence. Raises RadiusError for what is no order of the server's."""
        packet = decode(datagram)
        verify_request(packet, self.secret, message_authenticator_required=True)
        if packet.code not in _ANSWERS or not packet.message_authenticator_at:
            log.warning("order_dropped", reason="unproven")
            return None
        # Wherever it comes from now: a copy of an order is not another one.
        key = request_key(packet, ("", 0), 0)
        now = self.monotonic()
        seen = self._answered.look_up(key, now=now)
        if isinstance(seen, bytes):
            return seen
        if not self._is_timely(packet):
            self._answered.forget(key)
            log.warning("order_dropped", reason="stale")
            return None
        answer = self._carry_out(packet)
        self._answered.answer(key, answer, now=now)
        return answer

    def _is_timely(self, packet: Packet) -> bool:
        said_at = packet.integer(assigned.EVENT_TIMESTAMP)
        return said_at is not None and abs(self.wall() - said_at) <= WINDOW

    def _carry_out(self, packet: Packet) -> bytes:
        cause = self._refusal(packet)
        found = [] if cause is not None else self._matches(packet)
        if cause is None and len(found) != 1:
            cause = ErrorCause.MULTIPLE_SESSION_SELECTION_UNSUPPORTED if found else ErrorCause.SESSION_CONTEXT_NOT_FOUND
        if cause is None:
            cause = self._do(packet, found[0])
        yes, no = _ANSWERS[packet.code]
        log.info("order_taken", kind=packet.code.name, refused=None if cause is None else cause.name)
        if cause is None:
            return encode_response(yes, packet, [], self.secret)
        return encode_response(no, packet, [attribute("Error-Cause", cause)], self.secret)

    def _refusal(self, packet: Packet) -> ErrorCause | None:
        identity = self.box.identity
        name = packet.text(assigned.NAS_IDENTIFIER)
        address = packet.address(assigned.NAS_IP_ADDRESS) or packet.address6(assigned.NAS_IPV6_ADDRESS)
        if (name is not None and name != identity.name) or (address is not None and address != identity.address):
            return ErrorCause.NAS_IDENTIFICATION_MISMATCH
        if packet.integer(assigned.SERVICE_TYPE) == ServiceType.AUTHORIZE_ONLY:
            return ErrorCause.UNSUPPORTED_SERVICE
        understood = _UNDERSTOOD | (_LIMITS if packet.code is Code.COA_REQUEST else frozenset())
        if any(kind not in understood for kind, _value in packet.attributes) or _has_unknown_vendor(packet):
            return ErrorCause.UNSUPPORTED_ATTRIBUTE
        if not any(kind in packet for kind in _TELL_APART):
            return ErrorCause.MISSING_ATTRIBUTE
        if packet.code is Code.COA_REQUEST and not said_limits(packet):
            return ErrorCause.MISSING_ATTRIBUTE
        return None

    def _matches(self, packet: Packet) -> list[Session]:
        return [session for session in self.box.guests.values() if _is_meant(packet, session)]

    def _do(self, packet: Packet, session: Session) -> ErrorCause | None:
        try:
            if packet.code is Code.DISCONNECT_REQUEST:
                self.box.end(session.device, End.DISCONNECTED)
            else:
                self.box.change(session.device, said_limits(packet))
        except EnforcementError:
            log.exception("order_refused_by_kernel", session=session.session_id)
            return ErrorCause.RESOURCES_UNAVAILABLE
        return None


def _is_meant(packet: Packet, session: Session) -> bool:
    """Whether all that an order says of a session is said of this one."""
    login, number = packet.first(assigned.USER_NAME), packet.first(assigned.ACCT_SESSION_ID)
    station = packet.text(assigned.CALLING_STATION_ID)
    framed = packet.address(assigned.FRAMED_IP_ADDRESS) or packet.address6(assigned.FRAMED_IPV6_ADDRESS)
    return (
        (login is None or login == session.login.encode())
        and (number is None or number == session.session_id.encode())
        and (station is None or station.replace(":", "-").upper() == dashed(session.device))
        and (framed is None or framed in (session.address, *session.others))
    )


def _has_unknown_vendor(packet: Packet) -> bool:
    return any(int.from_bytes(value[:4], "big") not in _VENDORS for value in packet.all(assigned.VENDOR_SPECIFIC))


async def listen(taker: OrderTaker, bind: tuple[str, int]) -> asyncio.DatagramTransport:
    """Open the socket."""
    host = str(ip_address(bind[0]))
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: taker, local_addr=(host, bind[1]))
    return transport
