"""Runs each fuzz target for SPOTCOFFEE_FUZZ_SECONDS (30 by default); a crash, a hang or a missing atheris fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.protocols.radius.vectors import read_vectors

HERE = Path(__file__).parent
SECONDS = int(os.environ.get("SPOTCOFFEE_FUZZ_SECONDS", "30"))


@pytest.mark.timeout(SECONDS + 120)
def test_no_datagram_raises_anything_but_radius_error_or_takes_long(tmp_path: Path) -> None:
    found, seeds = tmp_path / "found", tmp_path / "seeds"
    found.mkdir()
    seeds.mkdir()
    for number, vector in enumerate(read_vectors()):
        (seeds / str(number)).write_bytes(vector.datagram)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.fuzz.fuzz_radius_packet",
            str(found),
            str(seeds),
            str(HERE / "corpus" / "radius"),
            f"-max_total_time={SECONDS}",
            "-max_len=4200",
            "-timeout=2",
            f"-artifact_prefix={tmp_path}/",
        ],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-6000:]
    assert "Done " in run.stderr, run.stderr[-2000:]
