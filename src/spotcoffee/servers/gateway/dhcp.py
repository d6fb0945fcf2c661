"""Addresses and names for guests: a dnsmasq of our own, kept alive."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from spotcoffee.protocols.dnsmasq import Plan, configuration
from spotcoffee.servers.gateway.errors import KernelMissing

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
# Having run for so long, it may start anew at once.
HEALTHY: Final = 60.0
PATIENCE: Final = 5.0
LOOK: Final = 0.05

log = structlog.get_logger()


def find_dnsmasq() -> str:
    """Its program. Raises KernelMissing."""
    path = shutil.which("dnsmasq", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None:
        raise KernelMissing("dnsmasq is not installed: apt install dnsmasq-base; or set dhcp to off")
    return path


@dataclass(slots=True, eq=False)
class NameServer:
    """The dnsmasq. in_child: run in the new process, so that it ends with ours. monotonic: seconds.

    It gives up root, and the kernel forgets then to end it with a process that was killed (prctl(2), PR_SET_PDEATHSIG):
    the next one's first work is to end what is left over, which holds the ports.
    """

    program: str
    plan: Plan
    path: Path
    in_child: Callable[[], None]
    monotonic: Callable[[], float]
    _process: asyncio.subprocess.Process | None = None
    _pause: float = field(default=FIRST_PAUSE)

    async def run(self) -> None:
        """Keep it running until cancelled."""
        await self._end_leftover()
        self.path.write_text(configuration(self.plan))
        try:
            while True:
                started = self.monotonic()
                await self._live()
                self._pause = FIRST_PAUSE if self.monotonic() - started >= HEALTHY else self._pause
                await asyncio.sleep(self._pause)
                self._pause = min(LONGEST_PAUSE, self._pause * 2)
        finally:
            await self._end()

    async def _live(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            self.program,
            f"--conf-file={self.path}",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=self.in_child,
            start_new_session=True,
        )
        self._pid_path.write_text(str(self._process.pid))
        log.info("dnsmasq_started", pid=self._process.pid)
        last = ""
        if self._process.stderr is not None:
            async for line in self._process.stderr:
                last = line.decode(errors="replace").strip()
                log.debug("dnsmasq", said=last)
        status = await self._process.wait()
        log.error("dnsmasq_died", status=status, said=last)

    @property
    def _pid_path(self) -> Path:
        return self.path.with_suffix(".pid")

    async def _end_leftover(self) -> None:
        deadline = self.monotonic() + PATIENCE
        while (pid := self._leftover()) is not None:
            patient = self.monotonic() < deadline
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if patient else signal.SIGKILL)
            await asyncio.sleep(LOOK)

    def _leftover(self) -> int | None:
        """The process that was ours, if it is still there: known by our configuration among its words."""
        try:
            pid = int(self._pid_path.read_text())
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(f"--conf-file={self.path}") in words else None

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()
