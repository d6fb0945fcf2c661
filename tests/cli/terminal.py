"""Commands in this process, on the test's own database: a tenth of the time of a process each."""

import io
from dataclasses import dataclass

import pytest

from spotcoffee.cli.__main__ import main


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


class Terminal:
    """Where a test types its commands."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def do(self, *command: str, typed: str = "") -> Done:
        """Run a command to its end. typed: what it finds on standard input."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        self._capsys.readouterr()
        try:
            status = main(list(command))
        except SystemExit as usage:
            status = int(usage.code or 0)
        printed = self._capsys.readouterr()
        return Done(status, printed.out, printed.err)
