"""What an Accept leaves behind, alone and with its ticket: lapse, restore, restart, and the cap elsewhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.domain.desk import Desk, access_point, interim, origin, start, stop

from spotcoffee.domain.access_points import Accounting
from spotcoffee.domain.accounting import EndCause
from spotcoffee.domain.authorization import Accept, Reason, Reject
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.sessions import Ending

TEN = datetime(2026, 7, 15, 8, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return TEN + timedelta(seconds=seconds)


def desk(**terms: Any) -> Desk:
    """A ticket that is good on access points 1, 2 and 3."""
    return Desk(Terms(**terms), points={key: access_point(key) for key in (1, 2, 3)})


# Lapse and restore


def test_an_accept_begins_the_lifetime() -> None:
    shop = desk(lifetime=60)
    shop.log_in("phone", at=at(0))
    assert shop.usage.first_login_at == at(0)


def test_a_lapsed_reservation_takes_the_first_login_back() -> None:
    shop = desk()
    shop.log_in("phone", at=at(0))
    shop.sweep(at(119))
    assert shop.usage.first_login_at == at(0)
    shop.sweep(at(120))
    assert shop.rows[1].ending is Ending.LAPSED
    assert shop.usage.first_login_at is None


def test_the_first_login_becomes_the_oldest_that_still_waits() -> None:
    shop = desk(max_devices=3)
    shop.log_in("phone", at=at(0))
    shop.log_in("laptop", at=at(60))
    shop.log_in("tablet", at=at(70))
    shop.sweep(at(120))
    assert shop.usage.first_login_at == at(60)


def test_a_first_login_that_a_session_followed_stays() -> None:
    shop = desk(max_devices=2)
    shop.log_in("phone", at=at(0))
    shop.log_in("laptop", at=at(60))
    shop.report(start(at(61)), origin("laptop"))
    shop.sweep(at(120))
    assert shop.usage.first_login_at == at(0)


def test_a_late_report_restores_the_first_login() -> None:
    shop = desk()
    _, accept = shop.log_in("phone", at=at(0))
    shop.sweep(at(120))
    shop.log_in("phone", at=at(200))
    shop.report(interim(at(300), 295), origin(accept=accept))
    assert shop.usage.first_login_at == at(0)
    assert shop.usage.used_time == 295


def test_a_lapsed_reservation_leaves_its_place_to_another_device() -> None:
    shop = desk()
    shop.log_in("phone", at=at(0))
    assert shop.decide("laptop", at=at(60)) == Reject(Reason.TOO_MANY_DEVICES)
    assert isinstance(shop.decide("laptop", at=at(120)), Accept)


def test_a_newer_accept_supersedes_an_older_one_of_the_same_device() -> None:
    shop = desk(max_devices=2)
    shop.log_in("laptop", at=at(0))
    shop.log_in("phone", at=at(1))
    shop.log_in("phone", at=at(5))
    assert [row.ending for row in shop.rows.values()] == [None, Ending.SUPERSEDED, None]


# The older session of a device on the same access point


def test_an_older_session_stays_open_at_the_accept_and_is_lost_at_the_start() -> None:
    shop = desk()
    shop.log_in("phone", at=at(0))
    shop.report(start(at(0)), origin(number="1"))
    shop.log_in("phone", at=at(60))
    assert [row.id for row in shop.live] == [1, 2]
    shop.report(start(at(61)), origin(number="2"))
    assert (shop.rows[1].ending, shop.rows[1].ended_at) == (Ending.LOST, at(61))


def test_a_lost_session_is_charged_up_to_its_last_report() -> None:
    shop = desk()
    shop.log_in("phone", at=at(0))
    shop.report(interim(at(300), 300), origin())
    shop.sweep(at(1200))
    assert shop.rows[1].ended_at is None
    shop.sweep(at(1201))
    assert (shop.rows[1].ending, shop.usage.used_time) == (Ending.LOST, 300)


def test_a_lost_session_that_comes_back_is_charged_once() -> None:
    shop = desk()
    shop.log_in("phone", at=at(0))
    shop.report(interim(at(300), 300), origin())
    shop.sweep(at(2000))
    shop.report(interim(at(3000), 3000), origin())
    assert [row.id for row in shop.live] == [1]
    shop.report(stop(at(3100), 3100), origin())
    assert shop.usage.used_time == 3100


# Accounting-On and Off


def test_a_restart_ends_what_came_before_it_on_its_access_point() -> None:
    shop = desk(max_devices=3)
    for device, on in (("phone", 1), ("laptop", 1), ("tablet", 2)):
        shop.log_in(device, on=on, at=at(0))
    shop.report(start(at(1)), origin("phone", on=1))
    shop.report(start(at(1)), origin("tablet", on=2))
    shop.restarted(1, at=at(60))
    assert [row.ending for row in shop.rows.values()] == [Ending.RESTARTED, Ending.LAPSED, None]
    assert shop.rows[1].end_cause is EndCause.ACCESS_POINT_RESTART


def test_a_late_restart_spares_what_was_heard_of_since() -> None:
    shop = desk()
    shop.log_in("phone", at=at(0))
    shop.report(start(at(1)), origin())
    shop.report(interim(at(300), 299), origin())
    shop.restarted(1, at=at(300))
    assert shop.rows[1].ended_at is None


def test_after_a_restart_a_repeated_number_is_charged_anew() -> None:
    shop = desk()
    shop.log_in("phone", at=at(0))
    shop.report(interim(at(300), 300), origin(number="1"))
    shop.restarted(1, at=at(400))
    shop.log_in("phone", at=at(500))
    shop.report(start(at(500)), origin(number="1"))
    shop.report(stop(at(800), 300), origin(number="1"))
    assert shop.usage.used_time == 600


def test_a_stop_that_a_restart_overtook_settles_its_session() -> None:
    shop = desk()
    shop.log_in("phone", at=at(0))
    shop.report(interim(at(300), 300), origin())
    shop.restarted(1, at=at(400))
    shop.report(stop(at(395), 395), origin())
    assert (shop.usage.used_time, shop.rows[1].ending) == (395, Ending.STOPPED)


# One device spends one second per second


def roaming() -> Desk:
    """A phone on 1 since the beginning, accepted on 2 after 1,000 s."""
    shop = desk()
    shop.log_in("phone", on=1, at=at(0))
    shop.report(start(at(0)), origin(on=1))
    shop.report(interim(at(900), 900), origin(on=1))
    shop.log_in("phone", on=2, at=at(1000))
    return shop


def test_an_accept_elsewhere_caps_a_session_at_its_age() -> None:
    shop = roaming()
    shop.report(interim(at(1500), 1500), origin(on=1))
    assert (shop.rows[1].meter.most, shop.usage.used_time) == (1000, 1000)


def test_a_cap_is_lifted_when_no_session_starts_elsewhere() -> None:
    shop = roaming()
    shop.report(interim(at(1110), 1110), origin(on=1))
    shop.sweep(at(1120))
    assert (shop.rows[1].meter.most, shop.usage.used_time) == (None, 1110)


def test_a_late_report_from_elsewhere_lays_the_cap_again() -> None:
    shop = roaming()
    shop.sweep(at(1120))
    shop.report(stop(at(1500), 1500), origin(on=1))
    assert shop.usage.used_time == 1500
    shop.report(stop(at(1600), 600), origin(on=2, accept=2))
    assert shop.usage.used_time == 1000 + 600


def test_a_second_try_elsewhere_keeps_the_cap() -> None:
    shop = roaming()
    shop.log_in("phone", on=2, at=at(1005))
    assert (shop.rows[2].ending, shop.rows[1].meter.most) == (Ending.SUPERSEDED, 1005)
    shop.sweep(at(1130))
    assert shop.rows[1].meter.most is None


def test_a_device_that_comes_back_is_not_capped_by_where_it_never_was() -> None:
    shop = roaming()
    shop.log_in("phone", on=1, at=at(1010))
    assert shop.rows[1].meter.most is None


def test_a_third_access_point_caps_the_second_and_leaves_the_first() -> None:
    shop = roaming()
    shop.report(start(at(1001)), origin(on=2))
    shop.log_in("phone", on=3, at=at(1501))
    assert [shop.rows[key].meter.most for key in (1, 2)] == [1000, 500]
    shop.sweep(at(1700))
    assert [shop.rows[key].meter.most for key in (1, 2)] == [1000, None]


def test_a_session_that_begins_after_the_device_went_on_is_capped_itself() -> None:
    shop = roaming()
    shop.log_in("phone", on=3, at=at(1060))
    shop.report(start(at(1061)), origin(on=3))
    shop.report(interim(at(1500), 500), origin(on=2, accept=2))
    assert [shop.rows[key].meter.most for key in (1, 2)] == [1000, 60]
    assert shop.usage.used_time == 960


def test_a_lost_session_is_capped_by_the_accept_that_it_did_not_see() -> None:
    shop = desk()
    shop.log_in("phone", on=1, at=at(0))
    shop.report(interim(at(300), 300), origin(on=1))
    shop.sweep(at(1500))
    shop.log_in("phone", on=2, at=at(1600))
    shop.report(start(at(1600)), origin(on=2))
    shop.report(stop(at(2000), 2000), origin(on=1))
    assert shop.usage.used_time == 1600


def test_a_cap_on_a_session_that_was_not_known_yet_is_lifted_too() -> None:
    shop = desk()
    shop.log_in("phone", on=1, at=at(0))
    shop.log_in("phone", on=2, at=at(100))
    shop.report(interim(at(110), 110), origin(on=1))
    assert shop.usage.used_time == 100
    shop.sweep(at(220))
    assert shop.usage.used_time == 110


def test_a_cap_on_a_session_that_comes_back_is_lifted_too() -> None:
    shop = desk()
    shop.log_in("phone", on=1, at=at(0))
    shop.report(interim(at(300), 300), origin(on=1))
    shop.sweep(at(1500))
    shop.log_in("phone", on=2, at=at(1510))
    shop.report(interim(at(1600), 1600), origin(on=1))
    assert shop.usage.used_time == 1510
    shop.sweep(at(1630))
    assert shop.usage.used_time == 1600


def test_another_device_caps_nothing() -> None:
    shop = desk(max_devices=2)
    shop.log_in("phone", on=1, at=at(0))
    shop.report(start(at(0)), origin("phone", on=1))
    shop.log_in("laptop", on=2, at=at(100))
    assert shop.rows[1].meter.most is None


# Equipment that reports nothing


@pytest.fixture
def silent() -> Desk:
    points = {1: access_point(1, accounting=Accounting.NONE), 2: access_point(2)}
    return Desk(Terms(credit=3600), points=points)


def test_where_nothing_is_reported_the_accept_opens_the_session(silent: Desk) -> None:
    silent.log_in("phone", on=1, at=at(0))
    silent.sweep(at(1000))
    assert [row.is_reservation for row in silent.live] == [False]
    assert silent.usage.first_login_at == at(0)


def test_such_a_session_ends_at_its_time_by_our_clock(silent: Desk) -> None:
    silent.log_in("phone", on=1, at=at(0))
    silent.sweep(at(3700))
    assert (silent.live, silent.usage.used_time) == ([], 3600)


def test_such_a_session_ends_at_the_next_accept_of_its_device(silent: Desk) -> None:
    silent.log_in("phone", on=1, at=at(0))
    silent.log_in("phone", on=2, at=at(600))
    assert silent.usage.used_time == 600
    assert [row.access_point_id for row in silent.live] == [2]


def test_such_a_session_is_used_for_its_age(silent: Desk) -> None:
    silent.log_in("phone", on=1, at=at(0))
    decision = silent.decide("phone", on=2, at=at(600))
    assert isinstance(decision, Accept)
    assert decision.limits.session_timeout == 3000
