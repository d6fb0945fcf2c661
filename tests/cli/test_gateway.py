"""`spotcoffee gateway`: where its settings come from, and how it refuses."""

import os
import subprocess
import sys
from pathlib import Path

from spotcoffee.project.environment import gateway_table, load_settings


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "spotcoffee.cli", *words],
        env={"PATH": os.environ["PATH"], "SPOTCOFFEE_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_gateways_settings_stand_beside_the_others_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "spotcoffee.toml"
    path.write_text('time_zone = "Europe/Paris"\n\n[gateway]\nguest_interface = "br0"\n')
    environ = {"SPOTCOFFEE_CONFIG": str(path), "SPOTCOFFEE_GATEWAY_PORT": "3990", "HOME": str(tmp_path)}
    assert load_settings(None, environ).time_zone == "Europe/Paris"
    assert gateway_table(environ) == {"guest_interface": "br0"}


def test_without_settings_it_says_all_that_is_needed_and_how_to_give_it(tmp_path: Path) -> None:
    refused = run(tmp_path, "gateway")
    assert refused.returncode == 1
    assert [line.split(": ")[1] for line in refused.stderr.splitlines()] == [
        "guest_interface", "uplink_interface", "server", "portal",
    ]  # fmt: skip
    assert "SPOTCOFFEE_GATEWAY_SERVER" in refused.stderr


def test_a_search_needs_an_instant_with_its_offset_and_somebody_who_asks(tmp_path: Path) -> None:
    assert run(tmp_path, "gateway", "find", "203.0.113.1", "80", "2026-07-15T10:00:00", "--by", "x").returncode == 2
    assert run(tmp_path, "gateway", "find", "203.0.113.1", "80", "2026-07-15T10:00:00Z").returncode == 2
    found = run(tmp_path, "gateway", "find", "203.0.113.1", "80", "2026-07-15T10:00:00Z", "--by", "auditor")
    assert found.returncode == 1
    assert "auditor" in (tmp_path / "gateway" / "searches.csv").read_text()
