"""A site for each test."""

import shutil
from pathlib import Path

import pytest
from tests.cli.commands import Site
from tests.cli.terminal import Terminal


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site that has run nothing yet."""
    return Site(tmp_path / "data")


@pytest.fixture(scope="session")
def made_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its database and keys, for tests to copy."""
    made = Site(tmp_path_factory.mktemp("made") / "data")
    done = made.do("migrate")
    assert done.returncode == 0, done.stderr
    return made.data


@pytest.fixture
def ready_site(site: Site, made_data: Path) -> Site:
    """A site with its database and keys."""
    shutil.copytree(made_data, site.data)
    return site


@pytest.fixture
def terminal(db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Where commands are typed that work on the test's own database."""
    return Terminal(capsys, monkeypatch)
