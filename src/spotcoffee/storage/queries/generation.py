"""Many tickets written at once, in batches that nobody sees until they are ready; and batches taken away again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from psycopg import Cursor

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import BIGINT, BYTES, execute, is_postgresql, query, run

# What every ticket of a batch has in common comes once; a row carries only its own.
_INSERT = """INSERT INTO hotspot_ticket (login_key, login_sealed, password_sealed,
        organisation_id, ticket_list_id, batch_id, created_at,
        exact, note, used_time, used_down, used_up, period_calendar, period_seconds)
    SELECT v.*, c.*, FALSE, '', 0, 0, 0, '', 0 FROM ({rows}) AS v CROSS JOIN
        (SELECT CAST(%s AS bigint), CAST(%s AS bigint), CAST(%s AS bigint), CAST(%s AS bigint)) AS c
    WHERE TRUE ON CONFLICT (login_key) DO NOTHING"""
_INSERT_ARRAYS = _INSERT.replace("{rows}", "SELECT * FROM unnest(%b::bigint[], %b::bytea[], %b::bytea[])")
# The count tells a batch that was given up (count 0) from one whose maker still works.
_TOUCH = "UPDATE hotspot_ticketbatch SET touched_at = %s WHERE id = %s AND count = %s AND NOT ready"
_SHOW = "UPDATE hotspot_ticketbatch SET ready = TRUE, touched_at = %s WHERE id = %s AND count = %s AND NOT ready"
_GIVE_UP = "UPDATE hotspot_ticketbatch SET count = 0 WHERE id = %s AND touched_at = %s AND NOT ready"
_ABANDONED = (
    "SELECT id, ticket_list_id, touched_at FROM hotspot_ticketbatch WHERE NOT ready AND (count = 0 OR touched_at < %s)"
)
_OF_BATCH = "SELECT id FROM hotspot_ticket WHERE ticket_list_id = %s AND batch_id = %s AND id > %s ORDER BY id LIMIT %s"
_DELETE = "WITH v(id) AS ({rows}) DELETE FROM hotspot_ticket WHERE id IN (SELECT id FROM v)"
_DROP = "DELETE FROM hotspot_ticketbatch WHERE id = %s AND count = 0 AND NOT ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What all tickets of one batch have in common."""

    organisation_id: int
    list_id: int
    batch_id: int
    created_at: datetime


class NewTicket(NamedTuple):
    """A ticket to be written, as its row's own columns: a million of them are made at once."""

    login_key: int
    login_sealed: bytes
    password_sealed: bytes | None


def insert(origin: Origin, tickets: Sequence[NewTicket]) -> int:
    """Write virgin tickets; those whose login exists already are left out. Answers how many were written."""
    common = (origin.organisation_id, origin.list_id, origin.batch_id, to_micros(origin.created_at))
    if not is_postgresql():
        return run(_INSERT, (BIGINT, BYTES, BYTES), tickets, *common)
    columns = [list(column) for column in zip(*tickets, strict=True)]
    connection.ensure_connection()
    # Django's own cursor writes parameters into the text; as binary arrays they take half the time.
    with Cursor(connection.connection) as cursor:
        cursor.execute(_INSERT_ARRAYS, [*columns, *common])
        return cursor.rowcount


def touch(batch_id: int, count: int, *, now: datetime) -> bool:
    """Say that a batch of so many is still being made. False when it was given up."""
    return execute(_TOUCH, to_micros(now), batch_id, count) == 1


def show(batch_id: int, count: int, *, now: datetime) -> bool:
    """Let everyone see a batch. False when it was given up."""
    return execute(_SHOW, to_micros(now), batch_id, count) == 1


def abandoned(*, untouched_since: datetime) -> list[tuple[int, int, int]]:
    """Batches that their makers left, and those that were given up already: (id, list, touched_at as stored)."""
    return [(row[0], row[1], row[2]) for row in query(_ABANDONED, to_micros(untouched_since))]


def give_up(batch_id: int, touched_at: int) -> bool:
    """Stop its maker, should it still live. False when it was touched meanwhile."""
    return execute(_GIVE_UP, batch_id, touched_at) == 1


def tickets_of(batch_id: int, list_id: int, *, after: int, limit: int) -> list[int]:
    """The next tickets of a batch in its list, in order of their ids."""
    return [row[0] for row in query(_OF_BATCH, list_id, batch_id, after, limit)]


def delete(ticket_ids: Sequence[int]) -> None:
    """Delete tickets of a batch that was given up."""
    run(_DELETE, (BIGINT,), [(key,) for key in ticket_ids])


def drop(batch_id: int) -> None:
    """Delete a batch that was given up and cleared."""
    execute(_DROP, batch_id)
