"""`spotcoffee radius`: the RADIUS server."""

import argparse
from typing import Final

from django.db import connections

from spotcoffee.project.environment import Settings, parse_bind
from spotcoffee.servers.radius.server import RadiusServer, serve
from spotcoffee.storage.keys import load_or_make_keys

# On PostgreSQL the few statements of this process are prepared once: planning took longer than running them.
HOT: Final = {"server_side_binding": True, "prepare_threshold": 2}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is a setting."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT, then answer what has arrived and end."""
    if settings.database_path is None:
        connections["default"].settings_dict["OPTIONS"].update(HOT)
    server = RadiusServer(
        keys=load_or_make_keys(settings.keys_path),
        auth_bind=parse_bind(settings.radius_auth_bind),
        acct_bind=parse_bind(settings.radius_acct_bind),
        interim_interval=settings.interim_interval,
    )
    serve(server)
    return 0
