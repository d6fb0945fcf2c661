"""How big work gives way to guests: short transactions, and a sleep as long as each took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

# No transaction off the hot path writes more rows than this, nor should hold SQLite's lock longer (seconds).
MOST_ROWS: Final = 1_000
_AIM: Final = 0.012
_LEAST_ROWS: Final = 200


@dataclass(slots=True, kw_only=True)
class Pace:
    """The rhythm of one piece of big work. clock: aware instants. stopwatch: seconds. sleep: takes seconds.

    rows: how many the next transaction may write; it follows the machine.
    """

    clock: Callable[[], datetime]
    stopwatch: Callable[[], float]
    sleep: Callable[[float], None]
    rows: int = 500

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction; then a sleep as long as it held the lock."""
        with transaction.atomic():
            began = self.stopwatch()
            yield
        held = self.stopwatch() - began
        # On PostgreSQL others write meanwhile: the step takes all the rows that it may.
        if transaction.get_connection().vendor == "postgresql":
            self.rows = MOST_ROWS
        elif held > 0:
            aimed = int(self.rows * _AIM / held)
            # Whole hundreds: the database then meets few different statements.
            self.rows = max(_LEAST_ROWS, min(MOST_ROWS, aimed, self.rows * 2) // 100 * 100)
        self.sleep(held)
