"""Access points as servers need them: the table they hold in memory, and what packets tell about them."""

from collections.abc import Collection, Mapping
from datetime import datetime

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.models import AccessPoint
from spotcoffee.storage.queries.rows import BIGINT, TEXT, execute, query, run

_HEARD = """WITH v(id, source) AS ({rows})
    UPDATE hotspot_accesspoint SET last_seen_at = %s, heard_by = %s, source = v.source
    FROM v WHERE hotspot_accesspoint.id = v.id"""
_PROVEN = """WITH v(id) AS ({rows}) UPDATE hotspot_accesspoint SET message_authenticator_seen = TRUE
    FROM v WHERE hotspot_accesspoint.id = v.id"""
_TAKE_OVER = """UPDATE hotspot_accesspoint SET heard_by = %s WHERE heard_by IS NOT NULL AND heard_by <> %s
    AND NOT EXISTS (SELECT 1 FROM hotspot_process p WHERE p.id = hotspot_accesspoint.heard_by
        AND p.stopped_at IS NULL AND p.heartbeat_at >= %s)"""
_FAULT = """INSERT INTO hotspot_accesspointfault (access_point_id, organisation_id, source, code, first_at, last_at,
        count) {rows} ON CONFLICT (access_point_id, code)
    DO UPDATE SET last_at = excluded.last_at, count = hotspot_accesspointfault.count + excluded.count"""
_SOURCE_FAULT = """INSERT INTO hotspot_accesspointfault (source, code, first_at, last_at, count) {rows}
    ON CONFLICT (source, code) WHERE access_point_id IS NULL
    DO UPDATE SET last_at = excluded.last_at, count = hotspot_accesspointfault.count + excluded.count"""


def version() -> int:
    """The number that moves with every saved access point."""
    found = query("SELECT number FROM hotspot_directoryversion")
    return int(found[0][0]) if found else 0


def bump_version() -> None:
    """Tell every server to read the table anew. Belongs into the transaction that changes it."""
    execute("UPDATE hotspot_directoryversion SET number = number + 1")


def listed() -> list[AccessPoint]:
    """All access points that are not archived."""
    return list(AccessPoint.objects.filter(archived=False).order_by("id"))


def heard(sources: Mapping[int, str], *, process_id: int, now: datetime) -> None:
    """Note that this process heard access points (id to source address)."""
    run(_HEARD, (BIGINT, TEXT), sorted(sources.items()), to_micros(now), process_id)


def take_over(*, process_id: int, alive_since: datetime) -> None:
    """Take the access points of processes whose heart stopped."""
    execute(_TAKE_OVER, process_id, process_id, to_micros(alive_since))


def heard_by(process_id: int) -> set[int]:
    """The access points that this process heard last."""
    return {row[0] for row in query("SELECT id FROM hotspot_accesspoint WHERE heard_by = %s", process_id)}


def saw_message_authenticator(access_point_ids: Collection[int]) -> None:
    """From now on these must send one (RFC 3579 3.2; CVE-2024-3596)."""
    if access_point_ids:
        run(_PROVEN, (BIGINT,), [(key,) for key in access_point_ids])
        bump_version()


def note_faults(faults: Mapping[tuple[int, int, str], int], *, now: datetime) -> None:
    """Count what packets showed: (access point, organisation, code) to how often."""
    at = to_micros(now)
    rows = [(point, owner, "", code, at, at, count) for (point, owner, code), count in faults.items()]
    run(_FAULT, (BIGINT, BIGINT, TEXT, TEXT, BIGINT, BIGINT, BIGINT), rows)


def note_source_faults(faults: Mapping[tuple[str, str], int], *, now: datetime) -> None:
    """Count what unknown or unreadable sources sent: (source address, code) to how often."""
    at = to_micros(now)
    rows = [(source, code, at, at, count) for (source, code), count in faults.items()]
    run(_SOURCE_FAULT, (TEXT, TEXT, BIGINT, BIGINT, BIGINT), rows)
