"""`spotcoffee offer add|show|set|ls`: what is sold."""

import argparse
from typing import Final

from spotcoffee.cli import context, output
from spotcoffee.cli.nouns import add_verbs, with_name
from spotcoffee.cli.options import Kind, Option, read_options
from spotcoffee.domain.periods import Period
from spotcoffee.project.environment import Settings
from spotcoffee.services import access_points, job_kinds, offers
from spotcoffee.services.callers import Caller
from spotcoffee.services.naming import find_named
from spotcoffee.storage.models import AccessPoint

OPTIONS: Final = (
    Option("name", Kind.TEXT, "its name", nullable=False),
    Option("access_points", Kind.NAMES, "where it holds: names or ids; the only one there is, if left out"),
    Option("valid_from", Kind.INSTANT, "no ticket connects before"),
    Option("valid_until", Kind.INSTANT, "no ticket connects from then on"),
    Option("lifetime", Kind.DURATION, "counted from the first login"),
    Option("session_duration", Kind.DURATION, "then the guest logs in again"),
    Option("credit", Kind.DURATION, "connection time to spend freely"),
    Option("period_limit", Kind.DURATION, "connection time in each period"),
    Option("period", Kind.TEXT, "of the period limit", tuple(period.value for period in Period)),
    Option("idle_timeout", Kind.DURATION, "without traffic for so long, the guest is disconnected"),
    Option("rate_down", Kind.RATE, "download, bit/s"),
    Option("rate_up", Kind.RATE, "upload, bit/s"),
    Option("quota_down", Kind.VOLUME, "download, bytes"),
    Option("quota_up", Kind.VOLUME, "upload, bytes"),
    Option("max_devices", Kind.NUMBER, "devices at once", nullable=False),
    Option("price", Kind.TEXT, "what it costs, for prints and statistics"),
    Option("currency", Kind.TEXT, "of the price: EUR"),
    Option("time_zone", Kind.TEXT, "of its periods; none: the organisation's"),
    Option("archived", Kind.FLAG, "no new list, no sale; its tickets go on", nullable=False),
)
_COLUMNS: Final = ("id", "name", "credit", "lifetime", "valid_until", "max_devices", "price", "lists", "tickets")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four verbs."""
    add_verbs(parser, OPTIONS, metavar="OFFER")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what the verb says."""
    caller = context.caller(arguments)
    match arguments.verb:
        case "add":
            values = _with_only_access_point(caller, with_name(arguments, _values(caller, arguments)))
            _show(caller, offers.add(caller, values, now=context.now()).pk, arguments)
        case "set":
            offer = offers.find(caller, arguments.named)
            changed = offers.change(caller, offer.pk, _values(caller, arguments), now=context.now())
            if changed.follow_up is not None:
                job_kinds.run_now(changed.follow_up, context.tools(settings))
            _show(caller, offer.pk, arguments)
        case "show":
            _show(caller, offers.find(caller, arguments.named).pk, arguments)
        case _:
            records = [output.record(view) for view in offers.list_all(caller, archived=arguments.with_archived)]
            output.show_records(records, _COLUMNS, as_json_text=arguments.json, zone=context.zone(arguments))
    return 0


def _values(caller: Caller, arguments: argparse.Namespace) -> dict[str, object]:
    values = read_options(arguments, OPTIONS, zone=context.zone(arguments))
    if arguments.access_points is not None:
        values["access_points"] = [key for named in arguments.access_points for key in _points(caller, named)]
    return values


def _points(caller: Caller, named: str) -> list[int]:
    """The access point of this name or id; or those of several, with commas between."""
    mine = AccessPoint.objects.filter(organisation_id=caller.organisation_id)
    if "," in named and not mine.filter(name=named).exists():
        return [find_named(mine, one.strip(), noun="access_point").pk for one in named.split(",") if one.strip()]
    return [find_named(mine, named, noun="access_point").pk]


def _with_only_access_point(caller: Caller, values: dict[str, object]) -> dict[str, object]:
    usable = access_points.list_all(caller, archived=False)
    if len(usable) == 1:
        values.setdefault("access_points", [usable[0].id])
    return values


def _show(caller: Caller, offer_id: int, arguments: argparse.Namespace) -> None:
    view = offers.show(caller, offer_id)
    output.show_record(output.record(view), as_json_text=arguments.json, zone=context.zone(arguments))
