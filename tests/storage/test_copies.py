"""A copy of the embedded database while it is written to."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from spotcoffee.storage.copies import copy_sqlite


def database(path: Path, *, rows: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY, note TEXT)")
    connection.executemany("INSERT INTO ticket (note) VALUES (?)", [("x" * 100,)] * rows)
    connection.commit()
    return connection


def count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM ticket").fetchone()[0])


def test_what_lies_in_the_log_alone_is_copied_too(tmp_path: Path) -> None:
    with closing(database(tmp_path / "live", rows=500)):
        copy_sqlite(tmp_path / "live", tmp_path / "copy")

        assert count(tmp_path / "copy") == 500


def test_a_transaction_under_way_is_left_out(tmp_path: Path) -> None:
    with closing(database(tmp_path / "live", rows=1)) as connection:
        connection.execute("INSERT INTO ticket (note) VALUES ('not yet')")

        copy_sqlite(tmp_path / "live", tmp_path / "copy")

        assert count(tmp_path / "copy") == 1


def test_a_copy_ends_although_others_write_all_the_time(tmp_path: Path) -> None:
    with closing(database(tmp_path / "live", rows=50_000)):
        ended = Event()

        def write() -> None:
            with closing(sqlite3.connect(tmp_path / "live", timeout=30)) as busy:
                while not ended.is_set():
                    busy.execute("UPDATE ticket SET note = 'y' WHERE id = 1")
                    busy.commit()

        writer = Thread(target=write)
        writer.start()
        try:
            copy_sqlite(tmp_path / "live", tmp_path / "copy")
        finally:
            ended.set()
            writer.join()

    assert count(tmp_path / "copy") == 50_000


def test_the_copy_is_closed_to_others_and_stands_alone(tmp_path: Path) -> None:
    with closing(database(tmp_path / "live", rows=1)):
        copy_sqlite(tmp_path / "live", tmp_path / "copy")

    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == ["copy"]


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        copy_sqlite(tmp_path / "missing", tmp_path / "copy")

    assert list(tmp_path.iterdir()) == []
