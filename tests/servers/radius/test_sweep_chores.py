"""Sessions that fell silent, and clocks that step."""

from datetime import timedelta

import pytest
from django.db import connection
from structlog.testing import capture_logs
from tests.factories import NOW
from tests.servers.radius.desk import Clock
from tests.servers.radius.house import House, durable, pass_time, read_only
from tests.servers.radius.peer import access_request, accounting_request, named

from spotcoffee.protocols.radius.packet import decode
from spotcoffee.services.processes import overview
from spotcoffee.storage.models import Process, Session, Ticket

pytestmark = pytest.mark.django_db

# The ticket GUESTTICKT is of two hours, at an access point that takes orders.
OFFER = {"credit": 7200}
POINT = {"coa_port": 3799}
SILENCE_ALLOWED = 900


def online(house: House) -> None:
    """The ticket's guest logs in, and his session is reported."""
    house.login(access_request("GUESTTICKT"))
    house.report(accounting_request("Start", login="GUESTTICKT"))


def session() -> Session:
    return Session.objects.get()


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
