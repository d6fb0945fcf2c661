"""Staff accounts, and the tokens with which programs act for them."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet

from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.domain.permissions import BOUND_TO_ACCESS_POINTS
from spotcoffee.domain.staff import Role
from spotcoffee.services import audit, organisations
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.fields import Check, Faults, Unfit, Values, flag, ids, one_of, read_fields, text, unique
from spotcoffee.services.naming import find_named
from spotcoffee.storage.models import AccessPoint, ApiToken, Organisation, StaffAccount

MOST_EMAIL: Final = 254
# Argon2 takes any length; a megabyte of password is an attack.
MOST_PASSWORD: Final = 1024
# A busy program's token is written at most this often.
_TOKEN_SEEN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be added, as it was asked for. access_points: names of those that it is bound to; (): all."""

    email: str
    role: str
    password: str
    name: str = ""
    access_points: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"NewAccount({self.email}, {self.role})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as its colleagues see it. access_points: None: all of them. is_awaited: it has no password yet."""

    id: int
    email: str
    name: str
    role: Role
    access_points: list[int] | None
    is_active: bool
    is_awaited: bool
    needs_second_factor: bool
    has_second_factor: bool
    last_login: datetime | None


def add(caller: Caller, account: NewAccount, *, now: datetime) -> StaffAccount:
    """A new account in the caller's organisation. Raises Invalid."""
    ready = checked(account)
    with unique("email"), transaction.atomic():
        return store(caller, ready, now=now)


def add_with_organisation(
    name: str, account: NewAccount, *, by: str, language: str, zone: str, now: datetime
) -> StaffAccount:
    """A new account in the organisation of this name, which is made if it is new. Raises Invalid."""
    ready = checked(account)
    with unique("email"), transaction.atomic():
        owner = organisations.get_or_add(name, language=language, zone=zone, now=now)
        return store(Caller(owner.pk, by), ready, now=now)


def list_all(caller: Caller) -> list[AccountView]:
    """The caller's colleagues, the active ones first; whoever has access points sees those who share one."""
    accounts = StaffAccount.objects.filter(_in_reach(caller)).prefetch_related("access_points").distinct()
    ordered = list(accounts.order_by("-is_active", "email"))
    with_factor = set(
        Authenticator.objects.filter(user__in=[account.pk for account in ordered])
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .values_list("user_id", flat=True)
    )
    return [_view(account, has_second_factor=account.pk in with_factor) for account in ordered]


def get(caller: Caller, account_id: int) -> StaffAccount:
    """The record of one of the caller's colleagues, or his own. Raises NotFound."""
    found = StaffAccount.objects.filter(_in_reach(caller), pk=account_id).distinct().first()
    if found is None:
        raise NotFound("no_such_account", id=account_id)
    return found


def _in_reach(caller: Caller) -> Q:
    mine = Q(organisation_id=caller.organisation_id)
    if caller.access_points is None:
        return mine
    return mine & (Q(email=caller.by) | Q(access_points__in=caller.access_points))


def _view(account: StaffAccount, *, has_second_factor: bool) -> AccountView:
    own = sorted(point.pk for point in account.access_points.all())
    is_bound = Role(account.role) in BOUND_TO_ACCESS_POINTS and (account.bound or bool(own))
    return AccountView(
        id=account.pk,
        email=account.email,
        name=account.name,
        role=Role(account.role),
        access_points=own if is_bound else None,
        is_active=account.is_active,
        is_awaited=not account.has_usable_password(),
        needs_second_factor=account.needs_second_factor,
        has_second_factor=has_second_factor,
        last_login=account.last_login,
    )


def change(caller: Caller, account_id: int, values: Values, *, now: datetime) -> StaffAccount:
    """Change any of CHECKS but the address. Raises NotFound, Invalid, Conflict: it is the last administrator."""
    account = get(caller, account_id)
    read, faults = read_fields(values, {name: check for name, check in CHECKS.items() if name != "email"})
    points = settle_reach(account, read, faults)
    with transaction.atomic():
        # One change at a time: of the last two administrators only one can go.
        Organisation.objects.select_for_update(no_key=True).get(pk=caller.organisation_id)
        account.refresh_from_db()
        before = recorded(account, read)
        for name, value in read.items():
            setattr(account, name, value)
        account.save(update_fields=list(read))
        if points is not None:
            account.access_points.set(points)
        if not _administrators(caller.organisation_id).exists():
            raise Conflict("last_administrator")
        after = recorded(account, {**read, "access_points": points} if points is not None else read)
        audit.record(caller, "change", noun="staff", noun_id=account.pk, before=before, after=after, now=now)
    return account


def settle_reach(account: StaffAccount, read: dict[str, object], faults: Faults) -> list[AccessPoint] | None:
    """Take the access points out of `read`, and answer those that the account is to have; None: as they are.

    Only a role that is bound to access points keeps any. Raises Invalid with all faults.
    """
    role = Role(read.get("role", account.role or Role.RECEPTION.value))
    wanted = read.pop("access_points", None)
    if role not in BOUND_TO_ACCESS_POINTS:
        read["bound"], wanted = False, []
    elif read.get("bound") is False:
        wanted = []
    points: list[AccessPoint] | None = None
    if isinstance(wanted, list):
        mine = AccessPoint.objects.filter(organisation_id=account.organisation_id, pk__in=wanted)
        points = list(mine.order_by("pk"))
        if len(points) < len(wanted):
            faults.append(("access_points", "unknown"))
        elif read.get("bound") and not points:
            faults.append(("access_points", "no_access_point"))
    if faults:
        raise Invalid(faults)
    return points


def recorded(account: StaffAccount, read: Mapping[str, object]) -> dict[str, object]:
    """Those of an account's values that the audit log tells."""
    values = {name: getattr(account, name) for name in read if name not in ("access_points", "password")}
    if "bound" in read or "access_points" in read:
        values["access_points"] = sorted(account.access_points.values_list("pk", flat=True))
    return values


def _administrators(organisation_id: int) -> QuerySet[StaffAccount]:
    """The administrators who can sign in."""
    able = StaffAccount.objects.filter(organisation_id=organisation_id, is_active=True)
    return able.filter(role=Role.ADMINISTRATOR.value).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def remove_second_factor(caller: Caller, account_id: int, *, now: datetime) -> None:
    """Take a lost second factor from an account, so that its password opens it again. Raises NotFound."""
    account = get(caller, account_id)
    with transaction.atomic():
        Authenticator.objects.filter(user=account).delete()
        audit.record(caller, "remove_second_factor", noun="staff", noun_id=account.pk, now=now)


def checked(account: NewAccount) -> NewAccount:
    """The account with its address in lower case and its password hashed: slow on purpose, so before any lock."""
    values = {"email": account.email, "name": account.name, "role": account.role}
    read, faults = read_fields(values, {name: CHECKS[name] for name in values})
    if StaffAccount.objects.filter(email__iexact=str(read.get("email", ""))).exists():
        faults.append(("email", "taken"))
    if account.access_points and read.get("role") not in {role.value for role in BOUND_TO_ACCESS_POINTS}:
        faults.append(("access_points", "role_sees_all"))
    faults += password_faults(account.password)
    if faults:
        raise Invalid(faults)
    password = make_password(account.password)
    return replace(account, email=str(read["email"]), name=str(read["name"]), password=password)


def store(caller: Caller, account: NewAccount, *, now: datetime) -> StaffAccount:
    """Write an account that was checked. Raises NotFound, Conflict: an access point of that name."""
    there = AccessPoint.objects.filter(organisation_id=caller.organisation_id)
    points = [find_named(there, named, noun="access_point") for named in account.access_points]
    made = StaffAccount.objects.create(
        organisation_id=caller.organisation_id,
        email=account.email,
        name=account.name,
        role=account.role,
        password=account.password,
        bound=bool(points),
        created_at=now,
    )
    made.access_points.set(points)
    after: dict[str, object] = {"email": made.email, "role": made.role}
    if points:
        after["access_points"] = sorted(point.pk for point in points)
    audit.record(caller, "add", noun="staff", noun_id=made.pk, after=after, now=now)
    return made


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


def read_email(value: object) -> str:
    """An e-mail address in lower case."""
    email = text(value, most=MOST_EMAIL).lower()
    try:
        validate_email(email)
    except ValidationError as invalid:
        raise Unfit("not_an_email") from invalid
    return email


def password_faults(password: str) -> Faults:
    """Why a password can't be taken; nothing when it can."""
    if len(password) > MOST_PASSWORD:
        return [("password", "too_long")]
    try:
        validate_password(password)
    except ValidationError as invalid:
        return [("password", error.code or "invalid") for error in invalid.error_list]
    return []


CHECKS: Final[Mapping[str, Check]] = {
    "email": read_email,
    "name": partial(text, most=100, least=0),
    "role": one_of(Role),
    # Bound to the access points that are given with it; else his reach is the organisation's.
    "bound": flag,
    "access_points": ids,
    "needs_second_factor": flag,
    "is_active": flag,
}
