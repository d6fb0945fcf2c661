"""What outlives the process: who is on, and the reports that no server has taken yet. One SQLite file on the box.

Every change is on the disk before the call returns. Names of guests are sealed by the box's own keys.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import structlog

from spotcoffee.protocols.radius.packet import Attribute
from spotcoffee.servers.gateway.packets import Report
from spotcoffee.servers.gateway.sessions import Limits, Session
from spotcoffee.storage.keys import KeyRing, SealBroken

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS guests (session_id TEXT PRIMARY KEY, facts BLOB NOT NULL, figures TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, kind INTEGER NOT NULL, event_at REAL NOT NULL,
    attributes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kept:
    """A report that waits. event_at: seconds since 1970."""

    number: int
    session_id: str
    kind: Report
    event_at: float
    attributes: list[Attribute]


@dataclass(frozen=True, slots=True)
class Due:
    """A report to keep. session_id: empty for Accounting-On and -Off."""

    session_id: str
    kind: Report
    event_at: float
    attributes: list[Attribute]


class Memory:
    """The file. Used by one thread at a time."""

    def __init__(self, path: Path, keys: KeyRing) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._keys = keys
        try:
            self._connection = _opened(path)
        except sqlite3.DatabaseError as broken:
            if isinstance(broken, sqlite3.OperationalError):
                raise OSError(f"{path} can't be used: {broken}") from broken
            # Better to ask guests to log in again than not to open at all.
            log.exception("memory_broken", kept_as=f"{path}.broken")
            for end in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(f"{path}{end}").replace(f"{path}.broken{end}")
            self._connection = _opened(path)

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def begin(self, session: Session, *reports: Due) -> None:
        """A guest is on."""
        with self._transaction():
            facts = self._seal(_facts(session))
            self._connection.execute(
                "INSERT OR REPLACE INTO guests VALUES (?, ?, ?)", (session.session_id, facts, _figures(session))
            )
            self._keep(reports)

    def end(self, session: Session, *reports: Due) -> None:
        """A guest is off."""
        with self._transaction():
            self._connection.execute("DELETE FROM guests WHERE session_id = ?", (session.session_id,))
            self._keep(reports)

    def save(self, sessions: Iterable[Session], reports: Iterable[Due] = (), *, wall: float, boot: str) -> None:
        """The figures of guests, settled just now; `wall` and `boot` say when that was."""
        rows = [(_figures(session), session.session_id) for session in sessions]
        with self._transaction():
            self._connection.executemany("UPDATE guests SET figures = ? WHERE session_id = ?", rows)
            self._keep(reports)
            self._note("saved_at", str(wall))
            self._note("boot", boot)
            self._note("closed", "")

    def close_at(self, *, wall: float) -> None:
        """The gateway ends in order: from now on nobody is let through."""
        with self._transaction():
            self._note("saved_at", str(wall))
            self._note("closed", "yes")

    def note(self, name: str) -> str:
        """Something that was noted; empty if it wasn't."""
        row = self._connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def guests(self, *, now: float) -> list[Session]:
        """Who was on when the figures were saved last. now: monotonic; all their clocks start there."""
        rows = self._connection.execute("SELECT facts, figures FROM guests").fetchall()
        found = []
        for facts, figures in rows:
            try:
                found.append(_session(self._unseal(facts), json.loads(figures), now))
            except SealBroken:
                # Another ring's: nobody can say any more who that was.
                continue
        return found

    def keep(self, *reports: Due) -> None:
        """Reports for the server."""
        with self._transaction():
            self._keep(reports)

    def waiting(self, *, without: Iterable[str], most: int) -> list[Kept]:
        """The oldest report of each session, oldest first. without: sessions of which one is on its way."""
        rows = self._connection.execute(
            "SELECT id, session_id, kind, event_at, attributes FROM reports WHERE id IN (SELECT MIN(id) FROM reports "
            "GROUP BY session_id) AND session_id NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
            (json.dumps(list(without)), most),
        ).fetchall()
        return [
            Kept(number, session_id, Report(kind), event_at, _attributes(self._unseal(attributes)))
            for number, session_id, kind, event_at, attributes in rows
        ]

    def delivered(self, number: int) -> None:
        """A server has taken a report."""
        with self._transaction():
            self._connection.execute("DELETE FROM reports WHERE id = ?", (number,))

    def count_waiting(self) -> int:
        """How many reports wait."""
        return int(self._connection.execute("SELECT COUNT(*) FROM reports").fetchone()[0])

    def _keep(self, reports: Iterable[Due]) -> None:
        for due in reports:
            if due.kind in (Report.INTERIM, Report.STOP):
                # Totals run on: a later report says all that an earlier one did.
                self._connection.execute(
                    "DELETE FROM reports WHERE session_id = ? AND kind = ?", (due.session_id, int(Report.INTERIM))
                )
            sealed = self._seal([[kind, value.hex()] for kind, value in due.attributes])
            self._connection.execute(
                "INSERT INTO reports (session_id, kind, event_at, attributes) VALUES (?, ?, ?, ?)",
                (due.session_id, int(due.kind), due.event_at, sealed),
            )

    def _note(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _seal(self, value: object) -> bytes:
        return self._keys.seal(json.dumps(value))

    def _unseal(self, sealed: bytes) -> Any:
        return json.loads(self._keys.unseal(bytes(sealed)))


def _opened(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(_TABLES)
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
    except BaseException:
        connection.close()
        raise
    return connection


def _facts(session: Session) -> dict[str, Any]:
    return {
        "session_id": session.session_id,
        "device": session.device,
        "address": str(session.address),
        "others": [str(address) for address in session.others],
        "login": session.login,
        "classes": [value.hex() for value in session.classes],
        "limits": asdict(session.limits),
        "started_at": session.started_at,
    }


def _figures(session: Session) -> str:
    return json.dumps([session.served, session.unserved, session.down, session.up])


def _session(facts: dict[str, Any], figures: list[Any], now: float) -> Session:
    served, unserved, down, up = figures
    return Session(
        session_id=facts["session_id"],
        device=facts["device"],
        address=ip_address(facts["address"]),
        others=tuple(ip_address(address) for address in facts["others"]),
        login=facts["login"],
        classes=tuple(bytes.fromhex(value) for value in facts["classes"]),
        limits=Limits(**facts["limits"]),
        started_at=facts["started_at"],
        served=served,
        unserved=unserved,
        since=now,
        down=down,
        up=up,
        seen=now,
        reported=now,
    )


def _attributes(pairs: list[list[Any]]) -> list[Attribute]:
    return [(kind, bytes.fromhex(value)) for kind, value in pairs]
