"""A consistent copy of the embedded database, while everything runs (SQLite's online backup)."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database into a file of mode 0600. Raises OSError or sqlite3.Error, and then leaves no target."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
            closing(sqlite3.connect(draft)) as write,
        ):
            # In one step: a reader of the log keeps no writer waiting, and in several each commit of another process
            # would begin the copy anew, for ever on a busy day.
            read.backup(write)
            write.execute("PRAGMA journal_mode=DELETE")
        with draft.open("rb") as copied:
            os.fsync(copied.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
