"""`spotcoffee check`: each thing that can be wrong, with its mend."""

from datetime import UTC, datetime
from pathlib import Path

from tests.cli.commands import Site, free_port

from spotcoffee.project.certificate import own_certificate


def fault(site: Site, title: str) -> str:
    """What `check` says about one thing; the exit status has to agree."""
    done = site.do("check")
    lines = [line for line in done.stdout.splitlines() if line.startswith(f"FAULT  {title}: ")]
    assert done.returncode == 1, done.stdout
    assert done.stderr.count("\n") == 1
    return "\n".join(lines)


def test_a_site_that_is_ready_has_no_fault(ready_site: Site) -> None:
    done = ready_site.do("check")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("ok ") == len(done.stdout.splitlines())


def test_before_the_first_start_everything_is_missing_and_nothing_is_made(site: Site) -> None:
    assert "spotcoffee migrate" in fault(site, "database")
    assert not site.data.exists()


def test_keys_that_others_can_read_are_a_fault(ready_site: Site) -> None:
    (ready_site.data / "keys.json").chmod(0o644)

    assert "chmod 600" in fault(ready_site, "keys")


def test_keys_that_are_broken_are_a_fault(ready_site: Site) -> None:
    (ready_site.data / "keys.json").write_text("{}")

    assert "backup" in fault(ready_site, "keys")


def test_a_data_folder_that_others_can_write_is_a_fault(ready_site: Site) -> None:
    ready_site.data.chmod(0o777)

    assert "chmod 700" in fault(ready_site, "data folder")


def test_a_database_that_is_away_is_a_fault(ready_site: Site) -> None:
    ready_site.settings["DATABASE_URL"] = f"postgresql://wifi:s3cret@127.0.0.1:{free_port()}/wifi"

    said = fault(ready_site, "database")

    assert "SPOTCOFFEE_DATABASE_URL" in said
    assert "s3cret" not in said


def test_a_certificate_with_another_key_is_a_fault(ready_site: Site, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    certificate, _ = own_certificate(tmp_path / "one", [], now=now)
    _, key = own_certificate(tmp_path / "other", [], now=now)
    ready_site.settings |= {"TLS_CERT": str(certificate), "TLS_KEY": str(key)}

    assert "do not belong together" in fault(ready_site, "certificate")


def test_a_certificate_that_has_ended_is_a_fault(ready_site: Site, tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path / "old", [], now=datetime(2020, 1, 1, tzinfo=UTC))
    ready_site.settings |= {"TLS_CERT": str(certificate), "TLS_KEY": str(key)}

    assert "renew it" in fault(ready_site, "certificate")
