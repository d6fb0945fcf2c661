"""A request that is sent twice with one Idempotency-Key is carried out once, and answered twice the same.

A small request's answer is stored in the transaction of its work. Big work, in many transactions, claims its key first
and concludes in the transaction that shows the result.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Answer

LONGEST_KEY: Final = 255
KEPT: Final = timedelta(days=1)
# A request that said nothing for so long has died.
PATIENCE: Final = timedelta(minutes=10)
_FORGOTTEN_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """What was answered. body: None where the tickets of a batch were the answer."""

    status: int
    body: str | None
    batch_id: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that is ours; conclude it in the transaction of the work's last step, or release it."""

    answer_id: int
    keys: KeyRing

    def conclude(self, status: int, body: str | None, *, batch_id: int | None = None) -> None:
        """Store what is answered."""
        sealed = None if body is None else self.keys.seal(body)
        Answer.objects.filter(pk=self.answer_id).update(status=status, body_sealed=sealed, batch_id=batch_id)

    def release(self) -> None:
        """Let the request be sent again: nothing came of it."""
        Answer.objects.filter(pk=self.answer_id, status=None).delete()


def digest_of(method: str, path: str, body: bytes) -> str:
    """What tells requests apart. Blanks and the order of fields in the body do not matter."""
    try:
        canonical = json.dumps(json.loads(body or b"null"), sort_keys=True).encode()
    except (ValueError, RecursionError):
        canonical = body
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), canonical])).hexdigest()


def claim(caller: Caller, *, account_id: int, key: str, digest: str, keys: KeyRing, now: datetime) -> Claim | Stored:
    """Claim a key, or learn what was answered to it. Raises Conflict: another request's key, or still running.

    In a transaction it waits for another that holds the same key.
    """
    _forget(now)
    try:
        with transaction.atomic():
            made = Answer.objects.create(
                organisation_id=caller.organisation_id, account_id=account_id, key=key, digest=digest, created_at=now
            )
    except IntegrityError:
        return _found(Answer.objects.get(account_id=account_id, key=key), digest, keys, now)
    return Claim(made.pk, keys)


def _found(answer: Answer, digest: str, keys: KeyRing, now: datetime) -> Claim | Stored:
    if answer.digest != digest:
        raise Conflict("key_of_another_request")
    if answer.status is not None:
        body = None if answer.body_sealed is None else keys.unseal(bytes(answer.body_sealed))
        return Stored(answer.status, body, answer.batch_id)
    died = Answer.objects.filter(pk=answer.pk, status=None, created_at__lt=now - PATIENCE)
    if not died.update(created_at=now):
        raise Conflict("request_running")
    return Claim(answer.pk, keys)


def _forget(now: datetime) -> None:
    old = Answer.objects.filter(created_at__lt=now - KEPT).order_by("created_at")
    some = list(old.values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])
    if some:
        Answer.objects.filter(pk__in=some).delete()
