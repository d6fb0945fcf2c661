"""Who asks, and whether he may: Bearer tokens, the table of roles, refusals in the audit log."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest
from ninja import Schema
from ninja.errors import HttpError
from ninja.security import HttpBearer

from spotcoffee.domain.permissions import Action, may
from spotcoffee.domain.staff import Role
from spotcoffee.services import (
    access_points,
    handouts,
    jobs,
    offers,
    reach,
    refused,
    session_log,
    staff,
    ticket_lists,
    tickets,
)
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Forbidden, Invalid
from spotcoffee.web.api.slowing import WrongTokens
from spotcoffee.web.surroundings import now

P = ParamSpec("P")
R = TypeVar("R")
_LONGEST_TOKEN: Final = 200
_wrong: Final = WrongTokens()


@dataclass(frozen=True, slots=True)
class Asker:
    """A program, acting for a staff account. language: its organisation's."""

    account_id: int
    caller: Caller
    role: Role
    language: str


class Token(HttpBearer):
    """The token of a staff account (`spotcoffee token add`)."""

    def authenticate(self, request: HttpRequest, token: str) -> Asker | None:
        """The asker; None for any other text."""
        account = staff.verify_token(token, now=now()) if 0 < len(token) <= _LONGEST_TOKEN else None
        if account is None:
            if _wrong.is_too_many(str(request.META.get("REMOTE_ADDR", "")), now=time.monotonic()):
                raise HttpError(429, "too many wrong tokens")
            return None
        language = account.organisation.language or settings.LANGUAGE_CODE
        return Asker(account.pk, reach.caller_of(account), Role(account.role), language)


def asker_of(request: HttpRequest) -> Asker:
    """Who sent a request that was let in."""
    return cast(Asker, request.auth)  # type: ignore[attr-defined]


def caller_of(request: HttpRequest) -> Caller:
    """For whom the services work."""
    return asker_of(request).caller


_FINDERS: Final[dict[str, Callable[[Caller, int], object]]] = {
    "access_point": access_points.get,
    "offer": offers.get,
    "list": ticket_lists.get,
    "handout": handouts.get,
    "ticket": tickets.get,
    "session": session_log.get,
    "job": jobs.show,
}


def allowed(action: Action) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let an operation through where the asker's role may do this. Else 403, or 404 where the thing is out of reach."""

    def decorate(operation: Callable[P, R]) -> Callable[P, R]:
        @wraps(operation)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            asker = asker_of(cast(HttpRequest, args[0]))
            if not may(asker.role, action):
                _refuse(asker, action, kwargs.get("id"))
            _check_query(cast(HttpRequest, args[0]), kwargs.get("filters"))
            try:
                return operation(*args, **kwargs)
            except Forbidden:
                refused.record(asker.caller, action, kwargs.get("id"), now=now())
                raise

        return guarded

    return decorate


def _check_query(request: HttpRequest, filters: object) -> None:
    """A filter that no one knows would silently find too much."""
    if isinstance(filters, Schema):
        known = {described.alias or name for name, described in type(filters).model_fields.items()}
        unknown = [(name, "unknown_field") for name in request.GET if name not in known]
        if unknown:
            raise Invalid(unknown)


def _refuse(asker: Asker, action: Action, thing: Any) -> None:
    find = _FINDERS.get(action.noun)
    if thing is not None and find is not None:
        find(asker.caller, int(thing))
    refused.record(asker.caller, action, thing, now=now())
    raise Forbidden(role=asker.role.value)
