"""The legal log: what is written, what is found, what is kept."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from tests.servers.gateway.stage import DEVICE

from spotcoffee.servers.gateway.legal import Book, find

PUBLIC = ip_address("203.0.113.1")
NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)


def row(change: str, session: str = "first", *, port: int = 45_678, protocol: int = 6) -> tuple[object, ...]:
    return (change, protocol, PUBLIC, port, "10.77.0.11", 40_000, session, DEVICE, "", "")


def who(folder: Path, at: datetime, port: int = 45_678) -> list[str]:
    return [found.session_id for found in find(folder, address=PUBLIC, port=port, at=at)]


def test_who_had_a_port_is_found_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    book = Book(tmp_path, keep_days=366)
    book.write([row("begun")], now=NOON)
    book.write([row("ended")], now=NOON + timedelta(minutes=1))
    book.write([row("begun", "second")], now=NOON + timedelta(minutes=2))
    book.close()
    assert who(tmp_path, NOON - timedelta(seconds=1)) == []
    assert who(tmp_path, NOON + timedelta(seconds=30)) == ["first"]
    assert who(tmp_path, NOON + timedelta(seconds=90)) == []
    assert who(tmp_path, NOON + timedelta(minutes=3)) == ["second"]
    assert who(tmp_path, NOON + timedelta(minutes=3), port=1) == []


def test_a_flow_of_the_day_before_is_found_and_so_is_its_end(tmp_path: Path) -> None:
    book = Book(tmp_path, keep_days=366)
    book.write([row("begun")], now=NOON)
    tomorrow = NOON + timedelta(days=1)
    assert book.write([row("ended")], now=tomorrow)
    book.close()
    book.tidy(today=tomorrow.date())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-07-15.csv.gz", "2026-07-16.csv"]
    assert who(tmp_path, tomorrow - timedelta(hours=1)) == ["first"]
    assert who(tmp_path, tomorrow + timedelta(hours=1)) == []


def test_days_are_kept_as_long_as_asked_and_no_longer(tmp_path: Path) -> None:
    book = Book(tmp_path, keep_days=366)
    book.write([row("begun")], now=NOON - timedelta(days=367))
    book.write([row("begun")], now=NOON - timedelta(days=366))
    book.close()
    book.tidy(today=NOON.date())
    assert [path.name for path in tmp_path.iterdir()] == ["2025-07-14.csv.gz"]
    assert next(tmp_path.iterdir()).stat().st_mode & 0o077 == 0


def test_half_a_line_left_by_a_power_cut_harms_nothing(tmp_path: Path) -> None:
    book = Book(tmp_path, keep_days=366)
    book.write([row("begun"), ("lost", *[""] * 9)], now=NOON)
    book.close()
    with (tmp_path / "2026-07-15.csv").open("a") as torn:
        torn.write("2026-07-15T12:00:05.000+00:00,ended,6,203.0")
    assert who(tmp_path, NOON + timedelta(minutes=1)) == ["first"]
