"""A gateway without a kernel: an enforcement that only remembers, clocks in the test's hands, a small RADIUS server."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, ip_address
from pathlib import Path
from typing import Final, TypeAlias, cast

from tests.factories import KEYS

from spotcoffee.protocols.radius.assigned import CLASS
from spotcoffee.protocols.radius.authenticator import verify_request
from spotcoffee.protocols.radius.dictionary import Value, attribute
from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.packet import Attribute, Code, Packet, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.gateway.box import Box, Clocks
from spotcoffee.servers.gateway.client import RadiusClient
from spotcoffee.servers.gateway.enforcement import Address, Alert, Device, Fault, Guest, Network, Traffic
from spotcoffee.servers.gateway.errors import KernelRefused
from spotcoffee.servers.gateway.island import Courier
from spotcoffee.servers.gateway.memory import Memory
from spotcoffee.servers.gateway.packets import Claim, Identity
from spotcoffee.servers.gateway.sessions import Limits, Session

NETWORK: Final = Network(
    guest_interface="br0", uplink_interface="wan", guest4=IPv4Interface("10.77.0.1/24"), portal_port=3990
)
SECRET: Final = Secret(b"a shared secret of the tests")
DEVICE: Final = "020000000101"
ADDRESS: Final = IPv4Address("10.77.0.11")
IDENTITY: Final = Identity(name="box", address=IPv4Address("127.0.0.1"), called="02-00-00-00-00-01")
WALL: Final = 1_780_000_000.0


@dataclass
class Clock:
    """Time in the hands of the test."""

    now: float = 1_000.0
    wall: float = WALL
    boot: str = "first"

    def pass_by(self, seconds: float) -> None:
        """Both clocks go on."""
        self.now += seconds
        self.wall += seconds

    def clocks(self) -> Clocks:
        """As the box has them."""
        return Clocks(lambda: self.now, lambda: self.wall, self.boot)


@dataclass
class Remembering:
    """An enforcement that lets nobody through, and remembers what it was told."""

    guests: dict[Device, Guest] = field(default_factory=dict)
    moved: dict[Device, Traffic] = field(default_factory=dict)
    at: dict[Address, Device] = field(default_factory=lambda: {ADDRESS: DEVICE})
    faults: tuple[Fault, ...] = ()
    broken: bool = False
    closed: bool = False
    rebuilt: int = 0

    def install(self, network: Network, guests: Iterable[Guest] = ()) -> None:
        self.guests = {guest.device: guest for guest in guests}

    def admit(self, guest: Guest) -> None:
        if self.broken:
            raise KernelRefused("admit")
        self.guests[guest.device] = guest

    def change(self, guest: Guest) -> None:
        if self.broken:
            raise KernelRefused("change")
        self.guests[guest.device] = guest

    def expel(self, device: Device) -> Traffic | None:
        return self.moved.pop(device, Traffic(0, 0, None)) if self.guests.pop(device, None) else None

    def traffic(self, now: float) -> Mapping[Device, Traffic]:
        return self.moved

    def verify(self) -> tuple[Fault, ...]:
        return self.faults

    def rebuild(self, guests: Iterable[Guest]) -> None:
        self.guests = {guest.device: guest for guest in guests}
        self.faults, self.rebuilt = (), self.rebuilt + 1

    def alerts(self) -> tuple[Alert, ...]:
        return ()

    def device_at(self, address: Address) -> Device | None:
        return self.at.get(address)

    def addresses_of(self, device: Device) -> tuple[Address, ...]:
        return tuple(address for address, other in self.at.items() if other == device)

    def close(self, *, leave_closed: bool = True) -> None:
        self.closed = True


@dataclass
class SmallServer(asyncio.DatagramProtocol):
    """A RADIUS server on one port that answers as it is told. deaf: how many datagrams it doesn't hear yet."""

    answer: Callable[[Packet], tuple[Code, list[Attribute]]]
    deaf: int = 0
    heard: list[bytes] = field(default_factory=list)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.append(data)
        if self.deaf:
            self.deaf -= 1
            return
        packet = decode(data)
        verify_request(packet, SECRET)
        code, attributes = self.answer(packet)
        self._transport.sendto(encode_response(code, packet, attributes, SECRET), addr)

    def packets(self, code: Code) -> list[Packet]:
        """What it heard of one kind."""
        return [packet for packet in map(decode, self.heard) if packet.code is code]


def accepts(**named: Value) -> Callable[[Packet], tuple[Code, list[Attribute]]]:
    """Accepts everybody with these attributes, `_` for `-`; takes every report."""

    def answer(packet: Packet) -> tuple[Code, list[Attribute]]:
        if packet.code is Code.ACCOUNTING_REQUEST:
            return Code.ACCOUNTING_RESPONSE, []
        limits = [attribute(name.replace("_", "-"), value) for name, value in named.items()]
        return Code.ACCESS_ACCEPT, [*limits, (CLASS, b"sc1-class")]

    return answer


@dataclass
class Place:
    """A box with its small server, on two free ports that follow one another."""

    box: Box
    auth: SmallServer
    acct: SmallServer
    clock: Clock
    kernel: Remembering


Answering: TypeAlias = Callable[[Packet], tuple[Code, list[Attribute]]]


@dataclass
class Stage:
    """Opens places in a folder, and closes all at the end."""

    folder: Path
    stack: AsyncExitStack

    async def open(self, answer: Answering | None = None) -> Place:
        """A box with its server."""
        clock = Clock()
        auth, acct = SmallServer(answer or accepts()), SmallServer(answer or accepts())
        port = await self._listen(auth, acct)
        client = RadiusClient([("127.0.0.1", port)], SECRET, "box", asyncio.get_running_loop().time)
        await client.open()
        self.stack.callback(client.close)
        kernel = Remembering()
        return Place(self._box(kernel, client, clock), auth, acct, clock, kernel)

    def restart(self, place: Place, clock: Clock) -> Place:
        """As after kill -9, which closes nothing: a new box on what is on the disk, and a kernel that knows nobody."""
        place.box.memory.close()
        kernel = Remembering()
        box = self._box(kernel, place.box.client, clock)
        box.resume(NETWORK)
        return Place(box, place.auth, place.acct, clock, kernel)

    def _box(self, kernel: Remembering, client: RadiusClient, clock: Clock) -> Box:
        memory = Memory(self.folder / "gateway.sqlite3", KEYS)
        self.stack.callback(memory.close)
        return Box(
            enforcement=kernel,
            client=client,
            courier=Courier(memory, client, lambda: clock.wall),
            memory=memory,
            identity=IDENTITY,
            clocks=clock.clocks(),
        )

    async def _listen(self, auth: SmallServer, acct: SmallServer) -> int:
        """Two ports, one after the other."""
        loop = asyncio.get_running_loop()
        for port in range(20_000, 60_000, 2):
            with suppress(OSError):
                one, _ = await loop.create_datagram_endpoint(lambda: auth, local_addr=("127.0.0.1", port))
                self.stack.callback(one.close)
                other, _ = await loop.create_datagram_endpoint(lambda: acct, local_addr=("127.0.0.1", port + 1))
                self.stack.callback(other.close)
                return port
        raise AssertionError("no free ports")


def play(folder: Path, scene: Callable[[Stage], Awaitable[None]]) -> None:
    """Run a scene."""

    async def whole() -> None:
        async with AsyncExitStack() as stack:
            await scene(Stage(folder, stack))
        # Transports close in the loop's next turn.
        await asyncio.sleep(0)

    asyncio.run(whole())


def claim(login: str = "TESTCODE", *, session_id: str = "0123456789abcdef", device: Device = DEVICE) -> Claim:
    """A guest who typed his code."""
    return Claim(session_id=session_id, device=device, address=ADDRESS, login=login, password=login.encode())


def session(**fields: object) -> Session:
    """A session that began just now."""
    values: dict[str, object] = {
        "session_id": "0123456789abcdef",
        "device": DEVICE,
        "address": ip_address("10.77.0.11"),
        "login": "TESTCODE",
        "limits": Limits(),
        "started_at": WALL,
        "since": 1_000.0,
        "seen": 1_000.0,
        "reported": 1_000.0,
    }
    return Session(**{**values, **fields})  # type: ignore[arg-type]


async def until(holds: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.005)
