"""Calendar periods, above all where the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.domain.periods import Period, next_period_start, period_start, seconds_in_period
from spotcoffee.domain.units import whole_seconds

PARIS = ZoneInfo("Europe/Paris")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
# Zones with every oddity that a clock change can have, each near a change of its own.
CHANGES = [
    ("Europe/Paris", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Paris", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Asia/Kolkata", datetime(2026, 7, 15, 18, 30, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 7, 15, 18, 15, tzinfo=UTC)),
    ("America/St_Johns", datetime(2026, 3, 8, 5, 30, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 3, 28, 22, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 10, 24, 21, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2015, 8, 14, 15, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
]


def length(period: Period, zone: ZoneInfo, at: datetime) -> int:
    return whole_seconds(next_period_start(period, zone, at) - period_start(period, zone, at))


def local_noon(zone: ZoneInfo, day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "day", "seconds"),
    [
        ("Europe/Paris", "2026-07-15", 86_400),
        ("Europe/Paris", "2026-03-29", 82_800),
        ("Europe/Paris", "2026-10-25", 90_000),
        ("Australia/Lord_Howe", "2026-10-04", 84_600),
        ("Australia/Lord_Howe", "2026-04-05", 88_200),
        ("America/Sao_Paulo", "2018-11-04", 82_800),
        ("America/Sao_Paulo", "2018-02-17", 90_000),
        ("Asia/Beirut", "2026-03-29", 82_800),
        ("Asia/Beirut", "2026-10-24", 90_000),
        ("Asia/Kolkata", "2026-07-15", 86_400),
        ("Pacific/Apia", "2011-12-29", 86_400),
        ("Pacific/Apia", "2011-12-31", 86_400),
    ],
)
def test_a_day_lasts_as_long_as_its_clocks_say(zone: str, day: str, seconds: int) -> None:
    place = ZoneInfo(zone)
    assert length(Period.DAY, place, local_noon(place, day)) == seconds


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Asia/Beirut"])
def test_a_day_whose_midnight_is_skipped_begins_at_one(zone: str) -> None:
    place = ZoneInfo(zone)
    day = "2018-11-04" if zone == "America/Sao_Paulo" else "2026-03-29"
    start = period_start(Period.DAY, place, local_noon(place, day)).astimezone(place)
    assert (start.date().isoformat(), start.time()) == (day, time(1))


def test_a_day_that_has_two_midnights_begins_at_the_first() -> None:
    havana = ZoneInfo("America/Havana")
    start = period_start(Period.DAY, havana, local_noon(havana, "2026-11-01"))
    assert start == datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_samoa_skips_a_day_without_a_gap() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert next_period_start(Period.DAY, apia, local_noon(apia, "2011-12-29")) == period_start(
        Period.DAY, apia, local_noon(apia, "2011-12-31")
    )


def test_a_date_that_comes_back_over_midnight_stays_one_day() -> None:
    # At 00:01 the clocks of Newfoundland went back to 23:01 of the day before.
    place = ZoneInfo("America/St_Johns")
    first_midnight = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    for minutes in (0, 2, 61, 120):
        assert period_start(Period.DAY, place, first_midnight + timedelta(minutes=minutes)) == first_midnight


def test_in_autumn_the_two_hours_02_are_two_periods() -> None:
    first = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert first.astimezone(PARIS).time() == second.astimezone(PARIS).time() == time(2, 50)
    assert period_start(Period.HOUR, PARIS, first) == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert period_start(Period.HOUR, PARIS, second) == datetime(2026, 10, 25, 1, tzinfo=UTC)


def test_an_hour_begins_at_minute_00_of_the_local_clock() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    at = datetime(2026, 7, 15, 10, 10, 30, 500_000, tzinfo=UTC)
    assert period_start(Period.HOUR, kolkata, at) == datetime(2026, 7, 15, 9, 30, tzinfo=UTC)


def test_a_change_by_half_an_hour_cuts_an_hour_in_two() -> None:
    change = datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    assert next_period_start(Period.HOUR, LORD_HOWE, change - timedelta(minutes=10)) == change
    assert period_start(Period.HOUR, LORD_HOWE, change + timedelta(minutes=10)) == change
    assert length(Period.HOUR, LORD_HOWE, change) == 1800


def test_a_week_begins_on_monday() -> None:
    start = period_start(Period.WEEK, PARIS, local_noon(PARIS, "2026-07-15")).astimezone(PARIS)
    assert (start.date(), start.time()) == (date(2026, 7, 13), time(0))


def test_a_week_of_the_spring_change_is_an_hour_short() -> None:
    assert length(Period.WEEK, PARIS, local_noon(PARIS, "2026-03-25")) == 7 * 86_400 - 3600


@pytest.mark.parametrize(("day", "days"), [("2026-02-14", 28), ("2028-02-29", 29), ("2026-12-31", 31)])
def test_a_month_lasts_as_many_days_as_it_has(day: str, days: int) -> None:
    assert length(Period.MONTH, PARIS, local_noon(PARIS, day)) == days * 86_400


near_a_change = st.builds(
    lambda change, seconds: (ZoneInfo(change[0]), change[1] + timedelta(seconds=seconds)),
    st.sampled_from(CHANGES),
    st.floats(min_value=-200_000, max_value=200_000),
)


@given(near_a_change, st.sampled_from(Period))
def test_periods_lie_end_to_end(near: tuple[ZoneInfo, datetime], period: Period) -> None:
    zone, at = near
    start, following = period_start(period, zone, at), next_period_start(period, zone, at)
    assert start <= at < following
    assert period_start(period, zone, start) == start
    assert next_period_start(period, zone, start) == following
    assert period_start(period, zone, following) == following
    assert next_period_start(period, zone, start - timedelta(microseconds=1)) == start


@given(near_a_change)
def test_an_hour_is_never_longer_than_an_hour(near: tuple[ZoneInfo, datetime]) -> None:
    zone, at = near
    assert length(Period.HOUR, zone, at) <= 3600


@given(near_a_change, st.sampled_from(Period), st.floats(min_value=0, max_value=300_000))
def test_what_is_split_at_the_boundaries_adds_up(
    near: tuple[ZoneInfo, datetime], period: Period, seconds: float
) -> None:
    zone, begin = near
    end = begin + timedelta(seconds=seconds)
    position, total = begin, 0
    while position <= end:
        total += seconds_in_period(period, zone, of=position, begin=begin, end=end)
        position = next_period_start(period, zone, position)
    assert total == whole_seconds(end - begin)


def test_what_lies_in_another_period_is_not_counted() -> None:
    noon = local_noon(PARIS, "2026-07-15")
    before = noon - timedelta(days=1)
    assert seconds_in_period(Period.DAY, PARIS, of=noon, begin=before, end=before + timedelta(hours=1)) == 0
