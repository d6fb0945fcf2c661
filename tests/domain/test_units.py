"""Durations, rates and volumes as people write them, and whole seconds of instants."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.domain.units import (
    MOST_OCTETS,
    MOST_SECONDS,
    UnreadableQuantity,
    parse_duration,
    parse_rate,
    parse_volume,
    seconds_left,
    whole_seconds,
    write_duration,
)

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3600", 3600),
        ("90 min", 5400),
        ("2h", 7200),
        ("2 H", 7200),
        ("1h30", 5400),
        ("1 h 30 min", 5400),
        ("1 j", 86_400),
        ("1d 2h 30min", 95_400),
        ("1 semaine", 604_800),
        ("2 weeks", 1_209_600),
        ("45 s", 45),
        ("  10 mn ", 600),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", " ", "h", "1 fortnight", "-5", "1,5h", "1h30x", "9" * 13, "101 j" * 999])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UnreadableQuantity) as refused:
        parse_duration(text)
    assert (refused.value.kind, refused.value.text) == ("duration", text)


@given(st.integers(min_value=0, max_value=MOST_SECONDS))
def test_a_written_duration_is_read_back(seconds: int) -> None:
    assert parse_duration(write_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("1073741824", 2**30),
        ("500 Mo", 500_000_000),
        ("1,5 GB", 1_500_000_000),
        ("1.5go", 1_500_000_000),
        ("2 k", 2_000),
        ("0,001 ko", 1),
        ("12 octets", 12),
    ],
)
def test_a_volume_is_read_as_people_write_it(text: str, octets: int) -> None:
    assert parse_volume(text) == octets


@pytest.mark.parametrize(
    ("text", "rate"),
    [("8000", 8_000), ("2M", 2_000_000), ("512 kbit/s", 512_000), ("2 Mbps", 2_000_000), ("1 Gb/s", 10**9)],
)
def test_a_rate_is_read_as_people_write_it(text: str, rate: int) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "M", "2 MiB", "1e9", "-1", "1,,5", "1 000", str(MOST_OCTETS + 1), "9" * 30])
def test_what_is_no_volume_is_refused(text: str) -> None:
    with pytest.raises(UnreadableQuantity):
        parse_volume(text)


def test_a_volume_is_no_rate() -> None:
    with pytest.raises(UnreadableQuantity) as refused:
        parse_rate("5 Mo")
    assert refused.value.kind == "rate"


def test_a_begun_second_has_not_passed() -> None:
    assert whole_seconds(timedelta(seconds=1.9)) == 1


def test_a_begun_second_is_left_whole() -> None:
    assert seconds_left(NOON + timedelta(seconds=0.1), NOON) == 1
    assert seconds_left(NOON + timedelta(seconds=2), NOON) == 2


def test_nothing_is_left_at_the_end_itself() -> None:
    assert seconds_left(NOON, NOON) == 0
