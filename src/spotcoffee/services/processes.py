"""The processes that run: each says that it lives, what it counted, and reads how the others are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spotcoffee.storage.models import Process

# Without a heartbeat for so long a process counts as gone.
ALIVE: Final = timedelta(seconds=15)
KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One process as /health and /metrics show it."""

    id: int
    kind: str
    host: str
    pid: int
    version: str
    alive: bool
    heartbeat_at: datetime
    swept_at: datetime | None
    counters: dict[str, int]


def register(kind: str, *, host: str, pid: int, version: str, now: datetime) -> int:
    """Say that a process has started. Answers its id."""
    process = Process.objects.create(kind=kind, host=host, pid=pid, version=version, started_at=now, heartbeat_at=now)
    return int(process.pk)


def beat(process_id: int, *, counters: dict[str, int], now: datetime) -> None:
    """Say that it lives, and what it has counted."""
    Process.objects.filter(pk=process_id).update(heartbeat_at=now, counters=counters)


def swept(process_id: int, *, now: datetime) -> None:
    """Say that its sweep has been through."""
    Process.objects.filter(pk=process_id).update(swept_at=now)


def stop(process_id: int, *, now: datetime) -> None:
    """Say that it ends in order."""
    Process.objects.filter(pk=process_id).update(stopped_at=now)


def overview(*, now: datetime) -> list[Overview]:
    """The processes that have not ended in order, newest first."""
    return [
        Overview(
            id=process.pk,
            kind=process.kind,
            host=process.host,
            pid=process.pid,
            version=process.version,
            alive=now - process.heartbeat_at < ALIVE,
            heartbeat_at=process.heartbeat_at,
            swept_at=process.swept_at,
            counters=process.counters,
        )
        for process in Process.objects.filter(stopped_at=None).order_by("-id")
    ]


def forget_old(*, now: datetime) -> int:
    """Drop the rows of processes that ended, or died, long ago."""
    dropped, _ = Process.objects.filter(heartbeat_at__lt=now - KEPT).delete()
    return dropped
