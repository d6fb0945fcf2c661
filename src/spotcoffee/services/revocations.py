"""Many tickets of a list revoked at once, and restored: those of one revocation are known by its instant."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from spotcoffee.services import ticket_lists, ticket_pages, tickets
from spotcoffee.services.callers import Caller
from spotcoffee.services.pacing import Pace
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Ticket

# Tickets in one transaction: each is decided again with its sessions, and written into the audit log.
STEP: Final = 20

# Told after each step how many tickets it did; answers whether to go on.
Progress = Callable[[int], bool]


def revoke_chosen(
    caller: Caller,
    list_id: int,
    chosen: Mapping[str, Any],
    *,
    keys: KeyRing,
    interim_interval: int,
    pace: Pace,
    at: datetime,
    progress: Progress = lambda _done: True,
) -> int:
    """Revoke all tickets of a list that match; answers how many were not revoked before. at: what they are known by.

    chosen: filters of ticket_pages.of_list. May be cut short and run again. Raises NotFound.
    """
    after, revoked = 0, 0
    while found := ticket_pages.of_list(caller, list_id, chosen, after=after, limit=STEP, keys=keys, now=pace.clock()):
        with pace.step():
            revoked += tickets.revoke(caller, found, interim_interval=interim_interval, now=at)
        after = found[-1]
        if not progress(len(found)):
            break
    return revoked


def restore_revoked(
    caller: Caller,
    list_id: int,
    at: datetime,
    *,
    interim_interval: int,
    pace: Pace,
    progress: Progress = lambda _done: True,
) -> int:
    """Restore the tickets of a list that were revoked at this instant; answers how many. Raises NotFound."""
    restored = 0
    while found := _revoked_at(caller, list_id, at):
        with pace.step():
            restored += tickets.restore(caller, found, interim_interval=interim_interval, now=pace.clock())
        if not progress(len(found)):
            break
    return restored


def count_revoked_at(caller: Caller, list_id: int, at: datetime) -> int:
    """How many tickets of a list were revoked at this instant. Raises NotFound."""
    ticket_lists.get(caller, list_id)
    return Ticket.objects.filter(ticket_list_id=list_id, revoked_at=at).count()


def _revoked_at(caller: Caller, list_id: int, at: datetime) -> list[int]:
    ticket_lists.get(caller, list_id)
    mine = Ticket.objects.filter(ticket_list_id=list_id, revoked_at=at, batch__ready=True)
    return list(mine.order_by("pk").values_list("pk", flat=True)[:STEP])
