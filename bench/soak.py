"""Whole sessions for minutes, over a network that loses and doubles, with a server that is killed now and then. In the
end every ticket's totals must be what its sessions truly were, and the server's memory must not have grown.

python -m bench.soak [--database …] [--seconds 600] [--guests 100]
"""

import argparse
import asyncio
import contextlib
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bench.installation import DATABASES, Site, site
from bench.packets import DOWN_A_SECOND, UP_A_SECOND, Kind, login, report
from bench.server import Server, start
from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.packet import Code, decode

LOST: Final = 0.03
DOUBLED: Final = 0.03
# Equipment asks again after so many seconds.
RETRY: Final = 0.7
PATIENCE: Final = 60.0
KILL_EVERY: Final = 20.0
# The first half of a soak sees the kills; the second watches the memory of one process.
WARM_SHARE: Final = 0.65
MOST_GROWTH_MB: Final = 8.0


class Broken(Exception):
    """Something that must hold did not."""


@dataclass(slots=True, kw_only=True)
class Totals:
    """What a ticket's sessions truly were."""

    seconds: int = 0
    sessions: int = 0


@dataclass(slots=True, kw_only=True)
class Soak:
    """A soak under way. totals: by ticket. counts: what happened, by name."""

    site: Site
    server: Server
    seconds: float
    guests: int
    randomness: random.Random
    totals: dict[int, Totals] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)
    _numbers: int = 0

    async def run(self) -> None:
        """Let guests come and go; kill, and watch the memory."""
        began = time.monotonic()
        over = began + self.seconds
        killer = asyncio.create_task(self._kill(began + self.seconds / 2))
        watcher = asyncio.create_task(self._watch(began, over))
        try:
            await asyncio.gather(*(self._guest(number, over) for number in range(self.guests)))
        finally:
            for task in (killer, watcher):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _guest(self, ticket: int, over: float) -> None:
        """One session of a ticket after another."""
        totals = self.totals.setdefault(ticket, Totals())
        equipment = await Equipment.connected(self)
        try:
            while time.monotonic() < over:
                await self._session(equipment, ticket, totals)
                await asyncio.sleep(self.randomness.uniform(0.0, 0.5))
        finally:
            equipment.close()

    async def _session(self, equipment: "Equipment", ticket: int, totals: Totals) -> None:
        self._numbers += 1
        number = f"soak{self._numbers:08x}"
        accept = await equipment.login(lambda identifier: login(ticket, number, identifier=identifier))
        if accept[0] != Code.ACCESS_ACCEPT:
            raise Broken(f"ticket {ticket} was refused: {decode(accept).text(assigned.REPLY_MESSAGE)}")
        named = decode(accept).first(assigned.CLASS) if self.randomness.random() < 0.5 else None
        began = time.monotonic()
        lasts = self.randomness.uniform(1.0, 6.0)
        await self._tell(equipment, Kind.START, ticket, number, named, 0)
        while time.monotonic() - began < lasts:
            await asyncio.sleep(self.randomness.uniform(0.2, 2.0))
            await self._tell(equipment, Kind.INTERIM, ticket, number, named, int(time.monotonic() - began))
        seconds = int(time.monotonic() - began)
        await self._tell(equipment, Kind.STOP, ticket, number, named, seconds)
        totals.seconds += seconds
        totals.sessions += 1

    async def _tell(
        self, equipment: "Equipment", kind: Kind, ticket: int, number: str, named: bytes | None, seconds: int
    ) -> None:
        await equipment.report(
            lambda identifier: report(kind, ticket, number, identifier=identifier, class_value=named, seconds=seconds)
        )
        self.counts[kind.value] += 1

    async def _kill(self, until: float) -> None:
        """End the server as a power cut would, and start it anew, again and again."""
        while True:
            await asyncio.sleep(KILL_EVERY * self.randomness.uniform(0.5, 1.0))
            if time.monotonic() > until:
                return
            self.server.kill()
            self.server = await asyncio.to_thread(start, self.site)
            self.counts["killed"] += 1

    async def _watch(self, began: float, over: float) -> None:
        """Note the memory of the last server, from when it is warm."""
        await asyncio.sleep(self.seconds * WARM_SHARE)
        while time.monotonic() < over:
            self.memory.append((time.monotonic() - began, self.server.now_mb()))
            await asyncio.sleep(max(0.5, self.seconds / 100))


class Equipment(asyncio.DatagramProtocol):
    """An access point's RADIUS client for one guest: asks again, byte for byte, until it is answered."""

    def __init__(self, soak: Soak) -> None:
        self._soak = soak
        self._transports: list[asyncio.DatagramTransport] = []
        self._identifier = 0
        self._answer: asyncio.Future[bytes] | None = None

    @classmethod
    async def connected(cls, soak: Soak) -> "Equipment":
        """With a socket towards each port."""
        made = cls(soak)
        for port in (soak.site.auth_port, soak.site.acct_port):
            opened, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: made, remote_addr=("127.0.0.1", port)
            )
            made._transports.append(opened)
        return made

    def close(self) -> None:
        """Close both sockets."""
        for opened in self._transports:
            opened.close()

    async def login(self, written: Callable[[int], bytes]) -> bytes:
        """Ask on the port of logins."""
        return await self._ask(self._transports[0], written)

    async def report(self, written: Callable[[int], bytes]) -> bytes:
        """Ask on the port of reports."""
        return await self._ask(self._transports[1], written)

    async def _ask(self, opened: asyncio.DatagramTransport, written: Callable[[int], bytes]) -> bytes:
        self._identifier = (self._identifier + 1) % 256
        datagram = written(self._identifier)
        self._answer = asyncio.get_running_loop().create_future()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self._send(opened, datagram)
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.shield(self._answer), RETRY)
            self._soak.counts["asked again"] += 1
        raise Broken(f"no answer in {PATIENCE:.0f} seconds")

    def _send(self, opened: asyncio.DatagramTransport, datagram: bytes) -> None:
        chance = self._soak.randomness.random()
        if chance >= LOST:
            opened.sendto(datagram)
        if chance >= 1 - DOUBLED:
            opened.sendto(datagram)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """An answer; the network loses some."""
        waiting = self._answer
        fits = waiting is not None and not waiting.done() and data[1] == self._identifier
        if waiting is not None and fits and self._soak.randomness.random() >= LOST:
            waiting.set_result(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens: the server was killed a moment ago."""


def check_totals(soak: Soak) -> None:
    """Compare what the database counts with what the sessions were. Raises Broken."""
    rows = soak.site.query("SELECT id, used_time, used_down, used_up FROM hotspot_ticket ORDER BY id")
    sessions = dict(
        soak.site.query(
            "SELECT ticket_id, COUNT(*) FROM hotspot_session WHERE acct_session_id LIKE 'soak%' GROUP BY ticket_id"
        )
    )
    for number, totals in soak.totals.items():
        ticket_id, *counted = rows[number]
        seconds = totals.seconds
        expected = [seconds, seconds * DOWN_A_SECOND, seconds * UP_A_SECOND]
        if counted != expected or sessions.get(ticket_id, 0) != totals.sessions:
            raise Broken(
                f"ticket {number}: counted {counted} in {sessions.get(ticket_id, 0)} sessions,"
                f" truly {expected} in {totals.sessions}"
            )


def check_memory(soak: Soak) -> float:
    """How much the last server's memory grew, in MB: the last tenth of its samples against the first. Raises Broken."""
    samples = [memory for _, memory in soak.memory]
    tenth = max(1, len(samples) // 10)
    growth = sum(samples[-tenth:]) / tenth - sum(samples[:tenth]) / tenth if samples else 0.0
    if growth > MOST_GROWTH_MB:
        raise Broken(f"the memory grew by {growth:.1f} MB")
    return growth


def soak_one(database: str, *, seconds: float, guests: int, seed: int) -> None:
    """Soak one database. Raises Broken."""
    with site(database, tickets=guests, sessions=guests) as at:
        soak = Soak(
            site=at,
            server=start(at),
            seconds=seconds,
            guests=guests,
            randomness=random.Random(seed),
        )
        try:
            asyncio.run(soak.run())
            peak = soak.server.peak_mb()
        finally:
            soak.server.stop()
        check_totals(soak)
        growth = check_memory(soak)
    told = ", ".join(f"{name} {count:,}" for name, count in sorted(soak.counts.items()))
    sys.stdout.write(f"{database}: totals exact ({told}); memory grew {growth:+.1f} MB, peak {peak:.0f} MB\n")


def main() -> None:
    """Soak what was asked for; exit 1 where something broke."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.soak", description="Sessions for minutes, exact to the second."
    )
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--seconds", type=float, default=600.0, help="in all, shared by the databases")
    parser.add_argument("--guests", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    databases = DATABASES if asked.database == "both" else (asked.database,)
    for database in databases:
        try:
            soak_one(database, seconds=asked.seconds / len(databases), guests=asked.guests, seed=asked.seed)
        except Broken as broken:
            sys.stderr.write(f"{database}, --seed {asked.seed}: {broken}\n")
            sys.exit(1)


if __name__ == "__main__":
    main()
