"""`spotcoffee run`: everything one site needs, as child processes on one database."""

import argparse
from typing import Final

from spotcoffee.cli.demo import prepare
from spotcoffee.cli.migrate import migrate
from spotcoffee.cli.supervisor import supervise
from spotcoffee.project.environment import Settings

CHILDREN: Final = (("radius",), ("web",), ("worker",))
GUESTS: Final = ("demo-guests",)
# Only where it has an address of its own.
PORTAL: Final = ("portal",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `run` can be asked."""
    parser.add_argument("--demo", action="store_true", help="fill an empty database, and say what to try")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Bring the database up to date, then keep the parts alive until SIGTERM or SIGINT."""
    migrate(settings)
    if arguments.demo and prepare(settings):
        return supervise((*CHILDREN, GUESTS))
    return supervise((*CHILDREN, PORTAL) if settings.portal_bind else CHILDREN)
