"""`spotcoffee migrate`: up to date, and nothing lost on the way."""

import sqlite3
import subprocess
import sys
from contextlib import closing

from tests.cli.commands import Site
from tests.postgres import Cluster


def names_in(database: object) -> list[str]:
    with closing(sqlite3.connect(str(database))) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM hotspot_organisation")]


def test_the_first_start_makes_the_folder_the_keys_and_the_database(site: Site) -> None:
    assert site.do("migrate").returncode == 0

    assert site.data.stat().st_mode & 0o777 == 0o700
    for name in ("keys.json", "spotcoffee.sqlite3"):
        assert (site.data / name).stat().st_mode & 0o777 == 0o600
    assert names_in(site.data / "spotcoffee.sqlite3") == []
    assert not (site.data / "backups").exists()


def test_an_older_database_is_copied_before_it_is_changed(site: Site) -> None:
    site.data.mkdir()
    older = [sys.executable, "-m", "django", "migrate", "hotspot", "0001", "--settings=spotcoffee.project.settings"]
    subprocess.run(older, env=site.environ, check=True, capture_output=True)
    with closing(sqlite3.connect(site.data / "spotcoffee.sqlite3")) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(hotspot_organisation)") if row[1] != "id"]
        values = ["Café des Arts" if column == "name" else "0" for column in columns]
        marks = ", ".join("?" for _ in columns)
        connection.execute(f"INSERT INTO hotspot_organisation ({', '.join(columns)}) VALUES ({marks})", values)
        connection.commit()

    done = site.do("migrate")

    assert done.returncode == 0, done.stderr
    (copy,) = (site.data / "backups").iterdir()
    assert str(copy) in done.stderr
    assert names_in(copy) == names_in(site.data / "spotcoffee.sqlite3") == ["Café des Arts"]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_database_that_is_up_to_date_is_not_copied(ready_site: Site) -> None:
    assert ready_site.do("migrate").stderr == ""

    assert not (ready_site.data / "backups").exists()


def test_an_empty_postgresql_database_is_filled(site: Site, postgres_cluster: Cluster) -> None:
    site.settings["DATABASE_URL"] = postgres_cluster.new_database()

    assert site.do("migrate").returncode == 0
    assert site.do("check").returncode == 0
    assert not (site.data / "spotcoffee.sqlite3").exists()
