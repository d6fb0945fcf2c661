"""Tickets as a batch works on them: found, locked, loaded, and their usage stored."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from spotcoffee.domain.periods import Period
from spotcoffee.domain.tickets import PeriodSum, Usage
from spotcoffee.storage.instants import maybe_from_micros, maybe_to_micros
from spotcoffee.storage.queries.rows import BIGINT, TEXT, Row, fetch, is_postgresql, run


class TicketFacts(NamedTuple):
    """One ticket with what a decision needs. due_at: the stored index, to see whether it moved."""

    id: int
    organisation_id: int
    offer_id: int
    login_key: int
    login_sealed: bytes
    password_sealed: bytes | None
    exact: bool
    usage: Usage
    due_at: datetime | None
    replace_until: datetime | None


_COLUMNS = """t.id, t.organisation_id, l.offer_id, t.login_key, t.login_sealed, t.password_sealed, t.exact,
    t.first_login_at, t.revoked_at, t.used_time, t.used_down, t.used_up,
    t.period_calendar, t.period_start, t.period_seconds, t.due_at, t.replace_until"""

_FIND = "WITH v(key) AS ({rows}) SELECT t.id FROM hotspot_ticket t JOIN v ON t.login_key = v.key"
_LOCK = """WITH v(key) AS ({rows})
    SELECT t.id FROM hotspot_ticket t WHERE t.id IN (SELECT key FROM v) ORDER BY t.id FOR UPDATE"""

# A batch that is still being generated has no tickets yet, for anyone.
_LOAD = f"""WITH v(key) AS ({{rows}})
    SELECT {_COLUMNS} FROM v
    JOIN hotspot_ticket t ON t.%(column)s = v.key
    JOIN hotspot_ticketbatch b ON b.id = t.batch_id AND b.ready
    JOIN hotspot_ticketlist l ON l.id = t.ticket_list_id"""

_LOAD_BY = {column: _LOAD % {"column": column} for column in ("id", "login_key")}
_TAKE_BY = {column: f"{text} ORDER BY t.id FOR UPDATE OF t" for column, text in _LOAD_BY.items()}

_STORE = """WITH v(id, first_login_at, used_time, used_down, used_up, period_calendar, period_start, period_seconds,
        due_at, replace_until) AS ({rows})
    UPDATE hotspot_ticket SET first_login_at = v.first_login_at, used_time = v.used_time, used_down = v.used_down,
        used_up = v.used_up, period_calendar = v.period_calendar, period_start = v.period_start,
        period_seconds = v.period_seconds, due_at = v.due_at, replace_until = v.replace_until
    FROM v WHERE hotspot_ticket.id = v.id"""
_STORE_TYPES = (BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, TEXT, BIGINT, BIGINT, BIGINT, BIGINT)


def lock(ids: Collection[int]) -> None:
    """Take tickets for this transaction, in id order.

    SQLite has one writer, which an immediate transaction already is.
    """
    if is_postgresql():
        fetch(_LOCK, (BIGINT,), [(key,) for key in ids])


def take(*, ids: Collection[int], login_keys: Collection[int]) -> list[TicketFacts]:
    """Take the tickets with these ids or login keys for this transaction, and load them."""
    if not is_postgresql():
        return load(ids=ids, login_keys=login_keys)
    if ids and login_keys:
        # Found first, locked at once: two locking statements could meet another batch in opposite order.
        found = (row[0] for row in fetch(_FIND, (BIGINT,), [(key,) for key in login_keys]))
        ids, login_keys = {*ids, *found}, ()
    return _fetched(_TAKE_BY, ids, login_keys)


def load(*, ids: Collection[int] = (), login_keys: Collection[int] = ()) -> list[TicketFacts]:
    """The tickets with these ids or login keys; those of a batch that is not ready are left out."""
    return _fetched(_LOAD_BY, ids, login_keys)


def _fetched(by: Mapping[str, str], ids: Collection[int], login_keys: Collection[int]) -> list[TicketFacts]:
    rows = fetch(by["login_key"], (BIGINT,), [(key,) for key in login_keys])
    rows += fetch(by["id"], (BIGINT,), [(key,) for key in ids])
    return [_facts(row) for row in rows]


def store(tickets: Sequence[TicketFacts]) -> None:
    """Store the usage of each ticket. Each id at most once."""
    run(_STORE, _STORE_TYPES, [_stored(ticket) for ticket in tickets])


def _facts(row: Row) -> TicketFacts:
    calendar, starts_at = row[12], row[13]
    return TicketFacts(
        id=row[0],
        organisation_id=row[1],
        offer_id=row[2],
        login_key=row[3],
        login_sealed=bytes(row[4]),
        password_sealed=None if row[5] is None else bytes(row[5]),
        exact=bool(row[6]),
        usage=Usage(
            first_login_at=maybe_from_micros(row[7]),
            revoked=row[8] is not None,
            used_time=row[9],
            used_down=row[10],
            used_up=row[11],
            period_sum=None if not calendar else _period_sum(calendar, starts_at, row[14]),
        ),
        due_at=maybe_from_micros(row[15]),
        replace_until=maybe_from_micros(row[16]),
    )


def _period_sum(calendar: str, starts_at: int | None, seconds: int) -> PeriodSum | None:
    start = maybe_from_micros(starts_at)
    kind, _, zone = calendar.partition(" ")
    return None if start is None else PeriodSum(period=Period(kind), zone=zone, starts_at=start, seconds=seconds)


def _stored(ticket: TicketFacts) -> Row:
    usage, kept = ticket.usage, ticket.usage.period_sum
    return (
        ticket.id,
        maybe_to_micros(usage.first_login_at),
        usage.used_time,
        usage.used_down,
        usage.used_up,
        f"{kept.period.value} {kept.zone}" if kept else "",
        maybe_to_micros(kept.starts_at) if kept else None,
        kept.seconds if kept else 0,
        maybe_to_micros(ticket.due_at),
        maybe_to_micros(ticket.replace_until),
    )
