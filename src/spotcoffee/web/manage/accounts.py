"""Signing in: what allauth and axes ask of us."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: an administrator invites. Notices are the pages' own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the next page shows that it worked."""


def who_tries(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The account whose failures are counted: what was typed as its address, in lower case."""
    typed = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(typed).strip().lower()[:254]


def locked_out(request: HttpRequest, _credentials: object = None, *_: object, **__: object) -> HttpResponse:
    """Too many wrong passwords for one account from one address."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    minutes = math.ceil(cool_off.total_seconds() / 60)
    answer = render(request, "account/locked_out.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer
