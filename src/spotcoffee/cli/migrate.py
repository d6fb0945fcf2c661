"""`spotcoffee migrate`: bring the database up to date."""

import argparse
import sys
from datetime import UTC, datetime

from spotcoffee.project.environment import Settings
from spotcoffee.project.upgrade import upgrade
from spotcoffee.storage.keys import load_or_make_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Do it, and say so."""
    migrate(settings)
    return 0


def migrate(settings: Settings) -> None:
    """Make the data folder and the keys if they are missing, then migrate; an existing database is copied before."""
    copy = upgrade(settings, now=datetime.now(UTC))
    if copy is not None:
        sys.stderr.write(f"spotcoffee: the database was copied to {copy} before the upgrade\n")
    load_or_make_keys(settings.keys_path)
