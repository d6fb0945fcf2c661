"""The front desk without a network and without a database: a directory made by hand, a clock that tests move."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_network

from tests.factories import KEYS, NOW, SECRET
from tests.servers.radius.peer import SHARED, SOURCE

from spotcoffee.domain.access_points import CAPABILITIES, AccessPoint, Equipment, MessageAuthenticator
from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.packet import Code
from spotcoffee.servers.radius.answers import refuse
from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.counters import Counters
from spotcoffee.servers.radius.reception import Port, Reception, Request, Source
from spotcoffee.services.directory import Directory, Listed, Neighbours

AUTH = Port(Code.ACCESS_REQUEST, 1812)
ACCT = Port(Code.ACCOUNTING_REQUEST, 1813)


@dataclass
class Clock:
    """Server time and monotonic seconds. `tick` moves both; `step` moves what the wall clock shows alone."""

    now: datetime = NOW
    monotonic: float = 1000.0

    def tick(self, seconds: float) -> None:
        self.step(seconds)
        self.monotonic += seconds

    def step(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def both(self) -> tuple[datetime, float]:
        return self.now, self.monotonic


def point(number: int = 1, equipment: Equipment = Equipment.GENERIC, **settings: object) -> AccessPoint:
    """An access point of a kind, its settings as the kind says."""
    kind = CAPABILITIES[equipment]
    plain = AccessPoint(
        id=number,
        organisation_id=1,
        equipment=equipment,
        swap_octets=kind.swap_octets,
        idle_tail_excluded=kind.idle_tail_excluded,
        reauthenticates=kind.reauthenticates,
        capabilities=kind,
    )
    return replace(plain, **settings)  # type: ignore[arg-type]


def listed(access_point: AccessPoint | None = None, **columns: object) -> Listed:
    """An access point as the directory lists it."""
    plain = Listed(
        access_point=access_point or point(),
        name="Salle",
        nas_identifier=None,
        message_authenticator=MessageAuthenticator.AUTO,
        message_authenticator_seen=False,
        coa_address=None,
        last_source="",
    )
    return replace(plain, **columns)  # type: ignore[arg-type]


def neighbours(*points: Listed, network: str = "127.0.0.1", secret: str = SECRET) -> Neighbours:
    """The access points behind one address."""
    return Neighbours(ip_network(network), secret.encode(), points or (listed(),))


def directory(*networks: Neighbours) -> Directory:
    """A directory of these networks; the longest prefix must come first."""
    networks = networks or (neighbours(),)
    points = {one.access_point.id: one for network in networks for one in network.points}
    return Directory(1, points, list(networks))


@dataclass
class Desk:
    """A reception with what came in and what went out. queued: what waits for the database."""

    book: Book
    clock: Clock = field(default_factory=Clock)
    counters: Counters = field(default_factory=Counters)
    queued: list[Request] = field(default_factory=list)
    sent: list[tuple[bytes, Source]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reception = Reception(
            book=self.book,
            counters=self.counters,
            enqueue=self.queued.append,
            refuse=lambda request, decision: refuse(request, decision, keys=KEYS, now=self.clock.now),
            clock=self.clock.both,
            session_of=KEYS.session_of,
        )

    def auth(self, datagram: bytes, source: Source = SOURCE) -> list[bytes]:
        """Bring a datagram to the authentication port; what is answered at once."""
        return self._receive(datagram, source, AUTH)

    def acct(self, datagram: bytes, source: Source = SOURCE) -> list[bytes]:
        """Bring a datagram to the accounting port; what is answered at once."""
        return self._receive(datagram, source, ACCT)

    def _receive(self, datagram: bytes, source: Source, port: Port) -> list[bytes]:
        before = len(self.sent)
        self.reception.receive(datagram, source, port=port, send=lambda answer, to: self.sent.append((answer, to)))
        return [answer for answer, _ in self.sent[before:]]

    def dropped(self) -> dict[str, int]:
        """The reasons of what was dropped, with how often."""
        counts = self.counters.all().items()
        return {name.removeprefix("dropped."): n for name, n in counts if name.startswith("dropped.")}


def desk(*networks: Neighbours) -> Desk:
    """A desk for the access points of these networks; one access point at 127.0.0.1 when none is named."""
    return Desk(Book(directory(*networks)))


def raw(octets: bytes = b"", *, code: int = 1, length: int | None = None) -> bytes:
    """A datagram with a header that may lie."""
    size = 20 + len(octets) if length is None else length
    return bytes((code, 7)) + size.to_bytes(2) + bytes(16) + octets


def answered(at: Desk, request: Request) -> bytes:
    """Let the database accept a request: what is then sent."""
    code = Code.ACCESS_ACCEPT if request.packet.code is Code.ACCESS_REQUEST else Code.ACCOUNTING_RESPONSE
    answer = encode_response(code, request.packet, [], SHARED)
    at.reception.conclude([(request, answer)], [])
    return answer
