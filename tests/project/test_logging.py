"""The logs: one line of JSON each when nobody watches."""

import json
import subprocess
import sys

SCRIPT = """
import logging, structlog
from spotcoffee.project.logging import configure
configure("info")
structlog.get_logger().info("ticket_sold", offer=3)
structlog.get_logger().debug("not_shown")
logging.getLogger("django.request").warning("Not Found: %s", "/nowhere")
"""


def test_our_logs_and_those_of_libraries_look_the_same() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)

    ours, theirs = (json.loads(line) for line in done.stderr.splitlines())
    assert (ours["event"], ours["offer"], ours["level"]) == ("ticket_sold", 3, "info")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == (
        "Not Found: /nowhere",
        "django.request",
        "warning",
    )
    assert ours["timestamp"].endswith("Z")
    assert done.stdout == ""
