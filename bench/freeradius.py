"""FreeRADIUS with PostgreSQL and us, in turns, under the same C load generator: what travels is the ratio.

Wanted are Debian's freeradius and freeradius-postgresql, gcc, and the yardstick: a folder with loadgen/ (the source of
the generator) and freeradius/ (its configuration and seed).
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from tests.postgres import BINARIES, Cluster

from bench.installation import free_ports, site
from bench.machine import cpu_seconds, family_cpu_seconds, parent_of
from bench.report import Report
from bench.server import serving

PART: Final = "beside FreeRADIUS"
THREADS: Final = 4
WINDOW: Final = 256
# Logins take these tickets at random; each round's sessions take the next tickets behind them.
LOGIN_TICKETS: Final = 50_000
SESSION_TICKETS: Final = 10_000
REPORTS: Final = 4_000
SECONDS: Final = 4
ECHO_SECONDS: Final = 1
_SCHEMA: Final = "/etc/freeradius/3.0/mods-config/sql/main/postgresql/schema.sql"
_PATIENCE: Final = 20.0


@dataclass(slots=True, kw_only=True)
class Rival:
    """One of the two. cpu: its processor seconds so far, its database's too. found: by measure, a value each round."""

    name: str
    auth_port: int
    acct_port: int
    cpu: Callable[[], float]
    found: dict[str, list[float]] = field(default_factory=dict)

    def note(self, measure: str, value: float) -> None:
        """Keep what a round found."""
        self.found.setdefault(measure, []).append(value)

    def median(self, measure: str) -> float:
        """Of all rounds."""
        return median(self.found[measure])


def compare(database: str, *, yardstick: str, rounds: int, report: Report) -> None:
    """Measure both in turns, and report both and the ratio of their medians."""
    report.say(f"seeding FreeRADIUS with PostgreSQL, and SpotCoffee with {database}")
    with (
        _scratch() as folder,
        _freeradius(Path(yardstick), folder) as theirs,
        site(database, tickets=100_000, sessions=1_000_000) as at,
        serving(at) as server,
    ):
        ours = Rival(
            name="SpotCoffee",
            auth_port=at.auth_port,
            acct_port=at.acct_port,
            cpu=lambda: server.cpu() + server.database_cpu(),
        )
        radload = _built(Path(yardstick), folder, "radload")
        _calibrate(radload, _built(Path(yardstick), folder, "radecho"), report)
        for number in range(rounds):
            for rival in (theirs, ours) if number % 2 == 0 else (ours, theirs):
                _round(radload, rival, number)
            rate = theirs.median("logins, /s") / 2
            for rival in (theirs, ours):
                _at_rate(radload, rival, rate)
    _conclude(database, ours, theirs, report)


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="spotcoffee-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _built(yardstick: Path, folder: Path, name: str) -> str:
    made = folder / name
    subprocess.run(["gcc", "-O2", "-w", "-o", str(made), str(yardstick / "loadgen" / f"{name}.c")], check=True)
    return str(made)


def _calibrate(radload: str, radecho: str, report: Report) -> None:
    """What the generator itself takes when a few lines of C answer it: how this machine is today."""
    auth_port, acct_port = free_ports(2)
    words = f"-l 0 -A {auth_port} -C {acct_port} -t {ECHO_SECONDS + 2}".split()
    with subprocess.Popen([radecho, *words], stdout=subprocess.DEVNULL) as echo:
        time.sleep(0.5)
        nobody = Rival(name="echo", auth_port=auth_port, acct_port=acct_port, cpu=float)
        found = _load(radload, nobody, "-m auth", f"-n 1000000 -t {ECHO_SECONDS}")
        echo.kill()
    report.add(
        part=PART, on="C echo", name="processor, load generator", value=found["gen_cpu_us_per_req"], unit="us each"
    )


@contextmanager
def _freeradius(yardstick: Path, folder: Path) -> Iterator[Rival]:
    """FreeRADIUS on ports and a PostgreSQL of its own."""
    cluster = Cluster(durable=True)
    process: subprocess.Popen[bytes] | None = None
    try:
        cluster.start()
        url = cluster.new_database()
        _seed(url, yardstick / "freeradius" / "sql")
        auth_port, acct_port = free_ports(2)
        raddb = _configured(yardstick / "freeradius" / "raddb", folder, url, ports=(auth_port, acct_port))
        postmaster = _postmaster(url)
        process = _served(raddb, folder, url, acct_port)
        pid = process.pid
        yield Rival(
            name="FreeRADIUS",
            auth_port=auth_port,
            acct_port=acct_port,
            cpu=lambda: cpu_seconds(pid) + family_cpu_seconds(postmaster),
        )
    finally:
        if process is not None:
            process.kill()
            process.wait()
        cluster.stop()


def _seed(url: str, scripts: Path) -> None:
    for path in (Path(_SCHEMA), scripts / "seed_pg.sql", scripts / "tuned_pg.sql"):
        command = [str(BINARIES / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", f"--file={path}", url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{path} failed: {done.stderr}")


def _postmaster(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET max_wal_size = '4GB'")
        connection.execute("SELECT pg_reload_conf()")
        return parent_of(connection.info.backend_pid)


def _configured(source: Path, folder: Path, url: str, *, ports: tuple[int, int]) -> Path:
    """The yardstick's configuration, with our ports and password in it."""
    raddb = folder / "raddb"
    shutil.copytree(source, raddb)
    where = urlsplit(url)
    changes = {
        "listen.inc": {"port = 21812": f"port = {ports[0]}", "port = 21813": f"port = {ports[1]}"},
        "mods-sql.conf": {"port = 25432": f"port = {where.port}", 'password = ""': f'password = "{where.password}"'},
    }
    for name, replaced in changes.items():
        text = (raddb / name).read_text()
        for before, after in replaced.items():
            text = text.replace(before, after)
        (raddb / name).write_text(text)
    return raddb


def _served(raddb: Path, folder: Path, url: str, acct_port: int) -> subprocess.Popen[bytes]:
    choices = {
        "FR_SITE": "sql",
        "FR_DIALECT": "postgresql",
        "FR_DRIVER": "rlm_sql_postgresql",
        "FR_DB": urlsplit(url).path.lstrip("/"),
        "FR_THREADS": str(THREADS),
        "FR_POSTAUTH": "no",
        "FR_CLEANUP": "0",
        "FR_RADDB": str(raddb),
        "FR_RUN": str(folder),
    }
    command = ["/usr/sbin/freeradius", "-d", str(raddb), "-D", "/usr/share/freeradius", "-f"]
    with (folder / "out.log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | choices, stdout=log, stderr=log)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if f":{acct_port:04X} " in Path("/proc/net/udp").read_text():
            return process
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"FreeRADIUS does not start: {(folder / 'out.log').read_text()[-2000:]}")


def _round(radload: str, rival: Rival, number: int) -> None:
    """Logins, then starts, interims and stops of the same sessions, then whole sessions."""
    before = rival.cpu()
    logins = _load(radload, rival, "-m auth", f"-n 1000000 -t {SECONDS} -N {LOGIN_TICKETS}")
    _note(rival, "logins", logins, before)
    first, tag = LOGIN_TICKETS + number * SESSION_TICKETS, f"r{time.time_ns() // 10**6:x}"
    for kind in ("start", "interim", "stop"):
        before = rival.cpu()
        found = _load(radload, rival, f"-m {kind}", f"-n {REPORTS} -t 60 -b {first} -N {SESSION_TICKETS} -g {tag}")
        _note(rival, f"{kind} reports", found, before)
    before = rival.cpu()
    behind = first + SESSION_TICKETS // 2
    mix = _load(radload, rival, "-m life", f"-n 1000000 -t {SECONDS} -b {behind} -N {SESSION_TICKETS // 2} -g L{tag}")
    _note(rival, "whole sessions", mix, before)
    time.sleep(1)


def _note(rival: Rival, what: str, found: dict[str, Any], cpu_before: float) -> None:
    rival.note(f"{what}, /s", found["rps"])
    rival.note(f"{what}: processor, us each", (rival.cpu() - cpu_before) / max(found["answered"], 1) * 1e6)
    if found["lost"] or found["bad"]:
        rival.note(f"{what}, lost or wrong", found["lost"] + found["bad"])


def _at_rate(radload: str, rival: Rival, rate: float) -> None:
    found = _load(
        radload, rival, "-m auth", f"-r {rate:.0f} -n 1000000 -t {SECONDS} -N {LOGIN_TICKETS} -k 16", window=4096
    )
    rival.note("a login at half of what FreeRADIUS takes, p50, us", found["auth"]["p50_us"])
    rival.note("a login at half of what FreeRADIUS takes, p99, us", found["auth"]["p99_us"])


def _load(radload: str, rival: Rival, mode: str, rest: str, *, window: int = WINDOW) -> dict[str, Any]:
    words = f"-A {rival.auth_port} -C {rival.acct_port} -w {window} {mode} {rest}".split()
    done = subprocess.run([radload, *words], capture_output=True, text=True, check=False, timeout=180)
    # Where nothing was answered it writes a rate that is no number.
    found: dict[str, Any] = json.loads(done.stdout.replace("-nan", "0"))
    return found


def _conclude(database: str, ours: Rival, theirs: Rival, report: Report) -> None:
    for measure in theirs.found:
        what, _, unit = measure.rpartition(", ")
        for rival in (theirs, ours):
            if measure in rival.found:
                on = f"{rival.name} ({'postgresql' if rival is theirs else database})"
                report.add(part=PART, on=on, name=what, value=rival.median(measure), unit=unit)
        if measure in ours.found and theirs.median(measure):
            ratio = ours.median(measure) / theirs.median(measure)
            report.add(part=PART, on=f"ratio ({database})", name=what, value=ratio, unit=unit)
