"""`spotcoffee user add EMAIL`: a staff account."""

import argparse
import getpass
import sys

from spotcoffee.cli import context, output
from spotcoffee.domain.staff import Role
from spotcoffee.project.environment import Settings
from spotcoffee.services import staff
from spotcoffee.services.errors import Invalid
from spotcoffee.services.staff import NewAccount


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One verb."""
    verbs = parser.add_subparsers(dest="verb", metavar="add", required=True)
    add = verbs.add_parser("add", help="a new account; its organisation is made if it is new")
    add.add_argument("email", metavar="EMAIL", help="the address is the name of the account")
    add.add_argument("--organisation", metavar="NAME", required=True, help="whose account")
    add.add_argument("--role", required=True, help=", ".join(role.value for role in Role))
    add.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input instead of asking"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Add the account."""
    asked = NewAccount(
        email=arguments.email, role=arguments.role, password=_password(from_stdin=arguments.password_stdin)
    )
    account = staff.add_with_organisation(
        arguments.organisation,
        asked,
        by=context.actor(),
        language=settings.language,
        zone=settings.time_zone,
        now=context.now(),
    )
    output.say(f"{account.email} is {account.role} of {arguments.organisation}.")
    return 0


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise Invalid([("password", "the_two_differ")])
    return password
