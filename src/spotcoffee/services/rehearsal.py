"""What would happen if a guest logged in now: decided as a real login is, and forgotten."""

from datetime import datetime
from typing import Final

from django.db import transaction

from spotcoffee.domain.authorization import Decision, Reason, Reject
from spotcoffee.domain.credentials import Typed
from spotcoffee.services import handouts, tickets
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.authorization import Login, LoginAnswer
from spotcoffee.services.batches import Batch, rehearse
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import NotFound
from spotcoffee.storage.keys import KeyRing

# A device that nobody has.
ANY_DEVICE: Final = "?rehearsal"


def rehearse_login(
    caller: Caller,
    ticket_id: int,
    access_point_id: int,
    *,
    device: str = ANY_DEVICE,
    keys: KeyRing,
    interim_interval: int,
    now: datetime,
) -> Decision:
    """What a ticket's own login and password would get there now. Raises NotFound."""
    ticket = tickets.get(caller, ticket_id)
    points = all_access_points(interim_interval)
    point = points.get(access_point_id)
    if point is None or point.organisation_id != caller.organisation_id:
        raise NotFound("no_such_access_point", id=access_point_id)
    opened = handouts.in_clear(ticket, keys=keys)
    login = Login(
        access_point=point,
        login=opened.login,
        proof=Typed(opened.password or ""),
        device=device,
        source="",
        at=now,
    )
    with transaction.atomic():
        _, (answer,) = rehearse(Batch(items=[login], access_points=points, keys=keys, now=now))
        transaction.set_rollback(True)
    return answer.decision if isinstance(answer, LoginAnswer) else Reject(Reason.UNKNOWN_TICKET)
