"""What printed tickets and files cost: processor seconds, octets, the most memory while they are sent."""

import json
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from bench import reportlab_sheet
from bench.installation import ROOT, site
from bench.report import Report
from bench.tickets import EXPORTED, start
from spotcoffee.documents.layout import PrintedTicket, TicketFace, Wording
from spotcoffee.documents.receipt import Paper, receipt
from spotcoffee.documents.ticket_sheet import SheetLayout, ticket_sheet
from spotcoffee.domain.codes import ALPHABET, CodeFormat, codes_from, octets_for, printed

PART: Final = "documents"
ROUNDS: Final = 3
FACE: Final = TicketFace(
    wordings=(
        Wording(
            language="fr",
            grant="2 heures de connexion",
            conditions="à utiliser en 24 heures, sur 1 appareil",
            validity="avant le 30/09/2026",
        ),
        Wording(
            language="en", grant="2 hours online", conditions="within 24 hours, on 1 device", validity="by 30 Sept 2026"
        ),
    ),
    place="Camping & café des Deux Rives",
    network="DEUX-RIVES",
    price="3,00 €",
)


def tickets(count: int) -> Iterator[PrintedTicket]:
    """Codes of ten characters, each with its address; the same ones every time."""
    drawn = CodeFormat(ALPHABET, 10)
    octets = random.Random(1).randbytes(octets_for(count, drawn))
    for code in islice(codes_from(octets, drawn), count):
        yield PrintedTicket(printed(code), None, f"https://wifi.les-deux-rives.fr/t/{code}")


def measured(draw: Callable[[], Iterable[bytes]]) -> tuple[float, int]:
    """Processor seconds, the least of some rounds, for noise only adds; octets."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        length = sum(map(len, draw()))
        taken.append(time.process_time() - began)
    return min(taken), length


def most_memory(draw: Callable[[], Iterable[bytes]]) -> int:
    """Octets held at most, the tickets aside, while they are drawn and given away."""
    tracemalloc.start()
    for _ in draw():
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def measure_prints(report: Report) -> None:
    """Prints of tickets that lie ready, each with its QR."""
    given = {count: list(tickets(count)) for count in (1, 1_000, 10_000)}
    rows: list[tuple[str, Callable[[], Iterable[bytes]]]] = [
        *(
            (f"1,000 on A4, {layout.value}", lambda layout=layout: ticket_sheet(given[1_000], FACE, layout))
            for layout in SheetLayout
        ),
        ("1,000 on A4, 3x8, by reportlab", lambda: [reportlab_sheet.sheet(given[1_000], FACE)]),
        ("10,000 on A4, 3x8", lambda: ticket_sheet(given[10_000], FACE, SheetLayout.MEDIUM)),
        ("1,000 on a roll of 80 mm", lambda: receipt(given[1_000], FACE, Paper.ROLL_80)),
        ("one on a roll of 80 mm", lambda: receipt(given[1], FACE, Paper.ROLL_80)),
    ]
    for title, draw in rows:
        seconds, length = measured(draw)
        report.add(part=PART, on="processor", name=title, value=seconds, unit="s")
        report.add(part=PART, on="size", name=title, value=length / 1e6, unit="MB")
    for count in (1_000, 10_000):
        most = most_memory(lambda count=count: ticket_sheet(given[count], FACE, SheetLayout.MEDIUM))
        report.add(part=PART, on="memory", name=f"{count:,} on A4, 3x8", value=most / 1e6, unit="MB")
    most = most_memory(lambda: [reportlab_sheet.sheet(given[1_000], FACE)])
    report.add(part=PART, on="memory", name="1,000 on A4, 3x8, by reportlab", value=most / 1e6, unit="MB")


def measure_files(database: str, *, report: Report) -> None:
    """The files of a list of 100,000 tickets, read from the database as the API does."""
    report.say(f"files on {database}")
    with site(database, tickets=1_000, sessions=0) as at:
        start(at, EXPORTED, rush=True).communicate()
        command = [sys.executable, "-m", "bench.prepared", "exports", str(at.organisation_id), str(at.empty_list_id)]
        said = subprocess.run(command, cwd=ROOT, env=at.environment, capture_output=True, text=True, check=True)
        for line in said.stdout.splitlines():
            report.add(part=PART, on=database, **json.loads(line))
