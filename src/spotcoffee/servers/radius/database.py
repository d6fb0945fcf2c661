"""The one thread that speaks to the database: batches, orders, sweeps and the heartbeat, in turn.

It takes all that has queued, decides and commits it at once, and hands the answers back to the event loop. Alone, a
request pays one small transaction; under load a thousand share one flush of the disk.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

import structlog
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection

from spotcoffee.domain.authorization import Reason, Reject
from spotcoffee.protocols.radius.errors import EncodeError
from spotcoffee.servers.radius.answers import answer_login, answer_report
from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.chores import Chores
from spotcoffee.servers.radius.counters import Counters
from spotcoffee.servers.radius.reception import Request
from spotcoffee.services.accounting import Receipt
from spotcoffee.services.authorization import Login, LoginAnswer
from spotcoffee.services.batches import Answer, Batch, decide
from spotcoffee.services.outbox import OrderAnswer
from spotcoffee.services.sweeps import Restart, restart
from spotcoffee.storage.keys import KeyRing

MOST_IN_BATCH: Final = 512
TICK: Final = 0.25

# What a value of one request can cause; any other failure is the database's own.
_OF_ONE_REQUEST: Final = (DataError, IntegrityError)

log = structlog.get_logger()

Work: TypeAlias = Request | OrderAnswer
Conclude: TypeAlias = Callable[[list[tuple[Request, bytes | None]], list[Login]], None]


@dataclass(slots=True, eq=False)
class DatabaseThread:
    """The thread's work. conclude: called with what is committed; it must hand over to the event loop."""

    book: Book
    keys: KeyRing
    counters: Counters
    chores: Chores
    conclude: Conclude
    clock: Callable[[], datetime]
    queue: SimpleQueue[Work | None] = field(default_factory=SimpleQueue)

    def run(self) -> None:
        """Work until None comes out of the queue, then what came before it is done and committed."""
        stopping = False
        while not stopping:
            work, stopping = self._take()
            requests = [item for item in work if not isinstance(item, OrderAnswer)]
            if requests:
                self._decide(requests)
            self.chores.run([item for item in work if isinstance(item, OrderAnswer)], idle=not work)
        self.chores.stop()
        connection.close()

    def _take(self) -> tuple[list[Work], bool]:
        """All that has queued, one batch at most; waits a moment when there is nothing."""
        taken: list[Work] = []
        try:
            first = self.queue.get(timeout=TICK)
            while first is not None:
                taken.append(first)
                if len(taken) == MOST_IN_BATCH:
                    return taken, False
                first = self.queue.get_nowait()
        except Empty:
            return taken, False
        return taken, True

    def _decide(self, requests: list[Request]) -> None:
        started = time.monotonic()
        answered: list[tuple[Request, bytes | None]] = []
        failures: list[Login] = []
        try:
            self._decide_in_order(requests, answered, failures)
        except (DatabaseError, InterfaceError) as error:
            # A guest with a valid ticket is never refused for our trouble: nothing is said, equipment asks again.
            self.counters.add("database.failures")
            log.error("database_failed", error=type(error).__name__, requests=len(requests))
            self.chores.database_failed()
            connection.close()
        done = {id(request) for request, _ in answered}
        answered.extend((request, None) for request in requests if id(request) not in done)
        self.counters.add("batch.count")
        self.counters.add("batch.requests", len(requests))
        self.counters.add("batch.microseconds", int((time.monotonic() - started) * 1e6))
        self.conclude(answered, failures)

    def _decide_in_order(
        self,
        requests: list[Request],
        answered: list[tuple[Request, bytes | None]],
        failures: list[Login],
    ) -> None:
        """Commit runs of logins and reports at once; a restart stands alone between them."""
        run: list[Request] = []
        for request in requests:
            if isinstance(request.item, Restart):
                self._decide_run(run, answered, failures)
                run = []
                self._restart(request, request.item, answered)
            else:
                run.append(request)
        self._decide_run(run, answered, failures)

    def _restart(self, request: Request, event: Restart, answered: list[tuple[Request, bytes | None]]) -> None:
        try:
            restart(event, access_points=self.book.directory.access_points, now=self.clock())
        except Exception as error:
            if _is_of_database(error):
                raise
            self._failed()
            return
        self.counters.add("accounting.restart")
        answered.append((request, answer_report(request)))

    def _decide_run(
        self,
        requests: list[Request],
        answered: list[tuple[Request, bytes | None]],
        failures: list[Login],
    ) -> None:
        if not requests:
            return
        now = self.clock()
        try:
            answers = self._commit(requests, now)
        except Exception as error:
            if _is_of_database(error):
                raise
            # Our bug, on one request of the batch: the others must not pay for it.
            if len(requests) > 1:
                self._decide_each(requests, answered, failures)
            else:
                self._failed()
            return
        for request, answer in zip(requests, answers, strict=True):
            try:
                written = self._written(request, answer, now, failures)
            except Exception:
                self._failed()
                written = None
            answered.append((request, written))

    def _failed(self) -> None:
        """Note that one request failed by a bug of ours: it gets no answer. Called while its error is handled."""
        log.exception("request_failed")
        self.counters.add("dropped.failed")

    def _decide_each(
        self,
        requests: list[Request],
        answered: list[tuple[Request, bytes | None]],
        failures: list[Login],
    ) -> None:
        for request in requests:
            self._decide_run([request], answered, failures)

    def _commit(self, requests: list[Request], now: datetime) -> list[Answer]:
        items = [request.item for request in requests if not isinstance(request.item, Restart | None)]
        points = self.book.directory.access_points
        return decide(Batch(items=items, access_points=points, keys=self.keys, now=now))

    def _written(self, request: Request, answer: Answer, now: datetime, failures: list[Login]) -> bytes | None:
        """The datagram of an answer; None where the peer's own Proxy-States leave no room for one."""
        try:
            if isinstance(answer, Receipt):
                self._count_report(request, answer)
                return answer_report(request)
            self._count_login(request, answer, failures)
            return answer_login(request, answer, keys=self.keys, now=now)
        except EncodeError as error:
            self.counters.add(f"dropped.{error.code.value}")
            return None

    def _count_report(self, request: Request, receipt: Receipt) -> None:
        self.counters.add(f"accounting.{receipt.outcome.value}")
        if receipt.oddity is not None:
            point = request.listed.access_point
            self.book.note_fault(point.id, point.organisation_id, receipt.oddity.value)

    def _count_login(self, request: Request, answer: LoginAnswer, failures: list[Login]) -> None:
        decision = answer.decision
        if not isinstance(decision, Reject):
            self.counters.add("login.accepted")
            return
        self.counters.add(f"login.{decision.reason.value}")
        wrong = decision.reason in (Reason.UNKNOWN_TICKET, Reason.WRONG_PASSWORD)
        if wrong and isinstance(request.item, Login):
            failures.append(request.item)


def _is_of_database(error: Exception) -> bool:
    return isinstance(error, DatabaseError | InterfaceError) and not isinstance(error, _OF_ONE_REQUEST)
