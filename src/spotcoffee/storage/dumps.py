"""The whole database as one file, and back: SQLite's online backup; pg_dump, pg_restore and psql.

Passwords go to PostgreSQL's programs through their environment, never as arguments.
"""

import os
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from django.db import connection
from psycopg.conninfo import make_conninfo

from spotcoffee.storage.copies import copy_sqlite

# Everything of ours lies in one schema; what a newer release had added to it goes too.
_EMPTY: Final = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


class DumpFailed(Exception):
    """The database could not be written out or put back. said: one line of whoever failed."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def dump(target: Path) -> None:
    """Write the database into a file, consistent while everything runs. Raises DumpFailed."""
    if connection.vendor == "postgresql":
        with target.open("wb") as file:
            _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--dbname={_address()}"], stdout=file)
    else:
        try:
            copy_sqlite(_path(), target)
        except sqlite3.Error as failed:
            raise DumpFailed(str(failed)) from failed


def check(source: Path) -> None:
    """Read a dump through without putting it anywhere. Raises DumpFailed."""
    if connection.vendor == "postgresql":
        _run(["pg_restore", "--file=/dev/null", str(source)])
        return
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            orphan = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as failed:
        raise DumpFailed(str(failed)) from failed
    if verdict != "ok" or orphan is not None:
        raise DumpFailed(verdict if orphan is None else f"a row of {orphan[0]} refers to nothing")


def replace(source: Path) -> None:
    """Put a dump in the place of the database, all of it or nothing. Raises DumpFailed."""
    connection.close()
    if connection.vendor == "postgresql":
        _replace_postgresql(source)
    else:
        _replace_sqlite(source)


def _replace_sqlite(source: Path) -> None:
    path = _path()
    if path.exists():
        try:
            with closing(sqlite3.connect(path, timeout=5)) as current:
                # Its log must not be taken for the new one's. Only possible while nobody else has it open.
                mode = current.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.Error as failed:
            raise DumpFailed(str(failed)) from failed
        if mode != "delete":
            raise DumpFailed("the database is in use")
    source.replace(path)


def _replace_postgresql(source: Path) -> None:
    script = source.with_name(source.name + ".sql")
    os.close(os.open(script, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source)])
        psql = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        _run([*psql, f"--dbname={_address()}", f"--command={_EMPTY}", f"--file={script}"])
    finally:
        script.unlink(missing_ok=True)


def _run(command: Sequence[str], *, stdout: IO[bytes] | None = None) -> None:
    try:
        done = subprocess.run(
            command, stdout=stdout or subprocess.DEVNULL, stderr=subprocess.PIPE, env=_environment(), check=False
        )
    except FileNotFoundError as missing:
        raise DumpFailed(f"{command[0]} is not installed (Debian: postgresql-client)") from missing
    if done.returncode != 0:
        raise DumpFailed(_last_line(done.stderr))


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no reason given"


def _path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _address() -> str:
    """Where PostgreSQL is, as its programs take it, without the password."""
    known = connection.settings_dict
    parts = {"dbname": known["NAME"], "user": known["USER"], "host": known["HOST"], "port": known["PORT"]}
    options = {name: str(value) for name, value in known["OPTIONS"].items() if isinstance(value, str | int)}
    return make_conninfo(**{name: str(value) for name, value in parts.items() if value}, **options)


def _environment() -> dict[str, str]:
    password = connection.settings_dict.get("PASSWORD")
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
