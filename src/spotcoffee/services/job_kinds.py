"""What each kind of job does: one table, walked by the worker, and by a command that does not wait for one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError

from spotcoffee.services import generation, handouts, jobs, revocations
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, ServiceError
from spotcoffee.services.follow_ups import follow_list
from spotcoffee.services.offers import APPLY_OFFER
from spotcoffee.services.pacing import Pace
from spotcoffee.services.ticket_lists import APPLY_BINDING
from spotcoffee.storage.instants import from_micros
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Job, TicketList

GENERATE: Final = "generate_tickets"
HAND_OUT: Final = "hand_out"
REVOKE: Final = "revoke_tickets"
RESTORE: Final = "restore_tickets"
# How often a running job says how far it is.
_REPORT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What jobs work with. interim_interval: seconds, where an access point has none of its own.

    ending: whether this process is asked to end; then a job stops at its next step, for another worker.
    """

    keys: KeyRing
    pace: Pace
    interim_interval: int
    ending: Callable[[], bool] = lambda: False


@dataclass(slots=True)
class _Reporter:
    """Keeps the claim on a job, and says how far it is about once a second."""

    job: Job
    tools: Tools
    done: int = 0
    lost: bool = False
    _reported_at: datetime | None = field(default=None)

    def at(self, done: int) -> bool:
        """So many are done. False: stop."""
        self.done = done
        now = self.tools.pace.clock()
        if self._reported_at is None or now - self._reported_at >= _REPORT:
            self._reported_at = now
            self.lost = not jobs.report(self.job, done=done, now=now)
        return not self.lost and not self.tools.ending()

    def more(self, done: int) -> bool:
        """So many more are done. False: stop."""
        return self.at(self.done + done)


Result = Mapping[str, object] | None


def _apply_offer(job: Job, tools: Tools, reporter: _Reporter) -> Result:
    for list_id in TicketList.objects.filter(offer_id=job.arguments["offer"]).values_list("pk", flat=True):
        _follow(list_id, tools, reporter)
    return None


def _apply_binding(job: Job, tools: Tools, reporter: _Reporter) -> Result:
    _follow(job.arguments["list"], tools, reporter)
    return None


def _follow(list_id: int, tools: Tools, reporter: _Reporter) -> None:
    follow_list(list_id, interim_interval=tools.interim_interval, pace=tools.pace, progress=reporter.more)


def _generate(job: Job, tools: Tools, reporter: _Reporter) -> Result:
    generation.generate(
        Caller(job.organisation_id, job.by),
        job.arguments["list"],
        job.arguments["count"],
        keys=tools.keys,
        pace=tools.pace,
        progress=reporter.at,
        # Shown in the transaction that concludes the job: of two workers that took it, one shows its tickets.
        conclude=lambda batch: jobs.finish(job, done=batch.count, result={"batch": batch.pk}, now=tools.pace.clock()),
    )
    return None


def _hand_out(job: Job, tools: Tools, reporter: _Reporter) -> Result:
    asked = job.arguments
    handouts.take(
        Caller(job.organisation_id, job.by),
        asked["list"],
        pace=tools.pace,
        only=asked["only"],
        format=asked["format"],
        profile=asked["profile"],
        options=asked.get("options", {}),
        progress=reporter.at,
        conclude=lambda handout: jobs.finish(
            job, result={"handout": handout.pk}, done=handout.count, now=tools.pace.clock()
        ),
    )
    return None


def _revoke(job: Job, tools: Tools, reporter: _Reporter) -> Result:
    asked = job.arguments
    revocations.revoke_chosen(
        Caller(job.organisation_id, job.by),
        asked["list"],
        asked["chosen"],
        keys=tools.keys,
        interim_interval=tools.interim_interval,
        pace=tools.pace,
        # The instant by which `restore` finds them: that of asking, however often the job is begun.
        at=from_micros(asked["at"]),
        progress=reporter.more,
    )
    return {"revoked": asked["list"], "at": asked["at"]}


def _restore(job: Job, tools: Tools, reporter: _Reporter) -> Result:
    asked = job.arguments
    revocations.restore_revoked(
        Caller(job.organisation_id, job.by),
        asked["list"],
        from_micros(asked["at"]),
        interim_interval=tools.interim_interval,
        pace=tools.pace,
        progress=reporter.more,
    )
    return {"restored": asked["list"]}


KINDS: Final[Mapping[str, Callable[[Job, Tools, _Reporter], Result]]] = {
    APPLY_OFFER: _apply_offer,
    APPLY_BINDING: _apply_binding,
    GENERATE: _generate,
    HAND_OUT: _hand_out,
    REVOKE: _revoke,
    RESTORE: _restore,
}


def run_next(tools: Tools, *, worker_id: int) -> bool:
    """Take the oldest free job and do it. False when there was none."""
    job = jobs.claim(worker_id=worker_id, now=tools.pace.clock())
    if job is None:
        return False
    _run(job, tools)
    return True


def run_now(job: Job, tools: Tools) -> None:
    """Do this job here, unless a worker has taken it. Raises Conflict when it failed."""
    claimed = jobs.claim(worker_id=0, now=tools.pace.clock(), job_id=job.pk)
    if claimed is not None:
        _run(claimed, tools)
        claimed.refresh_from_db()
        if claimed.state == jobs.JobState.FAILED.value:
            raise Conflict(claimed.error)


def _run(job: Job, tools: Tools) -> None:
    reporter = _Reporter(job, tools)
    try:
        result = KINDS[job.kind](job, tools, reporter)
    except ServiceError as refused:
        if not tools.ending():
            jobs.fail(job, refused.code, now=tools.pace.clock())
            return
    except DatabaseError:
        # Taken again when the lease ends.
        raise
    except Exception:
        jobs.fail(job, "failed", now=tools.pace.clock())
        raise
    if tools.ending():
        jobs.give_back(job)
    elif not reporter.lost:
        jobs.finish(job, done=reporter.done, result=result, now=tools.pace.clock())


def add_generation(caller: Caller, list_id: int, count: int, *, now: datetime) -> Job:
    """Generate tickets in the background."""
    return jobs.add(caller, GENERATE, {"list": list_id, "count": count}, total=count, now=now)
