"""`spotcoffee worker`: the background work."""

import argparse
import signal
from threading import Event

from spotcoffee.project.environment import Settings
from spotcoffee.servers.worker import Worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is a setting."""


def run(_arguments: argparse.Namespace, _settings: Settings) -> int:
    """Work until SIGTERM or SIGINT, then finish what is under way."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    Worker().run(stopped)
    return 0
