"""`spotcoffee gateway`: this machine is the access point's gateway."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from spotcoffee.project.environment import Settings, gateway_table
from spotcoffee.project.parent import end_with_parent
from spotcoffee.servers.gateway.enforcement import Enforcement
from spotcoffee.servers.gateway.errors import EnforcementError, KernelMissing, NetworkRefused
from spotcoffee.servers.gateway.kernel import Kernel
from spotcoffee.servers.gateway.running import Gateway
from spotcoffee.servers.gateway.settings import GatewaySettingsError, load_gateway_settings
from spotcoffee.storage.keys import load_or_make_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is a setting."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Let guests through until SIGTERM or SIGINT; then this machine's network is as it was before."""
    try:
        own = load_gateway_settings(gateway_table(os.environ), os.environ)
        folder = settings.data / "gateway"
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


def _kernel(kept: Path) -> Enforcement:
    return Kernel(kept=kept)


def _refuse(faults: tuple[str, ...]) -> int:
    for fault in faults:
        sys.stderr.write(f"spotcoffee: {fault}\n")
    return 1
