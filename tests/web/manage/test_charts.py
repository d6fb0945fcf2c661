"""Charts: bars where they belong, round numbers on the axis, a table that says the same."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as some

from spotcoffee.web.manage.charts import WIDTH, Series, draw
from spotcoffee.web.manage.traffic import step_names, time_scale, volume_scale


def _series(*values: float) -> Series:
    return Series("Sessions", values, lambda value: f"{value:g}")


def test_bars_stand_on_the_axis_and_are_as_high_as_their_figures() -> None:
    chart = draw(["a", "b", "c"], [_series(30, 15, 0)])
    first, second = chart.bars
    assert first.height == pytest.approx(2 * second.height, abs=0.2)
    assert first.y + first.height == second.y + second.height == 214
    assert [line.text for line in chart.lines] == ["0", "10", "20", "30"]
    assert chart.rows == [("a", ["30"]), ("b", ["15"]), ("c", ["0"])]
    assert (chart.peak, chart.peak_at) == ("30", "a")


def test_two_series_differ_in_more_than_colour() -> None:
    chart = draw(["a"], [_series(3), _series(2)])
    assert [bar.kind for bar in chart.bars] == ["down", "up"]
    assert chart.bars[0].width > chart.bars[1].width


def test_nothing_at_all_is_an_empty_chart() -> None:
    assert draw([], [_series()]).is_empty
    assert draw(["a"], [_series(0)]).is_empty


@given(some.lists(some.floats(0, 1e18, allow_subnormal=False), min_size=1, max_size=400))
def test_every_bar_is_within_the_picture(values: list[float]) -> None:
    chart = draw([str(at) for at in range(len(values))], [_series(*values)])
    assert len(chart.lines) == 4
    for bar in chart.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.2
        assert 17.9 <= bar.y <= bar.y + bar.height <= 214.2


@pytest.mark.parametrize("count", [7, 12, 24, 31, 168, 365])
def test_names_below_do_not_run_into_one_another(count: int) -> None:
    chart = draw([f"mer. {at % 31:02}" for at in range(count)], [_series(*[1.0] * count)])
    places = [name.at for name in chart.names]
    assert min((after - before for before, after in itertools.pairwise(places)), default=99) > 7 * 7.5
    few = [name.at for name in chart.names if not name.is_minor]
    assert min((after - before for before, after in itertools.pairwise(few)), default=999) > 7 * 13


def test_units_are_those_that_people_read() -> None:
    with override("fr"):
        assert (volume_scale([3 * 10**9]).unit, volume_scale([]).unit, time_scale([59]).unit) == ("Go", "ko", "min")
        assert (time_scale([7_200]).size, time_scale([7_200]).unit) == (3_600, "h")
    with override("en"):
        assert volume_scale([3 * 10**12]).unit == "TB"


def test_hours_of_the_autumn_change_are_two_and_both_named() -> None:
    zone = ZoneInfo("Europe/Paris")
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    with override("fr"):
        full, short = step_names([midnight + timedelta(hours=at) for at in range(4)], "hour", zone)
    assert [name.replace("\N{NO-BREAK SPACE}", " ") for name in short] == ["0 h", "1 h", "2 h", "2 h"]
    assert full[2].replace("\N{NO-BREAK SPACE}", " ") == "2 h à 2 h"
