"""`spotcoffee COMMAND`: reads arguments and settings, prepares Django, then finds the command's module in a table."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import django

from spotcoffee import __version__
from spotcoffee.project.environment import SettingsError, load_settings
from spotcoffee.project.logging import configure

# Command, module in this package, help. Commands that manage things come as `add`, `show`, `set`, `ls` of a noun.
COMMANDS: Final = {
    "run": ("run", "everything one site needs, on the embedded database"),
    "web": ("web", "the pages and the API alone"),
    "portal": ("portal", "the guest's portal alone, in plain HTTP"),
    "radius": ("radius", "the RADIUS server alone"),
    "worker": ("worker", "the background work alone"),
    "gateway": ("gateway", "the built-in access point: this machine lets guests through"),
    "migrate": ("migrate", "bring the database up to date"),
    "check": ("check", "look at the configuration: what is wrong, and how to mend it"),
    "login": ("login", "decide a login as if it came from an access point, and explain the answer"),
    "access-point": ("access_points", "where guests connect"),
    "offer": ("offers", "what is sold"),
    "list": ("ticket_lists", "lists of tickets"),
    "tickets": ("tickets", "generate, export, find, revoke"),
    "user": ("users", "staff accounts"),
    "token": ("tokens", "API tokens"),
    "demo-guests": ("demo_guests", "guests on the demo's simulated access points; part of run --demo"),
    "backup": ("backup", "a consistent copy, while everything runs"),
    "restore": ("restore", "back from a copy"),
}

# Commands that know less of Django than all of it.
CONFIGURATIONS: Final = {"portal": "spotcoffee.project.portal_settings"}


def main(argv: list[str] | None = None) -> int:
    """Run one command. Answers the exit status: 0, 1 (it failed; one line on stderr says why) or 2 (usage)."""
    argv = sys.argv[1:] if argv is None else argv
    name = next((word for word in _without_config(argv) if not word.startswith("-")), None)
    parser = _parser()
    if name not in COMMANDS:
        parser.parse_args(argv)
        parser.print_usage(sys.stderr)
        return 2
    config = _config(argv)
    if config is not None:
        os.environ["SPOTCOFFEE_CONFIG"] = str(config)
    try:
        settings = load_settings(None, os.environ)
    except SettingsError as error:
        for fault in error.faults:
            sys.stderr.write(f"spotcoffee: {fault}\n")
        return 1
    configure(settings.log_level)
    os.environ["DJANGO_SETTINGS_MODULE"] = CONFIGURATIONS.get(name, "spotcoffee.project.settings")
    django.setup()
    # The one late import: a command reads models, which exist only now.
    command = import_module(f"spotcoffee.cli.{COMMANDS[name][0]}")
    guarded = import_module("spotcoffee.cli.errors").guarded
    own = parser.subcommands[name]
    command.add_arguments(own)
    return int(guarded(command.run, parser.parse_args(argv), settings))


class _Parser(argparse.ArgumentParser):
    """The parser, with its commands' parsers by name."""

    subcommands: dict[str, argparse.ArgumentParser]


def _parser() -> _Parser:
    parser = _Parser(prog="spotcoffee", description="Wi-Fi time on printed tickets.")
    parser.add_argument("--version", action="version", version=f"spotcoffee {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings (TOML); SPOTCOFFEE_* variables win")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=argparse.ArgumentParser
    )
    parser.subcommands = {
        name: commands.add_parser(name, help=help_line, description=help_line.capitalize() + ".")
        for name, (_, help_line) in COMMANDS.items()
    }
    return parser


def _config(argv: list[str]) -> Path | None:
    before_command = argparse.ArgumentParser(add_help=False)
    before_command.add_argument("--config", type=Path)
    known, _ = before_command.parse_known_args(argv)
    config = known.config
    return config if isinstance(config, Path) else None


def _without_config(argv: list[str]) -> list[str]:
    if "--config" in argv:
        at = argv.index("--config")
        return argv[:at] + argv[at + 2 :]
    return argv


if __name__ == "__main__":
    sys.exit(main())
