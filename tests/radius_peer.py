"""Equipment for tests, on real sockets, by our codec: it asks, repeats what is not answered, and takes orders."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from types import TracebackType
from typing import Final

from spotcoffee.protocols.radius.authenticator import verify_request, verify_response
from spotcoffee.protocols.radius.dictionary import Value, attribute
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.errors import RadiusError
from spotcoffee.protocols.radius.packet import Attribute, Code, Packet, decode
from spotcoffee.protocols.radius.passwords import chap_password, pap_hide
from spotcoffee.protocols.radius.secret import Secret

SECRET: Final = "a shared secret of the tests"
# Seconds until a request is sent again, byte for byte; until nobody is thought to be there.
REPEAT_AFTER: Final = 0.3
PATIENCE: Final = 60.0
# What the kernel keeps for us, so that a flood of answers loses none.
RECEIVE_BUFFER: Final = 4 << 20


class Silence(Exception):
    """No answer came, though the request was repeated."""


def attributes(named: dict[str, Value | None]) -> list[Attribute]:
    """Attributes by their names in the dictionary; None is left out."""
    return [attribute(name, value) for name, value in named.items() if value is not None]


def access_request(
    identifier: int,
    login: str,
    password: str = "",
    *,
    secret: str = SECRET,
    chap: bool = False,
    proven: bool = True,
    **named: Value | None,
) -> bytes:
    """An Access-Request. named: further attributes, `_` for `-`. proven: with a Message-Authenticator."""
    random, shared = os.urandom(16), Secret(secret.encode())
    if chap:
        word = attribute("CHAP-Password", chap_password(7, password.encode(), random))
    else:
        word = attribute("User-Password", pap_hide(password.encode(), random, shared))
    asked = [attribute("User-Name", login), word, *attributes(_dashed(named))]
    return encode_request(
        Code.ACCESS_REQUEST, identifier, asked, shared, authenticator=random, message_authenticator=proven
    )


def accounting_request(identifier: int, status: str, *, secret: str = SECRET, **named: Value | None) -> bytes:
    """An Accounting-Request. status: `Start`, `Interim-Update` … named: further attributes, `_` for `-`."""
    said = attributes({"Acct-Status-Type": status, **_dashed(named)})
    return encode_request(Code.ACCOUNTING_REQUEST, identifier, said, Secret(secret.encode()))


def status_request(identifier: int, *, secret: str = SECRET) -> bytes:
    """A Status-Server."""
    shared = Secret(secret.encode())
    return encode_request(Code.STATUS_SERVER, identifier, [], shared, authenticator=os.urandom(16))


def _dashed(named: dict[str, Value | None]) -> dict[str, Value | None]:
    return {name.replace("_", "-"): value for name, value in named.items()}


def bound_socket(source: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A UDP socket at an address of this machine."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    opened.bind((source, port))
    return opened


@dataclass
class Peer:
    """One piece of equipment: its address, and the ports of the server that it asks."""

    auth: int
    acct: int
    source: str = "127.0.0.1"
    server: str = "127.0.0.1"
    secret: str = SECRET
    nas_identifier: str | None = None
    _identifier: int = 0

    def __post_init__(self) -> None:
        self.socket = bound_socket(self.source)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def next_identifier(self) -> int:
        """The identifier of the next request."""
        self._identifier = (self._identifier + 1) % 256
        return self._identifier

    def log_in(self, login: str, password: str = "", *, chap: bool = False, **named: Value | None) -> Packet:
        """Ask for an Accept. Answers the Accept or Reject."""
        named.setdefault("NAS_Identifier", self.nas_identifier)
        number = self.next_identifier()
        return self.exchange(
            access_request(number, login, password, secret=self.secret, chap=chap, **named), port=self.auth
        )

    def report(self, status: str, **named: Value | None) -> Packet:
        """Send a report. Answers the Accounting-Response."""
        named.setdefault("NAS_Identifier", self.nas_identifier)
        number = self.next_identifier()
        return self.exchange(accounting_request(number, status, secret=self.secret, **named), port=self.acct)

    def status(self, port: int, *, patience: float = PATIENCE, repeat_after: float = REPEAT_AFTER) -> Packet:
        """Ask whether the server is alive."""
        request = status_request(self.next_identifier(), secret=self.secret)
        return self.exchange(request, port=port, patience=patience, repeat_after=repeat_after)

    def send(self, datagram: bytes, *, port: int) -> None:
        """Send something, whatever it is."""
        self.socket.sendto(datagram, (self.server, port))

    def receive(self, *, within: float) -> bytes | None:
        """The next datagram from the server; None when none came in time."""
        self.socket.settimeout(max(0.001, within))
        try:
            return self.socket.recv(65_536)
        except TimeoutError:
            return None

    def exchange(
        self, request: bytes, *, port: int, patience: float = PATIENCE, repeat_after: float = REPEAT_AFTER
    ) -> Packet:
        """Send a request, again and again, until its verified answer comes. Raises Silence."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            self.send(request, port=port)
            repeat_at = time.monotonic() + repeat_after
            while (left := repeat_at - time.monotonic()) > 0:
                answer = self.answer_to(request, within=left)
                if answer is not None:
                    return answer
        raise Silence(f"{self.source} asked port {port} for {patience} s")

    def answer_to(self, request: bytes, *, within: float) -> Packet | None:
        """The verified answer to a request, if the next datagram is it; late answers to other requests are not."""
        datagram = self.receive(within=within)
        if datagram is None or datagram[1] != request[1]:
            return None
        answer = decode(datagram)
        verify_response(answer, request, Secret(self.secret.encode()))
        return answer

    def answers_before_status(self, *, port: int) -> list[bytes]:
        """Everything that the server said at once to what was sent before; a Status-Server ends the wait."""
        request = status_request(self.next_identifier(), secret=self.secret)
        self.send(request, port=port)
        said: list[bytes] = []
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            datagram = self.receive(within=1.0)
            if datagram is None:
                self.send(request, port=port)
                continue
            with contextlib.suppress(RadiusError):
                verify_response(decode(datagram), request, Secret(self.secret.encode()))
                return said
            said.append(datagram)
        raise Silence(f"{self.source} sees nobody alive at port {port}")


@dataclass
class OrderTaker:
    """The part of equipment that takes orders (RFC 5176): answers each with `acknowledges`, and keeps it.

    error_cause: what a NAK says.
    """

    source: str = "127.0.0.1"
    secret: str = SECRET
    acknowledges: bool = True
    error_cause: int | None = None
    orders: SimpleQueue[Packet] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        self._socket = bound_socket(self.source)
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "OrderTaker":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with bound_socket(self.source) as bell:
            bell.sendto(b"", (self.source, self.port))
        self._thread.join(PATIENCE)
        self._socket.close()

    def take(self, *, within: float = PATIENCE) -> Packet:
        """The next order. Raises queue.Empty."""
        return self.orders.get(timeout=within)

    def _serve(self) -> None:
        for datagram, server in self._datagrams():
            order = decode(datagram)
            verify_request(order, Secret(self.secret.encode()), message_authenticator_required=True)
            self.orders.put(order)
            self._socket.sendto(self._answer(order), server)

    def _datagrams(self) -> Iterator[tuple[bytes, tuple[str, int]]]:
        while True:
            datagram, server = self._socket.recvfrom(65_536)
            if not datagram:
                return
            yield datagram, server

    def _answer(self, order: Packet) -> bytes:
        yes, no = (
            (Code.DISCONNECT_ACK, Code.DISCONNECT_NAK)
            if order.code is Code.DISCONNECT_REQUEST
            else (Code.COA_ACK, Code.COA_NAK)
        )
        said = attributes({"Error-Cause": self.error_cause})
        return encode_response(yes if self.acknowledges else no, order, said, Secret(self.secret.encode()))
