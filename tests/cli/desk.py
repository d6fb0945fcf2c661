"""A place with an operator, an access point, an offer and a list, made as a person makes them: by commands."""

import json
from typing import Any

from tests.cli.commands import Site
from tests.cli.terminal import Terminal

ADD_ALICE = ("user", "add", "alice@example.org", "--organisation", "Hôtel du Parc", "--role", "administrator")


def said(terminal: Terminal | Site, *command: str, typed: str = "") -> str:
    """What a command that must work prints."""
    done = terminal.do(*command, typed=typed)
    assert done.returncode == 0, done.stderr
    return done.stdout


def asked(terminal: Terminal, *command: str) -> Any:
    """The JSON that a command that must work prints."""
    return json.loads(said(terminal, *command, "--json"))


def refused(terminal: Terminal | Site, *command: str, typed: str = "") -> str:
    """The one line of a command that must fail."""
    done = terminal.do(*command, typed=typed)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert done.stderr.startswith("spotcoffee: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def with_offer(terminal: Terminal) -> Terminal:
    """Alice at the Hôtel du Parc, Salle at 127.0.0.1, the offer "2 h", the list "Nuit"."""
    said(terminal, *ADD_ALICE, "--password-stdin", typed="correct horse battery\n")
    said(terminal, "access-point", "add", "Salle", "--address", "127.0.0.1", "--coa-port", "3799")
    said(terminal, "offer", "add", "2 h", "--credit", "2h", "--max-devices", "2")
    said(terminal, "list", "add", "Nuit", "--offer", "2 h")
    return terminal
