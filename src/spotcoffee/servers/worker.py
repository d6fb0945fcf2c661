"""The background work: what no guest and no person waits for. One table of chores, each with its rhythm."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connection

from spotcoffee import __version__
from spotcoffee.services import processes

TICK: Final = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do again and again. every: seconds. do: takes the present instant, answers how much was done."""

    name: str
    every: float
    do: Callable[[datetime], int]


CHORES: Final = (Chore("forget_processes", 3600.0, lambda now: processes.forget_old(now=now)),)


@dataclass(slots=True, eq=False)
class Worker:
    """One worker process."""

    chores: tuple[Chore, ...] = CHORES
    _due: dict[str, float] = field(default_factory=dict)
    _counters: dict[str, int] = field(default_factory=dict)

    def run(self, stopped: Event) -> None:
        """Work until told to stop; what is under way is finished first."""
        process_id: int | None = None
        while not stopped.is_set():
            try:
                if process_id is None:
                    process_id = self._register()
                self._round(process_id)
            except (DatabaseError, InterfaceError) as error:
                log.error("worker_failed", error=type(error).__name__)
                connection.close()
            stopped.wait(TICK)
        if process_id is not None:
            self._leave(process_id)

    def _register(self) -> int:
        process_id = processes.register(
            "worker", host=socket.gethostname(), pid=os.getpid(), version=__version__, now=datetime.now(UTC)
        )
        log.info("worker_ready")
        return process_id

    def _round(self, process_id: int) -> None:
        monotonic = time.monotonic()
        for chore in self.chores:
            if monotonic >= self._due.get(chore.name, 0.0):
                done = chore.do(datetime.now(UTC))
                self._due[chore.name] = monotonic + chore.every
                self._count(f"chore.{chore.name}", done)
        processes.beat(process_id, counters=self._counters, now=datetime.now(UTC))

    def _count(self, name: str, done: int) -> None:
        self._counters[name] = self._counters.get(name, 0) + done

    def _leave(self, process_id: int) -> None:
        try:
            processes.stop(process_id, now=datetime.now(UTC))
        except (DatabaseError, InterfaceError):
            log.warning("stop_not_noted")
