"""Django's secret key in its file."""

from pathlib import Path

from spotcoffee.project.secret_key import read_or_make


def test_it_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret_key"

    first = read_or_make(path)

    assert read_or_make(path) == first
    assert len(first) >= 50
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_starts_at_once_use_the_same(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    path.write_text("the other start's key")

    assert read_or_make(path) == "the other start's key"
