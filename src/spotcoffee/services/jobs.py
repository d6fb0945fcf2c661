"""Background jobs: added by a use case, claimed by a worker for a while, taken again when that one died.

A claim is a conditional UPDATE: no row means that another won. What a kind of job does stands in `chores`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from spotcoffee.services import reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, NotFound
from spotcoffee.storage.models import Job

# Without a word from its worker for so long a job is free again.
LEASE: Final = timedelta(seconds=60)
MOST_TRIES: Final = 5


class JobState(Enum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_UNFINISHED: Final = (JobState.WAITING.value, JobState.RUNNING.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as people and programs see it; names as in the API, arguments for pages alone."""

    id: int
    kind: str
    arguments: dict[str, Any]
    state: str
    done: int
    total: int
    error: str
    result: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


def add(caller: Caller, kind: str, arguments: Mapping[str, object], *, total: int, now: datetime) -> Job:
    """A new job, for any worker. Belongs into the transaction of what it follows from. total: 0 where unknown."""
    return Job.objects.create(
        organisation_id=caller.organisation_id,
        kind=kind,
        arguments=dict(arguments),
        total=total,
        by=caller.by,
        created_at=now,
    )


def claim(*, worker_id: int, now: datetime, job_id: int | None = None) -> Job | None:
    """Take the oldest job that is free, or this one; None where there is none, or another was faster."""
    _give_up(now)
    free = Q(state=JobState.WAITING.value) | Q(state=JobState.RUNNING.value, claimed_until__lt=now)
    candidates = Job.objects.filter(free) if job_id is None else Job.objects.filter(free, pk=job_id)
    for candidate in candidates.order_by("pk").values_list("pk", flat=True)[:10]:
        won = Job.objects.filter(free, pk=candidate).update(
            state=JobState.RUNNING.value,
            claimed_by=worker_id,
            claimed_until=now + LEASE,
            tries=F("tries") + 1,
            done=0,
        )
        if won:
            return Job.objects.get(pk=candidate)
    return None


def _give_up(now: datetime) -> None:
    lapsed = Job.objects.filter(state=JobState.RUNNING.value, claimed_until__lt=now, tries__gte=MOST_TRIES)
    lapsed.update(state=JobState.FAILED.value, error="its_worker_died", finished_at=now)


def report(job: Job, *, done: int, now: datetime) -> bool:
    """Say how far it is, and keep the claim. False when it was cancelled or is another's now: stop at once."""
    return bool(_mine(job).update(done=done, claimed_until=now + LEASE))


def finish(job: Job, *, done: int, result: Mapping[str, object] | None, now: datetime) -> bool:
    """Conclude it. done: how far it is then. False when it was cancelled or is another's now."""
    ended = {"state": JobState.DONE.value, "done": done, "finished_at": now}
    if result is not None:
        ended["result"] = dict(result)
    return bool(_mine(job).update(**ended))


def fail(job: Job, code: str, *, now: datetime) -> None:
    """Conclude it without success. code: why, for wording."""
    _mine(job).update(state=JobState.FAILED.value, error=code[:500], finished_at=now)


def give_back(job: Job) -> None:
    """Let another worker begin it anew: this one ends in order, which is not the job's fault."""
    _mine(job).update(state=JobState.WAITING.value, claimed_by=None, claimed_until=None, done=0, tries=F("tries") - 1)


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING.value, claimed_by=job.claimed_by, tries=job.tries)


def cancel(caller: Caller, job_id: int, *, now: datetime) -> None:
    """Stop a job at its next step. Raises NotFound, Conflict when it has ended."""
    show(caller, job_id)
    unfinished = Job.objects.filter(pk=job_id, state__in=_UNFINISHED)
    if not unfinished.update(state=JobState.CANCELLED.value, finished_at=now):
        raise Conflict("job_has_ended", id=job_id)


def show(caller: Caller, job_id: int) -> JobView:
    """One of the caller's jobs. Raises NotFound."""
    job = Job.objects.filter(reach.jobs(caller), pk=job_id).first()
    if job is None:
        raise NotFound("no_such_job", id=job_id)
    return _view(job)


def unfinished_of_list(caller: Caller, list_id: int) -> list[JobView]:
    """The jobs that work on a list, oldest first."""
    mine = Job.objects.filter(reach.jobs(caller), state__in=_UNFINISHED, arguments__list=list_id)
    return [_view(job) for job in mine.order_by("pk")]


def _view(job: Job) -> JobView:
    return JobView(**{name: getattr(job, name) for name in JobView.__slots__})


def forget_old(*, now: datetime, kept: timedelta = timedelta(days=30)) -> int:
    """Drop jobs that ended long ago."""
    dropped, _ = Job.objects.filter(finished_at__lt=now - kept).delete()
    return dropped
