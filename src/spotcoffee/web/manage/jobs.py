"""Big work: a bar, a count, an end in sight. The page survives a reload, the work a crash."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from spotcoffee.domain.permissions import Action
from spotcoffee.services import job_kinds, offers, ticket_lists
from spotcoffee.services import jobs as services
from spotcoffee.services.jobs import JobView
from spotcoffee.web.manage.pages import go, page, show, warn
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import now
from spotcoffee.wording.problems import problem_in_words

_RUNNING = frozenset({services.JobState.WAITING.value, services.JobState.RUNNING.value})


@require_safe
@page(Action.SEE_JOB)
def job(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """How far it is; the bar alone where the page asks for it anew."""
    view = services.show(visit.visitor.caller, id)
    context = {"job": view, "title": _title(view), **_progress(view, now()), **_outcome(visit, view)}
    return show(visit, "_job" if visit.headers.get("HX-Request") else "job", context)


@require_POST
@page(Action.CANCEL_JOB)
def cancel_job(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Stop it at its next step."""
    services.cancel(visit.visitor.caller, id, now=now())
    warn(visit, gettext("The work is stopped."))
    return go(reverse("job", args=[id]))


def _progress(view: JobView, at: datetime) -> dict[str, Any]:
    running = view.state in _RUNNING
    left: timedelta | None = None
    if running and view.total and 0 < view.done < view.total:
        left = (at - view.created_at) * (view.total - view.done) / view.done
    seconds = None if left is None else max(1, round(left.total_seconds()))
    return {"is_running": running, "seconds_left": seconds}


def _title(view: JobView) -> str:
    match view.kind:
        case job_kinds.GENERATE:
            return gettext("Generating tickets")
        case job_kinds.HAND_OUT:
            return gettext("Handing tickets out")
        case job_kinds.REVOKE:
            return gettext("Revoking tickets")
        case job_kinds.RESTORE:
            return gettext("Restoring tickets")
        case offers.APPLY_OFFER | ticket_lists.APPLY_BINDING:
            return gettext("Telling guests online of a change")
        case _:
            return gettext("Work")


def _outcome(visit: Visit, view: JobView) -> dict[str, Any]:
    """Where its result is, why it failed, what takes it back."""
    made, list_id = view.result or {}, view.arguments.get("list")
    error = ""
    if view.state == services.JobState.FAILED.value:
        error = problem_in_words(view.error, 409, {}, language=visit.visitor.language).detail
    return {
        "error": error,
        "handout": made.get("handout"),
        "list_id": list_id,
        "undo": reverse("restore-tickets", args=[list_id, made["at"]]) if "revoked" in made else "",
    }
