"""Who asks, and whether he may: Bearer tokens, the table of roles, refusals in the audit log."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest
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
from spotcoffee.services.errors import Forbidden
from spotcoffee.web.api.surroundings import now

P = ParamSpec("P")
R = TypeVar("R")
_LONGEST_TOKEN: Final = 200


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
        if not 0 < len(token) <= _LONGEST_TOKEN:
            return None
        account = staff.verify_token(token, now=now())
        if account is None:
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
            return operation(*args, **kwargs)

        return guarded

    return decorate


def _refuse(asker: Asker, action: Action, thing: Any) -> None:
    find = _FINDERS.get(action.noun)
    if thing is not None and find is not None:
        find(asker.caller, int(thing))
    refused.record(asker.caller, action, thing, now=now())
    raise Forbidden(role=asker.role.value)
