"""Links that open a door once: to choose a password, or to set up an installation that has no organisation yet.

Of a link only the digest is kept. It holds for seven days, one at a time for each account, and is gone once used.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from spotcoffee.domain.staff import Role
from spotcoffee.services import audit, organisations, staff
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.services.fields import Values, read_fields, require, unique
from spotcoffee.services.staff import NewAccount
from spotcoffee.storage.models import Invitation, Organisation, StaffAccount

LIFE: Final = timedelta(days=7)
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Invited:
    """An account and the secret part of its link, to be shown this once."""

    account: StaffAccount
    token: str

    def __repr__(self) -> str:
        return f"Invited({self.account})"


def invite(caller: Caller, values: Values, *, now: datetime) -> Invited:
    """A new account without a password, and the link with which its owner chooses one. Raises Invalid."""
    checks = {name: check for name, check in staff.CHECKS.items() if name != "is_active"}
    read, faults = read_fields(values, checks)
    faults += require(values, ("email", "role"))
    if StaffAccount.objects.filter(email__iexact=str(read.get("email", ""))).exists():
        faults.append(("email", "taken"))
    account = StaffAccount(organisation_id=caller.organisation_id, created_at=now)
    points = staff.settle_reach(account, read, faults)
    for name, value in read.items():
        setattr(account, name, value)
    account.set_unusable_password()
    with unique("email"), transaction.atomic():
        account.save(force_insert=True)
        account.access_points.set(points or [])
        after = staff.recorded(account, {**read, "access_points": points})
        audit.record(caller, "invite", noun="staff", noun_id=account.pk, after=after, now=now)
        return Invited(account, _make(account, by=caller.by, now=now))


def link(caller: Caller, account_id: int, *, now: datetime) -> Invited:
    """A new link with which an active account's owner chooses a password; the one before opens nothing any more.

    Raises NotFound.
    """
    account = staff.get(caller, account_id)
    return _link(caller, account, now=now)


def link_by_email(email: str, *, by: str, now: datetime) -> Invited:
    """The same for whoever sits at the machine. Raises NotFound."""
    account = StaffAccount.objects.filter(email__iexact=email.strip()).first()
    if account is None:
        raise NotFound("no_such_account", email=email)
    return _link(Caller(account.organisation_id, by), account, now=now)


def _link(caller: Caller, account: StaffAccount, *, now: datetime) -> Invited:
    if not account.is_active:
        raise NotFound("no_such_account", email=account.email)
    with transaction.atomic():
        token = _make(account, by=caller.by, now=now)
        audit.record(caller, "make_link", noun="staff", noun_id=account.pk, now=now)
    return Invited(account, token)


def awaited(caller: Caller, *, now: datetime) -> dict[int, datetime]:
    """The accounts of the caller's organisation with a link that still opens, and until when it does."""
    mine = Invitation.objects.filter(staff__organisation_id=caller.organisation_id, until__gt=now)
    return {key: until for key, until in mine.values_list("staff_id", "until") if key is not None}


def opened(token: str, *, now: datetime) -> StaffAccount:
    """Whose password a link lets choose. Raises NotFound: used, too old, replaced, or never made."""
    account = _found(token, now=now).staff
    if account is None or not account.is_active:
        raise NotFound("no_such_link")
    return account


def use(token: str, password: str, *, now: datetime) -> StaffAccount:
    """Choose the password. It ends the account's sessions everywhere. Raises NotFound, Invalid."""
    account = opened(token, now=now)
    faults = staff.password_faults(password)
    if faults:
        raise Invalid(faults)
    # Slow on purpose, so before any lock.
    hashed = make_password(password)
    with transaction.atomic():
        # Of two who hold the same link one comes first.
        if not Invitation.objects.filter(digest=_digest(token)).delete()[0]:
            raise NotFound("no_such_link")
        account.password = hashed
        account.save(update_fields=["password"])
        Invitation.objects.filter(staff=account).delete()
        caller = Caller(account.organisation_id, account.email)
        audit.record(caller, "choose_password", noun="staff", noun_id=account.pk, now=now)
    return account


def setup_link(*, by: str, now: datetime) -> str | None:
    """The secret part of the address at which an empty installation is set up; None where someone has done it."""
    if Organisation.objects.exists():
        return None
    with transaction.atomic():
        return _make(None, by=by, now=now)


def opens_setup(token: str, *, now: datetime) -> None:
    """Raise NotFound unless this is the link to set up an installation that nobody has set up."""
    if _found(token, now=now).staff_id is not None or Organisation.objects.exists():
        raise NotFound("no_such_link")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What an installation begins with: an establishment, and its administrator."""

    organisation: str
    language: str
    zone: str
    email: str
    name: str
    password: str

    def __repr__(self) -> str:
        return f"Beginning({self.organisation})"


def set_up(token: str, beginning: Beginning, *, now: datetime) -> StaffAccount:
    """Make the first organisation and its administrator, once. Raises NotFound, Invalid with all faults."""
    opens_setup(token, now=now)
    checks = {"organisation": "name", "language": "language", "time_zone": "time_zone"}
    said = {"organisation": beginning.organisation, "language": beginning.language, "time_zone": beginning.zone}
    _, faults = read_fields(said, {field: organisations.CHECKS[name] for field, name in checks.items()})
    asked = NewAccount(
        email=beginning.email, name=beginning.name, role=Role.ADMINISTRATOR.value, password=beginning.password
    )
    try:
        checked = staff.checked(asked)
    except Invalid as invalid:
        raise Invalid([*faults, *invalid.faults]) from invalid
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        if not Invitation.objects.filter(digest=_digest(token)).delete()[0]:
            raise NotFound("no_such_link")
        owner = organisations.get_or_add(
            beginning.organisation, language=beginning.language, zone=beginning.zone, now=now
        )
        return staff.store(Caller(owner.pk, checked.email), checked, now=now)


def _make(account: StaffAccount | None, *, by: str, now: datetime) -> str:
    Invitation.objects.filter(staff=account).delete()
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(staff=account, digest=_digest(token), by=by, made_at=now, until=now + LIFE)
    return token


def _found(token: str, *, now: datetime) -> Invitation:
    found = None
    if len(token) <= _LONGEST:
        found = Invitation.objects.select_related("staff__organisation").filter(digest=_digest(token)).first()
    if found is None or now >= found.until:
        raise NotFound("no_such_link")
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
