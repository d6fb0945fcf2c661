"""What all tests stand on: a data folder of their own, and the database that was asked for.

SQLite is the default; SPOTCOFFEE_TEST_DATABASE=postgresql runs the same tests on a throw-away cluster.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings
from tests.postgres import Cluster, PostgresMissing

# A busy machine is no finding, and what CI finds must be found again.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis_settings.load_profile("suite")

_DATA = Path(tempfile.mkdtemp(prefix="spotcoffee-tests-"))
_cluster = Cluster()


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Choose the database before Django reads its settings; nothing of the person's own environment gets in."""
    database = os.environ.get("SPOTCOFFEE_TEST_DATABASE", "sqlite")
    if database not in ("sqlite", "postgresql"):
        raise pytest.UsageError("SPOTCOFFEE_TEST_DATABASE is sqlite or postgresql")
    for name in list(os.environ):
        if name.startswith("SPOTCOFFEE_") and not name.startswith(("SPOTCOFFEE_TEST_", "SPOTCOFFEE_FUZZ_")):
            del os.environ[name]
    os.environ["SPOTCOFFEE_DATA"] = str(_DATA)
    os.environ["DJANGO_SETTINGS_MODULE"] = "spotcoffee.project.settings"
    if database == "postgresql":
        try:
            _cluster.start()
        except PostgresMissing as missing:
            raise pytest.UsageError(str(missing)) from missing
        os.environ["SPOTCOFFEE_DATABASE_URL"] = _cluster.url("spotcoffee")
    # Read now, they are what pytest-django sets Django up with a moment later.
    _ = settings.DATABASES


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    _cluster.stop()
    shutil.rmtree(_DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_cluster() -> Cluster:
    """A running PostgreSQL; `new_database()` gives the address of an empty database."""
    try:
        _cluster.start()
    except PostgresMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    return _cluster
