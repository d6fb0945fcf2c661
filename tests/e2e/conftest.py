"""Houses for tests: on SQLite, on PostgreSQL, or on both in turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.house import House
from tests.postgres import Cluster


@contextmanager
def opened(house: House) -> Iterator[House]:
    """A house, closed afterwards."""
    try:
        yield house
    finally:
        house.close()


def _database_url(kind: str, request: pytest.FixtureRequest) -> str:
    if kind == "sqlite":
        return ""
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return cluster.new_database()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house on SQLite."""
    with opened(House(tmp_path)) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def any_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house on each database in turn."""
    with opened(House(tmp_path, _database_url(request.param, request))) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on each database in turn, for all tests of a file."""
    with opened(House(tmp_path_factory.mktemp("house"), _database_url(request.param, request))) as made:
        yield made
