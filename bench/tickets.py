"""Many tickets at once: generated and stored, exported."""

import subprocess
import sys
import time
from typing import Final

from bench.installation import ROOT, SPOTCOFFEE, Site, site
from bench.report import Report

PART: Final = "tickets"
EXPORTED: Final = 100_000


def start(at: Site, count: int, *, rush: bool = False) -> subprocess.Popen[str]:
    """Begin to generate in a process of its own. rush: without giving way to guests."""
    command = [sys.executable, "-m", "bench.prepared", "generate"]
    command += [str(at.organisation_id), str(at.empty_list_id), str(count), "rush" if rush else "pace"]
    return subprocess.Popen(command, cwd=ROOT, env=at.environment, stdout=subprocess.PIPE, text=True)


def measure(database: str, *, count: int, report: Report) -> None:
    """Generate so many, with and without giving way; export some."""
    report.say(f"tickets on {database}")
    with site(database, tickets=1_000, sessions=0) as at:
        _export(at, report)
        for rush in (False, True):
            said, _ = start(at, count, rush=rush).communicate()
            name = f"{count:,} generated and stored" + (", not giving way to guests" if rush else "")
            report.add(part=PART, on=database, name=name, value=float(said), unit="s")


def _export(at: Site, report: Report) -> None:
    start(at, EXPORTED).communicate()
    began = time.monotonic()
    command = [SPOTCOFFEE, "tickets", "export", str(at.empty_list_id)]
    done = subprocess.run(command, cwd=at.folder, env=at.environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        report.say(f"`spotcoffee tickets export` is not measured: {last}")
        return
    taken = time.monotonic() - began
    report.add(part=PART, on=at.database, name=f"{EXPORTED:,} exported as CSV", value=taken, unit="s")
