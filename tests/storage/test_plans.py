"""How SQLite reaches the hot tables: a plan that reads a ticket's whole past makes every login dearer each year."""

import pytest
from django.db import connection

from spotcoffee.storage.queries import sessions

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
