"""`spotcoffee backup FILE`: a consistent copy, while everything runs."""

import argparse
import contextlib
from pathlib import Path

from django.db import DatabaseError

from spotcoffee.cli import context, output
from spotcoffee.project.environment import Settings
from spotcoffee.services import backup
from spotcoffee.services.settings import note_backup
from spotcoffee.storage.keys import load_or_make_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup; an older one there is replaced")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the backup, and say what it does not hold."""
    keys = load_or_make_keys(settings.keys_path, may_make=False)
    now = context.now()
    manifest = backup.back_up(arguments.file, keys=keys, now=now)
    # Before an upgrade the database may lack the table in which that is noted.
    with contextlib.suppress(DatabaseError):
        note_backup(context.actor(), size=manifest.size, now=now)
    output.say(f"{arguments.file}: {manifest.size} bytes of database, without the keys.")
    output.say(f"Keep a copy of {settings.keys_path} elsewhere: without it nobody can read the backup.")
    return 0
