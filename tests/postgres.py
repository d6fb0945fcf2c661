"""A throw-away PostgreSQL cluster: made, started on a free port of 127.0.0.1, and deleted after.

As root it runs as the user `postgres`, since PostgreSQL refuses root. It dies with the process that started it.
"""

import itertools
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import psycopg

BINARIES: Final = Path("/usr/lib/postgresql/15/bin")
USER: Final = "postgres"
_PATIENCE: Final = 30.0


class PostgresMissing(Exception):
    """The programs of PostgreSQL 15 are not installed."""


class Cluster:
    """One server with any number of databases. durable: every commit waits for the disk, as in production."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._password = secrets.token_hex(16)
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Make the cluster and wait until it answers; nothing if it runs already. Raises PostgresMissing."""
        if self._server is not None:
            return
        if not (BINARIES / "initdb").exists():
            raise PostgresMissing("PostgreSQL 15 is missing: run tools/debian-packages as root")
        self._folder = Path(tempfile.mkdtemp(prefix="spotcoffee-postgres-"))
        (self._folder / "password").write_text(self._password)
        if os.geteuid() == 0:
            shutil.chown(self._folder, USER, USER)
            shutil.chown(self._folder / "password", USER, USER)
        try:
            self._initialise(self._folder)
            self._serve(self._folder)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it and delete all of it."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._server = self._folder = None

    def url(self, database: str) -> str:
        """The address of a database, as SPOTCOFFEE_DATABASE_URL takes it. The database need not exist."""
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self._port}/{database}"

    def new_database(self) -> str:
        """Make an empty database; answers its address."""
        name = f"empty_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        return self.url(name)

    def _initialise(self, folder: Path) -> None:
        made = subprocess.run(
            [
                *_as_postgres(),
                str(BINARIES / "initdb"),
                f"--pgdata={folder / 'data'}",
                f"--username={USER}",
                f"--pwfile={folder / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed: {made.stderr}")

    def _serve(self, folder: Path) -> None:
        self._port = _free_port()
        options = ["fsync=off", "full_page_writes=off"] if not self._durable else []
        options += ["listen_addresses=127.0.0.1", f"port={self._port}", f"unix_socket_directories={folder}"]
        command = [*_as_postgres(), str(BINARIES / "postgres"), "-D", str(folder / "data")]
        with (folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                command + [word for option in options for word in ("-c", option)],
                cwd=folder,
                stdout=log,
                stderr=log,
                # A Ctrl-C in the terminal ends the tests; they then end the server.
                start_new_session=True,
            )
        self._wait(folder)

    def _wait(self, folder: Path) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self._server is not None and self._server.poll() is None:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"PostgreSQL does not start: {(folder / 'log').read_text()}")


def _as_postgres() -> list[str]:
    """Before a command: change to the user `postgres` if we are root, and die with the parent."""
    user = [f"--reuid={USER}", f"--regid={USER}", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig=QUIT"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
