"""The background work: each chore in its rhythm, and a heart that beats."""

from threading import Event

import pytest
from tests.factories import KEYS

from spotcoffee.servers.worker import Chore, Worker
from spotcoffee.services.pacing import Pace
from spotcoffee.storage.models import Process

pytestmark = pytest.mark.django_db


def worker(stopped: Event, *chores: Chore) -> Worker:
    return Worker(keys=KEYS, interim_interval=300, stopped=stopped, chores=chores)


class Broom:
    """A chore that counts its calls, and ends the work at the last one."""

    def __init__(self, stopped: Event, *, calls: int) -> None:
        self._stopped = stopped
        self._calls = calls
        self.swept = 0

    def __call__(self, _pace: Pace) -> int:
        self.swept += 1
        if self.swept == self._calls:
            self._stopped.set()
        return 10


def test_a_chore_is_done_and_counted_and_the_end_is_noted() -> None:
    stopped = Event()
    broom = Broom(stopped, calls=1)

    worker(stopped, Chore("sweep", 3600.0, broom)).run()

    process = Process.objects.get()
    assert process.kind == "worker"
    assert process.counters == {"chore.sweep": 10}
    assert process.stopped_at is not None


def test_a_chore_is_not_done_again_before_its_time() -> None:
    stopped = Event()
    often, seldom = Broom(stopped, calls=2), Broom(Event(), calls=9)

    worker(stopped, Chore("often", 0.0, often), Chore("seldom", 3600.0, seldom)).run()

    assert (often.swept, seldom.swept) == (2, 1)
