"""The four verbs of a noun: `add`, `show`, `set`, `ls`, the same for offers, lists and access points."""

import argparse
from collections.abc import Sequence

from spotcoffee.cli.context import add_organisation
from spotcoffee.cli.options import Option, add_options


def add_verbs(
    parser: argparse.ArgumentParser, options: Sequence[Option], *, metavar: str
) -> dict[str, argparse.ArgumentParser]:
    """Give a noun's parser its verbs; answers theirs. metavar: what stands for one of its records in the help."""
    verbs = parser.add_subparsers(dest="verb", metavar="add|show|set|ls", required=True)
    add = verbs.add_parser("add", help="a new one")
    add.add_argument("new_name", metavar="NAME", nargs="?", help="its name; or --name")
    show = verbs.add_parser("show", help="everything about one")
    change = verbs.add_parser("set", help="change what is given")
    for verb in (show, change):
        verb.add_argument("named", metavar=metavar, help="its name or its id")
    for verb in (add, change):
        add_options(verb, options)
    ls = verbs.add_parser("ls", help="all of them")
    ls.add_argument("--archived", dest="with_archived", action="store_true", help="archived ones too")
    for verb in (add, show, change, ls):
        add_organisation(verb)
        verb.add_argument("--json", action="store_true", help="for programs: the API's names and units")
    return {"add": add, "show": show, "set": change, "ls": ls}


def with_name(arguments: argparse.Namespace, values: dict[str, object]) -> dict[str, object]:
    """The values of `add`, with the name from wherever it stood."""
    if arguments.new_name is not None:
        values.setdefault("name", arguments.new_name)
    return values
