"""`spotcoffee worker`: the background work."""

import argparse
import signal
from threading import Event

from spotcoffee.project.environment import Settings
from spotcoffee.servers.controllers.chores import chores
from spotcoffee.servers.controllers.rounds import Rounds
from spotcoffee.servers.worker import CHORES, Worker, now
from spotcoffee.services import controller_rounds
from spotcoffee.storage.keys import load_or_make_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is a setting."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Work until SIGTERM or SIGINT."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    keys = load_or_make_keys(settings.keys_path)
    rounds = Rounds(controller_rounds.Settings(keys=keys, interim_interval=settings.interim_interval), now)
    own = (*CHORES, *chores(rounds, clock=now))
    Worker(keys=keys, interim_interval=settings.interim_interval, stopped=stopped, chores=own).run()
    rounds.close()
    return 0
