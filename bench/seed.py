"""A database as after a season: tickets T0000000 … with passwords pw0000000 …, and past sessions of theirs.

python -m bench.prepared seed TICKETS SESSIONS
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, cast

from django.db import connection, transaction
from psycopg import sql

from spotcoffee.domain.codes import tail
from spotcoffee.project.environment import load_settings
from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.keys import KeyRing, load_or_make_keys
from spotcoffee.storage.models import AccessPoint, Offer, Organisation, TicketBatch, TicketList
from spotcoffee.storage.queries.access_points import bump_version

SECRET: Final = "testing123"
SEASON: Final = timedelta(days=28)
LASTED: Final = 600
_STEP: Final = 10_000

TICKET_COLUMNS: Final = (
    "organisation_id",
    "ticket_list_id",
    "batch_id",
    "login_key",
    "tail_key",
    "login_sealed",
    "password_sealed",
    "exact",
    "note",
    "used_time",
    "used_down",
    "used_up",
    "period_calendar",
    "period_seconds",
    "created_at",
)
SESSION_COLUMNS: Final = (
    "id",
    "organisation_id",
    "ticket_id",
    "access_point_id",
    "device",
    "source",
    "acct_session_id",
    "accept_id",
    "accepted_at",
    "began_at",
    "seen_at",
    "ended_at",
    "ending",
    "end_cause",
    "time",
    "given_back",
    "charged",
    "down",
    "down_raw",
    "up",
    "up_raw",
    "counter_flags",
    "reports",
    "ignored",
    "framed_address",
)
# Made after the rows: in the order of the rows they cost ten times as much.
_LATE_INDEXES: Final = {
    "session_history": "CREATE INDEX session_history ON hotspot_session (ticket_id, id)",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where all of it belongs."""

    organisation_id: int
    access_point_id: int
    list_id: int
    empty_list_id: int


def main(argv: Sequence[str]) -> None:
    """Fill a migrated database."""
    tickets, sessions = int(argv[0]), int(argv[1])
    now = datetime.now(UTC)
    keys = load_or_make_keys(load_settings(None, __import__("os").environ).keys_path)
    place = make_place(keys, now)
    _fill("hotspot_ticket", TICKET_COLUMNS, _tickets(place, tickets, keys, now))
    first_id = _first_ticket(place)
    with_indexes_later = _PastSessions(place, first_id, tickets, now)
    _without_indexes(with_indexes_later, sessions)
    _settle()
    sys.stdout.write(f"{place.empty_list_id}\n")
