"""What the database thread does beside its batches: directory, notes, sweeps, hearts."""

from datetime import timedelta

import pytest
from django.db import connection
from structlog.testing import capture_logs
from tests import factories
from tests.factories import KEYS, NOW
from tests.servers.radius.das import Das
from tests.servers.radius.desk import Clock
from tests.servers.radius.house import House
from tests.servers.radius.peer import ADDRESS, access_request, accounting_request, named
from tests.servers.radius.test_database_thread import durable, read_only
from tests.servers.radius.test_reception import STRANGER

from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.services.processes import overview
from spotcoffee.storage.models import AccessPoint, AccessPointFault, Process, Session, Ticket
from spotcoffee.storage.queries.access_points import bump_version

pytestmark = pytest.mark.django_db

SILENCE_ALLOWED = 900


@pytest.fixture
def ticket() -> Ticket:
    """The ticket GUESTTICKT of two hours, at an access point that takes orders."""
    parc = factories.organisation()
    factories.access_point(parc, coa_port=3799)
    return factories.ticket(factories.ticket_list(factories.offer(parc, credit=7200)), "GUESTTICKT")


def online(house: House) -> None:
    """The ticket's guest logs in, and his session is reported."""
    house.login(access_request("GUESTTICKT"))
    house.report(accounting_request("Start", login="GUESTTICKT"))


def pass_time(house: House, seconds: int) -> None:
    """Let time pass second by second, or where it is long ten by ten, with the chores of each step."""
    long, short = divmod(seconds, 10) if seconds > 60 else (0, seconds)
    for step in [10] * long + [1] * short:
        house.do_chores(step)


def session() -> Session:
    return Session.objects.get()


# The directory


def test_a_new_access_point_is_known_at_the_next_turn(ticket: Ticket) -> None:
    house = House()
    assert house.auth(access_request(), ("127.0.0.2", 1)) == []
    factories.access_point(ticket.organisation, address="127.0.0.2")

    house.do_chores()
    house.auth(access_request(), ("127.0.0.2", 1))

    assert house.dropped() == {"unknown_source": 1}
    assert len(house.queued) == 1


def test_a_changed_secret_holds_at_the_next_turn(ticket: Ticket) -> None:
    house = House()
    house.login(access_request("GUESTTICKT"))
    AccessPoint.objects.update(secret_sealed=KEYS.seal(STRANGER.raw.decode()))
    bump_version()
    house.do_chores()

    house.auth(access_request())
    house.auth(access_request(secret=STRANGER))

    assert house.dropped() == {"message_authenticator_wrong": 1}
    assert len(house.queued) == 1


def test_an_archived_access_point_is_silence(ticket: Ticket) -> None:
    house = House()
    AccessPoint.objects.update(archived=True)
    bump_version()
    house.do_chores()

    assert house.auth(access_request()) == []
    assert house.dropped() == {"unknown_source": 1}


def test_nothing_is_read_anew_while_the_version_stands(ticket: Ticket) -> None:
    house = House()
    before = house.book.directory
    house.do_chores(1)

    assert house.book.directory is before


# Notes


def test_a_seen_message_authenticator_is_stored_and_required_by_every_server(ticket: Ticket) -> None:
    house, other = House(), House()
    other.auth(access_request("GUESTTICKT", proven=False))
    assert len(other.queued) == 1
    house.login(access_request("GUESTTICKT"))
    house.do_chores(1)

    assert AccessPoint.objects.get().message_authenticator_seen
    other.do_chores(1)
    other.auth(access_request("GUESTTICKT", proven=False))

    assert other.dropped() == {"message_authenticator_missing": 1}


def test_who_was_heard_from_where_and_when_is_written(ticket: Ticket) -> None:
    house = House()
    online(house)
    house.do_chores(1)

    point = AccessPoint.objects.get()
    assert (point.source, point.heard_by, point.last_seen_at) == (
        ADDRESS,
        house.process_id,
        NOW + timedelta(seconds=1),
    )


def test_unknown_sources_and_wrong_secrets_are_a_plain_word_on_the_pages(ticket: Ticket) -> None:
    house = House()
    for _ in range(5):
        house.auth(access_request(), ("192.0.2.9", 1))
    house.auth(access_request(secret=STRANGER))
    with capture_logs() as logs:
        house.do_chores(1)

    assert set(AccessPointFault.objects.values_list("source", "code", "count")) == {
        ("192.0.2.9", "unknown_source", 5),
        (ADDRESS, "message_authenticator_wrong", 1),
    }
    assert logs == []


def test_an_attack_is_an_alarm_of_its_access_point(ticket: Ticket) -> None:
    house = House()
    for number in range(200):
        house.login(access_request("NOSUCH", mac=f"02-00-00-00-00-{number:02X}"))
    house.do_chores(1)

    fault = AccessPointFault.objects.get()
    assert (fault.code, fault.access_point_id) == ("many_wrong_codes", AccessPoint.objects.get().pk)


def test_faults_of_one_kind_are_counted_together(ticket: Ticket) -> None:
    house = House()
    for _ in range(3):
        house.auth(b"", ("192.0.2.9", 1))
        house.do_chores(1)

    fault = AccessPointFault.objects.get()
    assert (fault.count, fault.first_at, fault.last_at) == (
        3,
        NOW + timedelta(seconds=1),
        NOW + timedelta(seconds=3),
    )


# The heart


def test_a_process_says_that_it_lives_and_what_it_counted(ticket: Ticket) -> None:
    house = House()
    online(house)
    house.do_chores(20)

    (process,) = overview(now=house.clock.now)
    assert process.alive
    assert process.counters["login.accepted"] == 1


def test_it_says_so_once_a_second(ticket: Ticket) -> None:
    house = House()
    house.do_chores(1)
    house.do_chores(0.9)

    assert Process.objects.get().heartbeat_at == NOW + timedelta(seconds=1)


def test_a_process_that_ends_says_so(ticket: Ticket) -> None:
    house = House()
    house.chores.stop()

    assert overview(now=NOW) == []


# Orders of a process whose heart stopped


def revoked(house: House) -> None:
    Ticket.objects.update(revoked_at=NOW)
    house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=1))


def test_the_process_that_heard_an_access_point_sends_its_orders_alone(ticket: Ticket) -> None:
    clock = Clock()
    house, other = House(clock), House(clock)
    das, das_of_other = Das(house), Das(other)
    online(house)
    house.do_chores(1)
    other.do_chores()
    revoked(house)

    house.do_chores(1)
    other.do_chores()

    assert das.codes == [Code.DISCONNECT_REQUEST]
    assert das_of_other.codes == []


def test_another_takes_over_ten_seconds_after_the_heart_stopped(ticket: Ticket) -> None:
    clock = Clock()
    house, other = House(clock), House(clock)
    das = Das(other)
    online(house)
    house.do_chores(1)
    revoked(house)

    pass_time(other, 10)
    assert das.codes == []
    pass_time(other, 2)

    assert das.codes == [Code.DISCONNECT_REQUEST]
    das.acknowledge()


def test_another_takes_over_at_once_from_one_that_ended_in_order(ticket: Ticket) -> None:
    clock = Clock()
    house, other = House(clock), House(clock)
    das = Das(other)
    online(house)
    house.do_chores(1)
    revoked(house)
    house.chores.stop()

    pass_time(other, 2)

    assert das.codes == [Code.DISCONNECT_REQUEST]


# The sweep


def test_a_session_without_a_report_for_three_intervals_is_closed_as_lost_by_itself(ticket: Ticket) -> None:
    house = House()
    online(house)
    house.do_chores(1)

    pass_time(house, SILENCE_ALLOWED - 10)
    assert session().ended_at is None
    pass_time(house, 20)

    assert (session().ending, session().charged) == ("lost", 0)
    assert house.counters.all()["sweep.closed"] == 1


def test_a_session_that_reports_is_not_lost(ticket: Ticket) -> None:
    house = House()
    online(house)
    for number in range(1, 5):
        pass_time(house, 300)
        house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=300 * number))

    assert session().ended_at is None


def test_a_lost_session_is_charged_up_to_its_last_report_and_reopened_by_the_next(ticket: Ticket) -> None:
    house = House()
    online(house)
    house.do_chores(300)
    house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=300))
    pass_time(house, SILENCE_ALLOWED + 20)
    assert (session().ending, session().charged) == ("lost", 300)

    house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=1220))

    assert (session().ending, session().charged) == (None, 1220)


def test_a_reservation_that_meets_no_report_lapses_and_gives_its_first_login_back(ticket: Ticket) -> None:
    house = House()
    house.login(access_request("GUESTTICKT"))
    house.do_chores(1)
    ticket.refresh_from_db()
    assert ticket.first_login_at == NOW

    pass_time(house, 131)

    assert session().ending == "lapsed"
    ticket.refresh_from_db()
    assert ticket.first_login_at is None


def test_when_the_sweep_last_ran_is_shown(ticket: Ticket) -> None:
    house = House()
    assert [process.swept_at for process in overview(now=NOW)] == [None]

    house.do_chores(10)
    (process,) = overview(now=house.clock.now)
    assert process.swept_at == NOW + timedelta(seconds=10)
    pass_time(house, 25)

    (process,) = overview(now=house.clock.now)
    assert process.swept_at == NOW + timedelta(seconds=30)


def test_a_server_that_just_started_waits_three_intervals_before_it_calls_a_session_lost(ticket: Ticket) -> None:
    clock = Clock()
    before = House(clock)
    online(before)
    before.do_chores(1)
    before.chores.stop()
    clock.tick(5 * SILENCE_ALLOWED)
    after = House(clock)
    after.do_chores(1)

    pass_time(after, SILENCE_ALLOWED - 10)
    assert session().ended_at is None
    pass_time(after, 25)

    assert session().ending == "lost"


@durable
def test_a_database_that_was_away_makes_the_sweep_wait(ticket: Ticket) -> None:
    house = House()
    online(house)
    house.do_chores(1)
    pass_time(house, SILENCE_ALLOWED - 30)
    house.acct(accounting_request("Interim-Update", login="GUESTTICKT", seconds=800))
    with read_only(), capture_logs():
        assert house.commit() == []

    pass_time(house, 60)
    assert session().ended_at is None
    pass_time(house, SILENCE_ALLOWED)

    assert session().ending == "lost"


@durable
def test_chores_that_fail_are_counted_and_tried_again(ticket: Ticket) -> None:
    house = House()
    with read_only(), capture_logs() as logs:
        house.do_chores(1)
    assert house.counters.all()["database.failures"] == 1
    assert [entry["event"] for entry in logs] == ["chores_failed"]

    house.do_chores(10)

    assert Process.objects.get().swept_at is not None
    connection.close()


# Steps of the clock


@pytest.mark.parametrize("moment", [0, 1, 9])
def test_a_clock_that_steps_forward_loses_no_session(ticket: Ticket, moment: int) -> None:
    house = House()
    online(house)
    for number in range(1, 5):
        pass_time(house, 300)
        house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=300 * number))
    pass_time(house, moment)

    house.clock.step(3600)
    with capture_logs() as logs:
        # The heart has just beaten, and the sweep is due before it does again.
        house.clock.monotonic += 0.2
        house.chores._sweep_at = 0.0
        house.do_chores()
        pass_time(house, 30)

    assert session().ended_at is None
    assert [entry["event"] for entry in logs] == ["clock_stepped"]


def test_silence_after_a_step_is_measured_anew(ticket: Ticket) -> None:
    house = House()
    online(house)
    pass_time(house, SILENCE_ALLOWED - 30)
    house.clock.step(3600)

    with capture_logs():
        pass_time(house, SILENCE_ALLOWED - 20)
        assert session().ended_at is None
        pass_time(house, 40)

    assert session().ending == "lost"


def test_a_clock_that_went_back_by_more_than_five_minutes_is_shown(ticket: Ticket) -> None:
    house = House()
    house.do_chores(1)
    house.clock.step(-299)
    with capture_logs():
        house.do_chores(1)
        assert "clock.went_back" not in house.counters.all()
        house.clock.step(-301)
        house.do_chores(1)

    assert house.counters.all()["clock.went_back"] == 1


@pytest.mark.parametrize("step", [-7200, -60, 60, 7200])
def test_a_step_of_the_clock_changes_no_duration(ticket: Ticket, step: int) -> None:
    house = House()
    online(house)
    house.clock.tick(300)
    house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=300))
    house.clock.step(step)
    house.clock.tick(300)
    house.report(accounting_request("Stop", login="GUESTTICKT", seconds=600))

    ticket.refresh_from_db()
    assert ticket.used_time == 600


@pytest.mark.parametrize(
    ("month", "day", "limit", "timeout"),
    [
        # 23 hours: 00:30 local to midnight is 81,000 s, then the next day's allowance begins.
        (3, 29, 81_900, "162900"),
        # 25 hours: 88,200 s are left of the day, which is more than the allowance.
        (10, 25, 81_900, "81900"),
    ],
)
def test_a_days_limit_follows_days_of_23_and_25_hours(
    ticket: Ticket, month: int, day: int, limit: int, timeout: str
) -> None:
    offer = ticket.ticket_list.offer
    offer.credit, offer.period, offer.period_limit = None, "day", limit
    offer.save(update_fields=["credit", "period", "period_limit"])
    utc_hour = 23 if month == 3 else 22
    clock = Clock(now=NOW.replace(month=month, day=day - 1, hour=utc_hour, minute=30))
    house = House(clock)

    answer = house.login(access_request("GUESTTICKT"))

    assert named(Session_Timeout=int(timeout))[0] in decode(answer).attributes
