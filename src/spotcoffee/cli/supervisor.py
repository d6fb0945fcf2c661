"""Keeps child processes alive: restarts one that dies, after a growing pause, and gives up when it keeps dying."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from spotcoffee.project.parent import end_with_parent

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
DEATHS: Final = 3
WITHIN: Final = 60.0
# Longer than any child needs to answer what it has taken in.
DRAIN: Final = 20.0

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Child:
    """One command of `spotcoffee` that has to run all the time."""

    command: Sequence[str]
    _deaths: list[float] = field(default_factory=list)
    _process: asyncio.subprocess.Process | None = None

    @property
    def name(self) -> str:
        """The command's name."""
        return self.command[0]

    async def start(self) -> asyncio.subprocess.Process:
        """Start it; it will end with us."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "spotcoffee.cli",
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            preexec_fn=end_with_parent,
            # A Ctrl-C in the terminal reaches us alone; we end the children in order.
            start_new_session=True,
        )
        log.info("child_started", child=self.name, pid=self._process.pid)
        return self._process

    def note_death(self, *, now: float) -> float | None:
        """Seconds to wait before the next start; None: it died too often. now: monotonic seconds."""
        self._deaths = [died for died in self._deaths if now - died < WITHIN] + [now]
        if len(self._deaths) >= DEATHS:
            return None
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (len(self._deaths) - 1))

    async def end(self) -> None:
        """Ask it to end in order, and wait; kill it if it does not."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), DRAIN)
        except TimeoutError:
            log.error("child_killed", child=self.name)
            self._process.kill()
            await self._process.wait()


def supervise(commands: Sequence[Sequence[str]]) -> int:
    """Run the commands until SIGTERM or SIGINT (0), or until one of them keeps dying (1)."""
    return asyncio.run(_supervise([Child(command) for command in commands]))


async def _supervise(children: Sequence[Child]) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    keepers = [asyncio.create_task(_keep(child, stopping)) for child in children]
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([stop, *keepers], return_when=asyncio.FIRST_COMPLETED)
    failed = not stopping.is_set()
    stopping.set()
    await asyncio.gather(*(child.end() for child in children))
    await asyncio.gather(stop, *keepers)
    return 1 if failed else 0


async def _keep(child: Child, stopping: asyncio.Event) -> None:
    """Start the child again and again; ends when we stop, or when it died too often."""
    while not stopping.is_set():
        process = await child.start()
        status = await process.wait()
        if stopping.is_set():
            return
        pause = child.note_death(now=time.monotonic())
        if pause is None:
            log.error("child_keeps_dying", child=child.name, status=status)
            return
        log.warning("child_died", child=child.name, status=status, pause=pause)
        try:
            await asyncio.wait_for(stopping.wait(), pause)
        except TimeoutError:
            continue
