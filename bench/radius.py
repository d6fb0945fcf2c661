"""The RADIUS server under load: how many, how soon, at what cost of processor and memory."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bench import tickets
from bench.installation import Site, site
from bench.load import Generator, Outcome, Plan
from bench.machine import flush_ms
from bench.packets import Kind
from bench.report import Report
from bench.server import Server, serving

PART: Final = "radius"
REPORTS: Final = (Kind.START, Kind.INTERIM, Kind.STOP)
# No machine that this will run on answers more.
MOST_A_SECOND: Final = 12_000
LONE: Final = 300
# What a very busy site asks.
BESIDE_GENERATION: Final = 500.0
_tags: Final = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How to measure. seconds: of each timed part. rounds: how often; medians count."""

    database: str
    tickets: int
    sessions: int
    seconds: float
    rounds: int
    generated: int


@dataclass(slots=True, kw_only=True)
class Bench:
    """A server under load. samples: figure's name and unit to what the rounds found."""

    task: Task
    server: Server
    generator: Generator
    report: Report
    samples: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    _next_ticket: int = 0

    @property
    def site(self) -> Site:
        """The installation."""
        return self.server.site

    def note(self, name: str, unit: str, value: float) -> None:
        """Keep what one round found."""
        self.samples.setdefault((name, unit), []).append(value)

    def conclude(self) -> None:
        """Report the median of each figure's rounds."""
        for (name, unit), found in self.samples.items():
            self.report.add(part=PART, on=self.task.database, name=name, value=median(found), unit=unit)

    def fresh(self, count: int) -> Sequence[int]:
        """The next tickets, those that have rested longest; from the first on again when all had their turn."""
        count = min(count, self.task.tickets)
        first, self._next_ticket = self._next_ticket, (self._next_ticket + count) % self.task.tickets
        return [(first + number) % self.task.tickets for number in range(count)]

    def log_in(
        self, chosen: Sequence[int], session: str, *, rate: float | None = None, window: int = 512, seconds: float = 0.0
    ) -> Outcome:
        """Logins for these tickets."""
        return self.generator.ask(
            Plan(
                kind=Kind.LOGIN,
                port=self.site.auth_port,
                tickets=chosen,
                session=session,
                seconds=seconds or self.task.seconds,
                rate=rate,
                window=window,
            )
        )

    def tell(
        self, kind: Kind, of: Outcome, session: str, *, rate: float | None = None, echoed: bool, seconds: float = 60.0
    ) -> Outcome:
        """One report for each session of these logins. echoed: with the Class of its Accept."""
        return self.generator.ask(
            Plan(
                kind=kind,
                port=self.site.acct_port,
                tickets=of.tickets,
                session=session,
                seconds=seconds,
                rate=rate,
                classes=of.classes if echoed else {},
            )
        )


def measure(task: Task, report: Report) -> None:
    """Measure all of it on one database."""
    report.say(f"seeding {task.database}: {task.tickets:,} tickets, {task.sessions:,} past sessions")
    with (
        site(task.database, tickets=task.tickets, sessions=task.sessions) as at,
        serving(at) as server,
        Generator() as generator,
    ):
        bench = Bench(task=task, server=server, generator=generator, report=report)
        bench.log_in(bench.fresh(500), "warm")
        for _ in range(task.rounds):
            alone(bench)
            saturated(bench)
        half_loaded(bench)
        if task.generated:
            beside_generation(bench)
        bench.note("peak memory", "MB", server.peak_mb())
        bench.conclude()


def alone(bench: Bench) -> None:
    """One login at a time, beside what the disk itself takes."""
    bench.note("the disk's own flush", "ms", flush_ms(bench.site.folder))
    outcome = bench.log_in(bench.fresh(LONE), _tag(), window=1)
    bench.note("a lone login, p50", "ms", outcome.percentile_ms(0.5))
    bench.note("a lone login, p99", "ms", outcome.percentile_ms(0.99))


def saturated(bench: Bench) -> None:
    """Whole sessions as fast as they are answered, with Class echoed and without."""
    for echoed in (True, False):
        session = _tag()
        with _costed(bench, "logins") as costs:
            logins = bench.log_in(bench.fresh(int(bench.task.seconds * MOST_A_SECOND)), session)
            costs.append(logins)
        words = "reports with Class" if echoed else "reports without Class"
        with _costed(bench, words) as costs:
            for kind in REPORTS:
                outcome = bench.tell(kind, logins, session, echoed=echoed)
                bench.note(f"{kind.value} {words.removeprefix('reports ')}", "/s", outcome.rate)
                costs.append(outcome)


@contextmanager
def _costed(bench: Bench, what: str) -> Iterator[list[Outcome]]:
    """Rate, processor time and commits of the outcomes that the block puts into the list."""
    server = bench.server
    before = server.counters()
    cpu, database_cpu = server.cpu(), server.database_cpu()
    outcomes: list[Outcome] = []
    yield outcomes
    cpu, database_cpu = server.cpu() - cpu, server.database_cpu() - database_cpu
    after = server.counters()
    answered = sum(outcome.answered for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    if not answered:
        raise RuntimeError(f"{what}: nothing was answered, {sum(outcome.lost for outcome in outcomes)} were lost")
    commits = after["batch.count"] - before.get("batch.count", 0)
    bench.note(f"{what}", "/s", answered / seconds)
    bench.note(f"{what}: processor, server", "us each", cpu / answered * 1e6)
    if server.site.postmaster is not None:
        bench.note(f"{what}: processor, database", "us each", database_cpu / answered * 1e6)
    bench.note(f"{what}: processor, load generator", "us each", sum(o.cpu for o in outcomes) / answered * 1e6)
    bench.note(f"{what}: commits", "/s", commits / seconds)
    for name in ("lost", "refused"):
        found = sum(getattr(outcome, name) for outcome in outcomes)
        if found:
            bench.note(f"{what}: {name}", "", found)


def half_loaded(bench: Bench) -> None:
    """Latencies at half of what saturates, each from the instant at which its request was due."""
    login_rate = median(bench.samples["logins", "/s"]) / 2
    report_rate = median(bench.samples["reports with Class", "/s"]) / 2
    seconds, session = bench.task.seconds, _tag()
    logins = bench.log_in(bench.fresh(int(login_rate * seconds)), session, rate=login_rate, seconds=seconds * 2)
    _latencies(bench, "a login at half load", logins)
    bench.tell(Kind.START, logins, session, echoed=True)
    interims = bench.tell(Kind.INTERIM, logins, session, rate=report_rate, echoed=True)
    _latencies(bench, "a report at half load", interims)
    bench.tell(Kind.STOP, logins, session, echoed=True)


def _latencies(bench: Bench, what: str, outcome: Outcome) -> None:
    for share in (0.5, 0.95, 0.99):
        bench.note(f"{what}, p{share * 100:.0f}", "ms", outcome.percentile_ms(share))
    if outcome.lost:
        bench.note(f"{what}: lost", "", outcome.lost)


def beside_generation(bench: Bench) -> None:
    """Logins while another process generates tickets, and the same without it."""
    rate = min(BESIDE_GENERATION, median(bench.samples["logins", "/s"]) / 2)
    count = int(rate * bench.task.seconds * 2)
    quiet = bench.log_in(bench.fresh(count), _tag(), rate=rate, seconds=60)
    generation = tickets.start(bench.site, bench.task.generated)
    try:
        beside = bench.log_in(bench.fresh(count), _tag(), rate=rate, seconds=60)
        still = generation.poll() is None
    finally:
        generation.terminate()
        generation.wait()
    if not still:
        bench.report.say("the generation ended before the logins: take more tickets or fewer seconds")
    words = f"a login at {rate:.0f}/s, p99"
    bench.note(words, "ms", quiet.percentile_ms(0.99))
    bench.note(f"{words}, while {bench.task.generated:,} tickets are generated", "ms", beside.percentile_ms(0.99))


def _tag() -> str:
    """What makes the session numbers of one part its own."""
    return f"{next(_tags):x}-"
