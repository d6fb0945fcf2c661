"""A database as after a season: tickets T0000000 … with passwords pw0000000 …, and past sessions of theirs.

python -m bench.prepared seed TICKETS SESSIONS
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any, Final, TypeAlias

from django.db import connection, models, transaction

from spotcoffee.project.environment import load_settings
from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.keys import KeyRing, load_or_make_keys
from spotcoffee.storage.models import AccessPoint, Offer, Organisation, Session, Ticket, TicketBatch, TicketList
from spotcoffee.storage.queries.access_points import bump_version
from spotcoffee.storage.queries.rows import execute, is_postgresql, query

SECRET: Final = "testing123"
SEASON: Final = timedelta(days=28)
LASTED: Final = timedelta(minutes=10)
_STEP: Final = 20_000

# A row in the making: column to value.
Columns: TypeAlias = dict[str, Any]

# Made anew after the rows: row by row in random order they cost several times as much.
_LATE_INDEXES: Final = {
    "session_history": "CREATE INDEX session_history ON hotspot_session (ticket_id, id)",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where all of it belongs. empty_list_id: a second list, for tickets that are generated later."""

    organisation_id: int
    access_point_id: int
    list_id: int
    batch_id: int
    empty_list_id: int


def main(argv: Sequence[str]) -> None:
    """Fill a migrated database; print the id of the organisation and of an empty list."""
    tickets, sessions = int(argv[0]), int(argv[1])
    now = datetime.now(UTC)
    keys = load_or_make_keys(load_settings(None, os.environ).keys_path)
    place = _place(tickets, keys, now)
    _fill("hotspot_ticket", _tickets(place, tickets, keys, now))
    for name in _LATE_INDEXES:
        execute(f"DROP INDEX {name}")
    _fill("hotspot_session", _sessions(place, tickets, sessions, now))
    for made in _LATE_INDEXES.values():
        execute(made)
    _settle(sessions)
    sys.stdout.write(f"{place.organisation_id} {place.empty_list_id}\n")


def _place(tickets: int, keys: KeyRing, now: datetime) -> Place:
    """One organisation, one access point, and an offer with a limit of nearly every kind."""
    owner = Organisation.objects.create(name="Bench", created_at=now)
    point = AccessPoint.objects.create(
        organisation=owner,
        name="Loopback",
        address="127.0.0.1",
        secret_sealed=keys.seal(SECRET),
        interim_interval=60,
        created_at=now,
    )
    offer = Offer.objects.create(
        organisation=owner,
        name="Plan 1",
        credit=360_000,
        period="day",
        period_limit=72_000,
        lifetime=30 * 86_400,
        idle_timeout=300,
        rate_down=2_000_000,
        rate_up=512_000,
        max_devices=1,
        created_at=now,
    )
    offer.access_points.set([point])
    lists = [
        TicketList.objects.create(organisation=owner, offer=offer, name=name, login_format="code10", created_at=now)
        for name in ("Seeded", "Empty")
    ]
    batch = TicketBatch.objects.create(ticket_list=lists[0], count=tickets, ready=True, created_at=now, touched_at=now)
    bump_version()
    return Place(owner.pk, point.pk, lists[0].pk, batch.pk, lists[1].pk)


def _tickets(place: Place, count: int, keys: KeyRing, now: datetime) -> Iterator[Columns]:
    owner = place.organisation_id
    same = _columns(
        Ticket(
            organisation_id=owner,
            ticket_list_id=place.list_id,
            batch_id=place.batch_id,
            exact=True,
            created_at=now,
        )
    )
    del same["id"]
    for number in range(count):
        login = f"T{number:07d}"
        yield same | {
            "login_key": keys.login_key(owner, login),
            "login_sealed": keys.seal(login),
            "password_sealed": keys.seal(f"pw{number:07d}"),
        }


def _sessions(place: Place, tickets: int, count: int, now: datetime) -> Iterator[Columns]:
    """Ended sessions, oldest first, each ticket's own spread over the season."""
    same = _columns(
        Session(
            organisation_id=place.organisation_id,
            access_point_id=place.access_point_id,
            source="127.0.0.1",
            seen_at=now,
            ending="stopped",
            end_cause="user",
            time=LASTED // timedelta(seconds=1),
            charged=LASTED // timedelta(seconds=1),
            down=10_000_000,
            down_raw=10_000_000,
            up=1_000_000,
            up_raw=1_000_000,
            reports=4,
            framed_address="10.0.0.1",
        )
    )
    first = query("SELECT MIN(id) FROM hotspot_ticket")[0][0]
    apart = SEASON / max(count, 1)
    for number in range(count):
        began = now - SEASON - LASTED + apart * number
        began_at, ended_at = to_micros(began), to_micros(began + LASTED)
        # As storage.queries.sessions numbers them: by month.
        own = (began.year * 100 + began.month) * 10**12 + number + 1
        yield same | {
            "id": own,
            "ticket_id": first + number * 7919 % tickets,
            "device": f"02AA{number % tickets:08X}",
            "acct_session_id": f"past{number:08x}",
            "accept_id": own,
            "accepted_at": began_at,
            "began_at": began_at,
            "seen_at": ended_at,
            "ended_at": ended_at,
        }


def _columns(record: models.Model) -> Columns:
    """A record as its row."""
    return {
        str(field.column): field.get_db_prep_save(getattr(record, field.attname), connection)
        for field in type(record)._meta.concrete_fields
    }


def _fill(table: str, rows: Iterator[Columns]) -> None:
    """Write many rows of the same columns: COPY on PostgreSQL, executemany in one transaction on SQLite."""
    head = next(rows, None)
    if head is None:
        return
    names, values = ", ".join(head), (tuple(row.values()) for row in chain([head], rows))
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgresql():
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
            return
        insert = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(head))})"
        while part := list(islice(values, _STEP)):
            cursor.executemany(insert, part)


def _settle(sessions: int) -> None:
    """What either database would have done by itself over a season."""
    if is_postgresql():
        query("SELECT setval('hotspot_session_number', %s)", max(sessions, 1))
        execute("VACUUM ANALYZE")
        execute("CHECKPOINT")
    else:
        query("PRAGMA wal_checkpoint(TRUNCATE)")
