"""`spotcoffee restore FILE`: back from a copy, checked before anything is replaced."""

import argparse
from pathlib import Path

from spotcoffee.cli import context, output
from spotcoffee.project.environment import Settings
from spotcoffee.services import backup
from spotcoffee.storage.keys import load_or_make_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where from."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what `spotcoffee backup` wrote")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Put the backup in the place of the database; what was there is backed up before."""
    keys = load_or_make_keys(settings.keys_path, may_make=False)
    folder = settings.data / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = context.now()
    safety = folder / f"before-restore-{now:%Y%m%dT%H%M%SZ}.backup"
    manifest = backup.restore(arguments.file, keys=keys, safety=safety, now=now)
    output.say(f"The database is as it was at {manifest.made_at} (release {manifest.version}).")
    if safety.exists():
        output.say(f"What was there before is in {safety}.")
    return 0
