"""Who looks at a page: a member of staff, what he may do, and in which language and zone he reads."""

from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from spotcoffee.domain.permissions import Action, may
from spotcoffee.domain.staff import Role
from spotcoffee.services import reach
from spotcoffee.services.callers import Caller
from spotcoffee.storage.models import Organisation, StaffAccount


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member of staff before the screen."""

    account: StaffAccount
    caller: Caller
    role: Role
    language: str
    zone: ZoneInfo

    @property
    def organisation(self) -> Organisation:
        """Whose staff he is."""
        return self.account.organisation

    def may(self, action: Action) -> bool:
        """Whether his role may do this."""
        return may(self.role, action)


class Visit(HttpRequest):
    """A request whose sender is known. Made by `pages.page`; views take it as their first argument."""

    visitor: Visitor


def visitor_of(account: StaffAccount) -> Visitor:
    """The visitor that an account is."""
    organisation = account.organisation
    return Visitor(
        account=account,
        caller=reach.caller_of(account),
        role=Role(account.role),
        language=account.language or organisation.language,
        zone=ZoneInfo(organisation.time_zone),
    )


def visitor(request: HttpRequest) -> Visitor | None:
    """Who sent a request; None before he has signed in."""
    return cast(Visitor | None, getattr(request, "visitor", None))
