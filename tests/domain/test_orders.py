"""What a running session must be told: nothing, other limits, or to end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.domain.desk import Desk, access_point, interim, origin, start

from spotcoffee.domain.access_points import Capabilities
from spotcoffee.domain.authorization import Reason
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.orders import Change, Disconnect, OrderReason, differs
from spotcoffee.domain.sessions import Grant
from spotcoffee.domain.units import HOUR

TEN = datetime(2026, 7, 15, 8, tzinfo=UTC)
ABLE = Capabilities(idle_timeout=True, rates=True, quota_most=2**64 - 1, change=True)
POINT = access_point(1, capabilities=ABLE)
HELD = Grant(session_timeout=3600, idle_timeout=600, rate_down=8000, rate_up=9000, down_end=50, up_end=60)


def at(seconds: int) -> datetime:
    return TEN + timedelta(seconds=seconds)


def desk(*devices: str, on: int = 1, **terms: Any) -> Desk:
    """A ticket whose devices logged in at once, in order, a second apart."""
    shop = Desk(Terms(**terms), points={1: POINT, 2: access_point(2, capabilities=ABLE)})
    for second, device in enumerate(devices):
        shop.log_in(device, on=on, at=at(second))
        shop.report(start(at(second)), origin(device, on=on, number=device))
    return shop


def test_a_session_whose_limits_still_hold_is_told_nothing() -> None:
    shop = desk("phone", credit=HOUR, session_duration=1800, idle_timeout=600, rate_down=8000, quota_down=99)
    assert shop.redecide(1, at=at(60)) is None
    shop.report(interim(at(300), 300, down=50), origin(number="phone"))
    assert shop.redecide(1, at=at(300)) is None


@pytest.mark.parametrize(
    ("usage", "reason"),
    [
        ({"revoked": True}, Reason.REVOKED),
        ({"used_time": HOUR}, Reason.CREDIT_USED_UP),
        ({"used_down": 99}, Reason.QUOTA_DOWN_USED_UP),
    ],
)
def test_a_session_that_would_be_refused_is_ended(usage: dict[str, Any], reason: Reason) -> None:
    shop = desk("phone", credit=HOUR, quota_down=99)
    shop.usage = shop.usage._replace(**usage)
    assert shop.redecide(1, at=at(60)) == Disconnect(reason)


def test_a_removed_access_point_ends_its_sessions() -> None:
    shop = desk("phone")
    shop.offered_on = {2}
    assert shop.redecide(1, at=at(60)) == Disconnect(Reason.WRONG_ACCESS_POINT)


def test_a_spent_credit_ends_every_session_of_the_ticket() -> None:
    shop = desk("phone", "laptop", credit=HOUR, max_devices=2)
    shop.report(interim(at(1800), 1800), origin("phone", number="phone"))
    shop.report(interim(at(1801), 1800), origin("laptop", number="laptop"))
    assert shop.redecide(1, at=at(1801)) == Disconnect(Reason.CREDIT_USED_UP)
    assert shop.redecide(2, at=at(1801)) == Disconnect(Reason.CREDIT_USED_UP)


def test_a_session_ends_at_its_own_duration() -> None:
    shop = desk("phone", session_duration=600)
    assert shop.redecide(1, at=at(599)) is None
    assert shop.redecide(1, at=at(600)) == Disconnect(OrderReason.SESSION_ENDED)


def test_a_shorter_duration_counts_from_the_start() -> None:
    shop = desk("phone", session_duration=HOUR)
    shop.terms = Terms(session_duration=1800)
    assert shop.redecide(1, at=at(600)) == Change(Grant(session_timeout=1800))
    assert shop.redecide(1, at=at(1900)) == Disconnect(OrderReason.SESSION_ENDED)


def test_of_too_many_devices_those_accepted_last_stay() -> None:
    shop = desk("first", "second", "third", max_devices=3)
    shop.terms = Terms(max_devices=2)
    assert [shop.redecide(key, at=at(60)) for key in (1, 2, 3)] == [
        Disconnect(Reason.TOO_MANY_DEVICES),
        None,
        None,
    ]


def test_of_devices_accepted_at_one_instant_just_as_many_stay() -> None:
    shop = desk(max_devices=2)
    for device in ("first", "second"):
        shop.log_in(device, at=at(0))
        shop.report(start(at(0)), origin(device, number=device))
    shop.terms = Terms(max_devices=1)
    assert [shop.redecide(key, at=at(60)) for key in (1, 2)] == [Disconnect(Reason.TOO_MANY_DEVICES), None]


def test_a_waiting_login_counts_against_an_older_session() -> None:
    shop = desk("phone", max_devices=2)
    shop.log_in("laptop", at=at(10))
    shop.terms = Terms(max_devices=1)
    assert shop.redecide(1, at=at(20)) == Disconnect(Reason.TOO_MANY_DEVICES)
    assert shop.redecide(1, at=at(130)) is None


def test_another_device_brings_the_end_of_a_shared_credit_nearer() -> None:
    shop = desk("phone", "laptop", credit=HOUR, max_devices=2)
    shop.report(interim(at(1001), 1000), origin("laptop", number="laptop"))
    order = shop.redecide(1, at=at(1001))
    # 2,600 s less what the phone has not reported yet: at most three intervals.
    assert order == Change(Grant(session_timeout=1001 + 2600 - 900))


def test_new_limits_count_from_the_start_of_the_session() -> None:
    shop = desk("phone", credit=HOUR, quota_down=1000)
    shop.report(interim(at(300), 300, down=400), origin(number="phone"))
    shop.terms = Terms(credit=2 * HOUR, quota_down=2000)
    assert shop.redecide(1, at=at(300)) == Change(Grant(session_timeout=7200, down_end=2000))


def test_a_session_without_known_accept_is_told_its_limits() -> None:
    shop = desk(credit=HOUR)
    shop.report(start(at(0)), origin())
    assert shop.redecide(1, at=at(0)) == Change(Grant(session_timeout=HOUR))


# What differs enough


def test_the_same_limits_do_not_differ() -> None:
    assert not differs(HELD, HELD, POINT)


@pytest.mark.parametrize("moved", [-30, 30])
def test_an_end_that_moves_by_30_seconds_does_not_differ(moved: int) -> None:
    assert not differs(HELD, HELD._replace(session_timeout=3600 + moved), POINT)


@pytest.mark.parametrize("end", [3600 - 31, 3600 + 31, None])
def test_an_end_that_moves_further_differs(end: int | None) -> None:
    due = HELD._replace(session_timeout=end)
    assert differs(HELD, due, POINT)
    assert differs(due, HELD, POINT)


@pytest.mark.parametrize("field", ["idle_timeout", "rate_down", "rate_up", "down_end", "up_end"])
@pytest.mark.parametrize("value", [1, None])
def test_any_other_limit_differs_at_once(field: str, value: int | None) -> None:
    assert differs(HELD, HELD._replace(**{field: value}), POINT)


@pytest.mark.parametrize(
    ("field", "unable"),
    [
        ("idle_timeout", {"idle_timeout": False}),
        ("rate_down", {"rates": False}),
        ("rate_up", {"rates": False}),
        ("down_end", {"quota_most": 0}),
        ("up_end", {"quota_most": 0}),
    ],
)
def test_a_limit_that_the_equipment_can_not_hold_never_differs(field: str, unable: dict[str, Any]) -> None:
    point = replace(POINT, capabilities=replace(ABLE, **unable))
    assert not differs(HELD, HELD._replace(**{field: 1}), point)


def test_our_idle_time_never_differs_where_the_access_point_has_its_own() -> None:
    point = replace(POINT, idle_timeout_own=900)
    assert not differs(HELD, HELD._replace(idle_timeout=1), point)
