"""Where datagrams arrive: recognised, verified, read, and queued; answered when the database thread has committed.

Runs on the event loop alone. Nothing here waits, and nothing that a peer sends raises past `receive`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import structlog

from spotcoffee.domain.authorization import Decision, Reason, Reject
from spotcoffee.domain.guessing import Guessing
from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.authenticator import Proof, verify_request
from spotcoffee.protocols.radius.duplicates import AnswerCache, Key, Seen, request_key
from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.errors import RadiusError
from spotcoffee.protocols.radius.packet import Code, Packet, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.radius.accounting import report_of
from spotcoffee.servers.radius.auth import login_of
from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.counters import Counters
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.authorization import Login
from spotcoffee.services.directory import Listed, Neighbours
from spotcoffee.services.sweeps import Restart

# Requests that may wait for the database; past it new ones are dropped, for equipment asks again.
MOST_WAITING: Final = 8_192

log = structlog.get_logger()

Source: TypeAlias = tuple[str, int]
Send: TypeAlias = Callable[[bytes, Source], None]
Item: TypeAlias = Login | Arrival | Restart | None


@dataclass(slots=True, eq=False)
class Request:
    """A verified request between its arrival and its answer. item: what it asks; None: only to be answered."""

    packet: Packet
    source: Source
    send: Send
    neighbours: Neighbours
    listed: Listed
    secret: Secret
    key: Key
    item: Item = None


@dataclass(frozen=True, slots=True)
class Port:
    """One of the two sockets. takes: ACCESS_REQUEST or ACCOUNTING_REQUEST. number: ours, for the answer cache."""

    takes: Code
    number: int


@dataclass(slots=True, eq=False)
class Reception:
    """The front desk.

    enqueue: hands a request to the database thread. refuse: the finished answer of a Reject. clock: server time and
    monotonic seconds. session_of: the session id in a Class of ours.
    """

    book: Book
    counters: Counters
    enqueue: Callable[[Request], None]
    refuse: Callable[[Request, Decision], bytes]
    clock: Callable[[], tuple[datetime, float]]
    session_of: Callable[[bytes], int | None]
    cache: AnswerCache = field(default_factory=AnswerCache)
    guessing: Guessing = field(default_factory=Guessing)
    waiting: int = 0
    _undecided: Counter[tuple[int, str]] = field(default_factory=Counter)

    def receive(self, datagram: bytes, source: Source, *, port: Port, send: Send) -> None:
        """Take one datagram."""
        neighbours = self.book.directory.behind(source[0])
        if neighbours is None:
            self._drop(source, "unknown_source")
            return
        try:
            self._read(datagram, source, neighbours, port=port, send=send)
        except RadiusError as error:
            self._drop(source, error.code.value)
        except Exception:
            # Our bug. It costs this one datagram, for no packet may end the service.
            log.exception("datagram_failed")
            self._drop(source, "failed")

    def _drop(self, source: Source, code: str) -> None:
        self.counters.add(f"dropped.{code}")
        self.book.note_source(source[0], code)

    def _read(self, datagram: bytes, source: Source, neighbours: Neighbours, *, port: Port, send: Send) -> None:
        packet = decode(datagram)
        if packet.code is not port.takes and packet.code is not Code.STATUS_SERVER:
            self._drop(source, "wrong_port")
            return
        listed = neighbours.choose(packet.text(assigned.NAS_IDENTIFIER))
        if listed is None:
            self._drop(source, "unknown_nas_identifier")
            return
        secret = self.book.secret_of(neighbours)
        proof = verify_request(packet, secret, message_authenticator_required=self.book.requires_proof(listed))
        if packet.code is Code.ACCESS_REQUEST and proof is Proof.MESSAGE_AUTHENTICATOR:
            self.book.note_proof(listed)
        self.book.note_heard(listed, source[0])
        key = request_key(packet, source, port.number)
        self._take(Request(packet, source, send, neighbours, listed, secret, key), port)

    def _take(self, request: Request, port: Port) -> None:
        now, monotonic = self.clock()
        if request.packet.code is Code.STATUS_SERVER:
            self.counters.add("status_server")
            code = Code.ACCESS_ACCEPT if port.takes is Code.ACCESS_REQUEST else Code.ACCOUNTING_RESPONSE
            request.send(encode_response(code, request.packet, (), request.secret), request.source)
            return
        request.item = self._item(request, now)
        seen = self.cache.look_up(request.key, now=monotonic)
        if isinstance(seen, bytes):
            self.counters.add("repeated")
            request.send(seen, request.source)
        elif seen is Seen.NEW:
            self._ask(request, monotonic)

    def _item(self, request: Request, now: datetime) -> Item:
        point = request.listed.access_point
        if request.packet.code is Code.ACCESS_REQUEST:
            return login_of(request.packet, access_point=point, secret=request.secret, source=request.source, at=now)
        return report_of(
            request.packet,
            listed=request.listed,
            neighbours=request.neighbours,
            source=request.source[0],
            arrived_at=now,
            session_of=self.session_of,
        )

    def _ask(self, request: Request, monotonic: float) -> None:
        item = request.item
        if item is None:
            self.counters.add("accounting.other")
            answer = encode_response(Code.ACCOUNTING_RESPONSE, request.packet, (), request.secret)
            self.answer(request, answer, monotonic)
        elif isinstance(item, Login) and self.guessing.refuses(item.access_point.id, item.device, now=monotonic):
            self.counters.add("login.slowed")
            self.answer(request, self.refuse(request, Reject(Reason.WRONG_PASSWORD)), monotonic)
        elif self.waiting >= MOST_WAITING or (isinstance(item, Login) and self._crowds(item, monotonic)):
            self.cache.forget(request.key)
            self.counters.add("dropped.busy")
        else:
            self.waiting += 1
            if isinstance(item, Login):
                self._undecided[item.access_point.id, item.device] += 1
            self.enqueue(request)

    def _crowds(self, login: Login, monotonic: float) -> bool:
        """Whether so many logins of a device wait that all of them wrong would be more than it may guess."""
        device = login.access_point.id, login.device
        pending = self._undecided.get(device, 0)
        return pending > 0 and self.guessing.refuses(*device, now=monotonic, pending=pending)

    def answer(self, request: Request, answer: bytes, monotonic: float) -> None:
        """Send an answer and keep it for repetitions of its request."""
        self.cache.answer(request.key, answer, now=monotonic)
        request.send(answer, request.source)

    def conclude(self, answered: list[tuple[Request, bytes | None]], failures: list[Login]) -> None:
        """Send what the database thread has committed; None: nothing could be stored, so nothing is said.

        failures: the logins of unknown or wrong codes.
        """
        _, monotonic = self.clock()
        self.waiting -= len(answered)
        for request, answer in answered:
            if isinstance(request.item, Login):
                self._decided(request.item)
            if answer is None:
                self.cache.forget(request.key)
            else:
                self.answer(request, answer, monotonic)
        for login in failures:
            if self.guessing.failed(login.access_point.id, login.device, now=monotonic):
                self.counters.add("login.under_attack")
                point = login.access_point
                self.book.note_fault(point.id, point.organisation_id, "many_wrong_codes")

    def _decided(self, login: Login) -> None:
        device = login.access_point.id, login.device
        self._undecided[device] -= 1
        if not self._undecided[device]:
            del self._undecided[device]
