"""A throw-away installation: a data folder, a database filled by bench.seed, free ports on 127.0.0.1."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import psycopg
from tests.postgres import Cluster

from bench.machine import parent_of

# Where `python -m bench.…` is found.
ROOT: Final = Path(__file__).resolve().parent.parent
SPOTCOFFEE: Final = str(Path(sys.executable).parent / "spotcoffee")
DATABASES: Final = ("sqlite", "postgresql")
# As on a server of this size; also what the yardstick asks for.
_MAX_WAL: Final = "ALTER SYSTEM SET max_wal_size = '4GB'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One installation. database_url: empty for SQLite. postmaster: PostgreSQL's first process, None for SQLite."""

    database: str
    folder: Path
    database_url: str
    postmaster: int | None
    auth_port: int
    acct_port: int
    organisation_id: int = 0
    empty_list_id: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes; nothing of the person's own settings gets in."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SPOTCOFFEE_")}
        return kept | {
            "SPOTCOFFEE_DATA": str(self.folder),
            "SPOTCOFFEE_DATABASE_URL": self.database_url,
            "SPOTCOFFEE_RADIUS_AUTH_BIND": f"127.0.0.1:{self.auth_port}",
            "SPOTCOFFEE_RADIUS_ACCT_BIND": f"127.0.0.1:{self.acct_port}",
            "SPOTCOFFEE_LOG_LEVEL": "warning",
        }

    def query(self, text: str) -> list[tuple[Any, ...]]:
        """Ask its database, from this process and without Django."""
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as server:
                return server.execute(text.encode()).fetchall()
        with closing(sqlite3.connect(self.folder / "spotcoffee.sqlite3", timeout=20)) as connection:
            return connection.execute(text).fetchall()


@contextmanager
def site(database: str, *, tickets: int, sessions: int) -> Iterator[Site]:
    """Make one, filled, and delete it after."""
    folder = Path(tempfile.mkdtemp(prefix="spotcoffee-bench-"))
    cluster = Cluster(durable=True)
    try:
        yield _made(database, folder, cluster, tickets=tickets, sessions=sessions)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _made(database: str, folder: Path, cluster: Cluster, *, tickets: int, sessions: int) -> Site:
    url, postmaster = ("", None) if database == "sqlite" else _postgresql(cluster)
    auth_port, acct_port = free_ports(2)
    empty = Site(
        database=database,
        folder=folder,
        database_url=url,
        postmaster=postmaster,
        auth_port=auth_port,
        acct_port=acct_port,
    )
    _run(empty, [SPOTCOFFEE, "migrate"])
    said = _run(empty, [sys.executable, "-m", "bench.prepared", "seed", str(tickets), str(sessions)])
    organisation_id, empty_list_id = said.split()
    return replace(empty, organisation_id=int(organisation_id), empty_list_id=int(empty_list_id))


def _postgresql(cluster: Cluster) -> tuple[str, int]:
    cluster.start()
    url = cluster.new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_MAX_WAL)
        connection.execute("SELECT pg_reload_conf()")
        return url, parent_of(connection.info.backend_pid)


def _run(at: Site, command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=at.environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr}")
    return done.stdout


def free_ports(count: int) -> list[int]:
    """UDP ports of 127.0.0.1 that nothing uses now."""
    probes = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
