"""Orders on the wire: Disconnect-Request and CoA-Request, and the answers of the equipment (RFC 5176)."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from itertools import count
from struct import Struct
from typing import Final, cast

from spotcoffee.domain.sessions import Session
from spotcoffee.domain.units import whole_seconds
from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.authenticator import verify_response
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.errors import RadiusError
from spotcoffee.protocols.radius.packet import MOST_VALUE_OCTETS, Attribute, Code, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.counters import Counters
from spotcoffee.servers.radius.replies import change_attributes
from spotcoffee.services.directory import Listed
from spotcoffee.services.outbox import CHANGE, OrderAnswer, OrderFacts, Outgoing
from spotcoffee.storage.keys import KeyRing, SealBroken

_integer: Final = Struct(">I").pack
_is_mac: Final = re.compile(r"[0-9a-f]{12}\Z").match
# An answer that comes later than any repetition is of no use.
MOST_IN_FLIGHT: Final = 4_096


@dataclass(slots=True, eq=False)
class OrderWriter:
    """Writes the packet of an order, once. Used by the database thread."""

    book: Book
    keys: KeyRing
    clock: Callable[[], datetime]
    _identifiers: "count[int]" = field(default_factory=count)

    def write(self, order: OrderFacts, session: Session) -> bytes | None:
        """The signed datagram; None where the access point is gone or takes no orders."""
        listed = self.book.directory.points.get(order.access_point_id)
        if listed is None or listed.access_point.coa_port is None:
            return None
        secret = secret_of_orders(self.book, listed, session.source)
        if secret is None:
            return None
        now = self.clock()
        names = _names(session)
        if names is None:
            return None
        attributes = [*self._user_name(session), *names, (assigned.EVENT_TIMESTAMP, _integer(int(now.timestamp())))]
        code = Code.DISCONNECT_REQUEST
        if order.kind == CHANGE and order.grant is not None:
            code = Code.COA_REQUEST
            attributes += change_attributes(
                listed.access_point,
                order.grant,
                age=whole_seconds(session.age(now)),
                moved=(session.meter.down.total, session.meter.up.total),
            )
        return encode_request(code, next(self._identifiers) % 256, attributes, secret)

    def _user_name(self, session: Session) -> list[Attribute]:
        """What the equipment calls the guest, as it was typed: CoovaChilli finds a session by nothing else."""
        if session.user_name_sealed is None:
            return []
        try:
            name = self.keys.unseal(session.user_name_sealed).encode()
        except SealBroken:
            return []
        return [(assigned.USER_NAME, name)] if 0 < len(name) <= MOST_VALUE_OCTETS else []


def destination(listed: Listed, source: str) -> str:
    """Where orders for an access point go: its own address for them, else where its packets come from."""
    return listed.coa_address or source or listed.last_source


def secret_of_orders(book: Book, listed: Listed, source: str) -> Secret | None:
    """The secret of an access point's own packets, whatever address its orders go to; None where it is gone.

    source: where the session's packets came from.
    """
    for address in (source, listed.coa_address, listed.last_source):
        neighbours = book.directory.behind(address) if address else None
        if neighbours is not None and listed in neighbours.points:
            return book.secret_of(neighbours)
    return None


def _names(session: Session) -> list[Attribute] | None:
    """What the equipment finds the session by (RFC 5176 3); None where its own words were not readable."""
    number = (session.acct_session_id or "").encode()
    # Octets that are no UTF-8 were replaced by longer ones: nothing finds that session by them.
    if len(number) > MOST_VALUE_OCTETS:
        return None
    named = [(assigned.ACCT_SESSION_ID, number)] if number else _station(session.device)
    if session.framed_address:
        kind = "Framed-IPv6-Address" if ":" in session.framed_address else "Framed-IP-Address"
        named.append(attribute(kind, ip_address(session.framed_address)))
    return named


def _station(device: str) -> list[Attribute]:
    """The device itself, for equipment that reports nothing and so gave its session no number."""
    if not _is_mac(device):
        return []
    return [attribute("Calling-Station-Id", bytes.fromhex(device).hex("-").upper())]


@dataclass(slots=True, eq=False)
class OrderSender(asyncio.DatagramProtocol):
    """The socket that orders leave from. Runs on the event loop. enqueue: hands an answer to the database thread."""

    book: Book
    counters: Counters
    enqueue: Callable[[OrderAnswer], None]
    _transport: asyncio.DatagramTransport | None = None
    _in_flight: dict[tuple[str, int, int], Outgoing] = field(default_factory=dict)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        # uvloop's transport is none of asyncio's classes, but speaks as one.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def send(self, outgoing: list[Outgoing]) -> None:
        """Put orders on the wire."""
        for order in outgoing:
            listed = self.book.directory.points.get(order.access_point_id)
            if listed is None or listed.access_point.coa_port is None or self._transport is None:
                continue
            address = (destination(listed, order.source), listed.access_point.coa_port)
            if len(self._in_flight) >= MOST_IN_FLIGHT:
                self._in_flight.pop(next(iter(self._in_flight)))
            self._in_flight[(*address, order.packet[1])] = order
            self._transport.sendto(order.packet, address)

    def datagram_received(self, datagram: bytes, source: tuple[str, int]) -> None:
        """Take an answer; what does not prove itself is dropped and counted."""
        try:
            packet = decode(datagram)
            key = (source[0], source[1], packet.identifier)
            order = self._in_flight.get(key)
            secret = None if order is None else self._secret_of(order)
            if order is None or secret is None:
                self.counters.add("orders.unexpected")
                return
            verify_response(packet, order.packet, secret)
        except RadiusError as error:
            self.counters.add(f"orders.{error.code.value}")
            return
        del self._in_flight[key]
        acknowledged = packet.code in (Code.DISCONNECT_ACK, Code.COA_ACK)
        self.counters.add("orders.acknowledged" if acknowledged else "orders.refused")
        cause = None if acknowledged else packet.integer(assigned.ERROR_CAUSE)
        self.enqueue(
            OrderAnswer(
                order_id=order.order_id,
                session_id=order.session_id,
                acknowledged=acknowledged,
                error_cause=cause,
            )
        )

    def _secret_of(self, order: Outgoing) -> Secret | None:
        listed = self.book.directory.points.get(order.access_point_id)
        return None if listed is None else secret_of_orders(self.book, listed, order.source)
