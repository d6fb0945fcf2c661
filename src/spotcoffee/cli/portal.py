"""`spotcoffee portal`: the guest's portal alone, in plain HTTP; never staff pages or the API."""

import argparse

from spotcoffee.cli.web import serve
from spotcoffee.project.environment import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is a setting."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT."""
    if not settings.portal_bind:
        raise OSError("the portal has no address of its own: set SPOTCOFFEE_PORTAL_BIND, such as 0.0.0.0:8080")
    return serve("spotcoffee.project.portal_asgi:application", settings.portal_bind, settings)
