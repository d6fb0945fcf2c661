"""`spotcoffee migrate`: bring the database up to date."""

import argparse

from django.core.management import call_command

from spotcoffee.project.environment import Settings
from spotcoffee.storage.keys import load_or_make_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Make the data folder and the keys if they are missing, then migrate."""
    migrate(settings)
    return 0


def migrate(settings: Settings) -> None:
    """The same, for `run`."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    load_or_make_keys(settings.keys_path)
    call_command("migrate", verbosity=0, interactive=False)
