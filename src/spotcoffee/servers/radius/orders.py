"""Orders on the wire: Disconnect-Request and CoA-Request, and the answers of the equipment (RFC 5176)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
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
from spotcoffee.protocols.radius.packet import Attribute, Code, decode
from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.counters import Counters
from spotcoffee.servers.radius.replies import change_attributes
from spotcoffee.services.directory import Listed
from spotcoffee.services.outbox import CHANGE, OrderAnswer, OrderFacts, Outgoing

_integer: Final = Struct(">I").pack
# An answer that comes later than any repetition is of no use.
MOST_IN_FLIGHT: Final = 4_096


@dataclass(slots=True, eq=False)
class OrderWriter:
    """Writes the packet of an order, once. Used by the database thread."""

    book: Book
    clock: Callable[[], datetime]
    _identifiers: "count[int]" = field(default_factory=count)

    def write(self, order: OrderFacts, session: Session) -> bytes | None:
        """The signed datagram; None where the access point is gone or takes no orders."""
        listed = self.book.directory.points.get(order.access_point_id)
        if listed is None or listed.access_point.coa_port is None:
            return None
        neighbours = self.book.directory.behind(destination(listed, session.source)) or self.book.directory.behind(
            session.source
        )
        if neighbours is None:
            return None
        now = self.clock()
        attributes = [*_names(session), (assigned.EVENT_TIMESTAMP, _integer(int(now.timestamp())))]
        code = Code.DISCONNECT_REQUEST
        if order.kind == CHANGE and order.grant is not None:
            code = Code.COA_REQUEST
            attributes += change_attributes(
                listed.access_point,
                order.grant,
                age=whole_seconds(session.age(now)),
                moved=(session.meter.down.total, session.meter.up.total),
            )
        secret = self.book.secret_of(neighbours)
        return encode_request(code, next(self._identifiers) % 256, attributes, secret)


def destination(listed: Listed, source: str) -> str:
    """Where orders for an access point go: its own address for them, else where its packets come from."""
    return listed.coa_address or source or listed.last_source


def _names(session: Session) -> list[Attribute]:
    """What the equipment finds the session by (RFC 5176 3)."""
    named = [attribute("Acct-Session-Id", session.acct_session_id or "")]
    if session.framed_address:
        kind = "Framed-IPv6-Address" if ":" in session.framed_address else "Framed-IP-Address"
        named.append(attribute(kind, session.framed_address))
    return named


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
            neighbours = self.book.directory.behind(source[0])
            if order is None or neighbours is None:
                self.counters.add("orders.unexpected")
                return
            verify_response(packet, order.packet, self.book.secret_of(neighbours))
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
