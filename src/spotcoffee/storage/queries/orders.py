"""Orders to equipment: given in the batch that decided them, taken up and concluded by the process that sends."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from spotcoffee.domain.sessions import Grant
from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import BIGINT, TEXT, Row, execute, fetch, query, run

DISCONNECT = "disconnect"
CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to be given. grant: the limits of a CHANGE. by: the member of staff who asked, empty for the rules."""

    organisation_id: int
    access_point_id: int
    ticket_id: int
    session_id: int
    kind: str
    reason: str
    grant: Grant | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order that is due. packet: what was sent before, to be sent again byte for byte; None at the first time."""

    id: int
    access_point_id: int
    ticket_id: int
    session_id: int
    kind: str
    reason: str
    by: str
    grant: Grant | None
    tries: int
    packet: bytes | None


# An order of the same kind that still waits says the same; a change that was not sent yet takes the newer limits.
_INSERT = """INSERT INTO hotspot_order (organisation_id, access_point_id, ticket_id, session_id, kind, reason, "grant",
        "by", created_at, next_try_at, state, tries) {rows}
    ON CONFLICT (session_id, kind) WHERE finished_at IS NULL DO UPDATE
        SET "grant" = excluded."grant" WHERE hotspot_order.tries = 0"""
_TYPES = (BIGINT, BIGINT, BIGINT, BIGINT, TEXT, TEXT, "jsonb", TEXT, BIGINT, BIGINT, TEXT, BIGINT)
_SELECT = """SELECT o.id, o.access_point_id, o.ticket_id, o.session_id, o.kind, o.reason, o."by", o."grant",
    o.tries, o.packet"""
_DUE = f"""WITH v(access_point_id) AS ({{rows}}) {_SELECT}
    FROM hotspot_order o JOIN v ON v.access_point_id = o.access_point_id
    WHERE o.finished_at IS NULL AND o.next_try_at <= %s ORDER BY o.id LIMIT 200"""
_SENT = """UPDATE hotspot_order SET tries = tries + 1, next_try_at = %s, packet = %s, identifier = %s, state = 'sent'
    WHERE id = %s AND finished_at IS NULL"""
_FINISH = """UPDATE hotspot_order SET state = %s, error_cause = %s, finished_at = %s
    WHERE id = %s AND finished_at IS NULL"""


def insert(orders: Sequence[NewOrder], *, now: datetime) -> None:
    """Give orders, due at once. A session has one waiting order of a kind."""
    at = to_micros(now)
    once = {(order.session_id, order.kind): order for order in orders}
    rows = [
        (
            order.organisation_id,
            order.access_point_id,
            order.ticket_id,
            order.session_id,
            order.kind,
            order.reason,
            _written(order.grant),
            order.by,
            at,
            at,
            "waiting",
            0,
        )
        for order in once.values()
    ]
    run(_INSERT, _TYPES, rows)


def due(access_point_ids: Collection[int], *, now: datetime) -> list[OrderFacts]:
    """The orders to send now to these access points, oldest first."""
    rows: list[Row] = [(key,) for key in access_point_ids]
    return [_facts(row) for row in fetch(_DUE, (BIGINT,), rows, to_micros(now))]


def by_id(order_id: int) -> OrderFacts | None:
    """One order."""
    return next((_facts(row) for row in query(f"{_SELECT} FROM hotspot_order o WHERE o.id = %s", order_id)), None)


def mark_sent(order_id: int, *, packet: bytes, next_try_at: datetime) -> None:
    """Remember what is about to be sent, and when to look again."""
    execute(_SENT, to_micros(next_try_at), packet, packet[1], order_id)


def finish(order_id: int, state: str, *, error_cause: int | None, now: datetime) -> bool:
    """Conclude an order. False when it was concluded already."""
    return execute(_FINISH, state, error_cause, to_micros(now), order_id) == 1


def _written(grant: Grant | None) -> str | None:
    if grant is None:
        return None
    return json.dumps(grant._asdict())


def _facts(row: Row) -> OrderFacts:
    grant = json.loads(row[7]) if isinstance(row[7], str) else row[7]
    return OrderFacts(
        id=row[0],
        access_point_id=row[1],
        ticket_id=row[2],
        session_id=row[3],
        kind=row[4],
        reason=row[5],
        by=row[6],
        grant=None if grant is None else Grant(**grant),
        tries=row[8],
        packet=None if row[9] is None else bytes(row[9]),
    )
