"""A phone asks for an address, and for the captive portal option (RFC 8910)."""

from pathlib import Path
from typing import Final, NamedTuple

from tests.lab.hotspot import until
from tests.lab.namespaces import Phone

_CONFIG: Final = """option captive-portal code 114 = text;
request subnet-mask, routers, domain-name-servers, captive-portal;
"""
_SCRIPT: Final = """#!/bin/sh
[ "$reason" = BOUND ] || exit 0
echo "$new_ip_address $new_routers $new_domain_name_servers $new_captive_portal" > "$(dirname "$0")/lease"
"""


class Lease(NamedTuple):
    """What a phone is told. api: option 114."""

    address: str
    router: str
    resolver: str
    api: str


def ask(phone: Phone, folder: Path) -> Lease:
    """Ask by dhclient. The phone's own addresses stay as they are. folder: for dhclient's files."""
    config, script, leases = folder / "dhclient.conf", folder / "script", folder / "leases"
    config.write_text(_CONFIG)
    script.write_text(_SCRIPT)
    script.chmod(0o755)
    leases.touch()
    files = ["-cf", str(config), "-sf", str(script), "-lf", str(leases), "-pf", str(folder / "pid")]
    client = phone.namespace.start("dhclient", "-1", "-d", *files, "eth0")
    assert until(lambda: (folder / "lease").exists() and (folder / "lease").read_text())
    client.kill()
    return Lease(*(folder / "lease").read_text().split())
