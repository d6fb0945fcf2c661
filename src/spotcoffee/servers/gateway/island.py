"""Reports on their way to the server: from the disk, in order for each session, until a server has taken them.

While no server answers they wait, and guests go on: nothing is lost. A report leaves the disk only when it was taken;
one that was taken though its answer was lost is sent again, and charges nothing, since it carries running totals.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from spotcoffee.servers.gateway.client import RadiusClient
from spotcoffee.servers.gateway.memory import Kept, Memory
from spotcoffee.servers.gateway.packets import sent_at

# Reports on their way at a time: after hours without a server, hundreds wait.
MOST_UNDER_WAY: Final = 64
# Seconds to wait when the disk is in trouble.
TROUBLED: Final = 5.0

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Courier:
    """Delivers reports. wall: seconds since 1970."""

    memory: Memory
    client: RadiusClient
    wall: Callable[[], float]
    _under_way: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        """There is something to deliver."""
        self._rung.set()

    async def run(self) -> None:
        """Deliver for ever."""
        try:
            while True:
                self._rung.clear()
                await self.client.wait_until_back()
                try:
                    self._send_off()
                except sqlite3.Error:
                    log.exception("reports_unreadable")
                    await asyncio.sleep(TROUBLED)
                    self.ring()
                await self._rung.wait()
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def deliver_all(self, *, within: float) -> None:
        """Until nothing waits, but not for long: what is left goes after the next start. within: seconds."""
        try:
            async with asyncio.timeout(within):
                while self.memory.count_waiting():
                    self.ring()
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log.warning("reports_left", count=self.memory.count_waiting())

    def _send_off(self) -> None:
        room = MOST_UNDER_WAY - len(self._under_way)
        for kept in self.memory.waiting(without=self._under_way, most=max(0, room)):
            self._under_way[kept.session_id] = asyncio.create_task(self._deliver(kept))

    async def _deliver(self, kept: Kept) -> None:
        try:
            if await self.client.report(lambda: sent_at(kept.attributes, event_at=kept.event_at, wall=self.wall())):
                self.memory.delivered(kept.number)
        except sqlite3.Error:
            # It stays, and is sent again: it carries running totals.
            log.exception("report_not_struck_off")
            await asyncio.sleep(TROUBLED)
        finally:
            del self._under_way[kept.session_id]
            self.ring()
