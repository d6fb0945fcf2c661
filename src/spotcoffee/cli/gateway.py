"""`spotcoffee gateway`: this machine is the access point's gateway."""

import argparse
import asyncio
import os
import sys
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from spotcoffee.project.environment import Settings, gateway_table
from spotcoffee.project.parent import end_with_parent
from spotcoffee.servers.gateway.enforcement import Enforcement
from spotcoffee.servers.gateway.errors import EnforcementError, KernelMissing, NetworkRefused
from spotcoffee.servers.gateway.kernel import Kernel
from spotcoffee.servers.gateway.legal import find, note_search
from spotcoffee.servers.gateway.packets import dashed
from spotcoffee.servers.gateway.running import CONNECTIONS, Gateway
from spotcoffee.servers.gateway.settings import GatewaySettingsError, load_gateway_settings
from spotcoffee.storage.keys import load_or_make_keys

# In the data folder; the legal log's own journal in it.
FOLDER: Final = "gateway"
SEARCHES: Final = "searches.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Without more, the gateway runs; `find` looks into its legal log."""
    actions = parser.add_subparsers(dest="action", metavar="find")
    finding = actions.add_parser("find", help="who had a public address and port at an instant (legal log)")
    finding.add_argument("address", type=ip_address, metavar="ADDRESS", help="public address: 203.0.113.1")
    finding.add_argument("port", type=int, metavar="PORT", help="its port, 0 where the protocol has none")
    finding.add_argument("at", type=_instant, metavar="AT", help="with its offset: 2026-07-15T10:00:00+02:00")
    finding.add_argument("--by", required=True, metavar="NAME", help="who asks, and why: it is written down")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Let guests through until SIGTERM or SIGINT; then this machine's network is as it was before."""
    if arguments.action == "find":
        return _find(arguments, settings.data / FOLDER)
    return _serve(settings)


def _serve(settings: Settings) -> int:
    try:
        own = load_gateway_settings(gateway_table(os.environ), os.environ)
        folder = settings.data / FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        gateway = Gateway(
            settings=own,
            folder=folder,
            keys=load_or_make_keys(settings.keys_path),
            language=settings.language,
            make_enforcement=_kernel,
            in_child=end_with_parent,
        )
        asyncio.run(gateway.run())
    except (GatewaySettingsError, NetworkRefused) as refused:
        return _refuse(refused.faults)
    except KernelMissing as missing:
        return _refuse((missing.mend,))
    except EnforcementError as error:
        return _refuse((f"the kernel refused: {error}",))
    return 0


def _find(arguments: argparse.Namespace, folder: Path) -> int:
    """Look into the legal log; that somebody did is written down first."""
    asked = (arguments.by, arguments.address, arguments.port, arguments.at.isoformat())
    note_search(folder / SEARCHES, asked, now=datetime.now(UTC))
    found = find(folder / CONNECTIONS, address=arguments.address, port=arguments.port, at=arguments.at)
    if not found:
        sys.stderr.write("spotcoffee: nobody had that address and port then, as far as the log says\n")
        return 1
    for one in found:
        ended = "" if one.ended_at is None else one.ended_at.isoformat()
        print(
            f"session {one.session_id}  device {dashed(one.device)}  address {one.guest_address}:{one.guest_port}  "
            f"protocol {one.protocol}  from {one.began_at.isoformat()}  to {ended or '?'}"
        )
    return 0


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("say the offset too: 2026-07-15T10:00:00+02:00")
    return at.astimezone(UTC)


def _kernel(kept: Path) -> Enforcement:
    return Kernel(kept=kept)


def _refuse(faults: tuple[str, ...]) -> int:
    for fault in faults:
        sys.stderr.write(f"spotcoffee: {fault}\n")
    return 1
