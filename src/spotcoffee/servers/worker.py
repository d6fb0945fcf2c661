"""The background work: what no guest and no person waits for: a table of chores with their rhythms, and the jobs."""

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
from spotcoffee.services import generation, handouts, job_kinds, jobs, processes, retention
from spotcoffee.services.pacing import Pace
from spotcoffee.storage.keys import KeyRing

TICK: Final = 1.0
EVERY_BEAT: Final = 2.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do again and again. every: seconds. do: answers how much was done."""

    name: str
    every: float
    do: Callable[[Pace], int]


CHORES: Final = (
    Chore("remove_abandoned_batches", 60.0, lambda pace: generation.remove_abandoned(pace=pace)),
    Chore("remove_abandoned_handouts", 60.0, lambda pace: handouts.remove_abandoned(pace=pace)),
    Chore("forget_processes", 3600.0, lambda pace: processes.forget_old(now=pace.clock())),
    Chore("forget_jobs", 3600.0, lambda pace: jobs.forget_old(now=pace.clock())),
    Chore("purge", 86_400.0, lambda pace: retention.purge(pace=pace)),
)


@dataclass(slots=True, eq=False)
class Worker:
    """One worker process. interim_interval: seconds, where an access point has none of its own."""

    keys: KeyRing
    interim_interval: int
    stopped: Event
    chores: tuple[Chore, ...] = CHORES
    _process_id: int | None = None
    _beat_at: float = 0.0
    _due: dict[str, float] = field(default_factory=dict)
    _counters: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Work until told to stop; a job under way is left for another worker."""
        tools = job_kinds.Tools(
            keys=self.keys,
            pace=Pace(clock=now, stopwatch=time.perf_counter, sleep=self._rest),
            interim_interval=self.interim_interval,
            ending=self.stopped.is_set,
        )
        while not self.stopped.is_set():
            if not self._round(tools):
                self.stopped.wait(TICK)
        self._leave()

    def _round(self, tools: job_kinds.Tools) -> bool:
        """Do what is due. Whether there may be more at once."""
        try:
            self._beat()
            for chore in self.chores:
                if time.monotonic() >= self._due.get(chore.name, 0.0):
                    self._count(f"chore.{chore.name}", chore.do(tools.pace))
                    self._due[chore.name] = time.monotonic() + chore.every
            worked = job_kinds.run_next(tools, worker_id=self._process_id or 0)
        except (DatabaseError, InterfaceError) as error:
            log.error("worker_failed", error=type(error).__name__)
            connection.close()
            return False
        except Exception:
            # Our own bug: the job says that it failed, the others go on.
            log.exception("job_failed")
            self._count("jobs.failed", 1)
            return True
        if worked:
            self._count("jobs.done", 1)
        return worked

    def _rest(self, seconds: float) -> None:
        """Between two steps of big work: the heart goes on."""
        self._beat()
        time.sleep(seconds)

    def _beat(self) -> None:
        if self._process_id is None:
            self._process_id = processes.register(
                "worker", host=socket.gethostname(), pid=os.getpid(), version=__version__, now=now()
            )
            log.info("worker_ready")
        if time.monotonic() - self._beat_at >= EVERY_BEAT:
            self._beat_at = time.monotonic()
            processes.beat(self._process_id, counters=self._counters, now=now())

    def _count(self, name: str, done: int) -> None:
        self._counters[name] = self._counters.get(name, 0) + done

    def _leave(self) -> None:
        if self._process_id is not None:
            try:
                processes.beat(self._process_id, counters=self._counters, now=now())
                processes.stop(self._process_id, now=now())
            except (DatabaseError, InterfaceError):
                log.warning("stop_not_noted")


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)
