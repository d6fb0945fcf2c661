"""The rhythm of big work: steps as long as the machine allows, and a rest after each."""

import pytest
from django.db import connection
from tests.factories import NOW

from spotcoffee.services.pacing import MOST_ROWS, Pace

pytestmark = pytest.mark.django_db


def stepped(seconds: float, *, times: int) -> tuple[Pace, list[float]]:
    """So many steps that took so long each, and the rests after them."""
    ticks = iter(seconds * number for step in range(times) for number in (step, step + 1))
    rests: list[float] = []
    pace = Pace(clock=lambda: NOW, stopwatch=lambda: next(ticks), sleep=rests.append)
    for _ in range(times):
        with pace.step():
            pass
    return pace, rests


def test_it_rests_as_long_as_it_wrote() -> None:
    assert stepped(0.25, times=3)[1] == [0.25, 0.25, 0.25]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="there others write meanwhile")
def test_a_slow_machine_gets_fewer_rows_a_step_and_a_fast_one_more() -> None:
    assert stepped(0.060, times=1)[0].rows == 200
    assert stepped(0.001, times=1)[0].rows == MOST_ROWS
    assert stepped(0.001, times=9)[0].rows == MOST_ROWS
    assert stepped(0.060, times=9)[0].rows == 200


def test_a_step_that_fails_stores_nothing_and_does_not_rest() -> None:
    rests: list[float] = []
    pace = Pace(clock=lambda: NOW, stopwatch=lambda: 0.0, sleep=rests.append)

    with pytest.raises(KeyError), pace.step():
        raise KeyError

    assert rests == []
