"""A house of its own for a test: a data folder, a database, the server as processes, and a look into its tables."""

import itertools
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg.rows import dict_row
from tests.radius_peer import PATIENCE, Peer

REPOSITORY: Final = Path(__file__).resolve().parents[2]
# Where each house's own access point sends from: to see whether a server is alive.
DOORBELL: Final = "127.200.0.1"


def missing(what: str) -> None:
    """Fail where everything must run, skip elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: run tools/debian-packages as root")
    pytest.skip(f"{what} is missing: run tools/debian-packages as root")


def until(holds: Callable[[], object], what: str, *, patience: float = PATIENCE) -> None:
    """Wait until something holds. For what shows itself in a table or a log alone."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, f"still waiting after {patience} s: {what}"
        time.sleep(0.02)


def free_ports() -> tuple[int, int]:
    """Two UDP ports that nobody uses."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(two.getsockname()[1])


class Clock:
    """The wall clock of a server, in the hands of the test: it stands still until it is set."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock"
        library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
        if library is None:
            missing("faketime")
        # UTC: what Debian's faketime reads is local time, in which an hour of autumn comes twice.
        self.environ = {
            "TZ": "UTC",
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Else waiting for the interpreter's lock spins: libfaketime takes its deadline for one of the wall clock.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }

    def set(self, now: datetime) -> None:
        """It is `now`."""
        draft = self._path.with_suffix(".new")
        draft.write_text(now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") + "\n")
        draft.replace(self._path)


@dataclass
class Server:
    """One radius process. Its log is read as it comes, through a pipe: it takes no room on a full disk."""

    process: subprocess.Popen[str]
    auth: int
    acct: int
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.log.extend(iter(self.process.stderr.readline, ""))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def peer(self, source: str = DOORBELL, **settings: Any) -> Peer:
        """Equipment that asks this process."""
        return Peer(self.auth, self.acct, source=source, **settings)

    def wait(self) -> None:
        """Until it answers on both ports."""
        with self.peer() as doorbell:
            for port in (self.auth, self.acct):
                doorbell.status(port, repeat_after=0.02)

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log with this event."""
        lines = [json.loads(line) for line in list(self.log) if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]

    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.process.poll() is not None

    def stop(self) -> int:
        """Tell it to end (SIGTERM). Answers its exit status."""
        self.process.terminate()
        return self._ended()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self._reader.join(PATIENCE)
            if self.process.stderr is not None:
                self.process.stderr.close()


@dataclass
class House:
    """Everything of one installation. database_url: empty for SQLite in the data folder."""

    folder: Path
    database_url: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    organisation: int = 0
    _servers: list[Server] = field(default_factory=list)
    _seeder: subprocess.Popen[str] | None = None
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.data = self.folder / "data"
        # A copy of one made before (conftest.py) has its tables already.
        if not self.data.exists():
            self.command("migrate")

    def furnish(self) -> None:
        """An organisation with the access point that tells whether a server is alive."""
        self.organisation = int(self.seed("organisation"))
        self.access_point(DOORBELL)

    @property
    def kind(self) -> str:
        """The kind of its database."""
        return "postgresql" if self.database_url else "sqlite"

    # Processes

    def environ(self, **settings: str) -> dict[str, str]:
        """What a process of the product runs under."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("SPOTCOFFEE_")}
        chosen = {"DATA": str(self.data), "DATABASE_URL": self.database_url, **self.settings, **settings}
        return own | {f"SPOTCOFFEE_{name}": value for name, value in chosen.items()}

    def command(self, *words: str) -> str:
        """Run a command of the product to its end; answers what it wrote."""
        done = subprocess.run(
            [sys.executable, "-m", "spotcoffee.cli", *words],
            cwd=REPOSITORY,
            env=self.environ(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *, clock: Clock | None = None, ports: tuple[int, int] | None = None) -> Server:
        """Start a radius process, and wait until it answers. ports: of auth and acct, to come back at the same."""
        auth, acct = ports or free_ports()
        environ = self.environ(RADIUS_AUTH_BIND=f"127.0.0.1:{auth}", RADIUS_ACCT_BIND=f"127.0.0.1:{acct}")
        process = subprocess.Popen(
            _dying_with_us(sys.executable, "-m", "spotcoffee.cli", "radius"),
            cwd=REPOSITORY,
            env=environ | (clock.environ if clock else {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        server = Server(process, auth, acct)
        self._servers.append(server)
        server.wait()
        return server

    def close(self) -> None:
        """End everything that was started."""
        for server in self._servers:
            if server.process.poll() is None:
                server.kill()
        if self._seeder is not None:
            assert self._seeder.stdin is not None
            assert self._seeder.stdout is not None
            self._seeder.stdin.close()
            self._seeder.wait(PATIENCE)
            self._seeder.stdout.close()

    # What is in it

    def seed(self, do: str, **arguments: Any) -> Any:
        """Put something into the database (tests.e2e.seed); answers its id."""
        if self._seeder is None:
            self._seeder = subprocess.Popen(
                _dying_with_us(sys.executable, "-m", "tests.e2e.seed"),
                cwd=REPOSITORY,
                env=self.environ() | {"DJANGO_SETTINGS_MODULE": "spotcoffee.project.settings"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._seeder.stdin is not None
        assert self._seeder.stdout is not None
        self._seeder.stdin.write(json.dumps({"do": do, **arguments}, default=datetime.isoformat) + "\n")
        self._seeder.stdin.flush()
        answer = self._seeder.stdout.readline()
        assert answer, f"seeding {do} failed: see its traceback above"
        return json.loads(answer)

    def access_point(self, address: str, **columns: Any) -> int:
        """An access point that sends from this address."""
        return int(self.seed("access_point", organisation=self.organisation, address=address, **columns))

    def offer(self, *points: int, **columns: Any) -> int:
        """An offer on these access points."""
        return int(self.seed("offer", organisation=self.organisation, points=points, **columns))

    def ticket(self, offer: int, **columns: Any) -> tuple[int, str]:
        """A ticket of an offer: its id, and its code."""
        return self.tickets(offer, 1, **columns)[0]

    def tickets(self, offer: int, count: int, **columns: Any) -> list[tuple[int, str]]:
        """Tickets of an offer, in one list: ids and codes."""
        codes = [f"TEST{next(self._numbers):06}" for _ in range(count)]
        return list(zip(self.seed("tickets", offer=offer, logins=codes, **columns), codes, strict=True))

    def rows(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Ask the database itself; `?` are the parameters."""
        if self.database_url:
            with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
                return connection.execute(sql.replace("?", "%s"), parameters).fetchall()  # type: ignore[arg-type]
        with closing(sqlite3.connect(f"file:{self.data / 'spotcoffee.sqlite3'}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, parameters)]

    def row(self, sql: str, *parameters: object) -> dict[str, Any]:
        """The one row that the database answers."""
        (only,) = self.rows(sql, *parameters)
        return only

    def counters(self, server: Server) -> dict[str, int]:
        """What a process has counted, as it wrote it down last."""
        counters = self.row("SELECT counters FROM hotspot_process WHERE pid = ?", server.pid)["counters"]
        # SQLite has no type of its own for JSON.
        return dict(json.loads(counters) if isinstance(counters, str) else counters)


def _dying_with_us(*command: str) -> list[str]:
    """Nothing outlives the tests, however they end."""
    return ["setpriv", "--pdeathsig=KILL", *command]
