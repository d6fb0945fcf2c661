"""`ticket.due_at` made anew after an offer or a binding changed: read, decided by the rule, stored where still true."""

from collections.abc import Sequence
from datetime import datetime

from spotcoffee.storage.instants import from_micros, maybe_from_micros, maybe_to_micros, to_micros
from spotcoffee.storage.queries.rows import BIGINT, query, run

_STARTED = """SELECT id, first_login_at, due_at FROM hotspot_ticket
    WHERE ticket_list_id = %s AND id > %s AND first_login_at IS NOT NULL ORDER BY id LIMIT %s"""
# A first login that moved meanwhile was stored with its own due_at, by the terms of now.
_STORE = """WITH v(id, first_login_at, due_at) AS ({rows}) UPDATE hotspot_ticket SET due_at = v.due_at
    FROM v WHERE hotspot_ticket.id = v.id AND hotspot_ticket.first_login_at = v.first_login_at"""


def started(list_id: int, *, after: int, limit: int) -> list[tuple[int, datetime, datetime | None]]:
    """The next started tickets of a list: (id, first login, due_at as stored)."""
    rows = query(_STARTED, list_id, after, limit)
    return [(row[0], from_micros(row[1]), maybe_from_micros(row[2])) for row in rows]


def store(tickets: Sequence[tuple[int, datetime, datetime | None]]) -> None:
    """Store (id, first login, due_at)."""
    rows = [(key, to_micros(first_login_at), maybe_to_micros(due)) for key, first_login_at, due in tickets]
    run(_STORE, (BIGINT, BIGINT, BIGINT), rows)
