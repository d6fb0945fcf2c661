"""`/jobs`: how far big work has come."""

from typing import Any, Literal, cast

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status

from spotcoffee.domain.permissions import Action
from spotcoffee.services import jobs as services
from spotcoffee.services.callers import Caller
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.kinds import Id
from spotcoffee.web.surroundings import now

router = Router(tags=["jobs"])


class Job(Schema):
    """One piece of big work. result_url: where its result is, once it is done. error: why it failed."""

    id: int
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    done: int
    total: int
    result_url: str | None
    error: str | None


def job_seen(caller: Caller, job_id: int) -> Job:
    """A job as it is answered. Raises NotFound."""
    view = services.show(caller, job_id)
    return Job(
        id=view.id,
        state=cast(Any, view.state),
        done=view.done,
        total=view.total,
        result_url=_result_url(view),
        error=view.error or None,
    )


def _result_url(view: services.JobView) -> str | None:
    made = view.result or {}
    if "handout" in made:
        return f"/api/v1/handouts/{made['handout']}/file"
    return f"/api/v1/tickets?batch={made['batch']}" if "batch" in made else None


@router.get("/{id}", response=Job, summary="Show a job")
@allowed(Action.SEE_JOB)
def show_job(request: HttpRequest, id: Path[Id]) -> Any:
    """How far it is."""
    return job_seen(caller_of(request), id)


@router.delete("/{id}", response={204: None}, summary="Cancel a job")
@allowed(Action.CANCEL_JOB)
def cancel_job(request: HttpRequest, id: Path[Id]) -> Status[None]:
    """It stops at its next step, and nothing of it is left."""
    services.cancel(caller_of(request), id, now=now())
    return Status(204, None)
