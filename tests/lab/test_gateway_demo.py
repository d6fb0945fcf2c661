"""`make gateway-demo` walks through by itself, and leaves nothing behind."""

import os
import re
import subprocess
import sys

from tests.e2e.house import REPOSITORY


def _namespaces() -> set[str]:
    listed = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines()}


def test_the_demo_walks_through_and_is_gone(namespaces: None) -> None:
    done = subprocess.run(
        [sys.executable, "tools/gateway_demo.py", "--walk"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "again and gets: 200" in done.stdout
    built = set(re.findall(r"sc-[a-z0-9]+-[0-9a-f]{6}", done.stdout))
    assert len(built) == 3
    assert not built & _namespaces()
