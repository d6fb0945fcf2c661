"""`/attempts`: logins, accepted and refused, unknown ones included."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from spotcoffee.domain.authorization import Reason
from spotcoffee.domain.permissions import Action
from spotcoffee.services import attempts as services
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.kinds import Filters, Id, Instant, list_of, listed

router = Router(tags=["attempts"])


class Attempt(Schema):
    """One login. reason null: accepted. login: masked, and only where no ticket is known."""

    id: int
    at: Instant
    access_point: int
    device: str
    ticket: int | None
    login: str | None
    reason: str | None
    session: int | None


class AttemptFilters(Filters):
    """Which logins."""

    access_point: Id | None = None
    reason: Reason | Literal["accepted"] | None = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None


@router.get("", response=list_of(Attempt), summary="List logins")
@allowed(Action.SEE_ATTEMPT)
def list_attempts(request: HttpRequest, filters: Query[AttemptFilters]) -> dict[str, Any]:
    """The newest first."""
    reason = filters.reason.value if isinstance(filters.reason, Reason) else filters.reason
    page = services.page(
        caller_of(request),
        filters.window,
        access_point=filters.access_point,
        reason=reason,
        begin=filters.from_,
        end=filters.to,
    )
    return listed(page)
