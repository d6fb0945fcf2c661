"""The frame of every command: its exit status, and what it says when it fails."""

import pytest
from tests.cli.commands import Site

from spotcoffee import __version__
from spotcoffee.cli.__main__ import COMMANDS


def test_without_a_command_the_usage_is_said(site: Site) -> None:
    done = site.do()

    assert done.returncode == 2
    assert done.stderr.startswith("usage: spotcoffee")


@pytest.mark.parametrize("command", [["brew"], ["check", "--hard"], ["--config"]])
def test_a_command_that_does_not_exist_is_a_fault_of_usage(site: Site, command: list[str]) -> None:
    done = site.do(*command)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_every_command_is_listed_with_what_it_does(site: Site) -> None:
    done = site.do("--help")

    assert done.returncode == 0
    assert [name for name in COMMANDS if name not in done.stdout] == []


def test_the_version_is_said(site: Site) -> None:
    assert site.do("--version").stdout == f"spotcoffee {__version__}\n"


def test_faults_of_the_settings_are_said_all_at_once_one_a_line(site: Site) -> None:
    site.settings |= {"TIME_ZONE": "Paris", "COFFEE": "strong", "INTERIM_INTERVAL": "0"}

    done = site.do("check")

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 3
    assert "Traceback" not in done.stderr


def test_a_configuration_file_is_named_before_the_command(site: Site) -> None:
    site.data.mkdir()
    config = site.data / "spotcoffee.toml"
    config.write_text('language = "de"\n')

    done = site.do("--config", str(config), "check")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "language" in done.stderr
