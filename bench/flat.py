"""Whether a login costs the same however many tickets there are: 1,000 of them, spread evenly over the table, log in
again and again.
"""

from statistics import median
from typing import Final

from bench.installation import site
from bench.load import Generator, Plan
from bench.packets import Kind
from bench.report import Report
from bench.server import Server, serving

PART: Final = "flat"
SIZES: Final = (1_000, 100_000, 1_000_000)
HOT: Final = 1_000
# Past sessions of each ticket, up to the most that the aims speak of.
SESSIONS_EACH: Final = 10
MOST_SESSIONS: Final = 1_000_000


def measure(database: str, *, seconds: float, rounds: int, report: Report) -> None:
    """Processor time and rate of logins, for each size."""
    for size in SIZES:
        sessions = min(size * SESSIONS_EACH, MOST_SESSIONS)
        report.say(f"seeding {database}: {size:,} tickets, {sessions:,} past sessions")
        with site(database, tickets=size, sessions=sessions) as at, serving(at) as server, Generator() as generator:
            _log_in(server, generator, size, seconds=seconds, rounds=rounds, report=report)


def _log_in(server: Server, generator: Generator, size: int, *, seconds: float, rounds: int, report: Report) -> None:
    hot = [number * size // HOT for number in range(HOT)]
    plan = Plan(
        kind=Kind.LOGIN, port=server.site.auth_port, tickets=hot * int(seconds * 10), session="flat", seconds=seconds
    )
    costs, rates = [], []
    for _ in range(rounds + 1):
        before = server.cpu() + server.database_cpu()
        outcome = generator.ask(plan)
        costs.append((server.cpu() + server.database_cpu() - before) / outcome.answered * 1e6)
        rates.append(outcome.rate)
    on, words = server.site.database, f"{size:,} tickets"
    # The first round warms up.
    report.add(part=PART, on=on, name=f"{words}: processor", value=median(costs[1:]), unit="us each")
    report.add(part=PART, on=on, name=f"{words}: logins", value=median(rates[1:]), unit="/s")
    report.add(part=PART, on=on, name=f"{words}: peak memory", value=server.peak_mb(), unit="MB")
