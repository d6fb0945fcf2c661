"""API tokens as an administrator sees them: whose they are, when they were last used; made and revoked."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from spotcoffee.services import audit, staff
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.services.fields import read_fields, text
from spotcoffee.storage.models import ApiToken


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A token. works: its account is active."""

    id: int
    name: str
    account: str
    works: bool
    created_at: datetime
    last_used_at: datetime | None


def list_all(caller: Caller) -> list[TokenView]:
    """The tokens of the caller's organisation, newest first."""
    mine = ApiToken.objects.filter(staff__organisation_id=caller.organisation_id).select_related("staff")
    return [
        TokenView(
            id=token.pk,
            name=token.name,
            account=str(token.staff),
            works=token.staff.is_active,
            created_at=token.created_at,
            last_used_at=token.last_used_at,
        )
        for token in mine.order_by("-pk")
    ]


def add(caller: Caller, account_id: int, *, name: str, now: datetime) -> str:
    """A new token of an account in the caller's organisation, in clear, this once. Raises NotFound, Invalid."""
    account = staff.get(caller, account_id)
    read, faults = read_fields({"token_name": name}, {"token_name": partial(text, most=100, least=0)})
    if faults:
        raise Invalid(faults)
    return staff.add_token(account.email, by=caller.by, name=str(read["token_name"]), now=now)


def revoke(caller: Caller, token_id: int, *, now: datetime) -> str:
    """Make a token open nothing any more; answers its name. Raises NotFound."""
    mine = ApiToken.objects.filter(staff__organisation_id=caller.organisation_id).select_related("staff")
    token = mine.filter(pk=token_id).first()
    if token is None:
        raise NotFound("no_such_token", id=token_id)
    with transaction.atomic():
        before = {"email": token.staff.email, "name": token.name}
        token.delete()
        audit.record(caller, "revoke", noun="token", noun_id=token_id, before=before, now=now)
    return token.name
