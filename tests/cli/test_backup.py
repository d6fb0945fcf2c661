"""`spotcoffee backup` and `spotcoffee restore`: what was there comes back; what is unusable replaces nothing."""

import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.commands import Site, until
from tests.cli.desk import refused, said
from tests.postgres import Cluster


@pytest.fixture
def site(ready_site: Site) -> Site:
    """A site with one organisation."""
    return operated_by(ready_site, "Parc")


def operated_by(site: Site, name: str) -> Site:
    account = (f"{name}@example.org", "--organisation", name, "--role", "manager", "--password-stdin")
    said(site, "user", "add", *account, typed="correct horse battery\n")
    return site


def organisations(site: Site) -> set[str]:
    with closing(sqlite3.connect(site.data / "spotcoffee.sqlite3")) as database:
        return {name for (name,) in database.execute("SELECT name FROM hotspot_organisation")}


def tampered(backup: Path, *, manifest: dict[str, object] | None = None, database: bytes | None = None) -> Path:
    """The same backup with another manifest or another database in it."""
    folder = backup.parent / "unpacked"
    with tarfile.open(backup) as archive:
        archive.extractall(folder, filter="data")
    if manifest is not None:
        said_before = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**said_before, **manifest}))
    if database is not None:
        (folder / "database").write_bytes(database)
    other = backup.with_name("tampered")
    with tarfile.open(other, "w") as archive:
        for name in ("manifest.json", "database"):
            archive.add(folder / name, name)
    return other


def test_what_was_there_comes_back_and_what_was_replaced_is_kept(site: Site, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    said(site, "backup", str(backup))
    operated_by(site, "Pins")

    said(site, "restore", str(backup))

    assert organisations(site) == {"Parc"}
    (kept,) = (site.data / "backups").iterdir()
    said(site, "restore", str(kept))
    assert organisations(site) == {"Parc", "Pins"}


def test_a_backup_is_closed_to_others_and_holds_no_key(site: Site, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    said(site, "backup", str(backup))

    assert backup.stat().st_mode & 0o777 == 0o600
    keys = json.loads((site.data / "keys.json").read_text())
    content = backup.read_bytes()
    for key in (*keys["sealing"].values(), keys["lookup"], keys["class"]):
        assert key.encode() not in content
        assert bytes.fromhex(key) not in content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "data"]


def test_a_backup_comes_back_on_a_new_machine_that_has_the_keys(site: Site, tmp_path: Path) -> None:
    said(site, "backup", str(tmp_path / "backup"))
    other = Site(tmp_path / "other")
    other.data.mkdir()
    assert "keys.json is missing" in refused(other, "restore", str(tmp_path / "backup"))

    (other.data / "keys.json").write_bytes((site.data / "keys.json").read_bytes())
    said(other, "restore", str(tmp_path / "backup"))

    assert organisations(other) == {"Parc"}


def test_without_the_right_keys_nothing_is_replaced(site: Site, tmp_path: Path) -> None:
    said(site, "backup", str(tmp_path / "backup"))
    operated_by(site, "Pins")
    (site.data / "keys.json").unlink()
    said(site, "migrate")

    assert "other keys" in refused(site, "restore", str(tmp_path / "backup"))

    assert organisations(site) == {"Parc", "Pins"}


def test_what_is_damaged_foreign_or_newer_replaces_nothing(site: Site, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    said(site, "backup", str(backup))
    operated_by(site, "Pins")
    (tmp_path / "text").write_text("hello")
    cut = tmp_path / "cut"
    cut.write_bytes(backup.read_bytes()[:100_000])

    assert "not a backup" in refused(site, "restore", str(tmp_path / "text"))
    assert "damaged" in refused(site, "restore", str(cut))
    assert "damaged" in refused(site, "restore", str(tampered(backup, database=b"SQLite format 3\0")))
    newer = tampered(backup, manifest={"migrations": ["hotspot.9999_future"], "version": "99"})
    assert "made by a newer release: release 99" in refused(site, "restore", str(newer))
    other = tampered(backup, manifest={"database": "postgresql"})
    assert "other kind of database" in refused(site, "restore", str(other))
    assert "not a backup" in refused(site, "restore", str(tampered(backup, manifest={"size": "big"})))
    assert "No such file" in refused(site, "restore", str(tmp_path / "nowhere"))

    assert organisations(site) == {"Parc", "Pins"}
    assert not list((site.data / "backups").iterdir())


def test_a_database_in_use_is_not_replaced(site: Site, tmp_path: Path) -> None:
    said(site, "backup", str(tmp_path / "backup"))
    with site.running("worker"):
        until(lambda: "processes running" in site.do("restore", str(tmp_path / "backup")).stderr, what="the worker")

        operated_by(site, "Pins")

    assert organisations(site) == {"Parc", "Pins"}


def test_postgresql_comes_back_too(postgres_cluster: Cluster, tmp_path: Path) -> None:
    site = Site(tmp_path / "data", {"DATABASE_URL": postgres_cluster.new_database()})
    said(site, "migrate")
    operated_by(site, "Parc")
    said(site, "backup", str(tmp_path / "backup"))
    operated_by(site, "Pins")

    said(site, "restore", str(tmp_path / "backup"))

    assert "no such organisation" in refused(site, "offer", "ls", "--organisation", "Pins")
    said(site, "offer", "ls", "--organisation", "Parc")
    cut = tmp_path / "cut"
    cut.write_bytes((tmp_path / "backup").read_bytes()[:20_000])
    assert "damaged" in refused(site, "restore", str(cut))


def test_the_pages_can_say_when_the_last_one_was_made(site: Site, tmp_path: Path) -> None:
    said(site, "backup", str(tmp_path / "backup"))

    with closing(sqlite3.connect(site.data / "spotcoffee.sqlite3")) as database:
        ((by, size),) = database.execute("SELECT by, size FROM hotspot_backup").fetchall()
    assert by.startswith("terminal")
    assert size > 0


def test_a_database_that_lacks_the_newest_tables_is_backed_up_all_the_same(site: Site, tmp_path: Path) -> None:
    with closing(sqlite3.connect(site.data / "spotcoffee.sqlite3")) as database:
        database.execute("DROP TABLE hotspot_backup")

    said(site, "backup", str(tmp_path / "backup"))

    assert (tmp_path / "backup").stat().st_size > 0
