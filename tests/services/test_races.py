"""Several at the same instant, each on a connection of its own: one wins, and nothing is given twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection
from tests import factories
from tests.factories import KEYS, NOW, Cast, cast, pace

from spotcoffee.services import audit, handouts, offers, ticket_lists
from spotcoffee.services.errors import Conflict, Invalid
from spotcoffee.services.generation import generate
from spotcoffee.services.job_kinds import add_generation
from spotcoffee.services.jobs import claim
from spotcoffee.storage.models import AuditEntry, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

RACERS = 4
T = TypeVar("T")


def race(do: Callable[[], T]) -> list[T]:
    """Do the same thing so many times at once."""
    start = Barrier(RACERS)

    def run() -> T:
        try:
            connection.ensure_connection()
            start.wait()
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as threads:
        return [future.result() for future in [threads.submit(run) for _ in range(RACERS)]]


def place(tickets: int = 0) -> tuple[Cast, int]:
    here = cast()
    factories.access_point(here.parc)
    of = factories.ticket_list(factories.offer(here.parc))
    if tickets:
        generate(here.at_parc, of.pk, tickets, keys=KEYS, pace=pace())
    return here, of.pk


def test_of_hand_outs_at_the_same_instant_no_two_have_a_ticket() -> None:
    here, of = place(1500)

    def take() -> list[str]:
        try:
            handout = handouts.take(here.at_parc, of, pace=pace())
        except Conflict:
            return []
        return [ticket.login for ticket in handouts.tickets_of(handout, keys=KEYS)]

    taken = Counter(login for logins in race(take) for login in logins)

    assert len(taken) == 1500
    assert set(taken.values()) == {1}


def test_lists_that_grow_at_the_same_instant_get_all_their_tickets() -> None:
    here, of = place()

    race(lambda: generate(here.at_parc, of, 600, keys=KEYS, pace=pace()).pk)

    assert Ticket.objects.filter(batch__ready=True).count() == RACERS * 600
    assert ticket_lists.show(here.at_parc, of, now=NOW).virgin == RACERS * 600


def test_a_job_is_claimed_by_one_worker() -> None:
    here, of = place()
    add_generation(here.at_parc, of, 5, now=NOW)

    claimed = race(lambda: claim(worker_id=1, now=NOW))

    assert len([job for job in claimed if job is not None]) == 1


def test_a_name_is_taken_once() -> None:
    here, _ = place()
    points = [factories.AccessPoint.objects.get().pk]

    def add() -> bool:
        try:
            offers.add(here.at_parc, {"name": "2 h", "access_points": points}, now=NOW)
        except Invalid:
            return False
        return True

    assert sorted(race(add)) == [False] * (RACERS - 1) + [True]


def test_entries_written_at_the_same_instant_make_one_chain() -> None:
    here, of = place()

    race(lambda: ticket_lists.change(here.at_parc, of, {"name": "Été"}, now=NOW).follow_up)

    assert AuditEntry.objects.filter(noun="ticket_list").count() == RACERS
    assert audit.verify_chain(here.parc.pk) is None
