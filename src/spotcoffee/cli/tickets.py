"""`spotcoffee tickets generate|export|show|revoke|restore`."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from spotcoffee.cli import context, output
from spotcoffee.documents.tables import Profile
from spotcoffee.project.environment import Settings
from spotcoffee.services import generation, handouts, ticket_lists, tickets
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, NotFound
from spotcoffee.services.handouts import ONLY
from spotcoffee.services.printing import Site
from spotcoffee.services.settings import site_of
from spotcoffee.services.tickets import TicketView
from spotcoffee.storage.models import Handout, TicketList
from spotcoffee.wording.documents import MEDIA_TYPES, handout_file, preview_file

_COLUMNS: Final = ("id", "login", "list", "offer", "state", "left_time", "refusal", "open_sessions", "handed_out_at")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be done to tickets."""
    verbs = parser.add_subparsers(dest="verb", metavar="generate|export|show|revoke|restore", required=True)
    generate = verbs.add_parser("generate", help="new tickets in a list: all of them, or none")
    generate.add_argument("list", metavar="LIST", help="its name or its id")
    generate.add_argument("count", metavar="COUNT", type=int, help="how many")
    export = verbs.add_parser("export", help="hand tickets out in a file; none is handed out twice")
    export.add_argument("list", metavar="LIST", help="its name or its id")
    export.add_argument("--format", choices=tuple(MEDIA_TYPES), default="csv", help="kind of file")
    export.add_argument(
        "--profile",
        choices=tuple(profile.value for profile in Profile),
        default=Profile.RFC4180.value,
        help="for whom: rfc4180, for programs, or excel, in the organisation's language",
    )
    export.add_argument("--only", choices=tuple(ONLY), default="not_handed_out", help="which tickets")
    export.add_argument("--preview", action="store_true", help="mark nothing, show no password and no whole code")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to; standard output, if left out")
    for verb, help_line in (("show", "what is left"), ("revoke", "refuse from now on"), ("restore", "undo revoke")):
        one = verbs.add_parser(verb, help=help_line)
        one.add_argument("code", metavar="CODE", help="the login, or its last four characters")
        one.add_argument("--json", action="store_true", help="for programs: the API's names and units")
    for each in verbs.choices.values():
        context.add_organisation(each)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what the verb says."""
    _VERBS[arguments.verb](arguments, settings)
    return 0


def _generate(arguments: argparse.Namespace, settings: Settings) -> None:
    caller, keys = context.caller(arguments), context.keys(settings)
    into = ticket_lists.find(caller, arguments.list)
    with _bar("Generating", arguments.count) as advance:
        generation.generate(caller, into.pk, arguments.count, keys=keys, pace=context.pace(), progress=advance)
    output.say(f"{arguments.count} tickets are in the list {into.name}.")


def _export(arguments: argparse.Namespace, settings: Settings) -> None:
    caller, keys = context.caller(arguments), context.keys(settings)
    source = ticket_lists.find(caller, arguments.list)
    with _destination(arguments.output) as file:
        if arguments.preview:
            _preview(file, caller, source, arguments, settings)
            return
        handout = _take(caller, source.pk, arguments)
        try:
            _write(file, handout_file(handout, source, keys=keys, site=_site(source, settings)).pieces)
        except BrokenPipeError:
            # Whoever read our output has seen codes: they stay handed out.
            raise
        except OSError:
            # The file is lost, and nobody has seen it: so nothing was handed out.
            handouts.undo(caller, handout.pk, pace=context.pace())
            raise
    output.say(f"{handout.count} tickets of the list {source.name} are handed out (hand-out {handout.pk}).")


def _take(caller: Caller, list_id: int, arguments: argparse.Namespace) -> Handout:
    with _bar("Taking", None) as advance:
        return handouts.take(
            caller,
            list_id,
            pace=context.pace(),
            only=arguments.only,
            format=arguments.format,
            profile=arguments.profile,
            progress=advance,
        )


def _preview(
    file: IO[bytes], caller: Caller, source: TicketList, arguments: argparse.Namespace, settings: Settings
) -> None:
    keys, now = context.keys(settings), context.now()
    rows = handouts.preview(caller, source.pk, only=arguments.only, keys=keys, now=now)
    if arguments.format != "csv":
        # On paper nothing of a code is seen.
        rows = handouts.blanks(source, sum(1 for _ in rows))
    made = preview_file(
        source, rows, format=arguments.format, profile=arguments.profile, now=now, site=_site(source, settings)
    )
    _write(file, made.pieces)


def _site(source: TicketList, settings: Settings) -> Site:
    return site_of(source.organisation_id, portal_address=settings.portal_address)


def _write(file: IO[bytes], pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        file.write(piece)
    file.flush()


@contextlib.contextmanager
def _destination(path: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that is there when it is whole, and that others can't read."""
    if path is None:
        yield sys.stdout.buffer
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def _bar(title: str, total: int | None) -> Iterator[Callable[[int], bool]]:
    """A progress bar on standard error, where a person sees it."""
    console = Console(stderr=True)
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=total)

        def advance(done: int) -> bool:
            progress.update(task, completed=done)
            return True

        yield advance


def _show(arguments: argparse.Namespace, settings: Settings) -> None:
    views = _views(arguments, settings, _found(arguments, settings))
    zone = context.zone(arguments)
    if len(views) == 1:
        output.show_record(output.record(views[0]), as_json_text=arguments.json, zone=zone)
    else:
        records = [output.record(view) for view in views]
        output.show_records(records, _COLUMNS, as_json_text=arguments.json, zone=zone)


def _revoke(arguments: argparse.Namespace, settings: Settings) -> None:
    _only(arguments, settings, tickets.revoke)


def _restore(arguments: argparse.Namespace, settings: Settings) -> None:
    _only(arguments, settings, tickets.restore)


def _only(arguments: argparse.Namespace, settings: Settings, do: Callable[..., int]) -> None:
    """Do something to the one ticket that was named."""
    found = _found(arguments, settings)
    if len(found) > 1:
        raise Conflict("several_tickets", found=len(found))
    do(context.caller(arguments), found, interim_interval=settings.interim_interval, now=context.now())
    (view,) = _views(arguments, settings, found)
    output.show_record(output.record(view), as_json_text=arguments.json, zone=context.zone(arguments))


def _found(arguments: argparse.Namespace, settings: Settings) -> list[int]:
    found = tickets.find(context.caller(arguments), arguments.code, keys=context.keys(settings))
    if not found:
        raise NotFound("no_such_ticket")
    return found


def _views(arguments: argparse.Namespace, settings: Settings, found: list[int]) -> list[TicketView]:
    return tickets.show(
        context.caller(arguments),
        found,
        keys=context.keys(settings),
        interim_interval=settings.interim_interval,
        now=context.now(),
    )


_VERBS: Final = {
    "generate": _generate,
    "export": _export,
    "show": _show,
    "revoke": _revoke,
    "restore": _restore,
}
