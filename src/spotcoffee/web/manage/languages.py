"""In which language and zone a page reads: the visitor's own, else what his browser asks for."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from spotcoffee.storage.models import StaffAccount
from spotcoffee.web.manage.visitors import visitor_of

# The API and the portal choose for themselves, and the rest has no words.
_OTHERS: Final = ("/api/", "/portal/", "/t/", "/static/", "/metrics")


class Languages:
    """Middleware: finds out who looks, once, and sets his language and zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        if request.path.startswith(_OTHERS):
            return self._get_response(request)
        account = request.user
        if isinstance(account, StaffAccount):
            who = visitor_of(account)
            request.visitor = who  # type: ignore[attr-defined]
            with translation.override(who.language), timezone.override(who.zone):
                return self._get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            return self._get_response(request)
