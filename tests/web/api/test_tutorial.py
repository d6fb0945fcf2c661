"""docs/tutorial/api-day.md: every line of it, in one shell, against a running server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.commands import Site, until

PAGE = Path(__file__).resolve().parents[3] / "docs" / "tutorial" / "api-day.md"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "data")
    done = made.do("migrate")
    assert done.returncode == 0, done.stderr
    return made


def script_of(site: Site) -> str:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) > 10
    return (
        "\n".join(blocks)
        .replace("SPOTCOFFEE_DATA=var", f"SPOTCOFFEE_DATA={site.data}")
        .replace("localhost:8443", f"localhost:{site.port}")
        .replace(".venv/bin/spotcoffee", f"{sys.executable} -m spotcoffee.cli")
    )


def test_the_api_day_runs_from_curl_alone(site: Site, tmp_path: Path) -> None:
    with site.running("web"):
        until(lambda: site.get("/api/v1/health")[0] != 0, what="web")

        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script_of(site)],
            env=site.environ | {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert done.returncode == 0, done.stderr + done.stdout[-500:]
    assert '"printed_tickets_now_wrong": 20' in done.stdout
    assert '"not_handed_out": 19' in done.stdout
    assert '"kind": "accept"' in done.stdout
    assert "It is missing." in done.stdout
    assert (tmp_path / "tickets.csv").read_bytes().startswith(b"\xef\xbb\xbf")
