"""Houses for tests: on SQLite, on PostgreSQL, or on both in turn. Made once by `spotcoffee migrate`, then copied."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TypeAlias

import psycopg
import pytest
from tests.e2e.house import House
from tests.postgres import Cluster

# Makes a house of a kind, sqlite or postgresql, in a folder.
Build: TypeAlias = Callable[[str, Path], House]

_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A furnished house on SQLite."""
    return _closed(House(tmp_path_factory.mktemp("sqlite-model")))


@pytest.fixture(scope="session")
def postgresql_model(tmp_path_factory: pytest.TempPathFactory, postgres_cluster: Cluster) -> House:
    """A furnished house on PostgreSQL."""
    return _closed(House(tmp_path_factory.mktemp("postgresql-model"), postgres_cluster.new_database()))


def _closed(house: House) -> House:
    house.furnish()
    house.close()
    return house


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest) -> Build:
    """Makes houses."""

    def build_one(kind: str, folder: Path) -> House:
        model: House = request.getfixturevalue(f"{kind}_model")
        shutil.copytree(model.data, folder / "data")
        url = _copy_of(model.database_url) if model.database_url else ""
        return House(folder, url, organisation=model.organisation)

    return build_one


def _copy_of(database_url: str) -> str:
    server, _, model = database_url.rpartition("/")
    name = f"{model}_copy_{next(_numbers)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{model}"')  # type: ignore[call-overload]
    return f"{server}/{name}"


@contextmanager
def opened(house: House) -> Iterator[House]:
    """A house, closed afterwards."""
    try:
        yield house
    finally:
        house.close()


@pytest.fixture
def house(build: Build, tmp_path: Path) -> Iterator[House]:
    """A house on SQLite."""
    with opened(build("sqlite", tmp_path)) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def any_house(request: pytest.FixtureRequest, build: Build, tmp_path: Path) -> Iterator[House]:
    """A house on each database in turn."""
    with opened(build(request.param, tmp_path)) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_house(
    request: pytest.FixtureRequest, build: Build, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house on each database in turn, for all tests of a file."""
    with opened(build(request.param, tmp_path_factory.mktemp("house"))) as made:
        yield made
