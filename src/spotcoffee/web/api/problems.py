"""Every refusal as application/problem+json (RFC 9457), in the request's language."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from spotcoffee.services.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError
from spotcoffee.storage.keys import KeysUnusable
from spotcoffee.web.api.faults import faults_of
from spotcoffee.web.api.languages import language_of
from spotcoffee.wording.problems import fault_in_words, problem_in_words

MEDIA_TYPE: Final = "application/problem+json"
PREFIX: Final = "/api/v1/"
# What a status means where nothing more is known.
BY_STATUS: Final = {
    400: "malformed",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large_a_request",
    422: "invalid",
    429: "too_many_requests",
    500: "our_fault",
    503: "store_away",
}

log = structlog.get_logger()


def problem(
    request: HttpRequest,
    status: int,
    code: str | None = None,
    *,
    fields: Mapping[str, object] | None = None,
    faults: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The answer that says what is wrong. faults: (field, code) of each field."""
    code = code or BY_STATUS[status]
    language = language_of(request)
    said = problem_in_words(code, status, fields or {}, language=language)
    body: dict[str, Any] = {
        "type": f"urn:spotcoffee:problem:{code}",
        "title": said.title,
        "status": status,
        "detail": said.detail,
    }
    if faults:
        body["errors"] = [
            {"field": field, "code": fault, "message": fault_in_words(fault, language=language)}
            for field, fault in faults
        ]
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    answer["Content-Language"] = language
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        answer["Retry-After"] = "10"
    return answer


def _refused(request: HttpRequest, error: ServiceError) -> HttpResponse:
    match error:
        case Invalid():
            return problem(request, 422, faults=error.faults)
        case NotFound():
            return problem(request, 404, error.code, fields=error.fields)
        case Forbidden():
            return problem(request, 403, error.code, fields=error.fields)
        case Conflict():
            return problem(request, 409, error.code, fields=error.fields)
        case _:
            return problem(request, 409, error.code, fields=error.fields)


def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if any(one["loc"][0] == "path" for one in error.errors):
        # No number that could be an id: there is nothing there.
        return problem(request, 404)
    return problem(request, 422, faults=faults_of(error.errors))


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code if error.status_code in BY_STATUS else 400)


def _store_away(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("store_failed", error=type(error).__name__)
    return problem(request, 503)


def handle(api: NinjaAPI) -> None:
    """Let an API answer problems."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        ServiceError: _refused,
        ValidationError: _unreadable,
        HttpError: _http_error,
        Http404: lambda request, _: problem(request, 404),
        RequestDataTooBig: lambda request, _: problem(request, 413),
        OperationalError: _store_away,
        InterfaceError: _store_away,
        KeysUnusable: _store_away,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def unknown_path(request: HttpRequest, **_: object) -> HttpResponse:
    """What stands behind the last path of the API."""
    return problem(request, 404)


class Problems:
    """Middleware: what Django itself refuses under the API's path is a problem too, and no cache keeps an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        answer = self._get_response(request)
        if not request.path.startswith(PREFIX):
            return answer
        status = answer.status_code
        if status >= 400 and answer["Content-Type"].partition(";")[0] == "text/html":
            allowed = answer.get("Allow")
            answer = problem(request, status if status in BY_STATUS else 400)
            if allowed:
                answer["Allow"] = allowed
        if not answer.has_header("Cache-Control"):
            answer["Cache-Control"] = "no-store"
        return answer
