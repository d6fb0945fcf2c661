"""A site for each test."""

from pathlib import Path

import pytest
from tests.cli.commands import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site that has run nothing yet."""
    return Site(tmp_path / "data")


@pytest.fixture
def ready_site(site: Site) -> Site:
    """A site with its database and keys."""
    made = site.do("migrate")
    assert made.returncode == 0, made.stderr
    return site
