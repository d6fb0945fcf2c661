"""The RADIUS server as a whole: two sockets, one event loop, one database thread."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Final

import structlog
import uvloop
from django.db import connection

from spotcoffee import RELEASED_AT, __version__
from spotcoffee.domain.authorization import Decision
from spotcoffee.protocols.radius.packet import Code
from spotcoffee.servers.radius.answers import refuse
from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.chores import Chores
from spotcoffee.servers.radius.counters import Counters
from spotcoffee.servers.radius.database import DatabaseThread, Work
from spotcoffee.servers.radius.listener import Listener
from spotcoffee.servers.radius.orders import OrderSender, OrderWriter
from spotcoffee.servers.radius.reception import Port, Reception, Request
from spotcoffee.services import processes
from spotcoffee.services.directory import read_directory
from spotcoffee.storage.keys import KeyRing

# Objects made before the collector looks, and generations between two long looks.
GC_THRESHOLD: Final = (100_000, 20, 100)

log = structlog.get_logger()


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True, eq=False)
class RadiusServer:
    """What a server is made of. auth_bind, acct_bind: address and port. interim_interval: seconds, by default."""

    keys: KeyRing
    auth_bind: tuple[str, int]
    acct_bind: tuple[str, int]
    interim_interval: int
    counters: Counters = field(default_factory=Counters)
    ending: bool = False

    def prepare(self) -> Chores:
        """Read the directory and say that this process lives: the only database work off the database thread."""
        book = Book(read_directory(keys=self.keys, interim_interval=self.interim_interval))
        process_id = processes.register(
            "radius", host=socket.gethostname(), pid=os.getpid(), version=__version__, now=utc_now()
        )
        connection.close()
        return Chores(
            book=book,
            keys=self.keys,
            counters=self.counters,
            process_id=process_id,
            interim_interval=self.interim_interval,
            clock=utc_now,
            build=OrderWriter(book, self.keys, utc_now).write,
        )

    async def run(self, chores: Chores) -> None:
        """Serve until SIGTERM or SIGINT; then answer what has arrived, commit, and end."""
        loop = asyncio.get_running_loop()
        queue: SimpleQueue[Work | None] = SimpleQueue()
        sender = OrderSender(chores.book, self.counters, enqueue=queue.put)
        chores.send = lambda outgoing: _on(loop, sender.send, outgoing)
        reception = Reception(
            book=chores.book,
            counters=self.counters,
            enqueue=queue.put,
            refuse=self._refuse,
            clock=lambda: (utc_now(), time.monotonic()),
            session_of=self.keys.session_of,
        )
        thread = DatabaseThread(
            book=chores.book,
            keys=self.keys,
            counters=self.counters,
            chores=chores,
            conclude=lambda answered, failures: _on(loop, reception.conclude, answered, failures),
            clock=utc_now,
            queue=queue,
        )
        await self._serve(reception, sender, thread)

    async def _serve(self, reception: Reception, sender: OrderSender, thread: DatabaseThread) -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        listeners = [
            self._listener(reception, self.auth_bind, Code.ACCESS_REQUEST),
            self._listener(reception, self.acct_bind, Code.ACCOUNTING_REQUEST),
        ]
        family = socket.AF_INET6 if ":" in self.auth_bind[0] else socket.AF_INET
        await loop.create_datagram_endpoint(lambda: sender, family=family, local_addr=_any(family))
        # A thread that dies ends the server: whoever started it starts it again.
        work = asyncio.ensure_future(loop.run_in_executor(None, thread.run))
        work.add_done_callback(lambda _: ended.set())
        for listener in listeners:
            listener.open(loop)
        log.info("radius_ready", auth=self.auth_bind, acct=self.acct_bind)
        await ended.wait()
        self.ending = True
        thread.queue.put(None)
        await work
        # The answers of the last batch wait in the loop's own queue.
        await asyncio.sleep(0.05)
        for listener in listeners:
            listener.close(loop)
        log.info("radius_ended")

    def _listener(self, reception: Reception, bind: tuple[str, int], takes: Code) -> Listener:
        port = Port(takes, bind[1])
        return Listener(bind, reception=reception, port=port, counters=self.counters, closed=self._is_closed)

    def _is_closed(self) -> bool:
        """Whether nothing is answered: at the end, and while the clock is plainly wrong."""
        if utc_now() < RELEASED_AT:
            self.counters.add("dropped.clock_before_release")
            return True
        return self.ending

    def _refuse(self, request: Request, decision: Decision) -> bytes:
        return refuse(request, decision, keys=self.keys, now=utc_now())


def _any(family: socket.AddressFamily) -> tuple[str, int]:
    return ("::" if family is socket.AF_INET6 else "0.0.0.0", 0)  # noqa: S104 - orders leave from any address


def _on(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *arguments: object) -> None:
    with contextlib.suppress(RuntimeError):  # The loop has ended: nobody is left to tell.
        loop.call_soon_threadsafe(call, *arguments)


def serve(server: RadiusServer) -> None:
    """Run a server in this process until it is told to end."""
    chores = server.prepare()
    # What lives now lives to the end; batches make many values that die at once, and no cycles.
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
    uvloop.run(server.run(chores))
