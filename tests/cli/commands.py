"""The product's commands as processes of their own, as an operator runs them."""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import IO

PATIENCE = 30.0


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happens: Callable[[], bool], *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, f"still waiting for: {what}"
        time.sleep(0.05)


@dataclass
class Site:
    """A data folder and free ports; everything on 127.0.0.1."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.settings = {
            "DATA": str(self.data),
            "WEB_BIND": f"127.0.0.1:{self.port}",
            "RADIUS_AUTH_BIND": f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}",
            "RADIUS_ACCT_BIND": f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}",
            **self.settings,
        }

    @property
    def environ(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("SPOTCOFFEE_")}
        return own | {f"SPOTCOFFEE_{name}": value for name, value in self.settings.items()}

    def do(self, *command: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end. typed: what it finds on standard input."""
        return subprocess.run(
            [sys.executable, "-m", "spotcoffee.cli", *command],
            env=self.environ,
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    @contextlib.contextmanager
    def running(self, *command: str, log: IO[str] | None = None) -> Iterator[subprocess.Popen[str]]:
        """Run a command while the test goes on; ended after it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "spotcoffee.cli", *command],
            env=self.environ,
            stdout=log or subprocess.DEVNULL,
            stderr=log or subprocess.DEVNULL,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)

    def get(self, path: str, *, scheme: str = "https", tls: ssl.SSLContext | None = None) -> tuple[int, str]:
        """Read a page. Answers the status and the text; status 0 if nobody answered."""
        if tls is None:
            tls = ssl.create_default_context()
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        url = f"{scheme}://127.0.0.1:{self.port}{path}"
        try:
            context = tls if scheme == "https" else None
            with urllib.request.urlopen(url, timeout=5, context=context) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()
        except (OSError, HTTPException):
            return 0, ""


def children_of(pid: int) -> dict[str, int]:
    """The processes that a process started itself: its command's last word to the process id."""
    children: dict[str, int] = {}
    # A process may end while we look.
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            line = Path(f"/proc/{child}/cmdline").read_bytes().rstrip(b"\0")
            children[line.rpartition(b"\0")[2].decode()] = int(child)
    return children


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
