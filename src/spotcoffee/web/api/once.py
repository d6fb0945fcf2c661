"""Creating operations that may be sent twice: the header Idempotency-Key."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Schema, Status

from spotcoffee.services import idempotency
from spotcoffee.services.errors import Invalid
from spotcoffee.services.idempotency import Claim, Stored
from spotcoffee.web.api.access import asker_of
from spotcoffee.web.surroundings import keys, now

P = ParamSpec("P")
HEADER: Final = "Idempotency-Key"
# For the description of such an operation.
DESCRIBED: Final[dict[str, Any]] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": idempotency.LONGEST_KEY, "pattern": "^[!-~]+$"},
            "description": "The same key and body give the same answer again; kept for a day.",
        }
    ]
}


def once(operation: Callable[P, Status[Any]]) -> Callable[P, Any]:
    """Carry an operation out once for each key: all of it, and its answer, in one transaction."""

    @wraps(operation)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        request = cast(HttpRequest, args[0])
        if HEADER not in request.headers:
            return operation(*args, **kwargs)
        with transaction.atomic():
            claimed = claim(request)
            if isinstance(claimed, Stored):
                return replayed(claimed)
            answer = written(operation(*args, **kwargs))
            claimed.conclude(answer.status_code, answer.content.decode())
        return answer

    return guarded


def claim(request: HttpRequest) -> Claim | Stored:
    """Claim the key of a request. Raises Invalid, Conflict."""
    asker, key = asker_of(request), request.headers[HEADER]
    if not 0 < len(key) <= idempotency.LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid([(HEADER, "wrong_type")])
    digest = idempotency.digest_of(request.method or "", request.get_full_path(), request.body)
    return idempotency.claim(asker.caller, account_id=asker.account_id, key=key, digest=digest, keys=keys(), now=now())


def written(result: Status[Any]) -> HttpResponse:
    """A result as it is sent."""
    assert isinstance(result.value, Schema)  # noqa: S101 - what every creating operation answers
    text = json.dumps(result.value.model_dump(mode="json", by_alias=True))
    return HttpResponse(text, status=result.status_code, content_type=JSON)


JSON: Final = "application/json; charset=utf-8"


def replayed(stored: Stored) -> HttpResponse:
    """An answer, given again."""
    answer = HttpResponse(stored.body or "", status=stored.status, content_type=JSON)
    answer["Idempotent-Replayed"] = "true"
    return answer
