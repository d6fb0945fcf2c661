"""The worker's rounds: each controller is visited about once a second, each on a thread of its own for that long.

A controller that does not answer delays nobody but its own guests.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connection

from spotcoffee.domain.accounting import EndCause
from spotcoffee.domain.sessions import Grant
from spotcoffee.protocols.portals.calls import Unanswerable
from spotcoffee.servers.controllers.drivers import Driver, driver_of
from spotcoffee.servers.controllers.line import Unreachable
from spotcoffee.services import controller_rounds as services
from spotcoffee.services.controller_rounds import Account, Instruction, Settings
from spotcoffee.storage.models import Admission

EVERY_POLL: Final = 10.0
# Until a controller that failed is asked again.
PAUSE: Final = 5.0
MOST_AT_ONCE: Final = 8

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Visit:
    """What one worker holds of one controller between two rounds."""

    account: Account
    settings: Settings
    clock: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    fault: str | None = None
    _driver: Driver | None = None
    _poll_at: float = 0.0
    _rest_until: float = 0.0

    def run(self) -> None:
        """One round. A controller that fails is left alone for a while, and shown as such."""
        if self.monotonic() < self._rest_until:
            return
        try:
            self._let_in()
            self._obey()
            self._poll()
        except (Unreachable, Unanswerable) as failed:
            self._rest_until = self.monotonic() + PAUSE
            self._note(failed.code)
            self.close()

    def close(self) -> None:
        """Hang up; the next round logs in anew."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    @property
    def driver(self) -> Driver:
        """The controller's."""
        if self._driver is None:
            self._driver = driver_of(self.account)
        return self._driver

    def _note(self, fault: str) -> None:
        if fault and fault != self.fault:
            log.warning("controller_failed", access_point=self.account.access_point_id, code=fault)
        services.heard(self.account.access_point_id, fault=fault, now=self.clock())
        self.fault = fault

    def _let_in(self) -> None:
        waiting = services.take_waiting(self.account.access_point_id, now=self.clock())
        if not waiting:
            return
        before = self.driver.stations() or {}
        for admission in waiting:
            try:
                self.driver.let_in(admission, _grant(admission))
            except Unanswerable as refused:
                if refused.code != "refused":
                    raise
                services.refused(admission, refused.code, self.settings, now=self.clock())
                continue
            services.let_in(admission, before.get(admission.device), self.settings, now=self.clock())
        self._note("")

    def _obey(self) -> None:
        points = [self.account.access_point_id]
        for instruction in services.instructions(points, self.settings, now=self.clock()):
            fault = self._carry_out(instruction)
            services.carried_out(instruction, self.settings, fault=fault, now=self.clock())

    def _carry_out(self, instruction: Instruction) -> str:
        """What became of an order: empty when it was done."""
        admission = instruction.admission
        if admission is None:
            return "not_found"
        try:
            if instruction.grant is None:
                self.driver.put_off(admission)
            else:
                left = services.left_of(instruction.grant, admission, now=self.clock())
                self.driver.let_in(admission, left)
        except Unanswerable as refused:
            if refused.code != "refused":
                raise
            return refused.code
        return ""

    def _poll(self) -> None:
        running = services.running(self.account.access_point_id)
        for admission in services.out_of_time(running, now=self.clock()):
            self._end(admission, EndCause.SESSION_TIMEOUT)
        if self.monotonic() - self._poll_at < EVERY_POLL:
            return
        self._poll_at = self.monotonic()
        stations = self.driver.stations()
        if stations is not None:
            self._note("")
            running = services.running(self.account.access_point_id)
            for admission in services.settle(running, stations, self.settings, now=self.clock()):
                self._end(admission, EndCause.IDLE)

    def _end(self, admission: Admission, cause: EndCause) -> None:
        self.driver.put_off(admission)
        services.put_off(admission, cause, self.settings, now=self.clock())


def _grant(admission: Admission) -> Grant:
    limits = admission.limits
    return Grant(session_timeout=limits["session_timeout"], rate_down=limits["rate_down"], rate_up=limits["rate_up"])


@dataclass(slots=True, eq=False)
class Rounds:
    """All controllers, as one chore of the worker."""

    settings: Settings
    clock: Callable[[], datetime]
    _visits: dict[int, Visit] = field(default_factory=dict)
    _under_way: dict[int, "Future[None]"] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="controller")
    )

    def start(self) -> int:
        """Start a round of each controller whose last one is over. Answers how many."""
        accounts = {account.access_point_id: account for account in services.accounts(keys=self.settings.keys)}
        for gone in self._visits.keys() - accounts.keys():
            self._visits.pop(gone)
        started = 0
        for key, account in accounts.items():
            before = self._under_way.get(key)
            if before is not None and not before.done():
                continue
            visit = self._visits.get(key)
            if visit is None or visit.account != account:
                visit = self._visits[key] = Visit(account, self.settings, self.clock)
            self._under_way[key] = self._pool.submit(_round, visit)
            started += 1
        return started

    def close(self) -> None:
        """Let the rounds under way come to their end."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _round(visit: Visit) -> None:
    """One round on a thread of the pool, with a database connection of its own for that long."""
    try:
        visit.run()
    except (DatabaseError, InterfaceError) as error:
        log.error("controller_round_failed", error=type(error).__name__)
    except Exception:
        # Our bug; the other controllers go on.
        log.exception("controller_round_failed", access_point=visit.account.access_point_id)
    finally:
        connection.close()
