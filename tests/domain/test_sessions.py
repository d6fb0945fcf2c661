"""Which session a report belongs to, and how sessions begin, end and come back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.domain.desk import Desk, access_point, interim, origin, start, stop

from spotcoffee.domain.access_points import Accounting
from spotcoffee.domain.accounting import Counter, EndCause, Meter, Report
from spotcoffee.domain.authorization import Limits
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.sessions import (
    Continue,
    Ending,
    Grant,
    Open,
    Placement,
    Session,
    Take,
    advance,
    begin,
    grant_of,
    is_final,
    lose,
    lost_at,
    place,
)

TEN = datetime(2026, 7, 15, 8, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return TEN + timedelta(seconds=seconds)


def session(key: int = 1, *, since: int = 0, number: str | None = "1", **facts: Any) -> Session:
    """An open session that began at its Accept."""
    known = {"began_at": None if number is None else at(since), "seen_at": at(since), "accept_id": key}
    return Session(
        **{
            "id": key,
            "ticket_id": 1,
            "access_point_id": 1,
            "device": "phone",
            "source": "nas1",
            "acct_session_id": number,
            "accepted_at": at(since),
            **known,
            **facts,
        }
    )


def reservation(key: int, *, since: int, **facts: Any) -> Session:
    return session(key, since=since, number=None, **facts)


def stopped(key: int = 1, *, since: int = 0, ended: int, **facts: Any) -> Session:
    return session(key, since=since, ended_at=at(ended), ending=Ending.STOPPED, **facts)


def found(placement: Placement) -> tuple[type[Placement], int | None]:
    match placement:
        case Continue(row) | Take(row):
            return type(placement), row.id
        case Open(accept):
            return Open, accept.id if accept else None


# Placing by Class


def test_the_first_report_with_its_class_takes_a_reservation() -> None:
    placed = place(stop(at(60), 60), origin(accept=1), [reservation(1, since=0)])
    assert found(placed) == (Take, 1)


@pytest.mark.parametrize("ending", [Ending.SUPERSEDED, Ending.LAPSED])
def test_class_takes_even_an_ended_reservation(ending: Ending) -> None:
    late = reservation(1, since=0, ending=ending, ended_at=at(120))
    placed = place(start(at(300)), origin(accept=1), [late, reservation(2, since=200)])
    assert found(placed) == (Take, 1)


def test_class_wins_over_a_newer_reservation() -> None:
    placed = place(interim(at(300), 300), origin(accept=1), [session(1), reservation(2, since=250)])
    assert found(placed) == (Continue, 1)


def test_another_session_number_under_one_class_is_an_opening_of_its_own() -> None:
    placed = place(interim(at(300), 300), origin(number="2", accept=1), [session(1)])
    assert found(placed) == (Open, 1)


def test_class_of_another_access_point_names_nothing() -> None:
    elsewhere = reservation(1, since=0)._replace(access_point_id=2)
    assert found(place(start(at(1)), origin(accept=1), [elsewhere])) == (Open, None)


# Placing without Class


def test_without_class_the_newest_reservation_is_taken() -> None:
    rows = [reservation(1, since=0), reservation(2, since=60)]
    assert found(place(start(at(61)), origin(), rows)) == (Take, 2)


def test_without_class_the_reservation_of_another_device_is_left() -> None:
    rows = [reservation(1, since=0), reservation(2, since=60, device="laptop")]
    assert found(place(start(at(61)), origin("phone"), rows)) == (Take, 1)


def test_a_report_that_names_no_device_takes_any() -> None:
    rows = [reservation(1, since=0), reservation(2, since=60, device="laptop")]
    assert found(place(start(at(61)), origin(None), rows)) == (Take, 2)


def test_a_report_from_another_source_is_another_session() -> None:
    here = session(1, source="elsewhere")
    assert found(place(interim(at(300), 300), origin(), [here])) == (Open, None)


def test_without_any_accept_the_first_report_opens_a_session() -> None:
    assert found(place(interim(at(300), 300), origin(), [])) == (Open, None)


def test_running_totals_continue_the_session() -> None:
    assert found(place(interim(at(300), 300), origin(), [session(1)])) == (Continue, 1)


def test_a_second_start_of_an_open_session_is_a_copy() -> None:
    assert found(place(start(at(310)), origin(), [session(1)])) == (Continue, 1)


# New openings under a repeated session number


def test_a_start_after_a_stop_is_a_new_opening() -> None:
    assert found(place(start(at(60)), origin(), [stopped(ended=60)])) == (Open, None)
    assert found(place(start(at(60)), origin(accept=1), [stopped(ended=60)])) == (Open, 1)


def test_a_start_from_before_the_stop_is_a_copy() -> None:
    assert found(place(start(at(0)), origin(), [stopped(ended=60)])) == (Continue, 1)


def test_totals_after_a_stop_belong_to_the_opening_that_it_ended() -> None:
    assert found(place(interim(at(90), 60), origin(), [stopped(ended=60)])) == (Continue, 1)


@pytest.mark.parametrize("report", [start(at(4000)), interim(at(4300), 300), stop(at(6500), 2500)])
def test_a_report_of_a_newer_accept_is_a_new_opening(report: Report) -> None:
    rows = [stopped(ended=3000), reservation(2, since=4000)]
    assert found(place(report, origin(), rows)) == (Take, 2)


def test_a_newer_accept_is_taken_even_where_the_stop_was_lost() -> None:
    rows = [session(1), reservation(2, since=4000)]
    assert found(place(interim(at(4300), 300), origin(), rows)) == (Take, 2)


def test_a_late_report_of_the_older_opening_leaves_the_newer_accept() -> None:
    rows = [session(1), reservation(2, since=4000)]
    assert found(place(interim(at(4010), 3900), origin(), rows)) == (Continue, 1)
    assert found(place(stop(at(4010), 3950), origin(), rows)) == (Continue, 1)


def test_totals_that_began_a_rounded_second_before_the_accept_belong_to_it() -> None:
    rows = [stopped(ended=3000), reservation(2, since=4000)]
    assert found(place(interim(at(4300), 301), origin(), rows)) == (Take, 2)


def test_a_late_total_is_of_the_older_opening_that_it_began_with() -> None:
    rows = [stopped(1, ended=3000), stopped(2, since=4000, ended=5000), session(3, since=6000)]
    assert found(place(stop(at(6010), 5980), origin(), rows)) == (Continue, 1)
    assert found(place(stop(at(6010), 1980), origin(), rows)) == (Continue, 2)


def test_an_older_accept_that_nothing_took_begins_no_new_opening() -> None:
    rows = [reservation(1, since=0), stopped(2, since=10, ended=60)]
    assert found(place(start(at(100)), origin(), rows)) == (Open, None)


def test_a_start_from_before_the_newer_accept_is_not_its_own() -> None:
    rows = [stopped(1, ended=60), reservation(2, since=200)]
    assert found(place(start(at(100)), origin(), rows)) == (Open, None)


def test_a_start_soon_after_a_newer_accept_takes_it() -> None:
    rows = [session(1), reservation(2, since=20)]
    assert found(place(start(at(21)), origin(), rows)) == (Take, 2)


def test_a_total_that_began_a_rounded_second_early_takes_the_newer_of_two_accepts() -> None:
    rows = [reservation(1, since=0), reservation(2, since=200)]
    assert found(place(interim(at(500), 301), origin(), rows)) == (Take, 2)


def test_a_second_click_on_login_leaves_the_session_that_goes_on() -> None:
    # Two Accepts, one session, and a report that is 30 s late without saying so.
    rows = [session(1, seen_at=at(301)), reservation(2, since=3)]
    assert found(place(interim(at(631), 600), origin(), rows)) == (Continue, 1)


def test_a_late_first_total_after_a_second_click_is_of_the_session_that_started() -> None:
    rows = [session(1), reservation(2, since=3)]
    assert found(place(interim(at(330), 300), origin(), rows)) == (Continue, 1)


def test_a_stop_that_comes_again_late_is_of_the_session_that_it_ended() -> None:
    rows = [stopped(1, ended=301, seen_at=at(301)), reservation(2, since=3)]
    assert found(place(stop(at(350), 301), origin(), rows)) == (Continue, 1)


def test_an_idle_stop_without_its_tail_is_of_the_open_session() -> None:
    rows = [session(1, seen_at=at(300)), reservation(2, since=3)]
    assert found(place(stop(at(900), 300, EndCause.IDLE), origin(), rows)) == (Continue, 1)


def test_a_step_of_our_clock_leaves_a_running_session_what_it_is() -> None:
    rows = [session(1, seen_at=at(300)), reservation(2, since=3)]
    assert found(place(interim(at(90_600), 600), origin(), rows)) == (Continue, 1)


def test_a_session_is_not_of_an_accept_that_came_after_it_began() -> None:
    rows = [reservation(1, since=0), reservation(2, since=200)]
    assert found(place(interim(at(302), 300), origin(), rows)) == (Take, 1)


def test_a_late_stop_ends_the_opening_that_it_began_with() -> None:
    older = lose(session(1), ended_at=at(4000))
    placed = place(stop(at(4060), 3950), origin(), [older, session(2, since=4000)])
    assert found(placed) == (Continue, 1)


def test_a_start_after_a_restart_is_a_new_opening() -> None:
    restarted = session(1, ended_at=at(500), ending=Ending.RESTARTED)
    assert found(place(start(at(500)), origin(), [restarted])) == (Open, None)


def test_totals_that_began_after_a_restart_are_a_new_opening() -> None:
    restarted = session(1, ended_at=at(500), ending=Ending.RESTARTED)
    assert found(place(interim(at(900), 300), origin(), [restarted])) == (Open, None)
    assert found(place(interim(at(510), 490), origin(), [restarted])) == (Continue, 1)


def test_a_start_of_a_lost_session_is_a_copy() -> None:
    lost = lose(session(1), ended_at=at(300))
    assert found(place(start(at(1300)), origin(), [lost])) == (Continue, 1)


# Beginning


def test_a_reservation_becomes_a_session_with_its_grant() -> None:
    waiting = reservation(1, since=0, grant=Grant(session_timeout=60), ending=Ending.LAPSED, ended_at=at(120))
    begun = begin(waiting, interim(at(300), 290), origin(number="7"), accept=waiting, framed_address="10.0.0.1")
    assert (begun.acct_session_id, begun.framed_address) == ("7", "10.0.0.1")
    assert (begun.accepted_at, begun.began_at, begun.seen_at) == (at(0), at(10), at(300))
    assert (begun.ended_at, begun.ending, begun.grant) == (None, None, Grant(session_timeout=60))
    assert begun.meter == Meter()


def test_a_report_without_device_keeps_the_one_that_was_accepted() -> None:
    waiting = reservation(1, since=0)
    assert begin(waiting, start(at(1)), origin(None), accept=waiting, framed_address="").device == "phone"


def test_a_session_without_accept_knows_none() -> None:
    begun = begin(session(9), start(at(50)), origin(), accept=None, framed_address="")
    assert (begun.accept_id, begun.accepted_at, begun.since) == (None, None, at(50))


def test_a_grant_counts_from_the_start_of_the_session() -> None:
    limits = Limits(session_timeout=600, idle_timeout=60, rate_down=8000, rate_up=9000, down_left=50, up_left=None)
    assert grant_of(limits, Meter(down=Counter(total=7)), age=100) == Grant(
        session_timeout=700, idle_timeout=60, rate_down=8000, rate_up=9000, down_end=57, up_end=None
    )


def test_the_age_of_a_session_is_never_negative() -> None:
    assert session(since=100).age(at(50)) == timedelta(0)
    assert session(since=100).age(at(160)) == timedelta(seconds=60)
    assert reservation(1, since=0).age(at(60)) == timedelta(0)


# Advancing and ending


def test_a_stop_ends_a_session_for_good() -> None:
    ended = advance(session(), stop(at(60), 60, EndCause.USER), Meter(time=60))
    assert (ended.ended_at, ended.ending, ended.end_cause) == (at(60), Ending.STOPPED, EndCause.USER)
    assert is_final(ended)
    assert ended.meter == Meter(time=60)


def test_an_interim_is_a_sign_of_life() -> None:
    alive = advance(session(), interim(at(300), 300), Meter(time=300))
    assert (alive.seen_at, alive.reports, alive.ended_at) == (at(300), 1, None)


def test_a_late_interim_takes_no_sign_of_life_back() -> None:
    assert advance(session(seen_at=at(600)), interim(at(300), 300), Meter()).seen_at == at(600)


def test_a_copy_of_a_start_is_no_sign_of_life() -> None:
    assert advance(session(), start(at(300)), Meter()).seen_at == at(0)


@pytest.mark.parametrize("ending", [Ending.LOST, Ending.RESTARTED])
def test_only_a_stop_is_final(ending: Ending) -> None:
    assert not is_final(session(ended_at=at(300), ending=ending))
    assert not is_final(session())


def test_an_interim_reopens_a_lost_session() -> None:
    back = advance(lose(session(), ended_at=at(300)), interim(at(2000), 2000), Meter())
    assert (back.ended_at, back.ending, back.end_cause) == (None, None, None)


def test_an_interim_from_before_the_loss_does_not_reopen() -> None:
    lost = lose(session(), ended_at=at(300))
    assert advance(lost, interim(at(300), 300), Meter()).ending is Ending.LOST


def test_a_start_does_not_reopen_a_lost_session() -> None:
    assert advance(lose(session(), ended_at=at(300)), start(at(2000)), Meter()).ending is Ending.LOST


def test_a_stop_settles_a_lost_session_without_reopening() -> None:
    settled = advance(lose(session(), ended_at=at(300)), stop(at(2000), 2000), Meter())
    assert (settled.ending, settled.ended_at) == (Ending.STOPPED, at(2000))


def test_an_interim_does_not_reopen_a_restarted_session() -> None:
    restarted = session(ended_at=at(300), ending=Ending.RESTARTED)
    assert advance(restarted, interim(at(310), 305), Meter()).ending is Ending.RESTARTED


# When silence means loss


def test_a_session_is_lost_after_three_intervals() -> None:
    assert lost_at(session(seen_at=at(600)), access_point(interim_interval=300)) == at(1500)


def test_where_only_the_end_is_reported_a_session_is_lost_after_its_time() -> None:
    point = access_point(accounting=Accounting.NO_INTERIM)
    assert lost_at(session(grant=Grant(session_timeout=3600)), point) == at(3600 + 120)
    assert lost_at(session(), point) == at(86_400 + 120)


def test_where_nothing_is_reported_a_session_ends_at_its_time() -> None:
    point = access_point(accounting=Accounting.NONE)
    assert lost_at(session(grant=Grant(session_timeout=3600)), point) == at(3600)
    assert lost_at(session(), point) > at(10 * 365 * 86_400)


def test_reports_that_claim_more_time_than_has_passed_are_believed_each_for_its_own_opening() -> None:
    desk = Desk(Terms())
    for second, total in ((0, 3000), (2, 2500)):
        desk.log_in("phone", at=at(second))
        desk.report(start(at(second)), origin())
        desk.report(stop(at(second + 1), total), origin())

    assert desk.usage.used_time == 5500
