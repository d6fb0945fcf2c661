"""The keeper of the child processes: pauses that grow, and an end when one keeps dying."""

from spotcoffee.cli.supervisor import Child


def test_the_pause_grows_from_death_to_death() -> None:
    child = Child(["radius"])

    assert [child.note_death(now=0.0), child.note_death(now=1.0)] == [0.5, 1.0]


def test_three_deaths_in_a_minute_are_too_many() -> None:
    child = Child(["radius"])

    assert [child.note_death(now=at) for at in (0.0, 30.0, 59.0)][-1] is None


def test_deaths_further_apart_are_forgotten() -> None:
    child = Child(["radius"])

    assert [child.note_death(now=at) for at in (0.0, 30.0, 61.0, 200.0)][-1] == 0.5
