"""The RADIUS server as a process of its own, and what it says of itself."""

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.installation import SPOTCOFFEE, Site
from bench.machine import cpu_seconds, family_cpu_seconds, memory_mb
from bench.packets import status_server

_PATIENCE: Final = 30.0


@dataclass(slots=True, eq=False)
class Server:
    """One `spotcoffee radius`."""

    site: Site
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def counters(self) -> dict[str, int]:
        """What it has counted up to this call; waits for its next heartbeat."""
        called_at = int(time.time() * 1e6)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            found = self.site.query(
                f"SELECT heartbeat_at, counters FROM hotspot_process WHERE kind = 'radius' AND pid = {self.pid}"
            )
            if found and found[0][0] > called_at:
                counted = found[0][1]
                return dict(json.loads(counted) if isinstance(counted, str) else counted)
            time.sleep(0.1)
        raise RuntimeError("the radius process's heart has stopped")

    def cpu(self) -> float:
        """Processor seconds that it has taken so far."""
        return cpu_seconds(self.pid)

    def database_cpu(self) -> float:
        """Processor seconds of the database beside it; 0 where it is embedded."""
        return 0.0 if self.site.postmaster is None else family_cpu_seconds(self.site.postmaster)

    def peak_mb(self) -> float:
        """The most memory that it has had."""
        return memory_mb(self.pid, "VmHWM")

    def now_mb(self) -> float:
        """The memory that it has."""
        return memory_mb(self.pid, "VmRSS")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()


def start(at: Site) -> Server:
    """Start one, and wait until both its sockets answer Status-Server."""
    log = (at.folder / "radius.log").open("ab")
    process = subprocess.Popen([SPOTCOFFEE, "radius"], env=at.environment, stdout=log, stderr=log)
    log.close()
    server = Server(at, process)
    try:
        for port in (at.auth_port, at.acct_port):
            _wait(server, port)
    except BaseException:
        server.kill()
        raise
    return server


@contextlib.contextmanager
def serving(at: Site) -> Iterator[Server]:
    """A server for the length of a block."""
    server = start(at)
    try:
        yield server
    finally:
        server.stop()


def _wait(server: Server, port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    with socket.socket(type=socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        asking.connect(("127.0.0.1", port))
        while time.monotonic() < deadline and server.process.poll() is None:
            with contextlib.suppress(OSError):
                asking.send(status_server())
                asking.recv(4096)
                return
            time.sleep(0.05)
    raise RuntimeError(f"the server does not answer: {(server.site.folder / 'radius.log').read_text()[-2000:]}")
