"""What the database thread does beside its batches: the directory, notes, orders, sweeps and the heartbeat."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connection

from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.counters import Counters
from spotcoffee.services import processes
from spotcoffee.services.directory import current_version, heard_by, read_directory, write_notes
from spotcoffee.services.outbox import Build, OrderAnswer, Outgoing, conclude, take_due
from spotcoffee.services.sweeps import START, Sweep, sweep_step
from spotcoffee.storage.keys import KeyRing

EVERY_ORDERS: Final = 0.5
EVERY_BEAT: Final = 1.0
EVERY_SWEEP: Final = 10.0
# A process whose heart has not beaten for so long no longer sends orders; another takes its access points over.
HEART_STOPPED: Final = timedelta(seconds=10)
# The wall clock moved against the monotonic one: silences measured before mean nothing.
CLOCK_STEP: Final = 5.0
CLOCK_WENT_BACK: Final = 300.0

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Chores:
    """The chores of one radius process. send: puts orders on the wire. build: writes an order's packet.

    clock: server time. monotonic: seconds that no step of the clock moves.
    """

    book: Book
    keys: KeyRing
    counters: Counters
    process_id: int
    interim_interval: int
    clock: Callable[[], datetime]
    build: Build
    send: Callable[[list[Outgoing]], None] = lambda _outgoing: None
    monotonic: Callable[[], float] = time.monotonic
    _heard: set[int] = field(default_factory=set)
    _able_since: dict[int, float] = field(default_factory=dict)
    _clock_offset: float | None = None
    _orders_at: float = 0.0
    _beat_at: float = 0.0
    _sweep_at: float = 0.0
    _swept_to: tuple[int, int] | None = None

    def run(self, answers: list[OrderAnswer], *, idle: bool) -> None:
        """Do what is due now. A failing database is counted, and everything tried again later."""
        try:
            monotonic = self.monotonic()
            self._watch_clock(self.clock(), monotonic)
            self._renew_directory()
            if answers:
                conclude(answers, access_points=self.book.directory.access_points, now=self.clock())
            if answers or not idle or monotonic - self._orders_at >= EVERY_ORDERS:
                self._orders_at = monotonic
                self._send_orders()
            if monotonic - self._beat_at >= EVERY_BEAT:
                self._beat_at = monotonic
                self._beat(monotonic)
            self._sweep(monotonic)
        except (DatabaseError, InterfaceError) as error:
            self.counters.add("database.failures")
            log.error("chores_failed", error=type(error).__name__)
            self.database_failed()
            connection.close()
        except Exception:
            # Our bug: guests are still let in and counted, and the heart that stops shows it.
            self.counters.add("chores.failed")
            log.exception("chores_failed")

    def database_failed(self) -> None:
        """Reports went unanswered: no silence before now counts."""
        self._able_since = dict.fromkeys(self._able_since, self.monotonic())

    def stop(self) -> None:
        """Say that this process ends, so that another takes its access points over at once."""
        try:
            self._beat(self.monotonic())
            processes.stop(self.process_id, now=self.clock())
        except (DatabaseError, InterfaceError):
            log.warning("stop_not_noted")

    def _renew_directory(self) -> None:
        if current_version() != self.book.directory.version:
            self.book.directory = read_directory(keys=self.keys, interim_interval=self.interim_interval)

    def _send_orders(self) -> None:
        points = self.book.directory.access_points
        outgoing = take_due(self._heard, access_points=points, build=self.build, now=self.clock())
        if outgoing:
            self.counters.add("orders.sent", len(outgoing))
            self.send(outgoing)

    def _beat(self, monotonic: float) -> None:
        now = self.clock()
        write_notes(self.book.take_notes(), process_id=self.process_id, now=now)
        processes.beat(self.process_id, counters=self.counters.all(), now=now)
        self._heard = heard_by(self.process_id, alive_since=now - HEART_STOPPED)
        self._able_since = {key: self._able_since.get(key, monotonic) for key in self._heard}

    def _watch_clock(self, now: datetime, monotonic: float) -> None:
        offset = now.timestamp() - monotonic
        before, self._clock_offset = self._clock_offset, offset
        if before is None or abs(offset - before) < CLOCK_STEP:
            return
        log.warning("clock_stepped", seconds=round(offset - before))
        if offset - before < -CLOCK_WENT_BACK:
            self.counters.add("clock.went_back")
        self.database_failed()

    def _sweep(self, monotonic: float) -> None:
        """One step of the sweep under way, or the first of the next one."""
        if self._swept_to is None:
            if monotonic - self._sweep_at < EVERY_SWEEP:
                return
            self._sweep_at, self._swept_to = monotonic, START
        now = self.clock()
        able = {key: now - timedelta(seconds=monotonic - since) for key, since in self._able_since.items()}
        sweep = Sweep(access_points=self.book.directory.access_points, able_since=able, now=now)
        self._swept_to, closed = sweep_step(sweep, self._swept_to)
        if closed:
            self.counters.add("sweep.closed", closed)
        if self._swept_to is None:
            processes.swept(self.process_id, now=now)
