"""What the machine itself does: its processors, its disk's flush, and what its kernel says of a process."""

import os
import platform
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

FLUSHES: Final = 100
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def condition() -> list[str]:
    """The machine and how busy it is, as lines."""
    one, five, fifteen = os.getloadavg()
    return [
        f"{os.cpu_count()} processors ({_processor()}), Linux {platform.release()}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        f"load before: {one:.1f} {five:.1f} {fifteen:.1f}",
    ]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def flush_ms(folder: Path, *, count: int = FLUSHES) -> float:
    """The median of appending 4 KiB to a file of this folder and waiting for the disk, in milliseconds."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(count):
            began = time.perf_counter()
            os.write(file.fileno(), bytes(4096))
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return median(taken) * 1e3


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its ended children, user and system."""
    # The name in brackets may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS


def family_cpu_seconds(pid: int) -> float:
    """`cpu_seconds` of a process and of its living children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = cpu_seconds(pid)
    for child in children:
        try:
            total += cpu_seconds(int(child))
        except FileNotFoundError:
            continue
    return total


def parent_of(pid: int) -> int:
    """The process that started another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def memory_mb(pid: int, field: str) -> float:
    """VmHWM (the peak) or VmRSS (now) of a process, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no {field} in the status of process {pid}")
