"""`spotcoffee login ACCESS_POINT LOGIN PASSWORD`: what support staff run when a guest says "it does not work".

It decides with the services and the reply builder of the RADIUS server, and prints the answer attribute by attribute.
"""

import argparse
import json
import os
from datetime import UTC, datetime

from django.db import transaction
from rich.console import Console
from rich.table import Table

from spotcoffee.domain.authorization import Accept
from spotcoffee.domain.credentials import Typed
from spotcoffee.domain.devices import mac_or_text
from spotcoffee.project.environment import Settings
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.listing import describe
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.radius.answers import login_attributes
from spotcoffee.services import access_points
from spotcoffee.services.authorization import Login, LoginAnswer
from spotcoffee.services.batches import Batch, decide, rehearse
from spotcoffee.storage.keys import KeyRing, load_or_make_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """ACCESS_POINT LOGIN PASSWORD, and how to try it."""
    parser.add_argument("access_point", metavar="ACCESS_POINT", help="name or id of the access point")
    parser.add_argument("login", metavar="LOGIN", help="the code, or the login")
    parser.add_argument("password", metavar="PASSWORD", nargs="?", default="", help="the password; empty for a code")
    parser.add_argument("--device", default="", metavar="MAC", help="the guest's device")
    parser.add_argument("--commit", action="store_true", help="store what a real login would: first login, reservation")
    parser.add_argument("--organisation", metavar="NAME", help="whose access point, where several have that name")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit status 0 for Accept, 1 for Reject."""
    keys = load_or_make_keys(settings.keys_path, may_make=False)
    now = datetime.now(UTC)
    row = access_points.find(arguments.access_point, organisation=arguments.organisation)
    points = access_points.all_access_points(interim_interval=settings.interim_interval)
    login = Login(
        access_point=points[row.pk],
        login=arguments.login,
        proof=Typed(arguments.password),
        device=mac_or_text(arguments.device) or f"?{os.getpid()}",
        source="",
        at=now,
    )
    answer = _decide(Batch(items=[login], access_points=points, keys=keys, now=now), commit=arguments.commit)
    _show(login, answer, keys, now, as_json=arguments.json)
    return 0 if isinstance(answer.decision, Accept) else 1


def _decide(batch: Batch, *, commit: bool) -> LoginAnswer:
    if commit:
        (answer,) = decide(batch)
    else:
        with transaction.atomic():
            _, (answer,) = rehearse(batch)
            transaction.set_rollback(True)
    assert isinstance(answer, LoginAnswer)  # noqa: S101 - the answer to a Login
    return answer


def _show(login: Login, answer: LoginAnswer, keys: KeyRing, now: datetime, *, as_json: bool) -> None:
    code, lines = _as_received(login, answer, keys, now)
    refused = not isinstance(answer.decision, Accept)
    reason = answer.decision.reason.value if not isinstance(answer.decision, Accept) else None
    if as_json:
        print(json.dumps({"answer": code, "reason": reason, "attributes": lines}, ensure_ascii=False, indent=2))
        return
    console = Console()
    console.print(f"[bold {'red' if refused else 'green'}]{code}[/]" + (f"  ({reason})" if reason else ""))
    table = Table("attribute", "value", box=None, pad_edge=False)
    for name, value in lines:
        table.add_row(name, value)
    console.print(table)


def _as_received(login: Login, answer: LoginAnswer, keys: KeyRing, now: datetime) -> tuple[str, list[tuple[str, str]]]:
    """The answer as equipment would read it: built, encoded and decoded again."""
    code, attributes = login_attributes(login.access_point, answer, keys=keys, now=now)
    secret = Secret(b"login")
    request = decode(encode_request(Code.ACCESS_REQUEST, 0, (), secret, authenticator=bytes(16)))
    packet = decode(encode_response(code, request, attributes, secret))
    shown = [line for line in describe(packet) if line[0] != "Message-Authenticator"]
    return ("Access-Accept" if code is Code.ACCESS_ACCEPT else "Access-Reject"), shown
