"""How long a guest may stay."""

from tests.servers.gateway.stage import session

from spotcoffee.servers.gateway.enforcement import Traffic
from spotcoffee.servers.gateway.sessions import SPARE_OCTETS, SPARE_SECONDS, End, Limits, changed


def test_time_is_over_at_its_last_second_and_not_before() -> None:
    guest = session(limits=Limits(session_timeout=60))
    assert guest.ending(1_059.9) is None
    assert guest.ending(1_060.0) is End.TIME


def test_a_timer_that_rings_late_costs_nothing() -> None:
    guest = session(limits=Limits(session_timeout=60))
    guest.end(End.TIME, 1_063.4)
    assert guest.served == 60
    idle = session(limits=Limits(idle_timeout=30))
    idle.end(End.IDLE, 1_032.0)
    assert idle.served == 30


def test_only_what_he_sends_keeps_a_session_alive() -> None:
    guest = session(limits=Limits(idle_timeout=30))
    guest.observe(Traffic(1_000, 0, 1_020.0))
    assert guest.ending(1_030.0) is End.IDLE
    guest.observe(Traffic(1_000, 50, 1_029.0))
    assert guest.ending(1_058.9) is None
    assert guest.ending(1_059.0) is End.IDLE


def test_each_quota_ends_it() -> None:
    assert session(limits=Limits(quota_down=100), down=100).ending(1_000) is End.QUOTA_DOWN
    assert session(limits=Limits(quota_up=100), up=100).ending(1_000) is End.QUOTA_UP
    assert session(limits=Limits(quota_down=100), down=99, up=500).ending(1_000) is None


def test_time_without_service_counts_towards_the_end_and_is_not_charged() -> None:
    guest = session(limits=Limits(session_timeout=60), served=20.0, unserved=30.0)
    assert guest.time(1_000) == 20
    assert guest.seconds_left(1_005.0) == 5


def test_the_kernel_is_told_a_little_more_than_is_left() -> None:
    guest = session(limits=Limits(session_timeout=60, quota_down=1_000, rate_up=5_000), down=400)
    told = guest.guest(1_010.0)
    assert told.seconds_left == 50 + SPARE_SECONDS
    assert (told.quota_down, told.quota_up) == (600 + SPARE_OCTETS, None)
    assert (told.rate_up, told.rate_down) == (8_000, None)
    assert told.counted_down == 400


def test_an_order_changes_what_it_names_and_a_zero_lifts_a_limit() -> None:
    limits = changed(
        Limits(session_timeout=60, rate_down=8_000, idle_timeout=30), {"session_timeout": 90, "rate_down": 0}
    )
    assert limits == Limits(session_timeout=90, idle_timeout=30)


def test_figures_never_go_down() -> None:
    guest = session(down=500, up=500)
    guest.observe(Traffic(100, 100, None))
    assert (guest.down, guest.up) == (500, 500)
