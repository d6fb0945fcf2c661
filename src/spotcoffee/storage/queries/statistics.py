"""Sessions and sales summed up by hours, days or months of a calendar, by access point and by offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import BIGINT, Parameter, fetch, query

_MONTH: Final = 10**12
# A session's id bears the month of its first packet, which may lie beside that of its beginning.
_MARGIN: Final = timedelta(days=2)
# Longer sessions are not looked for in the traffic of an hour.
_LONGEST: Final = timedelta(days=31)

_SESSIONS = """SELECT {key}, COUNT(*), COUNT(DISTINCT s.ticket_id), COALESCE(SUM(s.charged), 0),
        COALESCE(SUM(s.down), 0), COALESCE(SUM(s.up), 0)
    FROM hotspot_session s {join}
    WHERE s.organisation_id = %s AND s.acct_session_id IS NOT NULL AND s.id >= %s AND s.id < %s
        AND s.began_at >= %s AND s.began_at < %s {reach} GROUP BY 1"""
_OF_OFFER = "JOIN hotspot_ticket t ON t.id = s.ticket_id JOIN hotspot_ticketlist l ON l.id = t.ticket_list_id"
_SALES = """SELECT {key}, SUM(h.count) FROM hotspot_handout h JOIN hotspot_ticketlist l ON l.id = h.list_id
    WHERE h.organisation_id = %s AND h.format = 'sale' AND h.undone_at IS NULL AND h.ready
        AND h.at >= %s AND h.at < %s {reach} GROUP BY 1"""
_TAKINGS = """SELECT {key}, h.terms ->> 'price', h.terms ->> 'currency', SUM(h.count)
    FROM hotspot_handout h JOIN hotspot_ticketlist l ON l.id = h.list_id
    WHERE h.organisation_id = %s AND h.format = 'sale' AND h.undone_at IS NULL AND h.ready
        AND h.at >= %s AND h.at < %s {reach} GROUP BY 1, 2, 3"""
# A session's volume is spread evenly over its time: what it moved when, nobody reports.
_TRAFFIC = """WITH v(place, low, high) AS ({{rows}}),
    s(began, ended, down, up) AS MATERIALIZED (SELECT s.began_at, CASE WHEN s.seen_at > s.began_at THEN s.seen_at
            ELSE s.began_at + 1 END, s.down, s.up
        FROM hotspot_session s WHERE s.organisation_id = %s AND s.acct_session_id IS NOT NULL AND s.id >= %s
            AND s.id < %s AND s.seen_at >= %s AND s.began_at < %s {reach})
    SELECT v.place, SUM(s.down * {share}), SUM(s.up * {share}) FROM v
    JOIN s ON s.began < v.high AND s.ended > v.low GROUP BY v.place"""
# A fraction before it meets octets: together they pass what 64 bits hold.
_SHARE = """(CAST((CASE WHEN s.ended < v.high THEN s.ended ELSE v.high END)
    - (CASE WHEN s.began > v.low THEN s.began ELSE v.low END) AS DOUBLE PRECISION) / (s.ended - s.began))"""


@dataclass(frozen=True, slots=True)
class Range:
    """What is summed up: begin <= instant < end. access_points, offers: None: all."""

    organisation_id: int
    begin: datetime
    end: datetime
    access_points: Sequence[int] | None = None
    offers: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of one key."""

    sessions: int = 0
    guests: int = 0
    time: int = 0
    down: int = 0
    up: int = 0


def bucket(column: str, starts: Sequence[datetime]) -> str:
    """SQL: in which of these spans an instant lies, by halving: as many comparisons as the number has bits."""
    return _halved(column, [to_micros(start) for start in starts], 0, len(starts))


def _halved(column: str, starts: Sequence[int], low: int, high: int) -> str:
    if high - low == 1:
        return str(low)
    middle = (low + high) // 2
    before, after = _halved(column, starts, low, middle), _halved(column, starts, middle, high)
    return f"CASE WHEN {column} < {starts[middle]} THEN {before} ELSE {after} END"


def sessions_by_bucket(which: Range, starts: Sequence[datetime]) -> dict[int, Sums]:
    """The sessions that began in each span, by its place in `starts`."""
    return _sessions(which, bucket("s.began_at", starts), "")


def sessions_by_access_point(which: Range) -> dict[int, Sums]:
    """The sessions of each access point."""
    return _sessions(which, "s.access_point_id", "")


def sessions_by_offer(which: Range) -> dict[int, Sums]:
    """The sessions of each offer, as its tickets are bound today."""
    return _sessions(which, "l.offer_id", _OF_OFFER)


def sales_by_bucket(which: Range, starts: Sequence[datetime]) -> dict[int, int]:
    """The tickets sold in each span, by its place in `starts`."""
    return _sales(which, bucket("h.at", starts))


def sales_by_offer(which: Range) -> dict[int, int]:
    """The tickets sold of each offer."""
    return _sales(which, "l.offer_id")


def traffic_by_bucket(which: Range, starts: Sequence[datetime]) -> dict[int, tuple[int, int]]:
    """The octets down and up that sessions moved in each span, by its place in `starts`."""
    reach, among = _among("s.access_point_id", which.access_points)
    begin, end = to_micros(which.begin), to_micros(which.end)
    ends = [*(to_micros(start) for start in starts[1:]), end]
    spans = [(place, to_micros(start), ends[place]) for place, start in enumerate(starts)]
    low, high = _first_id(which.begin - _LONGEST), _first_id(which.end + _MARGIN) + _MONTH
    sql = _TRAFFIC.format(reach=reach, share=_SHARE)
    rows = fetch(sql, (BIGINT, BIGINT, BIGINT), spans, which.organisation_id, low, high, begin, end, *among)
    return {row[0]: (int(row[1] or 0), int(row[2] or 0)) for row in rows}


def takings_by_bucket(which: Range, starts: Sequence[datetime]) -> list[tuple[int, str | None, str | None, int]]:
    """What was sold in each span: its place in `starts`, the price as text, the currency, how many at that price."""
    reach, among = _among("l.offer_id", which.offers)
    begin, end = to_micros(which.begin), to_micros(which.end)
    sql = _TAKINGS.format(key=bucket("h.at", starts), reach=reach)
    return [(row[0], row[1], row[2], int(row[3])) for row in query(sql, which.organisation_id, begin, end, *among)]


def _sessions(which: Range, key: str, join: str) -> dict[int, Sums]:
    reach, among = _among("s.access_point_id", which.access_points)
    begin, end = to_micros(which.begin), to_micros(which.end)
    low, high = _first_id(which.begin - _MARGIN), _first_id(which.end + _MARGIN) + _MONTH
    sql = _SESSIONS.format(key=key, join=join, reach=reach)
    rows = query(sql, which.organisation_id, low, high, begin, end, *among)
    return {row[0]: Sums(*(int(value) for value in row[1:])) for row in rows}


def _sales(which: Range, key: str) -> dict[int, int]:
    reach, among = _among("l.offer_id", which.offers)
    begin, end = to_micros(which.begin), to_micros(which.end)
    rows = query(_SALES.format(key=key, reach=reach), which.organisation_id, begin, end, *among)
    return {row[0]: int(row[1]) for row in rows}


def _first_id(at: datetime) -> int:
    return (at.year * 100 + at.month) * _MONTH


def _among(column: str, keys: Sequence[int] | None) -> tuple[str, Sequence[Parameter]]:
    if keys is None:
        return "", []
    if not keys:
        return "AND 1 = 0", []
    return f"AND {column} IN ({', '.join(['%s'] * len(keys))})", keys
