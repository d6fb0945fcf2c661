"""How SQLite reaches the hot tables: a plan that reads a ticket's whole past makes every login dearer each year."""

import pytest
from django.db import connection

from spotcoffee.storage.queries import notes, sessions

pytestmark = pytest.mark.django_db


def plan(sql: str, parameters: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("{rows}", "VALUES (%s)"), [0] * parameters)
        return " | ".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL chooses by its statistics")
@pytest.mark.parametrize(("sql", "parameters"), [(sessions._OPEN, 1), (sessions._SILENT, 5)])
def test_open_sessions_are_found_without_a_look_at_the_past(sql: str, parameters: int) -> None:
    found = plan(sql, parameters)

    assert "USING INDEX session_open" in found
    assert "session_history" not in found


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has no rowid")
def test_the_number_of_a_session_is_the_address_of_its_row() -> None:
    assert "USING INTEGER PRIMARY KEY" in plan(sessions._BY_ID, 1)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's choice is seen above")
def test_postgresql_does_not_read_the_past_to_find_silent_sessions() -> None:
    columns = (
        "id, organisation_id, ticket_id, access_point_id, device, source, seen_at, acct_session_id, ended_at, ending"
    )
    others = [column for column in _required() if column not in columns.split(", ")]
    zeros = "".join(f", {column}" for column in others), ", 0" * len(others)
    with connection.cursor() as cursor:
        cursor.execute(f"""INSERT INTO hotspot_session ({columns}{zeros[0]})
            SELECT g, 1, g % 5000, 1, 'x', 'x', g, g::text, CASE WHEN g % 50 = 0 THEN NULL ELSE g END, 'lost'{zeros[1]}
            FROM generate_series(1, 50000) g""")
        cursor.execute("ANALYZE hotspot_session")
        cursor.execute("EXPLAIN " + sessions._SILENT, [10**9, 0, 0, 0, 200])
        found = " | ".join(row[0] for row in cursor.fetchall())

    assert "session_open" in found
    assert "session_history" not in found


def _required() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("""SELECT column_name FROM information_schema.columns
            WHERE table_name = 'hotspot_session' AND is_nullable = 'NO'""")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL chooses by its statistics")
def test_a_note_is_looked_for_among_the_tickets_that_have_one() -> None:
    assert "INDEX ticket_noted" in plan(notes._NEWEST, 3)
