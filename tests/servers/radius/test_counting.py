"""What the server counts."""

import threading

from spotcoffee.servers.radius.counters import Counters


def test_counts_only_grow() -> None:
    counters = Counters()
    counters.add("login.accepted")
    counters.add("login.accepted", 2)
    counters.add("dropped.too_short")

    assert counters.all() == {"login.accepted": 3, "dropped.too_short": 1}


def test_what_was_read_does_not_change_after() -> None:
    counters = Counters()
    before = counters.all()
    counters.add("repeated")

    assert before == {}


def test_the_loop_counts_while_the_database_thread_reads() -> None:
    counters = Counters()
    ended = threading.Event()

    def count() -> None:
        for number in range(20_000):
            counters.add(f"dropped.{number % 500}")
        ended.set()

    thread = threading.Thread(target=count)
    thread.start()
    while not ended.is_set():
        counters.all()
    thread.join()

    assert sum(counters.all().values()) == 20_000
