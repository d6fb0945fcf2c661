"""The authorisation log, written in the same commit as what it tells."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import BIGINT, TEXT, run


class AttemptFacts(NamedTuple):
    """One login. reason: empty for an Accept."""

    organisation_id: int
    access_point_id: int
    at: datetime
    device: str
    ticket_id: int | None
    login: str
    reason: str
    session_id: int | None


_INSERT = """INSERT INTO hotspot_attempt
    (organisation_id, access_point_id, at, device, ticket_id, login, reason, session_id) {rows}"""
_TYPES = (BIGINT, BIGINT, BIGINT, TEXT, BIGINT, TEXT, TEXT, BIGINT)


def insert(attempts: Sequence[AttemptFacts]) -> None:
    """Store attempts, in order."""
    rows = [
        (
            attempt.organisation_id,
            attempt.access_point_id,
            to_micros(attempt.at),
            attempt.device,
            attempt.ticket_id,
            attempt.login,
            attempt.reason,
            attempt.session_id,
        )
        for attempt in attempts
    ]
    run(_INSERT, _TYPES, rows)
