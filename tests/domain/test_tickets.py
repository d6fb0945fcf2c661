"""What a ticket has used, its state and colour, and what is left."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from spotcoffee.domain.accounting import Charge, Meter
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.domain.tickets import (
    COLOURS,
    Colour,
    PeriodSum,
    State,
    Usage,
    balance,
    begin_lifetime,
    due_at,
    expires_at,
    spend,
    state,
    sum_is_stale,
    sum_period,
    used_in_period,
)
from spotcoffee.domain.units import DAY, HOUR

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 7, 14, 22, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EVERYTHING = Terms(valid_until=NOON, lifetime=DAY, credit=HOUR, quota_down=10, quota_up=10)
DAILY = Terms(period=Period.DAY, period_limit=HOUR)


def kept(seconds: int, starts_at: datetime = MIDNIGHT, **fields: Any) -> PeriodSum:
    facts: dict[str, Any] = {"period": Period.DAY, "zone": "Europe/Paris"} | fields
    return PeriodSum(starts_at=starts_at, seconds=seconds, **facts)


def charge(seconds: int, *, end: datetime = NOON, **fields: Any) -> Charge:
    return Charge(meter=Meter(), seconds=seconds, begin=end - timedelta(seconds=abs(seconds)), end=end, **fields)


# State


def test_a_new_ticket_is_virgin() -> None:
    assert state(Terms(), Usage(), now=NOON) is State.VIRGIN


def test_a_ticket_before_its_validity_is_virgin() -> None:
    assert state(Terms(valid_from=NOON + SECOND), Usage(), now=NOON) is State.VIRGIN


def test_a_ticket_that_logged_in_is_started() -> None:
    assert state(Terms(), Usage(first_login_at=NOON), now=NOON) is State.STARTED


def test_a_reached_period_limit_leaves_a_ticket_started() -> None:
    usage = Usage(first_login_at=MIDNIGHT, used_time=HOUR, period_sum=kept(HOUR))
    assert state(DAILY, usage, now=NOON) is State.STARTED


@pytest.mark.parametrize("usage", [Usage(used_time=HOUR), Usage(used_down=10), Usage(used_up=10), Usage(used_up=11)])
def test_a_ticket_that_used_up_one_thing_is_consumed(usage: Usage) -> None:
    assert state(EVERYTHING, usage, now=NOON - SECOND) is State.CONSUMED


def test_a_ticket_expires_at_the_end_of_its_validity() -> None:
    assert state(EVERYTHING, Usage(), now=NOON - SECOND) is State.VIRGIN
    assert state(EVERYTHING, Usage(), now=NOON) is State.EXPIRED


def test_a_ticket_expires_at_the_end_of_its_lifetime() -> None:
    usage = Usage(first_login_at=NOON - timedelta(days=1))
    assert state(Terms(lifetime=DAY), usage, now=NOON - SECOND) is State.STARTED
    assert state(Terms(lifetime=DAY), usage, now=NOON) is State.EXPIRED


def test_a_ticket_whose_validity_is_moved_lives_again() -> None:
    assert state(Terms(valid_until=NOON + SECOND), Usage(), now=NOON) is State.VIRGIN


def test_revoked_wins_over_expired_over_consumed_over_started() -> None:
    everything = Usage(first_login_at=NOON, revoked=True, used_time=HOUR)
    assert state(EVERYTHING, everything, now=NOON) is State.REVOKED
    assert state(EVERYTHING, Usage(first_login_at=NOON, used_time=HOUR), now=NOON) is State.EXPIRED
    spent = Usage(first_login_at=NOON - SECOND, used_time=HOUR)
    assert state(EVERYTHING, spent, now=NOON - SECOND) is State.CONSUMED


def test_every_state_has_its_colour() -> None:
    assert COLOURS == {
        State.VIRGIN: Colour.GREEN,
        State.STARTED: Colour.ORANGE,
        State.CONSUMED: Colour.RED,
        State.EXPIRED: Colour.RED,
        State.REVOKED: Colour.RED,
    }


# When the answer changes by itself


def test_a_ticket_is_due_at_the_end_of_its_lifetime() -> None:
    assert due_at(Terms(lifetime=60), NOON) == NOON + timedelta(seconds=60)


@pytest.mark.parametrize(("terms", "first"), [(Terms(), NOON), (Terms(lifetime=60), None)])
def test_a_ticket_without_lifetime_or_login_is_never_due(terms: Terms, first: datetime | None) -> None:
    assert due_at(terms, first) is None


def test_the_earlier_of_lifetime_and_validity_ends_a_ticket() -> None:
    terms = Terms(lifetime=60, valid_until=NOON + timedelta(seconds=50))
    assert expires_at(terms, Usage(first_login_at=NOON)) == NOON + timedelta(seconds=50)
    assert expires_at(terms, Usage(first_login_at=NOON - timedelta(seconds=20))) == NOON + timedelta(seconds=40)
    assert expires_at(Terms(), Usage(first_login_at=NOON)) is None


# The sum of the period


def test_the_sum_counts_in_its_own_period_alone() -> None:
    usage = Usage(period_sum=kept(600))
    assert used_in_period(DAILY, usage, now=NOON) == 600
    assert used_in_period(DAILY, usage, now=NOON + timedelta(days=1)) == 0


def test_a_first_login_opens_an_empty_sum() -> None:
    assert begin_lifetime(Usage(), DAILY, at=NOON) == Usage(first_login_at=NOON, period_sum=kept(0))
    assert begin_lifetime(Usage(), Terms(), at=NOON) == Usage(first_login_at=NOON)


def test_a_charge_is_added_to_all_that_was_used() -> None:
    usage = spend(Usage(used_time=5, period_sum=kept(5)), charge(60, down=7, up=8), DAILY, now=NOON)
    assert usage == Usage(used_time=65, used_down=7, used_up=8, period_sum=kept(65))


def test_seconds_that_come_back_leave_the_period_that_they_were_spent_in() -> None:
    usage = spend(Usage(used_time=600, period_sum=kept(600)), charge(-60), DAILY, now=NOON)
    assert usage == Usage(used_time=540, period_sum=kept(540))


def test_seconds_that_come_back_from_yesterday_leave_today_alone() -> None:
    usage = spend(Usage(used_time=600, period_sum=kept(100)), charge(-60, end=MIDNIGHT), DAILY, now=NOON)
    assert usage == Usage(used_time=540, period_sum=kept(100))


def test_seconds_of_yesterday_never_count_today() -> None:
    usage = spend(Usage(period_sum=kept(0)), charge(600, end=MIDNIGHT), DAILY, now=NOON)
    assert usage.used_time == 600
    assert used_in_period(DAILY, usage, now=NOON) == 0


def test_a_charge_over_midnight_counts_today_from_midnight_on() -> None:
    end = MIDNIGHT + timedelta(seconds=100)
    usage = spend(Usage(period_sum=kept(999, MIDNIGHT - timedelta(days=1))), charge(600, end=end), DAILY, now=end)
    assert usage.period_sum == kept(100)


def test_a_charge_without_a_period_forgets_the_sum() -> None:
    # The sum is made anew when a period comes back: this charge would be missing from it.
    usage = spend(Usage(first_login_at=NOON, period_sum=kept(5)), charge(60), Terms(), now=NOON)
    assert usage.period_sum is None
    assert sum_is_stale(DAILY, usage)


@pytest.mark.parametrize(
    ("terms", "stale"),
    [
        (DAILY, False),
        (Terms(), False),
        (Terms(period=Period.WEEK), True),
        (Terms(period=Period.DAY, zone=ZoneInfo("Europe/London")), True),
    ],
)
def test_a_sum_of_another_calendar_is_stale(terms: Terms, stale: bool) -> None:
    assert sum_is_stale(terms, Usage(first_login_at=NOON, period_sum=kept(5))) is stale


def test_a_started_ticket_without_a_sum_is_stale_and_a_virgin_one_is_not() -> None:
    assert sum_is_stale(DAILY, Usage(first_login_at=NOON))
    assert not sum_is_stale(DAILY, Usage())


def test_a_sum_made_anew_counts_each_session_from_its_beginning_on() -> None:
    spans = [
        (MIDNIGHT - timedelta(seconds=600), 700),
        (NOON, 50),
        (MIDNIGHT - timedelta(seconds=600), 600),
    ]
    assert sum_period(spans, DAILY, now=NOON) == kept(150)
    assert sum_period(spans, Terms(), now=NOON) is None


# What is left


def test_what_is_left_is_never_negative() -> None:
    usage = Usage(
        first_login_at=NOON - timedelta(days=2),
        used_time=2 * HOUR,
        used_down=99,
        used_up=99,
        period_sum=kept(2 * HOUR),
    )
    terms = Terms(
        valid_until=NOON,
        lifetime=DAY,
        credit=HOUR,
        period_limit=HOUR,
        period=Period.DAY,
        quota_down=10,
        quota_up=10,
    )
    left = balance(terms, usage, now=NOON)
    assert (left.credit, left.period, left.time, left.down, left.up) == (0, 0, 0, 0, 0)


def test_without_limits_nothing_is_said_to_be_left() -> None:
    left = balance(Terms(), Usage(first_login_at=NOON), now=NOON)
    assert {left.expires_at, left.credit, left.period, left.time, left.down, left.up} == {None}


def test_the_time_left_is_the_least_of_all() -> None:
    usage = Usage(first_login_at=NOON, used_time=600, period_sum=kept(3000))
    terms = Terms(lifetime=DAY, credit=HOUR, period_limit=HOUR, period=Period.DAY)
    assert balance(terms, usage, now=NOON).time == 600


def test_a_used_up_period_says_when_it_reopens() -> None:
    usage = Usage(first_login_at=NOON, period_sum=kept(HOUR))
    assert balance(DAILY, usage, now=NOON).period_reopens_at == MIDNIGHT + timedelta(days=1)
    assert balance(DAILY, Usage(first_login_at=NOON), now=NOON).period_reopens_at is None
