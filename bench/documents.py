"""What printed tickets cost: processor seconds and octets of PDF, the most memory while streaming.

python -m bench.documents
"""

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from spotcoffee.documents.layout import PrintedTicket, TicketFace, Wording
from spotcoffee.documents.receipt import Paper, receipt
from spotcoffee.documents.ticket_sheet import SheetLayout, ticket_sheet
from spotcoffee.domain.codes import ALPHABET, CodeFormat, codes_from, octets_for, printed

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


def measure(draw: Callable[[], Iterator[bytes]]) -> tuple[float, int]:
    """Processor seconds, the least of some rounds, for noise only adds; octets."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        length = sum(map(len, draw()))
        taken.append(time.process_time() - began)
    return min(taken), length


def most_memory(given: list[PrintedTicket]) -> int:
    """Octets held at most, the tickets aside, while they are drawn and given away."""
    tracemalloc.start()
    for _ in ticket_sheet(given, FACE, SheetLayout.MEDIUM):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main() -> None:
    """Print a line for each."""
    given = {count: list(tickets(count)) for count in (1, 1_000, 10_000)}
    rows: list[tuple[str, Callable[[], Iterator[bytes]]]] = [
        *(
            (f"1,000 on A4, {layout.value}", lambda layout=layout: ticket_sheet(given[1_000], FACE, layout))
            for layout in SheetLayout
        ),
        ("10,000 on A4, 3x8", lambda: ticket_sheet(given[10_000], FACE, SheetLayout.MEDIUM)),
        ("1,000 on a roll of 80 mm", lambda: receipt(given[1_000], FACE, Paper.ROLL_80)),
        ("one on a roll of 80 mm", lambda: receipt(given[1], FACE, Paper.ROLL_80)),
    ]
    for title, draw in rows:
        seconds, length = measure(draw)
        print(f"{seconds:8.3f} s {length / 1e6:8.3f} MB  {title}")
    for count in (1_000, 10_000):
        print(f"{most_memory(given[count]) / 1e6:8.3f} MB held at most, {count:,} tickets on A4, 3x8")


if __name__ == "__main__":
    main()
