"""`python -m bench [PART …] [--database …]`: measure, print a table, keep JSON lines in bench/results/."""

import argparse
import os
from datetime import UTC, datetime
from typing import Final

from bench import documents, flat, freeradius, gateway, pages, portal, radius, tickets
from bench.installation import DATABASES
from bench.machine import condition
from bench.report import Report

PARTS: Final = ("radius", "tickets", "documents", "pages", "portal", "gateway", "flat", "freeradius")
YARDSTICK: Final = "SPOTCOFFEE_TEST_YARDSTICK"


def main() -> None:
    """Measure what was asked for."""
    asked = _arguments()
    report = Report(name=datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"), condition=condition())
    databases = DATABASES if asked.database == "both" else (asked.database,)
    try:
        for part in asked.parts or PARTS:
            if part == "freeradius":
                _freeradius(asked, databases, report)
                continue
            if part == "gateway":
                gateway.measure(report, seconds=asked.seconds)
                continue
            if part == "documents":
                documents.measure_prints(report)
            for database in databases:
                _measure(part, database, asked, report)
    finally:
        report.condition.append(f"load after: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
        report.show()


def _measure(part: str, database: str, asked: argparse.Namespace, report: Report) -> None:
    match part:
        case "radius":
            task = radius.Task(
                database=database,
                tickets=asked.tickets,
                sessions=asked.sessions,
                seconds=asked.seconds,
                rounds=asked.rounds,
                generated=asked.generated,
            )
            radius.measure(task, report)
        case "pages":
            pages.measure(database, count=asked.generated, report=report)
        case "portal":
            portal.measure(database, seconds=asked.seconds, report=report)
        case "tickets":
            tickets.measure(database, count=asked.generated, report=report)
        case "documents":
            documents.measure_files(database, report=report)
        case "flat":
            flat.measure(database, seconds=asked.seconds, rounds=asked.rounds, report=report)


def _freeradius(asked: argparse.Namespace, databases: tuple[str, ...], report: Report) -> None:
    yardstick = os.environ.get(YARDSTICK)
    if yardstick is None:
        report.say(f"not compared with FreeRADIUS: {YARDSTICK} does not name the yardstick's folder")
        return
    for database in databases:
        freeradius.compare(database, yardstick=yardstick, rounds=asked.rounds, report=report)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What SpotCoffee costs on this machine.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"{', '.join(PARTS)}; all")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--sessions", type=int, default=1_000_000, help="ended ones, in the past")
    parser.add_argument("--seconds", type=float, default=5.0, help="the most that each timed part takes")
    parser.add_argument("--rounds", type=int, default=3, help="medians of so many")
    parser.add_argument("--generated", type=int, default=1_000_000, help="tickets generated at once; 0: none")
    return parser.parse_args()


if __name__ == "__main__":
    main()
