"""Codes that were read in clear, in the audit log: which tickets, never the codes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from spotcoffee.services import audit
from spotcoffee.services.callers import Caller

# Of a page the first and the last say which.
_MOST_NAMED: Final = 20


def record(caller: Caller, ticket_ids: Sequence[int], *, now: datetime) -> None:
    """Write down that someone read the codes of these tickets."""
    if not ticket_ids:
        return
    noun_id = ticket_ids[0] if len(ticket_ids) == 1 else f"{ticket_ids[0]}-{ticket_ids[-1]}"
    after = {"count": len(ticket_ids), "tickets": list(ticket_ids[:_MOST_NAMED])}
    with transaction.atomic():
        audit.record(caller, "read", noun="ticket", noun_id=noun_id, after=after, now=now)


def record_handout(caller: Caller, handout_id: int, count: int, *, now: datetime) -> None:
    """Write down that someone read the file of a hand-out."""
    with transaction.atomic():
        audit.record(caller, "read", noun="handout", noun_id=handout_id, after={"count": count}, now=now)
