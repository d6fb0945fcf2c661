"""A form that is sent twice (a double click, a reload) is carried out once, and leads to the same page twice."""

import secrets
import time
from collections.abc import Callable
from typing import Final

from spotcoffee.services import idempotency
from spotcoffee.services.errors import Conflict
from spotcoffee.services.idempotency import Claim, Stored
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import keys, now

_LONGEST_KEY: Final = 64
_PAUSE: Final = 0.2
_MOST_PAUSES: Final = 100
_DONE: Final = 303


def form_key() -> str:
    """A key for a form that is about to be shown."""
    return secrets.token_urlsafe(16)


def once(visit: Visit, what: str, work: Callable[[Callable[[str], None]], str]) -> str:
    """The address that a form leads to. work: does what the form asks, and answers the address; raises as it likes.

    It gets a function to be called with that address in the transaction that shows what was done.
    """
    claimed = _claim(visit, what)
    if isinstance(claimed, Stored):
        return claimed.body or "/"
    if claimed is None:
        return work(lambda _address: None)

    def conclude(address: str) -> None:
        claimed.conclude(_DONE, address)

    try:
        return work(conclude)
    except BaseException:
        claimed.release()
        raise


def _claim(visit: Visit, what: str) -> Claim | Stored | None:
    """None: the form bears no key, and every sending of it counts."""
    key = visit.POST.get("form_key", "")
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        return None
    for _ in range(_MOST_PAUSES):
        try:
            return idempotency.claim(
                visit.visitor.caller,
                account_id=visit.visitor.account.pk,
                key=f"{what}.{key}",
                digest=idempotency.digest_of("FORM", what, key.encode()),
                keys=keys(),
                now=now(),
            )
        except Conflict as running:
            if running.code != "request_running":
                raise
            # The first click is being carried out: where it leads, this one leads too.
            time.sleep(_PAUSE)
    raise Conflict("request_running")
