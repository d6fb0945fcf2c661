"""From what equipment reports to what a ticket pays: time, idle tails, volumes, caps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.domain.accounting import (
    WRAP,
    Charge,
    Counter,
    EndCause,
    Meter,
    Oddity,
    Report,
    Status,
    Tariff,
    Volume,
    cap,
    charge,
)

BEGAN = datetime(2026, 7, 15, 8, tzinfo=UTC)
PLAIN = Tariff()
TEN_MINUTES = Tariff(idle=600)
TAIL_EXCLUDED = Tariff(idle=600, tail_excluded=True)


def at(seconds: int) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def interim(time: int | None, down: Volume | None = None, up: Volume | None = None) -> Report:
    return Report(status=Status.INTERIM, event_at=at(time or 0), session_time=time, down=down, up=up)


def stop(
    time: int | None,
    cause: EndCause = EndCause.USER,
    *,
    ended: int | None = None,
    down: Volume | None = None,
) -> Report:
    event_at = at(time or 0 if ended is None else ended)
    return Report(status=Status.STOP, event_at=event_at, session_time=time, end_cause=cause, down=down)


def charged(*reports: Report, tariff: Tariff = PLAIN) -> tuple[Meter, list[Charge]]:
    meter, charges = Meter(), []
    for report in reports:
        charges.append(charge(meter, report, tariff))
        meter = charges[-1].meter
    return meter, charges


def seconds(*reports: Report, tariff: Tariff = PLAIN) -> list[int]:
    return [made.seconds for made in charged(*reports, tariff=tariff)[1]]


# Time


def test_each_report_charges_what_is_new() -> None:
    assert seconds(interim(300), interim(600), stop(700)) == [300, 300, 100]


def test_a_lost_interim_loses_nothing() -> None:
    assert seconds(interim(300), stop(1000)) == [300, 700]


def test_a_duplicate_charges_nothing() -> None:
    assert seconds(interim(300), interim(300)) == [300, 0]


def test_a_late_interim_charges_nothing() -> None:
    assert seconds(interim(600), interim(300), stop(900)) == [600, 0, 300]


def test_a_stop_with_a_lower_total_charges_nothing() -> None:
    assert seconds(interim(600), stop(300)) == [600, 0]


def test_a_report_without_a_time_charges_nothing() -> None:
    assert seconds(interim(300), interim(None), stop(None)) == [300, 0, 0]


def test_a_start_charges_nothing_whatever_it_says() -> None:
    start = Report(status=Status.START, event_at=BEGAN, session_time=50, down=Volume(9))
    assert charge(Meter(), start, Tariff()).is_nothing


def test_reported_time_is_believed_beyond_the_wall_clock() -> None:
    report = Report(status=Status.STOP, event_at=at(10), session_time=10_000)
    assert charge(Meter(), report, Tariff()).seconds == 10_000


def test_a_charge_says_when_its_seconds_were_spent() -> None:
    _, (first, second) = charged(interim(300), stop(700))
    assert (first.begin, first.end) == (at(0), at(300))
    assert (second.begin, second.end) == (at(300), at(700))


# Idle tails


def idle(*times: int, tariff: Tariff = TEN_MINUTES, ended: int | None = None) -> tuple[Meter, list[Charge]]:
    *interims, last = times
    return charged(*map(interim, interims), stop(last, EndCause.IDLE, ended=ended), tariff=tariff)


def test_an_idle_tail_is_not_charged() -> None:
    meter, _ = idle(1500)
    assert (meter.charged, meter.given_back) == (900, 600)


def test_what_interims_charged_within_the_tail_comes_back() -> None:
    meter, charges = idle(1200, 1500)
    assert meter.charged == 900
    assert charges[-1].seconds == -300
    assert (charges[-1].begin, charges[-1].end) == (at(900), at(1200))


@pytest.mark.parametrize(("time", "paid"), [(600, 0), (599, 0), (540, 0), (601, 1)])
def test_a_session_of_little_more_or_less_than_its_tail_pays_no_more_than_its_rest(time: int, paid: int) -> None:
    meter, charges = idle(time)
    assert meter.charged == paid
    assert charges[-1].oddity is None


def test_a_session_much_shorter_than_its_tail_was_ended_by_another_timer() -> None:
    meter, charges = idle(539)
    assert meter.charged == 539
    assert charges[-1].oddity is Oddity.OWN_IDLE_TIMER


@pytest.mark.parametrize("cause", [cause for cause in EndCause if cause is not EndCause.IDLE])
def test_only_an_idle_end_gives_back(cause: EndCause) -> None:
    assert seconds(stop(1500, cause), tariff=TEN_MINUTES) == [1500]


def test_without_an_idle_time_nothing_is_given_back() -> None:
    assert idle(1500, tariff=Tariff(idle=None))[0].charged == 1500


def test_an_interim_never_gives_back() -> None:
    report = Report(status=Status.INTERIM, event_at=at(1500), session_time=1500, end_cause=EndCause.IDLE)
    assert charge(Meter(), report, TEN_MINUTES).seconds == 1500


def test_equipment_that_leaves_the_tail_out_does_not_give_it_back_twice() -> None:
    meter, charges = idle(900, tariff=TAIL_EXCLUDED, ended=1500)
    assert (meter.charged, meter.given_back) == (900, 0)
    assert charges[-1].oddity is None


def test_its_lower_stop_is_final_and_the_difference_comes_back() -> None:
    meter, charges = idle(1200, 900, tariff=TAIL_EXCLUDED, ended=1500)
    assert (meter.charged, charges[-1].seconds) == (900, -300)


def test_the_difference_comes_back_to_when_it_was_spent() -> None:
    _, charges = idle(1200, 900, tariff=TAIL_EXCLUDED, ended=1500)
    assert (charges[-1].begin, charges[-1].end) == (at(900), at(1200))


def test_elsewhere_a_lower_idle_stop_gives_back_the_tail_alone() -> None:
    assert idle(1200, 900, tariff=TEN_MINUTES)[0].charged == 600


# Volumes


def down(*reports: Report, tariff: Tariff = PLAIN) -> Counter:
    return charged(*reports, tariff=tariff)[0].down


def test_octets_are_charged_as_they_grow() -> None:
    _, charges = charged(interim(300, Volume(1000), Volume(10)), interim(600, Volume(1500), Volume(10)))
    assert [(made.down, made.up) for made in charges] == [(1000, 10), (500, 0)]


def test_gigawords_count_2_to_the_32() -> None:
    assert down(interim(300, Volume(5, gigawords=2))).total == 2 * WRAP + 5


def test_octets_of_a_late_interim_are_not_read() -> None:
    assert down(interim(600, Volume(1000)), interim(300, Volume(500)), stop(900, down=Volume(1100))).total == 1100


def test_an_interim_of_the_same_second_is_not_read_and_a_stop_is() -> None:
    assert down(interim(300, Volume(1000)), interim(300, Volume(1200))).total == 1000
    assert down(interim(300, Volume(1000)), stop(300, down=Volume(1200))).total == 1200


def test_octets_of_a_lower_stop_are_read_only_where_the_tail_is_left_out() -> None:
    reports = interim(1200, Volume(1000)), stop(900, EndCause.IDLE, down=Volume(1001))
    assert down(*reports).total == 1000
    assert down(*reports, tariff=TAIL_EXCLUDED).total == 1001


def test_a_report_without_octets_leaves_them() -> None:
    assert down(interim(300, Volume(1000)), stop(600)).total == 1000


def test_a_fall_that_a_guest_can_reach_is_a_wrap() -> None:
    counter = down(interim(300, Volume(WRAP - 1000)), interim(600, Volume(500)))
    assert counter == Counter(total=WRAP + 500, raw=500, estimated=True)


def test_a_fall_too_far_for_a_gigabit_is_a_restart() -> None:
    # 4 GB more within 10 s would be 3.4 Gbit/s.
    counter = down(interim(300, Volume(WRAP // 2)), interim(304, Volume(500)))
    assert counter == Counter(total=WRAP // 2 + 500, raw=500)


def test_a_rate_limit_tells_a_restart_from_a_wrap() -> None:
    reports = interim(300, Volume(WRAP - 1000)), interim(600, Volume(10**9))
    assert down(*reports, tariff=Tariff(rate_down=30_000_000)).total == WRAP + 10**9
    assert down(*reports, tariff=Tariff(rate_down=20_000_000)).total == WRAP - 1000 + 10**9


def test_a_session_that_shows_gigawords_never_wraps() -> None:
    counter = down(interim(300, Volume(WRAP - 1000, gigawords=0)), interim(600, Volume(500, gigawords=0)))
    assert counter.total == WRAP - 1000


def test_gigawords_of_one_direction_speak_for_both() -> None:
    reports = interim(300, Volume(5, gigawords=1), Volume(1000)), interim(600, Volume(6, gigawords=1), Volume(9))
    up = charged(*reports)[0].up
    assert (up.total, up.estimated) == (1000, False)


def test_gigawords_that_appear_late_are_the_whole_count() -> None:
    assert down(interim(300, Volume(WRAP - 9)), interim(600, Volume(5, gigawords=1))).total == WRAP + 5


# Caps


def test_a_cap_gives_back_what_was_charged_beyond() -> None:
    meter, _ = charged(interim(600))
    capped = cap(meter, 400, last_second_at=at(600))
    assert (capped.seconds, capped.meter.charged) == (-200, 400)
    assert (capped.begin, capped.end) == (at(400), at(600))


def test_beyond_a_cap_only_octets_are_charged() -> None:
    meter = cap(Meter(), 400, last_second_at=BEGAN).meter
    made = charge(meter, interim(600, Volume(77)), Tariff())
    assert (made.seconds, made.down) == (400, 77)
    again = charge(made.meter, interim(900, Volume(99)), Tariff())
    assert (again.seconds, again.down) == (0, 22)


def test_a_lifted_cap_charges_what_it_held_back() -> None:
    meter = charge(cap(Meter(), 400, last_second_at=BEGAN).meter, interim(600), Tariff()).meter
    lifted = cap(meter, None, last_second_at=at(600))
    assert (lifted.seconds, lifted.begin, lifted.end) == (200, at(400), at(600))


def test_a_tail_beyond_the_cap_gives_nothing_back() -> None:
    meter = cap(Meter(), 400, last_second_at=BEGAN).meter
    meter = charge(meter, interim(1000), TEN_MINUTES).meter
    assert charge(meter, stop(1200, EndCause.IDLE), TEN_MINUTES).seconds == 0


# Whatever equipment sends

volumes = st.none() | st.builds(
    Volume, st.integers(min_value=0, max_value=WRAP - 1), st.none() | st.integers(min_value=0, max_value=3)
)
reports = st.builds(
    Report,
    status=st.sampled_from(Status),
    event_at=st.integers(min_value=-1000, max_value=5000).map(at),
    session_time=st.none() | st.integers(min_value=0, max_value=4000),
    down=volumes,
    up=volumes,
    end_cause=st.sampled_from(EndCause),
)
tariffs = st.builds(
    Tariff,
    idle=st.none() | st.integers(min_value=1, max_value=2000),
    tail_excluded=st.booleans(),
    rate_down=st.none() | st.integers(min_value=8000, max_value=10**9),
)


@given(st.lists(reports, max_size=8), tariffs, st.none() | st.integers(min_value=0, max_value=4000))
def test_whatever_comes_charges_add_up_and_never_below_zero(
    sent: list[Report], tariff: Tariff, most: int | None
) -> None:
    meter = cap(Meter(), most, last_second_at=BEGAN).meter
    paid, moved = 0, 0
    for report in sent:
        made = charge(meter, report, tariff)
        paid, moved, meter = paid + made.seconds, moved + made.down, made.meter
        assert paid == meter.charged == meter.payable >= 0
        assert moved == meter.down.total >= 0
        assert made.down >= 0
        assert made.end - made.begin == timedelta(seconds=abs(made.seconds))
        assert most is None or paid <= most


@given(st.lists(reports, max_size=8), tariffs)
def test_the_same_report_twice_pays_once(sent: list[Report], tariff: Tariff) -> None:
    meter, _ = charged(*sent, tariff=tariff)
    for report in sent[-1:]:
        again = charge(meter, report, tariff)
        assert again.is_nothing
        assert again.meter == meter
