"""Tickets taken for a hand-out, some at a time; the hand-out itself is seen when all are taken."""

from datetime import datetime
from typing import Final

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import execute, is_postgresql, query
from spotcoffee.storage.queries.states import SEEN, STATE

# Which tickets of a list a hand-out takes, as SQL on what the state's CASE calls t and o.
ONLY: Final = {
    "not_handed_out": f"{STATE} = 'virgin' AND t.handed_out_at IS NULL",
    "unused": f"{STATE} = 'virgin'",
    "all": "%s = %s",
}

# A ticket that was handed out before keeps the instant of the first time.
_TAKE = """UPDATE hotspot_ticket SET handout_id = %s, handed_out_at = COALESCE(handed_out_at, %s)
    WHERE id IN (SELECT t.id FROM {seen} WHERE t.ticket_list_id = %s AND t.id > %s
        AND (t.handout_id IS NULL OR t.handout_id <> %s) AND {only} ORDER BY t.id LIMIT %s {lock}) RETURNING id"""
_ANY = "SELECT 1 FROM {seen} WHERE t.ticket_list_id = %s AND t.id > %s AND {only} LIMIT 1"
_PREVIEW = "SELECT t.id FROM {seen} WHERE t.ticket_list_id = %s AND t.id > %s AND {only} ORDER BY t.id LIMIT %s"
_RELEASE = """UPDATE hotspot_ticket SET handout_id = NULL,
        handed_out_at = CASE WHEN handed_out_at = %s THEN NULL ELSE handed_out_at END
    WHERE id IN (SELECT id FROM hotspot_ticket WHERE handout_id = %s LIMIT %s)"""
_TOUCH = (
    "UPDATE hotspot_handout SET touched_at = %s, count = count + %s WHERE id = %s AND NOT ready AND undone_at IS NULL"
)
_SHOW = "UPDATE hotspot_handout SET ready = TRUE WHERE id = %s AND NOT ready AND undone_at IS NULL"


def take(handout_id: int, list_id: int, only: str, *, at: datetime, now: datetime, after: int, limit: int) -> list[int]:
    """Mark the next tickets of a list, in order of their ids. at: the instant of the hand-out."""
    seen_at = to_micros(now)
    sql = _TAKE.format(seen=SEEN, only=ONLY[only], lock="FOR UPDATE OF t" if is_postgresql() else "")
    rows = query(sql, handout_id, to_micros(at), list_id, after, handout_id, seen_at, seen_at, limit)
    return sorted(row[0] for row in rows)


def any_left(list_id: int, only: str, *, now: datetime, after: int) -> bool:
    """Whether there are more tickets to take beyond this one."""
    seen_at = to_micros(now)
    return bool(query(_ANY.format(seen=SEEN, only=ONLY[only]), list_id, after, seen_at, seen_at))


def preview(list_id: int, only: str, *, now: datetime, after: int, limit: int) -> list[int]:
    """The next tickets that a hand-out would take."""
    seen_at = to_micros(now)
    sql = _PREVIEW.format(seen=SEEN, only=ONLY[only])
    return [row[0] for row in query(sql, list_id, after, seen_at, seen_at, limit)]


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
