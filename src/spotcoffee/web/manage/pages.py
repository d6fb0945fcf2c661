"""What all pages of the staff share: who may see them, in which language, and how a refusal reads."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from spotcoffee.domain.permissions import Action
from spotcoffee.services import refused
from spotcoffee.services.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError
from spotcoffee.web.manage.visitors import Visit, visitor
from spotcoffee.web.surroundings import now
from spotcoffee.wording.problems import fault_in_words, problem_in_words

P = ParamSpec("P")
View = Callable[Concatenate[Visit, P], HttpResponseBase]
# What the database can number.
_GREATEST_ID: Final = 2**63 - 1
_STATUS: Final[dict[type[ServiceError], int]] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422}


def page(action: Action | None) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A view for signed-in staff whose role may do this (None: all of them).

    The view gets a request with its visitor. What services refuse becomes a page that says why.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            who = visitor(request)
            if who is None:
                return redirect_to_login(_page_of(request))
            visit: Visit = request  # type: ignore[assignment]
            try:
                if cast(int, kwargs.get("id", 0)) > _GREATEST_ID:
                    raise NotFound
                if action is not None and not who.may(action):
                    refused.record(who.caller, action, kwargs.get("id"), now=now())
                    raise Forbidden(role=who.role.value)
                return view(visit, *args, **kwargs)
            except ServiceError as error:
                return refusal(visit, error)

        return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)

    return decorate


def _page_of(request: HttpRequest) -> str:
    """Where to go on after a login: the page that was asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.get_full_path()
    form = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(form, {request.get_host()}):
        return "/"
    parts = urlsplit(form)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def show(visit: Visit, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page from `manage/TEMPLATE.html`."""
    return render(visit, f"manage/{template}.html", dict(context), status=status)


def refusal(visit: Visit, error: ServiceError) -> HttpResponse:
    """The page that says why something was not done."""
    status = _STATUS.get(type(error), 409)
    said = problem_in_words(error.code, status, error.fields, language=visit.visitor.language)
    return show(
        visit, "refused", {"said": said, "status": status, "faults": faults_in_words(visit, error)}, status=status
    )


def faults_in_words(visit: Visit, error: ServiceError) -> dict[str, str]:
    """For each field that can't be taken, why; the first fault of each."""
    found: dict[str, str] = {}
    for field, code in error.faults if isinstance(error, Invalid) else ():
        found.setdefault(field, fault_in_words(code, language=visit.visitor.language))
    return found


def say(visit: Visit, sentence: str, *, undo: str = "") -> None:
    """Tell something at the top of the next page. undo: the address that a button "Annuler" posts to."""
    messages.success(visit, sentence, extra_tags=undo)


def warn(visit: Visit, sentence: str) -> None:
    """Tell that something did not come off, at the top of the next page."""
    messages.warning(visit, sentence)


def said_in_words(visit: Visit, error: ServiceError) -> str:
    """A refusal in one sentence, for a notice on a page."""
    return problem_in_words(
        error.code, _STATUS.get(type(error), 409), error.fields, language=visit.visitor.language
    ).detail


def go(address: str) -> HttpResponseRedirect:
    """After a change: look at this page (303, so that a reload does nothing twice)."""
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer
