"""`spotcoffee run`: everything one site needs, as child processes on one database."""

import argparse
from typing import Final

from spotcoffee.cli import context
from spotcoffee.cli.demo import prepare
from spotcoffee.cli.links import setup_address
from spotcoffee.cli.migrate import migrate
from spotcoffee.cli.supervisor import supervise
from spotcoffee.project.environment import Settings
from spotcoffee.services import invitations

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
    _say_where_to_begin(settings)
    return supervise((*CHILDREN, PORTAL) if settings.portal_bind else CHILDREN)


def _say_where_to_begin(settings: Settings) -> None:
    """While nobody has set the installation up: print the address at which that is done, a new one at each start."""
    token = invitations.setup_link(by=context.actor(), now=context.now())
    if token is not None:
        print(f"\nTo begin, open  {setup_address(settings, token)}\n", flush=True)
