"""A small dynamic authorisation server (RFC 5176): equipment that takes orders, and the wire to it."""

from dataclasses import dataclass, field

from tests.factories import NOW
from tests.servers.radius.house import House
from tests.servers.radius.peer import SHARED, access_request, accounting_request, named, said

from spotcoffee.protocols.radius.authenticator import verify_request
from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.radius.orders import OrderSender
from spotcoffee.services.outbox import OrderAnswer
from spotcoffee.storage.models import Order, Ticket

_ACK = {Code.DISCONNECT_REQUEST: Code.DISCONNECT_ACK, Code.COA_REQUEST: Code.COA_ACK}
_NAK = {Code.DISCONNECT_REQUEST: Code.DISCONNECT_NAK, Code.COA_REQUEST: Code.COA_NAK}


@dataclass
class Das:
    """Equipment that takes orders. orders: (address, octets) in order of arrival."""

    house: House
    secret: Secret = SHARED
    orders: list[tuple[tuple[str, int], bytes]] = field(default_factory=list)
    _answers: list[OrderAnswer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sender = OrderSender(self.house.book, self.house.counters, enqueue=self._answers.append)
        self.sender.connection_made(self)  # type: ignore[arg-type]
        self.house.chores.send = self.sender.send

    def sendto(self, datagram: bytes, address: tuple[str, int]) -> None:
        """The wire: an order arrives, and proves itself."""
        verify_request(decode(datagram), self.secret)
        self.orders.append((address, datagram))

    @property
    def codes(self) -> list[Code]:
        return [decode(datagram).code for _, datagram in self.orders]

    @property
    def last(self) -> dict[str, str]:
        """What the last order says."""
        return said(self.orders[-1][1])

    def acknowledge(self) -> None:
        """Answer the last order with an ACK."""
        self._answer(_ACK)

    def refuse(self, cause: int | None = None) -> None:
        """Answer the last order with a NAK."""
        self._answer(_NAK, cause)

    def _answer(self, codes: dict[Code, Code], cause: int | None = None) -> None:
        address, datagram = self.orders[-1]
        request = decode(datagram)
        more = [] if cause is None else named(Error_Cause=cause)
        self.hear(encode_response(codes[request.code], request, more, self.secret), address)

    def hear(self, datagram: bytes, address: tuple[str, int]) -> None:
        """Something arrives at the server from an address; the database thread takes what comes of it."""
        self.sender.datagram_received(datagram, address)
        answers, self._answers[:] = list(self._answers), []
        self.house.chores.run(answers, idle=not answers)


def online(house: House) -> Das:
    """The ticket's guest is on, ten minutes by now; the equipment that he is on."""
    das = Das(house)
    house.login(access_request("GUESTTICKT"))
    house.report(accounting_request("Start", login="GUESTTICKT"))
    house.clock.tick(600)
    house.do_chores()
    return das


def interim(house: House) -> None:
    """A report, after which the session is decided again, and what is ordered is sent."""
    seconds = round((house.clock.now - NOW).total_seconds())
    house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=seconds))
    house.do_chores(1)


def revoked(house: House) -> Das:
    """The guest's ticket is revoked while he is on; the order to disconnect him is on the wire."""
    das = online(house)
    Ticket.objects.update(revoked_at=NOW)
    interim(house)
    assert das.codes == [Code.DISCONNECT_REQUEST]
    return das


def state() -> tuple[str, int | None]:
    order = Order.objects.latest("id")
    return order.state, order.error_cause
