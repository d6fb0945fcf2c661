"""Slowing those who guess codes: the token buckets of devices and access points."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.domain.guessing import (
    ACCESS_POINT_TOKENS,
    DEVICE_SECONDS_PER_TOKEN,
    DEVICE_TOKENS,
    DEVICE_TOKENS_UNDER_ALARM,
    MOST_BUCKETS,
    Guessing,
)

POINT: Final = 1
PHONE: Final = "001122aabbcc"


def guessed(times: int, *, device: str = PHONE, now: float = 0.0, into: Guessing | None = None) -> Guessing:
    guessing = into or Guessing()
    for _ in range(times):
        guessing.failed(POINT, device, now=now)
    return guessing


def attacked(now: float = 0.0) -> Guessing:
    guessing = Guessing()
    for number in range(int(ACCESS_POINT_TOKENS)):
        guessing.failed(POINT, f"attacker {number}", now=now)
    return guessing


def test_a_device_that_never_failed_is_not_slowed() -> None:
    assert not Guessing().refuses(POINT, PHONE, now=0.0)


def test_an_empty_device_bucket_refuses() -> None:
    assert not guessed(int(DEVICE_TOKENS) - 1).refuses(POINT, PHONE, now=0.0)
    assert guessed(int(DEVICE_TOKENS)).refuses(POINT, PHONE, now=0.0)


def test_it_refuses_one_device_on_one_access_point() -> None:
    guessing = guessed(int(DEVICE_TOKENS))

    assert not guessing.refuses(POINT, "another phone", now=0.0)
    assert not guessing.refuses(2, PHONE, now=0.0)


def test_a_device_bucket_fills_with_time() -> None:
    guessing = guessed(int(DEVICE_TOKENS))

    assert guessing.refuses(POINT, PHONE, now=DEVICE_SECONDS_PER_TOKEN - 0.1)
    assert not guessing.refuses(POINT, PHONE, now=DEVICE_SECONDS_PER_TOKEN)


def test_a_bucket_holds_no_more_than_it_held_at_first() -> None:
    guessing = guessed(1)
    guessed(int(DEVICE_TOKENS), now=10_000.0, into=guessing)

    assert guessing.refuses(POINT, PHONE, now=10_000.0)


def test_asking_while_refused_costs_nothing_more() -> None:
    guessing = guessed(int(DEVICE_TOKENS))
    for tenth in range(150):
        guessing.refuses(POINT, PHONE, now=tenth / 10)

    assert not guessing.refuses(POINT, PHONE, now=DEVICE_SECONDS_PER_TOKEN + 0.01)


def test_an_access_point_bucket_refuses_no_one() -> None:
    assert not attacked().refuses(POINT, PHONE, now=0.0)


def test_an_empty_access_point_bucket_raises_an_alarm() -> None:
    guessing = attacked(now=0.0)

    assert guessing.failed(POINT, PHONE, now=0.0)
    assert not guessing.failed(2, PHONE, now=0.0)


def test_an_alarm_ends() -> None:
    assert not attacked(now=0.0).failed(POINT, PHONE, now=3.0)


def test_under_alarm_each_device_has_fewer_guesses() -> None:
    guessing = attacked()
    assert not guessed(int(DEVICE_TOKENS_UNDER_ALARM) - 1, into=guessing).refuses(POINT, PHONE, now=0.0)

    assert guessed(1, into=guessing).refuses(POINT, PHONE, now=0.0)


def test_a_device_that_guessed_before_the_alarm_is_shortened_too() -> None:
    guessing = guessed(1)
    for number in range(int(ACCESS_POINT_TOKENS)):
        guessing.failed(POINT, f"attacker {number}", now=0.0)

    assert guessed(int(DEVICE_TOKENS_UNDER_ALARM), into=guessing).refuses(POINT, PHONE, now=0.0)


def test_a_clock_that_goes_back_fills_nothing() -> None:
    guessing = guessed(int(DEVICE_TOKENS), now=100.0)

    assert guessing.refuses(POINT, PHONE, now=50.0)
    assert guessing.refuses(POINT, PHONE, now=51.0)


def test_a_flood_of_invented_devices_forgets_those_that_guessed_least() -> None:
    guessing = guessed(int(DEVICE_TOKENS))
    for number in range(MOST_BUCKETS + 1):
        guessing.failed(POINT, f"invented {number}", now=0.0)

    assert guessing.refuses(POINT, PHONE, now=0.0)
    assert len(guessing._devices) <= MOST_BUCKETS


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=80))
def test_no_device_ever_has_more_guesses_than_its_bucket_and_the_time_that_passed(
    asked: list[tuple[float, bool]],
) -> None:
    guessing, now, looked_at = Guessing(), 0.0, 0
    for pause, wrong in asked:
        now += pause
        if wrong and not guessing.refuses(POINT, PHONE, now=now):
            guessing.failed(POINT, PHONE, now=now)
            looked_at += 1

    assert looked_at <= DEVICE_TOKENS + now / DEVICE_SECONDS_PER_TOKEN + 1e-6
