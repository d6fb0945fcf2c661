"""What keeps an offer from being saved, and what is pointed out before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.domain.desk import access_point

from spotcoffee.domain.access_points import Accounting
from spotcoffee.domain.offers import Fault, Terms, faults, warnings
from spotcoffee.domain.offers import Warning as Oddness
from spotcoffee.domain.periods import Period
from spotcoffee.domain.units import DAY, HOUR, MOST_OCTETS, MOST_SECONDS

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)
POSITIVE = [
    "lifetime",
    "session_duration",
    "credit",
    "period_limit",
    "idle_timeout",
    "rate_down",
    "rate_up",
    "quota_down",
    "quota_up",
    "max_devices",
]


def terms(**fields: Any) -> Terms:
    return Terms(period=Period.DAY, **fields)


def test_plain_terms_have_no_fault_and_no_warning() -> None:
    assert faults(Terms(credit=HOUR), [access_point()]) == []
    assert warnings(Terms(credit=HOUR)) == []


@pytest.mark.parametrize("name", POSITIVE)
@pytest.mark.parametrize("value", [0, -1])
def test_nothing_that_limits_may_be_zero_or_less(name: str, value: int) -> None:
    assert faults(terms(**{name: value}), [access_point()]) == [(name, Fault.NOT_POSITIVE)]


@pytest.mark.parametrize("name", POSITIVE)
def test_what_no_column_holds_is_too_large(name: str) -> None:
    assert faults(terms(**{name: 2**62}), [access_point()]) == [(name, Fault.TOO_LARGE)]


def test_the_most_of_each_is_accepted() -> None:
    assert faults(terms(credit=MOST_SECONDS, quota_down=MOST_OCTETS), [access_point()]) == []


@pytest.mark.parametrize("name", ["rate_down", "rate_up"])
def test_a_rate_below_8000_is_refused(name: str) -> None:
    assert faults(terms(**{name: 7_999}), [access_point()]) == [(name, Fault.RATE_TOO_LOW)]
    assert faults(terms(**{name: 8_000}), [access_point()]) == []


def test_a_period_limit_needs_a_period() -> None:
    assert faults(Terms(period_limit=HOUR), [access_point()]) == [("period", Fault.PERIOD_MISSING)]


def test_a_period_needs_no_limit() -> None:
    assert faults(Terms(period=Period.DAY), [access_point()]) == []


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1)])
def test_a_validity_that_ends_before_it_lasts_is_refused(length: timedelta) -> None:
    reversed_ = Terms(valid_from=NOON, valid_until=NOON + length)
    assert faults(reversed_, [access_point()]) == [("valid_until", Fault.VALIDITY_REVERSED)]


def test_either_end_of_the_validity_may_be_open() -> None:
    assert faults(Terms(valid_from=NOON), [access_point()]) == []
    assert faults(Terms(valid_until=NOON), [access_point()]) == []


def test_an_offer_without_access_point_is_refused() -> None:
    assert faults(Terms(), []) == [("access_points", Fault.NO_ACCESS_POINT)]


def test_a_quota_where_one_access_point_does_no_accounting_is_refused() -> None:
    points = [access_point(1), access_point(2, accounting=Accounting.NONE)]
    assert faults(Terms(quota_down=1, quota_up=1), points) == [
        ("quota_down", Fault.QUOTA_NOT_COUNTED),
        ("quota_up", Fault.QUOTA_NOT_COUNTED),
    ]


def test_a_quota_where_only_the_end_is_reported_is_accepted() -> None:
    points = [access_point(1, accounting=Accounting.NO_INTERIM)]
    assert faults(Terms(quota_down=1), points) == []


def test_all_faults_come_at_once_in_the_order_of_the_fields() -> None:
    wrong = Terms(max_devices=0, credit=-1, period_limit=0, valid_from=NOON, valid_until=NOON)
    assert [name for name, _ in faults(wrong, [])] == [
        "access_points",
        "valid_until",
        "credit",
        "period_limit",
        "period",
        "max_devices",
    ]


@pytest.mark.parametrize(
    ("period", "longest"),
    [(Period.HOUR, HOUR), (Period.DAY, DAY), (Period.WEEK, 7 * DAY), (Period.MONTH, 31 * DAY)],
)
def test_a_period_limit_longer_than_its_period_is_pointed_out(period: Period, longest: int) -> None:
    assert warnings(Terms(period=period, period_limit=longest)) == []
    assert warnings(Terms(period=period, period_limit=longest + 1)) == [
        ("period_limit", Oddness.PERIOD_LIMIT_ABOVE_PERIOD)
    ]


def test_a_session_above_the_credit_is_pointed_out() -> None:
    assert warnings(Terms(credit=HOUR, session_duration=HOUR)) == []
    assert warnings(Terms(credit=HOUR, session_duration=HOUR + 1)) == [
        ("session_duration", Oddness.SESSION_ABOVE_CREDIT)
    ]


def test_an_idle_time_above_the_session_is_pointed_out() -> None:
    assert warnings(Terms(credit=DAY, session_duration=HOUR, idle_timeout=HOUR)) == []
    assert warnings(Terms(credit=DAY, session_duration=HOUR, idle_timeout=HOUR + 1)) == [
        ("idle_timeout", Oddness.IDLE_ABOVE_SESSION)
    ]


def test_no_limit_of_time_at_all_is_pointed_out() -> None:
    assert warnings(Terms(quota_down=1)) == [("credit", Oddness.NO_TIME_LIMIT)]


@pytest.mark.parametrize("limit", [{"valid_until": NOON}, {"lifetime": DAY}, {"credit": HOUR}, {"period_limit": HOUR}])
def test_one_limit_of_time_is_enough(limit: dict[str, Any]) -> None:
    assert warnings(terms(**limit)) == []
