"""The staff's pages before 1,000,000 tickets in 500 lists: time of the server at the 95th percentile, and queries."""

import json
import subprocess
import sys
from typing import Final

from bench.installation import ROOT, site
from bench.report import Report

PART: Final = "pages"
LISTS: Final = 500
ROUNDS: Final = 40


def measure(database: str, *, count: int, report: Report) -> None:
    """Measure on one database. count: tickets in all."""
    report.say(f"pages on {database}: {count:,} tickets in {LISTS} lists")
    with site(database, tickets=1, sessions=0) as at:
        command = [sys.executable, "-m", "bench.prepared", "page_times", str(LISTS), str(count // LISTS), str(ROUNDS)]
        said = subprocess.run(
            command, cwd=ROOT, env=at.environment, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
    for page in json.loads(said.splitlines()[-1]):
        report.add(part=PART, on=database, name=f"{page['name']}, p95", value=page["p95"], unit="ms")
        if page["queries"]:
            report.add(part=PART, on=database, name=f"{page['name']}, queries", value=page["queries"], unit="")
