"""Tickets taken for a hand-out, some at a time; the hand-out itself is seen when all are taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import BIGINT, Row, execute, fetch, is_postgresql, query
from spotcoffee.storage.queries.states import SEEN, STATE

# Which tickets of a list a hand-out takes, as SQL on what the state's CASE calls t and o.
ONLY: Final = {
    "not_handed_out": f"{STATE} = 'virgin' AND t.handed_out_at IS NULL",
    "unused": f"{STATE} = 'virgin'",
    "all": "%s = %s",
}

# Some of a list's tickets, whatever their state: always the same short walk along one index.
_WINDOW = """WITH page AS MATERIALIZED
        (SELECT id FROM hotspot_ticket WHERE ticket_list_id = %s AND id > %s ORDER BY id LIMIT %s)
    SELECT page.id, EXISTS (SELECT 1 FROM {seen} WHERE t.id = page.id AND {only}) FROM page ORDER BY page.id"""
# A ticket that was handed out before keeps the instant of the first time.
_TAKE = """WITH v(id) AS ({{rows}})
    UPDATE hotspot_ticket SET handout_id = %s, handed_out_at = COALESCE(handed_out_at, %s)
    WHERE id IN (SELECT t.id FROM {seen} WHERE t.id IN (SELECT id FROM v) AND {only} {lock}) RETURNING id"""
_RELEASE = """UPDATE hotspot_ticket SET handout_id = NULL,
        handed_out_at = CASE WHEN handed_out_at = %s THEN NULL ELSE handed_out_at END
    WHERE id IN (SELECT id FROM hotspot_ticket WHERE handout_id = %s LIMIT %s)"""
_TOUCH = (
    "UPDATE hotspot_handout SET touched_at = %s, count = count + %s WHERE id = %s AND NOT ready AND undone_at IS NULL"
)
_SHOW = "UPDATE hotspot_handout SET ready = TRUE WHERE id = %s AND NOT ready AND undone_at IS NULL"


def window(list_id: int, only: str, *, now: datetime, after: int, limit: int) -> tuple[list[int], int | None]:
    """Of the next tickets of a list, those that a hand-out would take; and the last one looked at, None at the end."""
    at = to_micros(now)
    rows = query(_WINDOW.format(seen=SEEN, only=ONLY[only]), list_id, after, limit, at, at)
    return [row[0] for row in rows if row[1]], rows[-1][0] if rows else None


def take(handout_id: int, ticket_ids: Sequence[int], only: str, *, at: datetime, now: datetime) -> list[int]:
    """Mark these tickets, those that were taken or used meanwhile left out; answers which. at: of the hand-out."""
    seen_at = to_micros(now)
    sql = _TAKE.format(seen=SEEN, only=ONLY[only], lock="ORDER BY t.id FOR UPDATE OF t" if is_postgresql() else "")
    rows: list[Row] = [(key,) for key in ticket_ids]
    return [row[0] for row in fetch(sql, (BIGINT,), rows, handout_id, to_micros(at), seen_at, seen_at)]


def touch(handout_id: int, taken: int, *, now: datetime) -> bool:
    """Say that so many more were taken. False when the hand-out was swept away."""
    return execute(_TOUCH, to_micros(now), taken, handout_id) == 1


def show(handout_id: int) -> bool:
    """Let everyone see a hand-out. False when it was swept away."""
    return execute(_SHOW, handout_id) == 1


def release(handout_id: int, *, at: datetime, limit: int) -> int:
    """Give some tickets of a hand-out back; answers how many. at: the instant of the hand-out.

    Those that an earlier one had handed out stay handed out.
    """
    return execute(_RELEASE, to_micros(at), handout_id, limit)
