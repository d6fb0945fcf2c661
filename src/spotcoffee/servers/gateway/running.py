"""The gateway as a whole, from its start to its end."""

import asyncio
import signal
import ssl
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from ipaddress import IPv6Interface
from pathlib import Path
from typing import Final

import structlog

from spotcoffee.protocols.advertisement import Advertised
from spotcoffee.protocols.dnsmasq import Plan
from spotcoffee.protocols.nftables.ruleset import TABLE
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.gateway import das
from spotcoffee.servers.gateway.box import Box, Clocks
from spotcoffee.servers.gateway.client import RadiusClient
from spotcoffee.servers.gateway.conntrack import Translations
from spotcoffee.servers.gateway.das import OrderTaker
from spotcoffee.servers.gateway.dhcp import NameServer, find_dnsmasq
from spotcoffee.servers.gateway.enforcement import Enforcement
from spotcoffee.servers.gateway.face import Face, House
from spotcoffee.servers.gateway.http import Desk
from spotcoffee.servers.gateway.island import Courier
from spotcoffee.servers.gateway.legal import Book, LegalLog
from spotcoffee.servers.gateway.machine import addresses_of, alone, boot_id, mac_of
from spotcoffee.servers.gateway.memory import Memory
from spotcoffee.servers.gateway.packets import Identity, dashed
from spotcoffee.servers.gateway.router import LIFETIME, Router
from spotcoffee.servers.gateway.settings import GatewaySettings, read_secret
from spotcoffee.storage.keys import KeyRing

# The legal log's folder.
CONNECTIONS: Final = "connections"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """One gateway. folder: where it keeps what outlives it. in_child: run in each process that it starts."""

    settings: GatewaySettings
    folder: Path
    keys: KeyRing
    language: str
    make_enforcement: Callable[[Path], Enforcement]
    in_child: Callable[[], None]

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then put the machine's network back.

        Raises EnforcementError or OSError for what keeps it from starting; the network is then as it was.
        """
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        program = find_dnsmasq() if self.settings.dhcp == "on" else None
        tls = self._tls()
        async with AsyncExitStack() as stack:
            # A second gateway would take the kernel from the first.
            stack.enter_context(alone(self.folder / "lock"))
            box = await self._box(stack)
            box.resume(self.settings.network(addresses_of(self.settings.portal_host)))
            try:
                await self._open(stack, box, tls)
            except OSError:
                box.enforcement.close(leave_closed=False)
                raise
            tasks = [asyncio.create_task(work) for work in (box.courier.run(), box.run(), box.client.watch())]
            tasks += [asyncio.create_task(work) for work in self._beside(box, program)]
            log.info("gateway_ready", port=self.settings.port, guests=len(box.guests))
            await _until(stopping, tasks)
            await self._end(box, tasks)
        log.info("gateway_ended")

    async def _box(self, stack: AsyncExitStack) -> Box:
        settings = self.settings
        clocks = Clocks(time.monotonic, time.time, boot_id())
        client = RadiusClient(settings.servers, Secret(read_secret(settings)), settings.name, time.monotonic)
        await client.open()
        stack.callback(client.close)
        memory = Memory(self.folder / "gateway.sqlite3", self.keys)
        stack.callback(memory.close)
        return Box(
            enforcement=self.make_enforcement(self.folder / "network.json"),
            client=client,
            courier=Courier(memory, client, time.time),
            memory=memory,
            identity=Identity(name=settings.name, address=client.local_address(), called=self._called()),
            clocks=clocks,
        )

    async def _open(self, stack: AsyncExitStack, box: Box, tls: ssl.SSLContext | None) -> None:
        settings = self.settings
        face = Face(box, self._house(), box.clocks)
        doors: list[tuple[Desk, int, ssl.SSLContext | None]] = [(Desk(face.respond), settings.port, None)]
        if tls is not None:
            doors.append((Desk(face.respond, secure=True), settings.tls_port, tls))
        for desk, port, context in doors:
            server = await desk.listen(interface=settings.guest_interface, port=port, tls=context)
            stack.callback(server.close)
        taker = OrderTaker(box, box.client.secret, time.monotonic, time.time)
        transport = await das.listen(taker, settings.orders)
        stack.callback(transport.close)

    def _beside(self, box: Box, program: str | None) -> Iterator[Coroutine[None, None, None]]:
        """What runs beside the box, as the settings say."""
        settings = self.settings
        if program is not None:
            yield self._name_server(program).run()
        if program is not None and settings.guest_address6 is not None:
            yield Router(settings.guest_interface, self._advertised(settings.guest_address6)).run()
        if settings.legal_log != "off":
            translations = Translations(destinations=settings.legal_log == "destinations")
            book = Book(self.folder / CONNECTIONS, keep_days=settings.legal_days)
            yield LegalLog(translations, book, box.session_at, time.time).run()

    def _advertised(self, own: IPv6Interface) -> Advertised:
        mac = bytes.fromhex(mac_of(self.settings.guest_interface))
        return Advertised(
            network=own.network, resolver=own.ip, own_mac=mac, lifetime=LIFETIME, api_url=self.settings.api_url
        )

    async def _end(self, box: Box, tasks: list[asyncio.Task[None]]) -> None:
        """In order: nobody gets in any more, the last reports, then the rest."""
        courier, *others = tasks
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await box.close()
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)

    def _called(self) -> str:
        try:
            return dashed(mac_of(self.settings.guest_interface))
        except OSError:
            # The kernel's own check says it better, with its mend.
            return "-"

    def _house(self) -> House:
        settings = self.settings
        own6 = settings.guest_address6
        addresses = [str(settings.guest_address.ip), *([str(own6.ip)] if own6 else [])]
        return House(
            portal=settings.portal,
            secret=settings.portal_secret or None,
            address4=str(settings.guest_address.ip),
            address6=str(own6.ip) if own6 else None,
            port=settings.port,
            name=settings.name,
            called=self._called(),
            names=frozenset([*addresses, *([settings.host] if settings.host else [])]),
            secure_url=f"https://{settings.host}:{settings.tls_port}" if settings.host else None,
            language=self.language,
        )

    def _tls(self) -> ssl.SSLContext | None:
        if self.settings.tls_cert is None or self.settings.tls_key is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.settings.tls_cert, self.settings.tls_key)
        return context

    def _name_server(self, program: str) -> NameServer:
        settings = self.settings
        plan = Plan(
            interface=settings.guest_interface,
            own4=settings.guest_address,
            own6=settings.guest_address6,
            lease=settings.lease,
            leases=str(self.folder / "leases"),
            resolvers=tuple(settings.dns),
            api_url=settings.api_url,
            own_name=settings.host,
            walled_names=tuple(settings.walled_names),
            table=TABLE,
        )
        return NameServer(program, plan, self.folder / "dnsmasq.conf", self.in_child, time.monotonic)


async def _until(stopping: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Until it is told to end. A part that fails ends the process at once, as a kill would: guests go on meanwhile."""
    stop = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        if task is not stop:
            stop.cancel()
            raise RuntimeError("a part of the gateway has ended") from task.exception()
