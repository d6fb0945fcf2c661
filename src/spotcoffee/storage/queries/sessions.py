"""Sessions and reservations as a batch works on them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from spotcoffee.domain.accounting import Counter, EndCause, Meter
from spotcoffee.domain.sessions import Ending, Grant, Session
from spotcoffee.storage.instants import from_micros, maybe_from_micros, maybe_to_micros, to_micros
from spotcoffee.storage.queries.rows import BIGINT, BYTES, TEXT, Row, fetch, is_postgresql, query, run

_MONTH = 10**12

# Column and type, in the order of the fields of Session, Grant, Meter and Counter.
_COLUMNS = (
    ("id", BIGINT),
    ("ticket_id", BIGINT),
    ("access_point_id", BIGINT),
    ("device", TEXT),
    ("source", TEXT),
    ("seen_at", BIGINT),
    ("acct_session_id", TEXT),
    ("accept_id", BIGINT),
    ("follows_id", BIGINT),
    ("accepted_at", BIGINT),
    ("began_at", BIGINT),
    ("ended_at", BIGINT),
    ("ending", TEXT),
    ("end_cause", TEXT),
    ("session_timeout", BIGINT),
    ("idle_timeout", BIGINT),
    ("rate_down", BIGINT),
    ("rate_up", BIGINT),
    ("down_end", BIGINT),
    ("up_end", BIGINT),
    ("time", BIGINT),
    ("given_back", BIGINT),
    ("charged", BIGINT),
    ("most", BIGINT),
    ("down", BIGINT),
    ("down_raw", BIGINT),
    ("up", BIGINT),
    ("up_raw", BIGINT),
    ("counter_flags", BIGINT),
    ("reports", BIGINT),
    ("ignored", BIGINT),
    ("framed_address", TEXT),
    ("user_name_sealed", BYTES),
)
_NAMES = tuple(name for name, _ in _COLUMNS)
_TYPES = tuple(kind for _, kind in _COLUMNS)
_FIXED = ("id", "ticket_id", "access_point_id")
_SELECT = "SELECT " + ", ".join(f"s.{name}" for name in _NAMES)

_OPEN = f"""WITH v(ticket_id) AS ({{rows}})
    {_SELECT} FROM v JOIN hotspot_session s ON s.ticket_id = v.ticket_id AND s.ended_at IS NULL"""
_BY_ID = f"WITH v(id) AS ({{rows}}) {_SELECT} FROM v JOIN hotspot_session s ON s.id = v.id"
_OWNERS = """WITH v(id) AS ({rows})
    SELECT s.id, s.ticket_id, s.access_point_id FROM v JOIN hotspot_session s ON s.id = v.id"""
# The last two openings with a session number, and the last reservation that nothing took, of the ticket's recent past.
_LAST = f"""WITH v(ticket_id, access_point_id, acct_session_id, least_id) AS ({{rows}})
    {_SELECT} FROM v JOIN hotspot_session s ON s.id IN (
        (SELECT o.id FROM hotspot_session o WHERE o.ticket_id = v.ticket_id AND o.id >= v.least_id
            AND o.access_point_id = v.access_point_id AND o.acct_session_id = v.acct_session_id
            ORDER BY o.id DESC LIMIT 1),
        (SELECT p.id FROM hotspot_session p WHERE p.ticket_id = v.ticket_id AND p.id >= v.least_id
            AND p.access_point_id = v.access_point_id AND p.acct_session_id = v.acct_session_id
            ORDER BY p.id DESC LIMIT 1 OFFSET 1),
        (SELECT max(r.id) FROM hotspot_session r WHERE r.ticket_id = v.ticket_id AND r.id >= v.least_id
            AND r.access_point_id = v.access_point_id AND r.acct_session_id IS NULL))"""
_TOUCHING = f"""WITH v(ticket_id, since) AS ({{rows}})
    {_SELECT} FROM v JOIN hotspot_session s ON s.ticket_id = v.ticket_id
    WHERE s.acct_session_id IS NOT NULL AND (s.ended_at IS NULL OR s.ended_at > v.since)"""
# Ordered by what is always NULL too: else PostgreSQL takes the history for its order, and reads every past session.
_SILENT = f"""{_SELECT} FROM hotspot_session s WHERE s.ended_at IS NULL AND s.seen_at < %s
    AND s.ticket_id >= %s AND (s.ticket_id > %s OR s.id > %s) ORDER BY s.ended_at, s.ticket_id, s.id LIMIT %s"""
_ANY_TAKEN = """WITH v(ticket_id) AS ({rows}) SELECT v.ticket_id FROM v WHERE EXISTS (
    SELECT 1 FROM hotspot_session s WHERE s.ticket_id = v.ticket_id AND s.acct_session_id IS NOT NULL)"""
_INSERT = f"""INSERT INTO hotspot_session (organisation_id, {", ".join(_NAMES)}) {{rows}}"""
_UPDATE = f"""WITH v({", ".join(_NAMES)}) AS ({{rows}})
    UPDATE hotspot_session SET {", ".join(f"{name} = v.{name}" for name in _NAMES if name not in _FIXED)}
    FROM v WHERE hotspot_session.id = v.id"""


def open_of(ticket_ids: Collection[int]) -> list[Session]:
    """The open sessions and live reservations of these tickets."""
    return [_session(row) for row in fetch(_OPEN, (BIGINT,), [(key,) for key in ticket_ids])]


def by_id(ids: Collection[int]) -> list[Session]:
    """The sessions with these ids."""
    return [_session(row) for row in fetch(_BY_ID, (BIGINT,), [(key,) for key in ids])]


def owners_of(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Session id to ticket and access point. Neither ever changes, so this may be read before the lock."""
    return {row[0]: (row[1], row[2]) for row in fetch(_OWNERS, (BIGINT,), [(key,) for key in ids])}


def after(ticket_id: int, session_id: int) -> list[Session]:
    """A ticket's sessions and reservations that came after one of them."""
    sql = f"{_SELECT} FROM hotspot_session s WHERE s.ticket_id = %s AND s.id > %s ORDER BY s.id LIMIT 100"
    return [_session(row) for row in query(sql, ticket_id, session_id)]


def last_of(keys: Collection[tuple[int, int, str]], *, now: datetime) -> list[Session]:
    """The last openings with each (ticket, access point, Acct-Session-Id) and the last reservation that nothing took.

    Looks back to the month before: older numbers surely come again by chance.
    """
    least = _month_before(now) * _MONTH
    rows = [(*key, least) for key in keys]
    return [_session(row) for row in fetch(_LAST, (BIGINT, BIGINT, TEXT, BIGINT), rows)]


def touching(tickets: Collection[tuple[int, datetime]]) -> list[Session]:
    """The sessions of each (ticket, instant) that are open or ended after that instant."""
    rows = [(ticket_id, to_micros(since)) for ticket_id, since in tickets]
    return [_session(row) for row in fetch(_TOUCHING, (BIGINT, BIGINT), rows)]


def open_ids(*, seen_before: datetime, after: tuple[int, int], limit: int) -> list[tuple[int, int, Session]]:
    """Open sessions and reservations not heard of since: (ticket id, session id, session) in that order.

    after: the last pair of the page before, (0, 0) at first.
    """
    rows = query(_SILENT, to_micros(seen_before), after[0], after[0], after[1], limit)
    return [(row[1], row[0], _session(row)) for row in rows]


def any_taken(ticket_ids: Collection[int]) -> set[int]:
    """Those of these tickets that ever had a session, open or ended."""
    return {row[0] for row in fetch(_ANY_TAKEN, (BIGINT,), [(key,) for key in ticket_ids])}


def next_ids(count: int, *, now: datetime) -> list[int]:
    """Numbers for new sessions: yyyymm x 10^12 + n, never given twice."""
    month = (now.year * 100 + now.month) * _MONTH
    if is_postgresql():
        sql = "SELECT nextval('hotspot_session_number') FROM generate_series(1, %s)"
        return [month + row[0] for row in query(sql, count)]
    # One writer at a time: the highest number cannot move under us.
    last = query("SELECT max(id) FROM hotspot_session WHERE id >= %s AND id < %s", month, month + _MONTH)[0][0]
    first = (last or month) + 1
    return list(range(first, first + count))


def insert(sessions: Sequence[tuple[int, Session]]) -> None:
    """Store new sessions, each with its organisation's id."""
    run(_INSERT, (BIGINT, *_TYPES), [(organisation_id, *_stored(s)) for organisation_id, s in sessions])


def update(sessions: Sequence[Session]) -> None:
    """Store what changed. Each id at most once."""
    run(_UPDATE, _TYPES, [_stored(session) for session in sessions])


def _month_before(now: datetime) -> int:
    return (now.year - 1) * 100 + 12 if now.month == 1 else now.year * 100 + now.month - 1


def _session(row: Row) -> Session:
    flags = row[28]
    down = Counter(row[24], row[25], bool(flags & 1), bool(flags & 4))
    up = Counter(row[26], row[27], bool(flags & 2), bool(flags & 8))
    # By position, in the order of the fields: names would cost as much again as all the rest.
    return Session(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        from_micros(row[5]),
        row[6],
        row[7],
        row[8],
        maybe_from_micros(row[9]),
        maybe_from_micros(row[10]),
        maybe_from_micros(row[11]),
        None if row[12] is None else Ending(row[12]),
        None if row[13] is None else EndCause(row[13]),
        Grant(*row[14:20]),
        Meter(row[20], row[21], row[22], row[23], down, up),
        row[29],
        row[30],
        row[31],
        None if row[32] is None else bytes(row[32]),
    )


def _stored(session: Session) -> Row:
    grant, meter = session.grant, session.meter
    down, up = meter.down, meter.up
    return (
        session.id,
        session.ticket_id,
        session.access_point_id,
        session.device,
        session.source,
        to_micros(session.seen_at),
        session.acct_session_id,
        session.accept_id,
        session.follows_id,
        maybe_to_micros(session.accepted_at),
        maybe_to_micros(session.began_at),
        maybe_to_micros(session.ended_at),
        None if session.ending is None else session.ending.value,
        None if session.end_cause is None else session.end_cause.value,
        *grant,
        meter.time,
        meter.given_back,
        meter.charged,
        meter.most,
        down.total,
        down.raw,
        up.total,
        up.raw,
        down.wide | up.wide << 1 | down.estimated << 2 | up.estimated << 3,
        session.reports,
        session.ignored,
        session.framed_address,
        session.user_name_sealed,
    )
