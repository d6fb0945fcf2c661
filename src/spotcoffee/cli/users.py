"""`spotcoffee user add|link`: staff accounts, and links with which their owners choose a password."""

import argparse
import getpass
import sys

from spotcoffee.cli import context, output
from spotcoffee.cli.links import invitation_address, setup_address
from spotcoffee.domain.staff import Role
from spotcoffee.project.environment import Settings
from spotcoffee.services import invitations, staff
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.services.invitations import LIFE
from spotcoffee.services.staff import NewAccount


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="add|link", required=True)
    add = verbs.add_parser("add", help="a new account; its organisation is made if it is new")
    add.add_argument("email", metavar="EMAIL", help="the address is the name of the account")
    add.add_argument("--organisation", metavar="NAME", required=True, help="whose account")
    add.add_argument("--role", required=True, help=", ".join(role.value for role in Role))
    add.add_argument(
        "--access-point",
        metavar="NAME",
        action="append",
        default=[],
        help="a manager or receptionist sees this one alone; give it again for several, leave it out for all",
    )
    add.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input instead of asking"
    )
    link = verbs.add_parser("link", help="a link, printed once, with which the account's owner chooses a password")
    link.add_argument(
        "email",
        metavar="EMAIL",
        nargs="?",
        help="the account; left out: the address of the first setup, while it lasts",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what the verb says."""
    if arguments.verb == "link":
        print(_link(arguments.email, settings))
        output.say(f"It opens once, within {LIFE.days} days; the one before opens nothing any more.")
        return 0
    asked = NewAccount(
        email=arguments.email,
        role=arguments.role,
        password=_password(from_stdin=arguments.password_stdin),
        access_points=tuple(arguments.access_point),
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


def _link(email: str | None, settings: Settings) -> str:
    """The address behind which a password is chosen; without an account, behind which a new installation is set up."""
    if email is not None:
        made = invitations.link_by_email(email, by=context.actor(), now=context.now())
        return invitation_address(settings, made.token)
    token = invitations.setup_link(by=context.actor(), now=context.now())
    if token is None:
        raise NotFound("set_up_already")
    return setup_address(settings, token)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise Invalid([("password", "the_two_differ")])
    return password
