"""`spotcoffee token add EMAIL`: an API token, alone on standard output."""

import argparse

from spotcoffee.cli import context
from spotcoffee.project.environment import Settings
from spotcoffee.services import staff


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One verb."""
    verbs = parser.add_subparsers(dest="verb", metavar="add", required=True)
    add = verbs.add_parser("add", help="a token that can do what this account can, printed once")
    add.add_argument("email", metavar="EMAIL", help="the account that it acts for")
    add.add_argument("--name", default="", help="what it is for")


def run(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Print the token."""
    print(staff.add_token(arguments.email, by=context.actor(), name=arguments.name, now=context.now()))
    return 0
