"""`spotcoffee list add|show|set|ls`: lists of tickets, each bound to one offer."""

import argparse
from typing import Final

from spotcoffee.cli import context, output
from spotcoffee.cli.nouns import add_verbs, with_name
from spotcoffee.cli.options import Kind, Option, read_options
from spotcoffee.domain.codes import FORMATS
from spotcoffee.project.environment import Settings
from spotcoffee.services import job_kinds, offers, ticket_lists
from spotcoffee.services.callers import Caller

OPTIONS: Final = (
    Option("name", Kind.TEXT, "its name", nullable=False),
    Option("offer", Kind.TEXT, "name or id of the offer that its tickets follow", nullable=False),
    Option("login_format", Kind.TEXT, "how codes are drawn", tuple(FORMATS), nullable=False),
    Option("password_format", Kind.TEXT, "how passwords are drawn", ("none", *FORMATS), nullable=False),
    Option("archived", Kind.FLAG, "no longer shown", nullable=False),
)
_COLUMNS: Final = (
    "id",
    "name",
    "offer",
    "tickets",
    "virgin",
    "started",
    "consumed",
    "expired",
    "revoked",
    "not_handed_out",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four verbs."""
    add_verbs(parser, OPTIONS, metavar="LIST")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what the verb says."""
    caller, now = context.caller(arguments), context.now()
    match arguments.verb:
        case "add":
            made = ticket_lists.add(caller, with_name(arguments, _values(caller, arguments)), now=now)
            _show(caller, made.pk, arguments)
        case "set":
            record = ticket_lists.find(caller, arguments.named)
            changed = ticket_lists.change(caller, record.pk, _values(caller, arguments), now=now)
            if changed.follow_up is not None:
                job_kinds.run_now(changed.follow_up, context.tools(settings))
            _show(caller, record.pk, arguments)
        case "show":
            _show(caller, ticket_lists.find(caller, arguments.named).pk, arguments)
        case _:
            views = ticket_lists.list_all(caller, now=now, archived=arguments.with_archived)
            records = [output.record(view) for view in views]
            output.show_records(records, _COLUMNS, as_json_text=arguments.json, zone=context.zone(arguments))
    return 0


def _values(caller: Caller, arguments: argparse.Namespace) -> dict[str, object]:
    values = read_options(arguments, OPTIONS, zone=context.zone(arguments))
    if arguments.offer is not None:
        values["offer"] = offers.find(caller, arguments.offer).pk
    return values


def _show(caller: Caller, list_id: int, arguments: argparse.Namespace) -> None:
    view = ticket_lists.show(caller, list_id, now=context.now())
    output.show_record(output.record(view), as_json_text=arguments.json, zone=context.zone(arguments))
