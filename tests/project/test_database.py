"""The database that the settings give: what durability and locking rest on."""

import os

import pytest
from django.db import connection
from tests.postgres import Cluster


@pytest.mark.django_db
def test_the_tests_run_on_the_database_that_was_asked_for() -> None:
    asked = os.environ.get("SPOTCOFFEE_TEST_DATABASE", "sqlite")

    assert connection.vendor == asked


@pytest.mark.skipif(os.environ.get("SPOTCOFFEE_TEST_DATABASE") == "postgresql", reason="SQLite's own settings")
@pytest.mark.django_db
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_sqlite_keeps_what_it_answered_through_a_power_cut(pragma: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone() == (value,)


def test_a_throw_away_cluster_gives_an_empty_database_each_time(postgres_cluster: Cluster) -> None:
    first, second = postgres_cluster.new_database(), postgres_cluster.new_database()

    assert first != second
