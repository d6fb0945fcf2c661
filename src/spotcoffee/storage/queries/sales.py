"""The next ticket to sell: virgin, never handed out, of an offer's lists."""

from datetime import datetime

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import is_postgresql, query
from spotcoffee.storage.queries.states import SEEN, STATE

# One list after the other, through the index of its tickets.
_NEXT = f"""SELECT t.id FROM {SEEN} WHERE t.ticket_list_id = %s AND t.handed_out_at IS NULL
    AND t.handout_id IS NULL AND {STATE} = 'virgin' ORDER BY t.id LIMIT 1"""
_LOCK = " FOR UPDATE OF t SKIP LOCKED"


def next_in_stock(list_id: int, *, now: datetime) -> int | None:
    """A ticket that nobody else is selling at this instant, held for this transaction; None where there is none."""
    at = to_micros(now)
    rows = query(_NEXT + (_LOCK if is_postgresql() else ""), list_id, at, at)
    return rows[0][0] if rows else None
