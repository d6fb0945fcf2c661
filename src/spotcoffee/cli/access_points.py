"""`spotcoffee access-point add|show|set|ls`: where guests connect."""

import argparse
import sys
from typing import Final

from spotcoffee.cli import context, output
from spotcoffee.cli.nouns import add_verbs, with_name
from spotcoffee.cli.options import Kind, Option, read_options
from spotcoffee.domain.access_points import Accounting, Equipment, MessageAuthenticator
from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.project.environment import Settings
from spotcoffee.services import access_points
from spotcoffee.services.access_points import Saved
from spotcoffee.services.callers import Caller
from spotcoffee.services.naming import find_named
from spotcoffee.storage.models import AccessPoint

OPTIONS: Final = (
    Option("name", Kind.TEXT, "its name", nullable=False),
    Option("address", Kind.TEXT, "IP address or network that its requests come from", nullable=False),
    Option("nas_identifier", Kind.TEXT, "its NAS-Identifier, where several share an address; none: any"),
    Option("secret", Kind.TEXT, "its shared secret; left out, one is made and printed once"),
    Option("equipment", Kind.TEXT, "what it is", tuple(kind.value for kind in Equipment), nullable=False),
    Option("language", Kind.TEXT, "of the messages to its guests", LANGUAGES, nullable=False),
    Option("coa_port", Kind.NUMBER, "where it takes orders to disconnect (usually 3799); none: it takes none"),
    Option("coa_address", Kind.TEXT, "where orders are sent; none: where its requests come from"),
    Option(
        "message_authenticator",
        Kind.TEXT,
        "whether its requests must carry one",
        tuple(choice.value for choice in MessageAuthenticator),
        nullable=False,
    ),
    Option("interim_interval", Kind.DURATION, "between two reports of a session; none: the usual one"),
    Option("idle_timeout_own", Kind.DURATION, "its own idle time, where it ignores ours"),
    Option("accounting", Kind.TEXT, "what it reports", tuple(kind.value for kind in Accounting), nullable=False),
    Option("reauthenticates", Kind.FLAG, "asks again during a session"),
    Option("swap_octets", Kind.FLAG, "reports upload and download the other way round"),
    Option("idle_tail_excluded", Kind.FLAG, "leaves the idle time out of what it reports"),
    Option("archived", Kind.FLAG, "no longer used", nullable=False),
)
_COLUMNS: Final = ("id", "name", "address", "nas_identifier", "equipment", "open_sessions", "last_seen_at")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four verbs."""
    verbs = add_verbs(parser, OPTIONS, metavar="ACCESS_POINT")
    for verb in ("add", "set"):
        verbs[verb].add_argument(
            "--secret-stdin", action="store_true", help="read the secret from standard input, unseen by `ps`"
        )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what the verb says."""
    caller = context.caller(arguments)
    match arguments.verb:
        case "add":
            keys = context.keys(settings)
            saved = access_points.add(caller, with_name(arguments, _values(arguments)), keys=keys, now=context.now())
            _show(caller, saved, arguments)
        case "set":
            point = _find(caller, arguments.named)
            values = _values(arguments)
            keys = context.keys(settings)
            _show(caller, access_points.change(caller, point.pk, values, keys=keys, now=context.now()), arguments)
        case "show":
            _show(caller, Saved(_find(caller, arguments.named), None), arguments)
        case _:
            views = access_points.list_all(caller, archived=arguments.with_archived)
            records = [output.record(view) for view in views]
            output.show_records(records, _COLUMNS, as_json_text=arguments.json, zone=context.zone(arguments))
    return 0


def _find(caller: Caller, named: str) -> AccessPoint:
    mine = AccessPoint.objects.filter(organisation_id=caller.organisation_id)
    return find_named(mine, named, noun="access_point")


def _values(arguments: argparse.Namespace) -> dict[str, object]:
    values = read_options(arguments, OPTIONS, zone=context.zone(arguments))
    if arguments.secret_stdin:
        values["secret"] = sys.stdin.readline().rstrip("\r\n")
    return values


def _show(caller: Caller, saved: Saved, arguments: argparse.Namespace) -> None:
    more = {} if saved.secret is None else {"secret": saved.secret}
    record = output.record(access_points.show(caller, saved.access_point.pk), more=more)
    output.show_record(record, as_json_text=arguments.json, zone=context.zone(arguments))
    if saved.secret is not None:
        output.say("The secret is shown this once: copy it into the equipment now.")
