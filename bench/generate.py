"""Generate tickets as the product does, and say how long it took.

python -m bench.prepared generate ORGANISATION LIST COUNT (pace|rush)
"""

import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from spotcoffee.project.environment import load_settings
from spotcoffee.services.callers import Caller
from spotcoffee.services.generation import generate
from spotcoffee.services.pacing import Pace
from spotcoffee.storage.keys import load_or_make_keys


def main(argv: Sequence[str]) -> None:
    """pace: giving way to guests as always; rush: as if there were none. Prints seconds."""
    organisation_id, list_id, count = (int(word) for word in argv[:3])
    pace = Pace(
        clock=lambda: datetime.now(UTC),
        stopwatch=time.monotonic,
        sleep=_rush if argv[3] == "rush" else time.sleep,
    )
    keys = load_or_make_keys(load_settings(None, os.environ).keys_path)
    began = time.monotonic()
    generate(Caller(organisation_id, "bench"), list_id, count, keys=keys, pace=pace)
    sys.stdout.write(f"{time.monotonic() - began:.3f}\n")


def _rush(_seconds: float) -> None:
    """No guest waits: do not sleep."""
