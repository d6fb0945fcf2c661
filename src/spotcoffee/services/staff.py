"""Staff accounts, and the tokens with which programs act for them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.domain.staff import Role
from spotcoffee.services import audit, organisations
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.services.fields import Faults, Unfit, one_of, read_fields, text, unique
from spotcoffee.storage.models import ApiToken, StaffAccount

MOST_EMAIL: Final = 254
# Argon2 takes any length; a megabyte of password is an attack.
MOST_PASSWORD: Final = 1024
# A busy program's token is written at most this often.
_TOKEN_SEEN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be added, as it was asked for."""

    email: str
    role: str
    password: str

    def __repr__(self) -> str:
        return f"NewAccount({self.email}, {self.role})"


def add(caller: Caller, account: NewAccount, *, now: datetime) -> StaffAccount:
    """A new account in the caller's organisation. Raises Invalid."""
    checked = _checked(account)
    with unique("email"), transaction.atomic():
        return _store(caller, checked, now=now)


def add_with_organisation(
    name: str, account: NewAccount, *, by: str, language: str, zone: str, now: datetime
) -> StaffAccount:
    """A new account in the organisation of this name, which is made if it is new. Raises Invalid."""
    checked = _checked(account)
    with unique("email"), transaction.atomic():
        owner = organisations.get_or_add(name, language=language, zone=zone, now=now)
        return _store(Caller(owner.pk, by), checked, now=now)


def _checked(account: NewAccount) -> NewAccount:
    """The account with its address in lower case and its password hashed: slow on purpose, so before any lock."""
    values = {"email": account.email, "role": account.role}
    read, faults = read_fields(values, {"email": _email, "role": one_of(Role)})
    if StaffAccount.objects.filter(email__iexact=read.get("email", "")).exists():
        faults.append(("email", "taken"))
    faults += _password_faults(account.password)
    if faults:
        raise Invalid(faults)
    return NewAccount(email=str(read["email"]), role=str(read["role"]), password=make_password(account.password))


def _store(caller: Caller, checked: NewAccount, *, now: datetime) -> StaffAccount:
    account = StaffAccount.objects.create(
        organisation_id=caller.organisation_id,
        email=checked.email,
        role=checked.role,
        password=checked.password,
        created_at=now,
    )
    after = {"email": account.email, "role": account.role}
    audit.record(caller, "add", noun="staff", noun_id=account.pk, after=after, now=now)
    return account


def set_language(caller: Caller, account_id: int, language: str, *, now: datetime) -> None:
    """The language in which one account reads; empty: the organisation's. Raises Invalid, NotFound."""
    if language not in {"", *LANGUAGES}:
        raise Invalid([("language", "unknown")])
    with transaction.atomic():
        found = StaffAccount.objects.filter(pk=account_id, organisation_id=caller.organisation_id)
        if not found.update(language=language):
            raise NotFound("no_such_account")
        audit.record(caller, "change", noun="staff", noun_id=account_id, after={"language": language}, now=now)


def add_token(email: str, *, by: str, name: str = "", now: datetime) -> str:
    """A new API token of an account, in clear: only its digest is kept. Raises NotFound."""
    account = StaffAccount.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if account is None:
        raise NotFound("no_such_account", email=email)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        made = ApiToken.objects.create(staff=account, name=name[:100], digest=_digest(token), created_at=now)
        caller = Caller(account.organisation_id, by)
        audit.record(caller, "add", noun="token", noun_id=made.pk, after={"email": account.email}, now=now)
    return token


def verify_token(token: str, *, now: datetime) -> StaffAccount | None:
    """The active account that a token acts for; None for any other text."""
    found = (
        ApiToken.objects.select_related("staff__organisation")
        .filter(digest=_digest(token), staff__is_active=True)
        .first()
    )
    if found is None:
        return None
    if found.last_used_at is None or now - found.last_used_at >= _TOKEN_SEEN:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.staff


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _email(value: object) -> str:
    email = text(value, most=MOST_EMAIL).lower()
    try:
        validate_email(email)
    except ValidationError as invalid:
        raise Unfit("not_an_email") from invalid
    return email


def _password_faults(password: str) -> Faults:
    if len(password) > MOST_PASSWORD:
        return [("password", "too_long")]
    try:
        validate_password(password)
    except ValidationError as invalid:
        return [("password", error.code or "invalid") for error in invalid.error_list]
    return []
