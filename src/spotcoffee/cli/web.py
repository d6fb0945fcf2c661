"""`spotcoffee web`: the pages and the API, over HTTPS unless a proxy in front encrypts."""

import argparse
import resource
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings

from spotcoffee.project.certificate import own_certificate
from spotcoffee.project.environment import Settings, parse_bind
from spotcoffee.project.hosts import own_names
from spotcoffee.project.secret_key import read_or_make

# Connections at once, most of them idle: a phone keeps some open. Each takes a file.
MOST_CONNECTIONS: Final = 8_192
FILES_BESIDE: Final = 512
# A request's head must be there within so many milliseconds; so long may a connection be idle, too. Octets of a head,
# and of answers that wait to be read where more is asked all the while.
HTTP: Final = HTTP1Settings(header_read_timeout=10_000, max_buffer_size=65_536)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is a setting."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT."""
    return serve("spotcoffee.project.web_asgi:application", settings.web_bind, settings, *_certificate(settings))


def serve(target: str, bind: str, settings: Settings, certificate: Path | None = None, key: Path | None = None) -> int:
    """Serve an application on an address; in plain HTTP without a certificate. Raises OSError where it can't."""
    host, port = parse_bind(bind)
    _claim(host, port)
    # Made before the workers start, so that all of them read the same.
    read_or_make(settings.data / "secret_key")
    server = Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        # Where a client may choose, a silent one is waited for without an end.
        http=HTTPModes.http1,
        http1_settings=HTTP,
        websockets=False,
        backpressure=_connections(),
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,
        log_enabled=False,
        workers_kill_timeout=10,
    )
    try:
        server.serve()
    except RuntimeError as refused:
        # Its message carries a backtrace of its own; the first line is the reason.
        reason = str(refused).partition("\n")[0]
        raise OSError(f"the web server can't start on {bind}: {reason}") from refused
    return 0


def _connections() -> int:
    """How many clients may be connected; where the system would allow fewer files than that takes, it is asked for."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + FILES_BESIDE
    if allowed < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return max(1, min(MOST_CONNECTIONS, allowed - FILES_BESIDE))


def _claim(host: str, port: int) -> None:
    """Raise OSError if the port is taken: the server would share it in silence with whoever has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise OSError(f"the web server can't listen on port {port} of {host}: {taken.strerror}") from taken


def _certificate(settings: Settings) -> tuple[Path | None, Path | None]:
    if settings.web_tls == "off":
        return None, None
    if settings.tls_cert is not None and settings.tls_key is not None:
        return settings.tls_cert, settings.tls_key
    return own_certificate(settings.data, [*settings.hosts, *own_names()], now=datetime.now(UTC))
