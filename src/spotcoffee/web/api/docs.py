"""`/api/v1/docs`: the description of the API, to read and to try. Nothing of it comes from elsewhere."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from spotcoffee.web.api.problems import unknown_path

_MEDIA_TYPES: Final = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui-init.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
}
_POLICY: Final = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
_SETTINGS: Final = {"url": "/api/v1/openapi.json", "layout": "BaseLayout", "deepLinking": True}
_PAGE: Final = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>SpotCoffee API</title>
<link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">
<link rel="icon" href="/api/v1/docs/favicon.svg">
</head>
<body data-csrf-token="" data-api-csrf="">
<script type="application/json" id="swagger-settings">{json.dumps(_SETTINGS)}</script>
<div id="swagger-ui"></div>
<script src="/api/v1/docs/swagger-ui-bundle.js"></script>
<script src="/api/v1/docs/swagger-ui-init.js"></script>
</body>
</html>
"""


@require_safe
def docs_page(_request: HttpRequest) -> HttpResponse:
    """The page. A token typed into it stays in the browser."""
    answer = HttpResponse(_PAGE)
    answer["Content-Security-Policy"] = _POLICY
    return answer


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """What the page is made of: four files of django-ninja."""
    if name not in _MEDIA_TYPES:
        return unknown_path(request)
    answer = HttpResponse(_read(name), content_type=_MEDIA_TYPES[name])
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


@lru_cache(maxsize=len(_MEDIA_TYPES))
def _read(name: str) -> bytes:
    return files("ninja").joinpath("static", "ninja", name).read_bytes()
