"""Whether the product can do its work: the store answers, the disk has room, no process has died."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import DatabaseError, InterfaceError, connection

from spotcoffee.services.processes import Overview, overview

# Below this SQLite's log may not find the room that its next commit needs.
LEAST_ROOM: Final = 32 * 1024 * 1024
# A process that died longer ago than this, without another in its place, has been taken out of service.
MISSED_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was found. store_fault and disk_fault: None, or a word that says what is wrong."""

    store_kind: str
    store_fault: str | None
    disk_fault: str | None
    processes: Sequence[Overview]
    missing: Sequence[str]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return self.store_fault is None and self.disk_fault is None and not self.missing


def look(data: Path, *, now: datetime) -> Health:
    """Look at everything. Never raises for a database that is away."""
    fault: str | None = None
    processes: list[Overview] = []
    try:
        processes = overview(now=now)
    except (DatabaseError, InterfaceError):
        fault = "unreachable"
        connection.close()
    return Health(
        store_kind=connection.vendor,
        store_fault=fault,
        disk_fault=_disk_fault(data),
        processes=processes,
        missing=_missing(processes, now=now),
    )


def _disk_fault(data: Path) -> str | None:
    try:
        return "full" if shutil.disk_usage(data).free < LEAST_ROOM else None
    except OSError:
        return "unreachable"


def _missing(processes: Sequence[Overview], *, now: datetime) -> list[str]:
    """The kinds of process that died somewhere, with no living one in their place there."""
    alive = {(process.kind, process.host) for process in processes if process.alive}
    died = {
        (process.kind, process.host)
        for process in processes
        if not process.alive and now - process.heartbeat_at < MISSED_FOR
    }
    return sorted({kind for kind, _ in died - alive})
