"""May this ticket connect now, and for how long? Reasons in their order, each bound, and time not yet reported."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.desk import access_point

from spotcoffee.domain.access_points import AccessPoint, Accounting, Capabilities
from spotcoffee.domain.authorization import Accept, Decision, Presence, Reason, Reject, Request, authorize
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.domain.tickets import PeriodSum, Usage
from spotcoffee.domain.units import DAY, HOUR

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 7, 14, 22, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HERE = access_point(1)
DEAF = access_point(1, coa_port=None)


def kept(seconds: int) -> PeriodSum:
    return PeriodSum(period=Period.DAY, zone="Europe/Paris", starts_at=MIDNIGHT, seconds=seconds)


def on(device: str, *, point: AccessPoint = HERE, ago: int = 0, **facts: Any) -> Presence:
    """A device whose session, an hour old, was heard of so many seconds ago."""
    since = {"began_at": NOON - timedelta(seconds=HOUR), "seen_at": NOON - timedelta(seconds=ago)}
    return Presence(**{"device": device, "access_point": point, "reserved": False, **since, **facts})


def reserved(device: str, *, ago: float = 0) -> Presence:
    at = NOON - timedelta(seconds=ago)
    return on(device, reserved=True, began_at=at, seen_at=at)


def decide(
    terms: Terms,
    usage: Usage | None = None,
    *presences: Presence,
    point: AccessPoint = HERE,
    offered_on: tuple[int, ...] = (1,),
    now: datetime = NOON,
    **asked: Any,
) -> Decision:
    return authorize(
        terms,
        usage or Usage(),
        request=Request(device="phone", access_point=point, **asked),
        offered_on=offered_on,
        presences=presences,
        now=now,
    )


def timeout(terms: Terms, usage: Usage | None = None, *presences: Presence, **asked: Any) -> int | None:
    decision = decide(terms, usage, *presences, **asked)
    assert isinstance(decision, Accept)
    return decision.limits.session_timeout


# Reasons


@dataclass(frozen=True)
class Hindrance:
    """What makes a login meet one reason, and no other."""

    terms: dict[str, Any] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    presences: tuple[Presence, ...] = ()


HINDRANCES = {
    Reason.REVOKED: Hindrance(usage={"revoked": True}),
    Reason.WRONG_ACCESS_POINT: Hindrance(asked={"offered_on": (2,)}),
    Reason.NOT_YET_VALID: Hindrance({"valid_from": NOON + SECOND}),
    Reason.VALIDITY_ENDED: Hindrance({"valid_until": NOON}),
    Reason.LIFETIME_ENDED: Hindrance({"lifetime": DAY}, {"first_login_at": NOON - timedelta(days=1)}),
    Reason.CREDIT_USED_UP: Hindrance({"credit": HOUR}, {"used_time": HOUR}),
    Reason.QUOTA_DOWN_USED_UP: Hindrance({"quota_down": 10}, {"used_down": 10}),
    Reason.QUOTA_UP_USED_UP: Hindrance({"quota_up": 10}, {"used_up": 10}),
    Reason.PERIOD_LIMIT_REACHED: Hindrance({"period": Period.DAY, "period_limit": HOUR}, {"period_sum": kept(HOUR)}),
    Reason.TOO_MANY_DEVICES: Hindrance(presences=(on("laptop"),)),
}


def refused(*hindrances: Hindrance) -> Reason:
    parts: dict[str, dict[str, Any]] = {"terms": {}, "usage": {}, "asked": {}}
    presences: tuple[Presence, ...] = ()
    for hindrance in hindrances:
        for name, facts in parts.items():
            facts |= getattr(hindrance, name)
        presences += hindrance.presences
    decision = decide(Terms(**parts["terms"]), Usage(**parts["usage"]), *presences, **parts["asked"])
    assert isinstance(decision, Reject)
    return decision.reason


def test_reasons_are_checked_in_the_order_in_which_they_are_listed() -> None:
    in_order = [r for r in Reason if r not in (Reason.UNKNOWN_TICKET, Reason.WRONG_PASSWORD)]
    assert list(HINDRANCES) == in_order


@pytest.mark.parametrize("reason", HINDRANCES)
def test_each_reason_alone_refuses(reason: Reason) -> None:
    assert refused(HINDRANCES[reason]) is reason


@pytest.mark.parametrize(("earlier", "later"), list(combinations(HINDRANCES, 2)))
def test_an_earlier_reason_wins_over_a_later_one(earlier: Reason, later: Reason) -> None:
    assert refused(HINDRANCES[later], HINDRANCES[earlier]) is earlier


@pytest.mark.parametrize(
    "usage",
    [Usage(used_time=HOUR - 1), Usage(used_down=9), Usage(used_up=9), Usage(period_sum=kept(HOUR - 1))],
)
def test_a_ticket_with_the_least_left_connects(usage: Usage) -> None:
    terms = Terms(credit=HOUR, quota_down=10, quota_up=10, period=Period.DAY, period_limit=HOUR)
    assert isinstance(decide(terms, usage), Accept)


def test_the_validity_holds_its_first_instant_and_not_its_last() -> None:
    assert isinstance(decide(Terms(valid_from=NOON)), Accept)
    assert isinstance(decide(Terms(valid_until=NOON + timedelta(microseconds=1))), Accept)


def test_a_reached_period_limit_says_when_it_reopens() -> None:
    terms = Terms(period=Period.DAY, period_limit=HOUR)
    reopens_at = MIDNIGHT + timedelta(days=1)
    assert decide(terms, Usage(period_sum=kept(HOUR))) == Reject(Reason.PERIOD_LIMIT_REACHED, reopens_at)


def test_an_offer_not_yet_valid_says_when_it_opens() -> None:
    begins = NOON + SECOND
    assert decide(Terms(valid_from=begins)) == Reject(Reason.NOT_YET_VALID, begins)


# Devices


def test_the_same_device_does_not_count_against_itself() -> None:
    assert isinstance(decide(Terms(), None, on("phone"), reserved("phone")), Accept)


def test_two_sessions_of_one_device_count_once() -> None:
    assert isinstance(decide(Terms(max_devices=2), None, on("laptop"), on("laptop")), Accept)


def test_a_live_reservation_counts_as_a_device() -> None:
    assert decide(Terms(), None, reserved("laptop", ago=119.9)) == Reject(Reason.TOO_MANY_DEVICES)


def test_a_lapsed_reservation_does_not_count() -> None:
    assert isinstance(decide(Terms(), None, reserved("laptop", ago=120)), Accept)


def test_as_many_devices_as_the_offer_says_may_be_on() -> None:
    assert isinstance(decide(Terms(max_devices=3), None, on("a"), on("b")), Accept)
    assert decide(Terms(max_devices=3), None, on("a"), on("b"), on("c")) == Reject(Reason.TOO_MANY_DEVICES)


def test_a_guest_who_replaces_a_device_replaces_the_oldest() -> None:
    older, newer = on("old"), on("new", began_at=NOON - SECOND)
    decision = decide(Terms(max_devices=2), None, newer, older, replaces=True)
    assert isinstance(decision, Accept)
    assert decision.replaced_device == "old"


def test_nothing_is_replaced_while_there_is_room() -> None:
    decision = decide(Terms(max_devices=2), None, on("old"), replaces=True)
    assert isinstance(decision, Accept)
    assert decision.replaced_device is None


# Bounds


def test_without_limits_no_session_timeout_is_given() -> None:
    assert timeout(Terms()) is None


@pytest.mark.parametrize(
    ("terms", "usage", "bound"),
    [
        (Terms(session_duration=600), Usage(), 600),
        (Terms(credit=HOUR), Usage(used_time=600), 3000),
        (Terms(lifetime=DAY), Usage(), DAY),
        (Terms(lifetime=DAY), Usage(first_login_at=NOON - timedelta(hours=23)), 3600),
        (Terms(valid_until=NOON + timedelta(seconds=90)), Usage(), 90),
        (Terms(period=Period.DAY, period_limit=HOUR), Usage(period_sum=kept(600)), 3000),
    ],
)
def test_each_bound_alone_is_the_session_timeout(terms: Terms, usage: Usage, bound: int) -> None:
    assert timeout(terms, usage) == bound


def test_the_least_bound_wins() -> None:
    terms = Terms(session_duration=500, credit=400, lifetime=300, valid_until=NOON + timedelta(seconds=200))
    assert timeout(terms) == 200


def test_a_lifetime_in_the_future_gives_no_more_than_itself() -> None:
    # A clock that went back since the first login.
    assert timeout(Terms(lifetime=DAY), Usage(first_login_at=NOON + SECOND)) == DAY


@pytest.mark.parametrize("field_", ["valid_until", "lifetime"])
def test_a_begun_second_rounds_up_and_never_to_0(field_: str) -> None:
    moment = timedelta(milliseconds=1)
    if field_ == "valid_until":
        assert timeout(Terms(valid_until=NOON + moment)) == 1
    else:
        assert timeout(Terms(lifetime=60), Usage(first_login_at=NOON - timedelta(seconds=60) + moment)) == 1


def test_what_is_left_of_the_period_is_the_bound_where_it_ends_first() -> None:
    terms = Terms(period=Period.HOUR, period_limit=600)
    assert timeout(terms, now=NOON + timedelta(minutes=49)) == 600


def test_an_allowance_that_outlives_its_period_meets_the_next_one() -> None:
    terms = Terms(period=Period.HOUR, period_limit=600)
    assert timeout(terms, now=NOON + timedelta(minutes=50)) == 600 + 600
    assert timeout(terms, now=NOON + timedelta(minutes=59)) == 60 + 600


def test_a_running_session_is_bounded_from_its_start() -> None:
    assert timeout(Terms(session_duration=600), session_began_at=NOON - timedelta(seconds=100)) == 500


def test_the_limits_of_the_offer_are_passed_on() -> None:
    terms = Terms(idle_timeout=300, rate_down=8000, rate_up=9000, quota_down=100, quota_up=200)
    decision = decide(terms, Usage(used_down=1, used_up=2))
    assert isinstance(decision, Accept)
    limits = decision.limits
    assert (limits.idle_timeout, limits.rate_down, limits.rate_up) == (300, 8000, 9000)
    assert (limits.down_left, limits.up_left) == (99, 198)


# Slices, where the server can't disconnect


def test_devices_that_can_not_be_ordered_off_share_what_is_left() -> None:
    assert timeout(Terms(credit=100, max_devices=3), point=DEAF) == 34


def test_the_share_is_of_the_lesser_of_credit_and_period() -> None:
    terms = Terms(credit=HOUR, period=Period.DAY, period_limit=600, max_devices=2)
    assert timeout(terms, point=DEAF) == 300


def test_the_share_is_not_of_session_or_validity() -> None:
    terms = Terms(session_duration=600, valid_until=NOON + timedelta(seconds=700), max_devices=2)
    assert timeout(terms, point=DEAF) == 600


def test_one_device_alone_shares_with_nobody() -> None:
    assert timeout(Terms(credit=100), point=DEAF) == 100


def test_devices_that_can_be_ordered_off_are_not_sliced() -> None:
    assert timeout(Terms(credit=100, max_devices=3)) == 100


def test_a_quota_that_nothing_enforces_is_looked_at_every_15_minutes() -> None:
    assert timeout(Terms(quota_up=10), point=DEAF) == 900


@pytest.mark.parametrize(
    "point", [HERE, access_point(1, coa_port=None, capabilities=Capabilities(quota_most=2**32 - 1))]
)
def test_a_quota_that_is_enforced_needs_no_slice(point: AccessPoint) -> None:
    assert timeout(Terms(quota_up=10), point=point) is None


# Time that is used and not reported yet

NO_INTERIM = access_point(1, accounting=Accounting.NO_INTERIM)


def test_time_since_the_last_report_is_used() -> None:
    assert timeout(Terms(credit=HOUR, max_devices=2), None, on("laptop", ago=200)) == 3400


def test_a_begun_second_since_the_last_report_is_not() -> None:
    laptop = on("laptop", seen_at=NOON - timedelta(seconds=1.9))
    assert timeout(Terms(credit=HOUR, max_devices=2), None, laptop) == 3599


def test_at_most_three_intervals_of_silence_are_used() -> None:
    assert timeout(Terms(credit=HOUR, max_devices=2), None, on("laptop", ago=901)) == 2700


def test_every_other_session_adds_its_own_silence() -> None:
    terms = Terms(credit=HOUR, max_devices=3)
    assert timeout(terms, None, on("a", ago=100), on("b", ago=200)) == 3300


def test_a_session_that_reports_only_its_end_is_used_for_its_age() -> None:
    laptop = on("laptop", point=NO_INTERIM, ago=HOUR)
    assert timeout(Terms(credit=2 * HOUR, max_devices=2), None, laptop) == 3600


def test_what_such_a_session_was_charged_is_not_used_twice() -> None:
    laptop = on("laptop", point=NO_INTERIM, charged=600)
    usage = Usage(used_time=600)
    assert timeout(Terms(credit=2 * HOUR, max_devices=2), usage, laptop) == 3600


def test_no_more_is_used_than_a_cap_allows() -> None:
    laptop = on("laptop", ago=500, charged=100, most=300)
    assert timeout(Terms(credit=HOUR, max_devices=2), None, laptop) == 3400


def test_a_reservation_uses_no_time() -> None:
    assert timeout(Terms(credit=HOUR, max_devices=2), None, reserved("laptop", ago=100)) == 3600


def test_a_clock_that_went_back_gives_no_time_back() -> None:
    assert timeout(Terms(credit=HOUR, max_devices=2), None, on("laptop", ago=-500)) == 3600


def test_unreported_time_can_use_a_credit_up() -> None:
    decision = decide(Terms(credit=HOUR, max_devices=2), Usage(used_time=3000), on("laptop", ago=600))
    assert decision == Reject(Reason.CREDIT_USED_UP)


def test_unreported_time_of_yesterday_does_not_count_today() -> None:
    terms = Terms(period=Period.DAY, period_limit=HOUR, max_devices=2)
    laptop = on("laptop", seen_at=MIDNIGHT - timedelta(seconds=100))
    now = MIDNIGHT + timedelta(seconds=200)
    assert timeout(terms, None, laptop, now=now) == 3400


@given(
    used=st.integers(min_value=0, max_value=2 * HOUR),
    quota=st.integers(min_value=0, max_value=20),
    day=st.integers(min_value=0, max_value=2 * HOUR),
    first=st.none() | st.integers(min_value=-2 * DAY, max_value=DAY),
    silences=st.lists(st.integers(min_value=-1000, max_value=2000), max_size=3),
)
def test_an_accept_always_leaves_at_least_a_second_and_an_octet(
    used: int, quota: int, day: int, first: int | None, silences: list[int]
) -> None:
    terms = Terms(lifetime=DAY, credit=HOUR, period=Period.DAY, period_limit=HOUR, quota_down=10, max_devices=3)
    usage = Usage(
        first_login_at=None if first is None else NOON + timedelta(seconds=first),
        used_time=used,
        used_down=quota,
        period_sum=kept(day),
    )
    presences = [on(str(n), ago=ago) for n, ago in enumerate(silences)]
    for point in (HERE, DEAF):
        decision = decide(terms, usage, *presences, point=point)
        if isinstance(decision, Accept):
            assert decision.limits.session_timeout is not None
            assert 1 <= decision.limits.session_timeout <= DAY
            assert decision.limits.down_left is not None
            assert decision.limits.down_left >= 1
