"""The REST API under /api/v1: its operations, its description, its docs page. The promise is api.md."""

import json
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.parser import Parser

from spotcoffee import __version__
from spotcoffee.web.api import (
    access_points,
    attempts,
    handouts,
    jobs,
    offers,
    sessions,
    statistics,
    ticket_lists,
    tickets,
)
from spotcoffee.web.api.access import Token
from spotcoffee.web.api.description import completed
from spotcoffee.web.api.docs import asset, docs_page
from spotcoffee.web.api.health import health
from spotcoffee.web.api.metrics import metrics
from spotcoffee.web.api.problems import handle, unknown_path

BASE: Final = "api/v1/"


class _StrictParser(Parser):
    """JSON as RFC 8259 has it: UTF-8, and no NaN or Infinity."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Raises ValueError for anything else."""
        text = request.body.decode()
        return cast(dict[str, Any], json.loads(text, parse_constant=_no_constant))


def _no_constant(name: str) -> float:
    raise ValueError(name)


api: Final = NinjaAPI(
    title="SpotCoffee",
    version=__version__,
    description="Offers, tickets, access points and sessions of one organisation. Durations are whole seconds, rates "
    "bit/s, volumes bytes, instants RFC 3339 in UTC; null is no limit. Errors are RFC 9457 problems.",
    auth=Token(),
    parser=_StrictParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-v1",
)
handle(api)
for _prefix, _router in (
    ("/access-points", access_points.router),
    ("/offers", offers.router),
    ("/ticket-lists", ticket_lists.router),
    ("/ticket-lists", handouts.of_lists),
    ("/handouts", handouts.router),
    ("/tickets", tickets.router),
    ("/attempts", attempts.router),
    ("/sessions", sessions.router),
    ("/stats", statistics.router),
    ("/jobs", jobs.router),
):
    api.add_router(_prefix, _router)


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """The description of the API (OpenAPI 3.1). Open to everyone, as the product is."""
    return HttpResponse(json.dumps(description(), ensure_ascii=False), content_type="application/json; charset=utf-8")


def description() -> dict[str, Any]:
    """The OpenAPI document."""
    return completed(dict(api.get_openapi_schema(path_prefix=BASE)))


urlpatterns: list[URLPattern | URLResolver] = [
    path(BASE + "health", health),
    path(BASE + "metrics", metrics),
    path(BASE + "openapi.json", openapi),
    path(BASE + "docs", docs_page),
    path(BASE + "docs/<str:name>", asset),
    path(BASE, api.urls),
    re_path(rf"^{BASE}.*$", csrf_exempt(unknown_path)),
]
