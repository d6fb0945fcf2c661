"""What every command stands on: who calls, the clock, the rhythm of big work."""

import argparse
import getpass
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from spotcoffee.project.environment import Settings
from spotcoffee.services import organisations
from spotcoffee.services.callers import Caller
from spotcoffee.services.job_kinds import Tools
from spotcoffee.services.pacing import Pace
from spotcoffee.storage.keys import KeyRing, load_or_make_keys
from spotcoffee.storage.models import Organisation


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def pace() -> Pace:
    """The rhythm of big work in this process."""
    return Pace(clock=now, stopwatch=time.perf_counter, sleep=time.sleep)


def keys(settings: Settings) -> KeyRing:
    """The key ring; made at the first start. Raises KeysUnusable."""
    return load_or_make_keys(settings.keys_path)


def tools(settings: Settings) -> Tools:
    """What jobs work with."""
    return Tools(keys=keys(settings), pace=pace(), interim_interval=settings.interim_interval)


def actor() -> str:
    """Who sits at this terminal, for the audit log."""
    try:
        return f"terminal:{getpass.getuser()}"
    except (KeyError, OSError):
        return "terminal"


def add_organisation(parser: argparse.ArgumentParser) -> None:
    """The option that says in which organisation."""
    parser.add_argument("--organisation", metavar="NAME", help="which organisation, where there are several")


def organisation(arguments: argparse.Namespace) -> Organisation:
    """The organisation that was named, or the only one there is."""
    return organisations.find(arguments.organisation)


def caller(arguments: argparse.Namespace) -> Caller:
    """The person at the terminal, in that organisation."""
    return Caller(organisation(arguments).pk, actor())


def zone(arguments: argparse.Namespace) -> ZoneInfo:
    """The time zone of that organisation."""
    return ZoneInfo(organisation(arguments).time_zone)
