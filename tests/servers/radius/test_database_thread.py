"""The database thread: one commit for a batch, answers after it, and what happens when it fails."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connection
from structlog.testing import capture_logs
from tests import factories
from tests.factories import KEYS
from tests.servers.radius.house import House
from tests.servers.radius.peer import SHARED, access_request, accounting_request, named, said, verified

from spotcoffee.domain.credentials import Challenged
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.authorization import Login
from spotcoffee.services.sweeps import Restart
from spotcoffee.storage.models import AccessPoint, Attempt, Session, Ticket

pytestmark = pytest.mark.django_db
durable = pytest.mark.django_db(transaction=True)

PHONE, TABLET = "02-00-00-00-00-01", "02-00-00-00-00-02"


@pytest.fixture
def ticket() -> Ticket:
    """The ticket GUESTTICKT of one hour, for one device, at 127.0.0.1."""
    parc = factories.organisation()
    factories.access_point(parc)
    offer = factories.offer(parc, credit=3600, max_devices=1)
    return factories.ticket(factories.ticket_list(offer), "GUESTTICKT")


def codes(answers: list[bytes]) -> list[Code]:
    return [decode(answer).code for answer in answers]


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


# One poisonous request


def boom(_candidate: bytes) -> bool:
    raise RuntimeError("a bug of ours")


def poisoned(house: House) -> None:
    """Make the last login one that no decision survives, as a bug of ours would."""
    request = house.queued[-1]
    assert isinstance(request.item, Login)
    request.item = replace(request.item, proof=Challenged(boom))


@durable
def test_one_poisonous_request_does_not_take_the_others_down(ticket: Ticket) -> None:
    house = House()
    house.acct(accounting_request("Start", login="GUESTTICKT"))
    house.auth(access_request("GUESTTICKT", mac=TABLET))
    poisoned(house)
    house.acct(accounting_request("Stop", login="GUESTTICKT", seconds=60))

    with capture_logs() as logs:
        answers = house.commit()

    assert codes(answers) == [Code.ACCOUNTING_RESPONSE] * 2
    assert house.dropped() == {"failed": 1}
    assert [entry["event"] for entry in logs] == ["request_failed"]
    ticket.refresh_from_db()
    assert ticket.used_time == 60


@durable
def test_a_value_that_the_database_cannot_take_is_one_requests_own(ticket: Ticket) -> None:
    house = House()
    house.acct(accounting_request("Start", login="GUESTTICKT"))
    request = house.queued[-1]
    assert isinstance(request.item, Arrival)
    request.item = replace(request.item, framed_address="\ud800")
    house.acct(accounting_request("Stop", login="GUESTTICKT", session="S2", seconds=60))

    with capture_logs():
        answers = house.commit()

    assert len(answers) == 1
    ticket.refresh_from_db()
    assert ticket.used_time == 60


@durable
def test_a_poisonous_request_leaves_no_code_in_the_logs(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT", "GUESTTICKT"))
    poisoned(house)

    with capture_logs() as logs:
        house.commit()

    assert logs != []
    assert "GUESTTICKT" not in str(logs)


@durable
def test_a_request_whose_own_proxy_states_leave_no_room_for_an_answer_is_dropped_alone(ticket: Ticket) -> None:
    house = House()
    octets = decode(access_request("GUESTTICKT")).datagram[20:] + (b"\x21\xff" + bytes(253)) * 15
    octets += b"\x21\xb4" + bytes(178)
    full = bytearray(b"\x01\x07" + (20 + len(octets)).to_bytes(2) + bytes(16) + octets)
    full[22:38] = bytes(16)
    full[22:38] = SHARED.hmac(bytes(full))
    house.auth(bytes(full))
    house.auth(access_request("NOSUCH"))

    answers = house.commit()

    assert codes(answers) == [Code.ACCESS_REJECT]
    assert house.dropped() == {"packet_too_long": 1}


@durable
def test_an_answer_that_a_bug_keeps_from_being_written_is_one_requests_own(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT"))
    request = house.queued[-1]
    nowhere = replace(request.listed.access_point, equipment=None)  # type: ignore[arg-type]
    request.listed = replace(request.listed, access_point=nowhere)
    house.auth(access_request("NOSUCH"))

    with capture_logs():
        answers = house.commit()

    assert codes(answers) == [Code.ACCESS_REJECT]
    assert house.dropped() == {"failed": 1}


@durable
def test_a_restart_that_fails_by_a_bug_does_not_stop_the_thread(ticket: Ticket) -> None:
    house = House()
    house.acct(accounting_request("Accounting-On", login=""))
    request = house.queued[-1]
    assert isinstance(request.item, Restart)
    request.item = replace(request.item, event_at=None)  # type: ignore[arg-type]
    house.acct(accounting_request("Stop", login="GUESTTICKT", seconds=60))

    with capture_logs():
        answers = house.commit()

    assert codes(answers) == [Code.ACCOUNTING_RESPONSE]
    assert house.dropped() == {"failed": 1}


# One batch, decided in order of arrival


def test_of_two_devices_in_one_batch_exactly_one_is_let_in(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT", mac=PHONE))
    house.auth(access_request("GUESTTICKT", mac=TABLET))

    answers = house.commit()

    assert codes(answers) == [Code.ACCESS_ACCEPT, Code.ACCESS_REJECT]
    assert said(answers[1])["Reply-Message"] == "Ce ticket est utilisé sur un autre appareil."
    assert Session.objects.get().device == "020000000001"


def test_of_fifty_devices_in_one_batch_exactly_one_is_let_in(ticket: Ticket) -> None:
    house = House()
    for number in range(50):
        house.auth(access_request("GUESTTICKT", mac=f"02-00-00-00-00-{number:02X}"))

    assert codes(house.commit()).count(Code.ACCESS_ACCEPT) == 1
    assert Attempt.objects.filter(reason="too_many_devices").count() == 49


def test_start_interim_and_stop_of_one_session_in_one_batch(ticket: Ticket) -> None:
    house = House()
    accept = house.login(access_request("GUESTTICKT"))
    echoed = [(25, decode(accept).first(25) or b"")]
    for status, seconds in (("Start", None), ("Interim-Update", 300), ("Stop", 400)):
        house.acct(accounting_request(status, *echoed, login="GUESTTICKT", seconds=seconds))

    answers = house.commit()

    assert codes(answers) == [Code.ACCOUNTING_RESPONSE] * 3
    session = Session.objects.get()
    assert (session.time, session.charged, session.ending, session.reports) == (400, 400, "stopped", 3)
    ticket.refresh_from_db()
    assert ticket.used_time == 400


def test_a_login_its_session_and_the_next_device_in_one_batch(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT", mac=PHONE))
    house.acct(accounting_request("Stop", login="GUESTTICKT", mac=PHONE, seconds=60))
    house.auth(access_request("GUESTTICKT", mac=TABLET))

    answers = house.commit()

    assert codes(answers) == [Code.ACCESS_ACCEPT, Code.ACCOUNTING_RESPONSE, Code.ACCESS_ACCEPT]
    assert said(answers[2])["Session-Timeout"] == "3540"


def test_a_restart_between_two_runs_ends_what_came_before_and_not_what_comes_after(ticket: Ticket) -> None:
    house = House()
    house.report(accounting_request("Start", login="GUESTTICKT", session="OLD"))
    house.clock.tick(120)
    house.acct(accounting_request("Interim-Update", login="GUESTTICKT", session="OLD", seconds=60))
    house.clock.tick(1)
    house.acct(accounting_request("Accounting-On", login="", session=None, mac=None))
    house.clock.tick(1)
    house.acct(accounting_request("Start", login="GUESTTICKT", session="NEW"))

    answers = house.commit()

    assert codes(answers) == [Code.ACCOUNTING_RESPONSE] * 3
    endings = dict(Session.objects.values_list("acct_session_id", "ending"))
    assert endings == {"OLD": "restarted", "NEW": None}
    assert house.counters.all()["accounting.restart"] == 1


def test_a_restart_drops_reservations(ticket: Ticket) -> None:
    house = House()
    house.login(access_request("GUESTTICKT", mac=PHONE))
    house.clock.tick(1)
    house.report(accounting_request("Accounting-Off", login="", session=None, mac=None))

    assert codes([house.login(access_request("GUESTTICKT", mac=TABLET))]) == [Code.ACCESS_ACCEPT]


def test_a_restart_leaves_the_sessions_of_another_source(ticket: Ticket) -> None:
    AccessPoint.objects.update(address="127.0.0.0/8")
    house = House()
    house.acct(accounting_request("Start", login="GUESTTICKT", session="HERE"), ("127.0.0.2", 1))
    house.commit()
    house.clock.tick(10)
    house.acct(accounting_request("Accounting-On", login=""), ("127.0.0.1", 1))
    house.commit()

    assert Session.objects.get().ended_at is None


def test_a_late_restart_leaves_what_was_heard_since(ticket: Ticket) -> None:
    house = House()
    house.clock.tick(600)
    house.report(accounting_request("Start", login="GUESTTICKT"))
    house.report(accounting_request("Accounting-On", *named(Acct_Delay_Time=300), login=""))

    assert Session.objects.get().ended_at is None


# Charged by the highest total, and every figure explained


def charged(ticket: Ticket) -> int:
    ticket.refresh_from_db()
    return ticket.used_time


def test_a_duplicate_with_a_new_identifier_charges_nothing(ticket: Ticket) -> None:
    house = House()
    for _ in range(2):
        assert len(house.report(accounting_request("Stop", login="GUESTTICKT", seconds=900))) == 1

    assert charged(ticket) == 900


def test_reordered_reports_charge_the_highest_total(ticket: Ticket) -> None:
    house = House()
    house.clock.tick(900)
    for status, seconds in (("Interim-Update", 600), ("Interim-Update", 300), ("Stop", 900), ("Interim-Update", 800)):
        house.report(accounting_request(status, login="GUESTTICKT", seconds=seconds))

    assert charged(ticket) == 900


def test_a_lost_start_loses_nothing(ticket: Ticket) -> None:
    House().report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=300))

    assert charged(ticket) == 300


def test_a_wrapped_counter_goes_on(ticket: Ticket) -> None:
    house = House()
    for seconds, octets in ((60, 2**32 - 1000), (120, 500)):
        house.clock.tick(60)
        report = accounting_request(
            "Interim-Update", *named(Acct_Output_Octets=octets), login="GUESTTICKT", seconds=seconds
        )
        house.report(report)

    ticket.refresh_from_db()
    assert ticket.used_down == 2**32 + 500


def test_a_session_number_that_comes_again_after_a_reboot_is_another_session(ticket: Ticket) -> None:
    house = House()
    for _ in range(2):
        house.login(access_request("GUESTTICKT"))
        house.report(accounting_request("Start", login="GUESTTICKT", session="1"))
        house.clock.tick(500)
        house.report(accounting_request("Interim-Update", login="GUESTTICKT", session="1", seconds=500))
        house.clock.tick(5)
        house.report(accounting_request("Accounting-On", login="", session=None, mac=None))
        house.clock.tick(5)

    assert charged(ticket) == 1000
    assert Session.objects.count() == 2


def test_every_report_is_counted_by_what_became_of_it(ticket: Ticket) -> None:
    house = House()
    house.clock.tick(1000)
    for status, seconds in (("Start", None), ("Interim-Update", 600), ("Interim-Update", 300), ("Stop", 900)):
        house.report(accounting_request(status, login="GUESTTICKT", seconds=seconds))
    house.report(accounting_request("Stop", login="GUESTTICKT", seconds=950))
    house.report(accounting_request("Stop", login="NOSUCH", session="S9", seconds=1))

    counts = {name: n for name, n in house.counters.all().items() if name.startswith("accounting.")}
    assert counts == {
        "accounting.charged": 2,
        "accounting.unchanged": 2,
        "accounting.final": 1,
        "accounting.unknown_ticket": 1,
    }
    session = Session.objects.get()
    assert (session.time, session.charged, session.reports, session.ignored) == (900, 900, 4, 2)


def test_more_time_than_passed_is_charged_and_noted(ticket: Ticket) -> None:
    house = House()
    house.login(access_request("GUESTTICKT"))
    house.report(accounting_request("Stop", login="GUESTTICKT", seconds=600))

    (fault,) = house.book.take_notes().faults
    assert fault[2] == "more_time_than_passed"
    assert charged(ticket) == 600


# What logins lead to


def test_an_unknown_and_a_wrong_code_look_the_same_and_are_told_apart_in_the_log(ticket: Ticket) -> None:
    listed = ticket.ticket_list
    factories.ticket(listed, "WITHPASS", "SECRETPASS")
    house = House()

    unknown = house.login(access_request("NOSUCHCODE", "GUESS", mac=PHONE))
    wrong = house.login(access_request("WITHPASS", "GUESS", mac=TABLET))

    assert decode(unknown).attributes[1:] == decode(wrong).attributes[1:]
    assert list(Attempt.objects.order_by("id").values_list("reason", "login")) == [
        ("unknown_ticket", "NO…DE"),
        ("wrong_password", ""),
    ]


def test_a_wrong_code_takes_a_token_and_a_right_one_none(ticket: Ticket) -> None:
    house = House()
    for _ in range(30):
        house.login(access_request("GUESTTICKT", mac=PHONE))
    assert "login.slowed" not in house.counters.all()

    for _ in range(20):
        house.login(access_request("NOSUCH", mac=PHONE))
    (slowed,) = house.auth(access_request("GUESTTICKT", mac=PHONE))

    assert decode(slowed).code is Code.ACCESS_REJECT
    assert house.counters.all()["login.slowed"] == 1


def test_the_class_of_an_accept_names_its_reservation(ticket: Ticket) -> None:
    house = House()
    request = access_request("GUESTTICKT")

    accept = house.login(request)

    assert verified(accept, request) is Code.ACCESS_ACCEPT
    assert KEYS.session_of(decode(accept).first(25) or b"") == Session.objects.get().pk


def test_a_reject_speaks_the_access_points_language(ticket: Ticket) -> None:
    AccessPoint.objects.update(language="en")
    house = House()

    answer = house.login(access_request("NOSUCH"))

    assert said(answer)["Reply-Message"] == "This code is not right. Check it and type it again."


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
