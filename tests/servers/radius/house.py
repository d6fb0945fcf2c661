"""The whole server in one thread: desk, database work and chores, with the clock in the test's hand. No network."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from tests.factories import KEYS
from tests.servers.radius.desk import Clock, Desk

from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.chores import Chores
from spotcoffee.servers.radius.database import DatabaseThread
from spotcoffee.servers.radius.orders import OrderWriter
from spotcoffee.services import processes
from spotcoffee.services.directory import read_directory
from spotcoffee.services.outbox import Outgoing
from spotcoffee.storage.models import Ticket

# For tests that look from another connection, or break the one they have.
durable = pytest.mark.django_db(transaction=True)

INTERIM = 300


class House(Desk):
    """A server on the test's database. outgoing: the orders that it put on the wire."""

    def __init__(self, clock: Clock | None = None) -> None:
        clock = clock or Clock()
        super().__init__(Book(read_directory(keys=KEYS, interim_interval=INTERIM)), clock)
        self.outgoing: list[Outgoing] = []
        self.process_id = processes.register("radius", host="here", pid=1, version="0", now=clock.now)
        self.chores = Chores(
            book=self.book,
            keys=KEYS,
            counters=self.counters,
            process_id=self.process_id,
            interim_interval=INTERIM,
            clock=lambda: self.clock.now,
            build=OrderWriter(self.book, KEYS, lambda: self.clock.now).write,
            send=self.outgoing.extend,
            monotonic=lambda: self.clock.monotonic,
        )
        self.thread = DatabaseThread(
            book=self.book,
            keys=KEYS,
            counters=self.counters,
            chores=self.chores,
            conclude=self.reception.conclude,
            clock=lambda: self.clock.now,
        )

    def commit(self) -> list[bytes]:
        """Let the database thread take all that waits, as one batch; what is then answered."""
        before = len(self.sent)
        batch, self.queued[:] = list(self.queued), []
        self.thread._decide(batch)
        return [answer for answer, _ in self.sent[before:]]

    def login(self, datagram: bytes) -> bytes:
        """One Access-Request and its answer."""
        self.auth(datagram)
        (answer,) = self.commit()
        return answer

    def report(self, *datagrams: bytes) -> list[bytes]:
        """Accounting-Requests, each in a batch of its own, and their answers."""
        answers = []
        for datagram in datagrams:
            self.acct(datagram)
            answers += self.commit()
        return answers

    def do_chores(self, seconds: float = 0.0) -> None:
        """Let time pass, and the chores of one turn be done."""
        self.clock.tick(seconds)
        self.chores.run([], idle=True)


@contextmanager
def read_only() -> Iterator[None]:
    """A database that takes no writing on this connection, until the connection is opened anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        else:
            cursor.execute("PRAGMA query_only = 1")
    yield
    connection.close()


def codes(answers: list[bytes]) -> list[Code]:
    return [decode(answer).code for answer in answers]


def pass_time(house: House, seconds: int) -> None:
    """Let time pass second by second, or where it is long ten by ten, with the chores of each step."""
    long, short = divmod(seconds, 10) if seconds > 60 else (0, seconds)
    for step in [10] * long + [1] * short:
        house.do_chores(step)


def charged(ticket: Ticket) -> int:
    ticket.refresh_from_db()
    return ticket.used_time


def boom(_candidate: bytes) -> bool:
    raise RuntimeError("a bug of ours")
