"""The files of a hand-out of a whole list, as a page or a program reads them: seconds, and memory beyond the product's.

python -m bench.prepared exports ORGANISATION LIST
"""

import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from spotcoffee.project.environment import load_settings
from spotcoffee.services import handouts
from spotcoffee.services.callers import Caller
from spotcoffee.services.pacing import Pace
from spotcoffee.services.printing import Site
from spotcoffee.storage.keys import load_or_make_keys
from spotcoffee.storage.models import Handout, TicketList
from spotcoffee.wording.documents import handout_file


def main(arguments: Sequence[str]) -> None:
    """Take the list's tickets, then read the hand-out in each format; a line of JSON for each figure."""
    organisation_id, list_id = map(int, arguments)
    pace = Pace(clock=lambda: datetime.now(UTC), stopwatch=time.perf_counter, sleep=lambda _: None)
    began = time.monotonic()
    taken = handouts.take(Caller(organisation_id, "bench"), list_id, pace=pace)
    _say(name=f"{taken.count:,} handed out", value=time.monotonic() - began, unit="s")
    source = TicketList.objects.select_related("organisation").get(pk=list_id)
    for kind in ("csv", "xlsx"):
        _read(taken, source, kind)


def _read(taken: Handout, source: TicketList, kind: str) -> None:
    taken.format = kind
    keys = load_or_make_keys(load_settings(None, os.environ).keys_path)
    before, began = _memory(), time.monotonic()
    file = handout_file(taken, source, keys=keys, site=Site(portal_address="https://wifi.example"))
    length = sum(map(len, file.pieces))
    _say(name=f"{taken.count:,} read as {kind}", value=time.monotonic() - began, unit="s")
    _say(name=f"{taken.count:,} read as {kind}, size", value=length / 1e6, unit="MB")
    _say(name=f"{taken.count:,} read as {kind}, more memory", value=_memory() - before, unit="MB")


def _memory() -> float:
    """The most that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say(**figure: object) -> None:
    sys.stdout.write(json.dumps(figure) + "\n")
