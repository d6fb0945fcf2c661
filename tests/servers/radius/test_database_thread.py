"""The database thread: answers after the commit alone, and what happens when it fails."""

import threading

import pytest
from django.db import connection
from structlog.testing import capture_logs
from tests.servers.radius.house import House, boom, charged, codes, durable, read_only
from tests.servers.radius.peer import access_request, accounting_request

from spotcoffee.protocols.radius.packet import Code
from spotcoffee.storage.models import Session, Ticket

pytestmark = pytest.mark.django_db

# The ticket GUESTTICKT is of one hour, for one device.
OFFER = {"credit": 3600, "max_devices": 1}
PHONE, TABLET = "02-00-00-00-00-01", "02-00-00-00-00-02"


def seen_by_another_connection() -> tuple[int, int]:
    """How many sessions and how many used seconds everybody sees."""
    counts: list[int] = []

    def look() -> None:
        counts.extend((Session.objects.count(), Ticket.objects.get().used_time))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return counts[0], counts[1]


# Answers only after the commit


@durable
def test_an_answer_leaves_only_after_its_commit(ticket: Ticket) -> None:
    house = House()
    seen = []
    house.thread.conclude = lambda answered, _: seen.append((len(answered), *seen_by_another_connection()))

    house.auth(access_request("GUESTTICKT"))
    house.commit()
    house.acct(accounting_request("Start", login="GUESTTICKT"))
    house.acct(accounting_request("Interim-Update", login="GUESTTICKT", seconds=60))
    house.commit()

    assert seen == [(1, 1, 0), (2, 1, 60)]


@durable
def test_a_database_that_fails_answers_nothing(ticket: Ticket) -> None:
    house = House()
    login, report = access_request("GUESTTICKT"), accounting_request("Stop", login="GUESTTICKT", seconds=60)

    with read_only(), capture_logs() as logs:
        house.auth(login)
        house.acct(report)
        assert house.commit() == []

    assert house.counters.all()["database.failures"] == 1
    assert [entry["event"] for entry in logs] == ["database_failed"]
    assert Session.objects.count() == 0


@durable
def test_after_the_retransmissions_the_totals_are_exact(ticket: Ticket) -> None:
    house = House()
    login, stop = access_request("GUESTTICKT"), accounting_request("Stop", login="GUESTTICKT", seconds=60)
    for again in (1, 2):
        with read_only(), capture_logs():
            house.auth(login)
            house.acct(stop)
            house.commit()
        assert house.counters.all()["database.failures"] == again

    house.auth(login)
    house.acct(stop)
    answers = house.commit()

    assert codes(answers) == [Code.ACCESS_ACCEPT, Code.ACCOUNTING_RESPONSE]
    ticket.refresh_from_db()
    assert ticket.used_time == 60
    assert house.reception.waiting == 0


@pytest.mark.skipif(connection.vendor == "postgresql", reason="how SQLite meets the end of the disk")
@durable
def test_a_full_disk_answers_nothing_and_loses_nothing(ticket: Ticket) -> None:
    house = House()
    stop = accounting_request("Stop", login="GUESTTICKT", seconds=60)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    with capture_logs():
        for number in range(60):
            house.acct(accounting_request("Start", login="GUESTTICKT", session=f"{number:0>200}"))
        refused = house.commit()

    assert refused == []
    assert house.counters.all()["database.failures"] == 1
    house.report(stop)
    ticket.refresh_from_db()
    assert ticket.used_time == 60


@durable
def test_a_crash_before_the_commit_has_promised_nothing(ticket: Ticket) -> None:
    house = House()
    house.acct(accounting_request("Stop", login="GUESTTICKT", seconds=60))
    with read_only(), capture_logs():
        house.commit()
    restarted = House()

    restarted.report(accounting_request("Stop", login="GUESTTICKT", seconds=60))

    ticket.refresh_from_db()
    assert ticket.used_time == 60


# The loop


@durable
def test_the_thread_ends_when_told_after_what_came_before_is_answered(ticket: Ticket) -> None:
    house = House()
    house.acct(accounting_request("Stop", login="GUESTTICKT", seconds=60))
    for request in house.queued:
        house.thread.queue.put(request)
    house.thread.queue.put(None)

    house.thread.run()

    assert len(house.sent) == 1
    assert charged(ticket) == 60


@durable
def test_a_bug_in_a_chore_does_not_stop_the_answers(ticket: Ticket) -> None:
    house = House()
    house.chores.send = boom  # type: ignore[assignment]
    house.chores.clock = lambda: None  # type: ignore[assignment,return-value]
    house.acct(accounting_request("Stop", login="GUESTTICKT", seconds=60))
    house.thread.queue.put(house.queued[0])

    with capture_logs() as logs:
        house.chores.run([], idle=True)

    assert house.counters.all()["chores.failed"] == 1
    assert [entry["event"] for entry in logs] == ["chores_failed"]


def test_batches_are_counted(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT"))
    house.auth(access_request("NOSUCH"))
    house.commit()

    counts = house.counters.all()
    assert (counts["batch.count"], counts["batch.requests"]) == (1, 2)
    assert counts["login.accepted"] == counts["login.unknown_ticket"] == 1
