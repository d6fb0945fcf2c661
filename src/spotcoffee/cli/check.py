"""`spotcoffee check`: look at the configuration, say what is wrong and how to mend it."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.db import DatabaseError, InterfaceError

from spotcoffee import RELEASED_AT
from spotcoffee.project.environment import Settings
from spotcoffee.project.upgrade import pending
from spotcoffee.services.health import LEAST_ROOM, look
from spotcoffee.storage.keys import KeysUnusable, load_or_make_keys

Faults = Iterator[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is a setting."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each check; 1 if one found a fault. Settings that can't be read never get here."""
    faults = 0
    for title, check in CHECKS.items():
        found = list(check(settings))
        faults += len(found)
        for fault in found:
            print(f"FAULT  {title}: {fault}")
        if not found:
            print(f"ok     {title}")
    if faults:
        sys.stderr.write(f"spotcoffee: {faults} fault{'s' if faults > 1 else ''} found\n")
    return 1 if faults else 0


def data_folder(settings: Settings) -> Faults:
    """It is there, ours, closed to others, and its disk has room."""
    folder = settings.data
    if not folder.is_dir():
        yield f"{folder} does not exist; `spotcoffee migrate` makes it"
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield f"{folder} can't be written; give it to this user: chown -R $(id -un) {folder}"
        return
    if folder.stat().st_mode & 0o022:
        yield f"others can write to {folder}; close it: chmod 700 {folder}"
    if look(folder, now=datetime.now(UTC)).disk_fault is not None:
        yield f"less than {LEAST_ROOM // 1024 // 1024} MiB are free in {folder}; make room"


def database(settings: Settings) -> Faults:
    """It answers, and has all migrations."""
    path = settings.database_path
    if path is not None and not path.exists():
        yield f"{path} does not exist; run `spotcoffee migrate`"
        return
    try:
        missing = pending()
    except (DatabaseError, InterfaceError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        yield f"it can't be reached ({reason}); is it running, and is SPOTCOFFEE_DATABASE_URL right?"
        return
    if missing:
        yield f"it is {len(missing)} migrations behind; run `spotcoffee migrate`"


def keys(settings: Settings) -> Faults:
    """The key files are whole, and only their owner can read them."""
    try:
        load_or_make_keys(settings.keys_path, may_make=False)
    except KeysUnusable as unusable:
        mend = "`spotcoffee migrate` makes it" if unusable.code == "missing" else "restore it from a backup"
        yield f"{unusable.path} is {unusable.code}; {mend}"
    for path in (settings.keys_path, settings.data / "secret_key", settings.data / "tls_key.pem"):
        yield from _open_to_others(path)


def certificate(settings: Settings) -> Faults:
    """The operator's own certificate can be read and goes with its key."""
    if settings.web_tls == "off" or settings.tls_cert is None or settings.tls_key is None:
        return
    yield from _open_to_others(settings.tls_key)
    try:
        shown = x509.load_pem_x509_certificate(settings.tls_cert.read_bytes())
        key = serialization.load_pem_private_key(settings.tls_key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        yield f"tls_cert or tls_key can't be read ({error}); both are PEM, the key without a password"
        return
    if shown.public_key() != key.public_key():
        yield "tls_cert and tls_key do not belong together; give the key that the certificate was made with"
    if shown.not_valid_after_utc <= datetime.now(UTC):
        yield f"tls_cert ended on {shown.not_valid_after_utc:%Y-%m-%d}; renew it"


def clock(_settings: Settings) -> Faults:
    """The clock of this machine is not before our own release, as after a dead battery."""
    if datetime.now(UTC) < RELEASED_AT:
        yield "this machine's clock is behind our own release; set it, or let an NTP service set it"


def _open_to_others(path: Path) -> Faults:
    if path.exists() and path.stat().st_mode & 0o077:
        yield f"others can read {path}; close it: chmod 600 {path}"


CHECKS: Final[dict[str, Callable[[Settings], Faults]]] = {
    "data folder": data_folder,
    "database": database,
    "keys": keys,
    "certificate": certificate,
    "clock": clock,
}
