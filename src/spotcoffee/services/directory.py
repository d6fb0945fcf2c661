"""The table of access points that a server holds in memory: packets are verified before anything is queued."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from spotcoffee.domain.access_points import AccessPoint, MessageAuthenticator
from spotcoffee.storage.keys import KeyRing, SealBroken
from spotcoffee.storage.queries import access_points as queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One access point with what its packets are recognised by. nas_identifier None: any."""

    access_point: AccessPoint
    name: str
    nas_identifier: str | None
    message_authenticator: MessageAuthenticator
    message_authenticator_seen: bool
    coa_address: str | None
    last_source: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The access points behind one address or network; they share its secret."""

    network: IPv4Network | IPv6Network
    secret: bytes
    points: tuple[Listed, ...]

    def __repr__(self) -> str:
        return f"Neighbours({self.network})"

    def choose(self, nas_identifier: str | None) -> Listed | None:
        """The access point of that NAS-Identifier, else the one that takes any."""
        anyone = None
        for listed in self.points:
            if listed.nas_identifier is None:
                anyone = listed
            elif listed.nas_identifier == nas_identifier:
                return listed
        return anyone

    @property
    def told_apart(self) -> bool:
        """Whether NAS-Identifier tells several access points apart here."""
        return len(self.points) > 1


@dataclass(slots=True)
class Directory:
    """All access points: by id, and by the source address of their packets, longest match first."""

    version: int
    points: Mapping[int, Listed]
    _networks: list[Neighbours]
    _by_source: dict[str, Neighbours | None] = field(default_factory=dict)

    @property
    def access_points(self) -> dict[int, AccessPoint]:
        """The access points as the rules see them, by id."""
        return {key: listed.access_point for key, listed in self.points.items()}

    def behind(self, source: str) -> Neighbours | None:
        """The access points that send from this address; None for an unknown source."""
        try:
            return self._by_source[source]
        except KeyError:
            found = self._longest_match(source)
            # A flood of invented sources must not fill the memory.
            if len(self._by_source) < 100_000:
                self._by_source[source] = found
            return found

    def _longest_match(self, source: str) -> Neighbours | None:
        address = ip_address(source.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        address = mapped if mapped is not None else address
        return next((n for n in self._networks if address in n.network), None)


def read_directory(*, keys: KeyRing, interim_interval: int) -> Directory:
    """Read the table. interim_interval: seconds, for access points that have none of their own.

    An access point whose secret does not open with these keys is left out.
    """
    version = queries.version()
    points: dict[int, Listed] = {}
    by_network: dict[IPv4Network | IPv6Network, list[Listed]] = {}
    secrets: dict[IPv4Network | IPv6Network, bytes] = {}
    for row in queries.listed():
        listed = Listed(
            access_point=row.as_value(interim_interval=interim_interval),
            name=row.name,
            nas_identifier=row.nas_identifier,
            message_authenticator=MessageAuthenticator(row.message_authenticator),
            message_authenticator_seen=row.message_authenticator_seen,
            coa_address=row.coa_address,
            last_source=row.source,
        )
        points[row.pk] = listed
        network = ip_network(row.address, strict=False)
        try:
            secrets[network] = keys.unseal(bytes(row.secret_sealed)).encode()
        except SealBroken:
            continue
        by_network.setdefault(network, []).append(listed)
    networks = [Neighbours(network, secrets[network], tuple(listed)) for network, listed in by_network.items()]
    networks.sort(key=lambda neighbours: -neighbours.network.prefixlen)
    return Directory(version, points, networks)


def current_version() -> int:
    """The number that moves with every saved access point."""
    return queries.version()


@dataclass(slots=True)
class Notes:
    """What a server noticed of access points since it last wrote it down.

    heard: access point to source address. proven: those that sent a Message-Authenticator. sources: (address, code),
    faults: (access point, organisation, code), to how often.
    """

    heard: dict[int, str] = field(default_factory=dict)
    proven: set[int] = field(default_factory=set)
    sources: dict[tuple[str, str], int] = field(default_factory=dict)
    faults: dict[tuple[int, int, str], int] = field(default_factory=dict)


def write_notes(notes: Notes, *, process_id: int, now: datetime) -> None:
    """Write notes down, each kind in a transaction of its own."""
    queries.heard(notes.heard, process_id=process_id, now=now)
    queries.saw_message_authenticator(notes.proven)
    queries.note_faults(notes.faults, now=now)
    queries.note_source_faults(notes.sources, now=now)


def heard_by(process_id: int, *, alive_since: datetime) -> set[int]:
    """The access points that this process heard last, those of processes without a heartbeat since included."""
    queries.take_over(process_id=process_id, alive_since=alive_since)
    return queries.heard_by(process_id)
