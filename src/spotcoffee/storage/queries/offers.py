"""Offers as a batch works on them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.storage.instants import maybe_from_micros
from spotcoffee.storage.queries.rows import BIGINT, Row, fetch


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer's terms and the ids of the access points that it holds on."""

    terms: Terms
    access_points: frozenset[int]


_LOAD = """WITH v(id) AS ({rows})
    SELECT o.id, o.valid_from, o.valid_until, o.lifetime, o.session_duration, o.credit, o.period_limit, o.period,
        o.idle_timeout, o.rate_down, o.rate_up, o.quota_down, o.quota_up, o.max_devices,
        COALESCE(o.time_zone, g.time_zone), a.accesspoint_id
    FROM v JOIN hotspot_offer o ON o.id = v.id JOIN hotspot_organisation g ON g.id = o.organisation_id
    LEFT JOIN hotspot_offer_access_points a ON a.offer_id = o.id"""


def load(ids: Collection[int]) -> dict[int, OfferFacts]:
    """The offers with these ids, by id."""
    found: dict[Row, set[int]] = {}
    for *columns, access_point_id in fetch(_LOAD, (BIGINT,), [(key,) for key in ids]):
        points = found.setdefault(tuple(columns), set())
        if access_point_id is not None:
            points.add(access_point_id)
    return {row[0]: OfferFacts(_terms(row), frozenset(points)) for row, points in found.items()}


@lru_cache(maxsize=4096)
def _terms(row: Row) -> Terms:
    return Terms(
        valid_from=maybe_from_micros(row[1]),
        valid_until=maybe_from_micros(row[2]),
        lifetime=row[3],
        session_duration=row[4],
        credit=row[5],
        period_limit=row[6],
        period=Period(row[7]) if row[7] else None,
        idle_timeout=row[8],
        rate_down=row[9],
        rate_up=row[10],
        quota_down=row[11],
        quota_up=row[12],
        max_devices=row[13],
        zone=ZoneInfo(row[14]),
    )
