"""How phones are told of the portal's API: DHCP option 114 (RFC 8910), as each server's configuration says it.

A phone asks only an address on https with a name and a certificate that it trusts, reachable before the login.
"""

from collections.abc import Mapping
from typing import Final

from spotcoffee.domain.access_points import Equipment

OPTION: Final = 114
# RFC 8910 2: in one DHCPv4 option.
MOST_OCTETS: Final = 255

_DNSMASQ: Final = "dhcp-option=114,{url}"
_ROUTEROS: Final = (
    "/ip dhcp-server option add name=captive-portal code=114 value=\"'{url}'\"\n"
    "/ip dhcp-server network set [find] dhcp-option=captive-portal"
)
_ISC: Final = 'option captive-portal code 114 = text;\noption captive-portal "{url}";'
_KEA: Final = '{{"name": "v4-captive-portal", "code": 114, "data": "{url}"}}'

# Names of DHCP servers that stand beside equipment which has none of its own, or hides it.
SERVERS: Final[Mapping[str, str]] = {"dnsmasq": _DNSMASQ, "isc-dhcpd": _ISC, "kea": _KEA, "routeros": _ROUTEROS}
_OWN: Final[Mapping[Equipment, tuple[str, ...]]] = {
    Equipment.MIKROTIK: ("routeros",),
    Equipment.GATEWAY: ("dnsmasq",),
    Equipment.OPENNDS: ("dnsmasq",),
    Equipment.OPNSENSE: ("dnsmasq", "kea", "isc-dhcpd"),
    Equipment.PFSENSE: ("kea", "isc-dhcpd"),
}


def api_address(portal_address: str, access_point_id: int) -> str | None:
    """The address to tell; None where a phone would not ask it: not on https, too long, or nobody said where."""
    base = portal_address.rstrip("/")
    url = f"{base}/portal/api/{access_point_id}"
    return url if base.startswith("https://") and len(url.encode()) <= MOST_OCTETS else None


def option_texts(equipment: Equipment, url: str) -> dict[str, str]:
    """What to write into the configuration, by DHCP server: the equipment's own, else any that may stand there."""
    servers = _OWN.get(equipment, tuple(SERVERS))
    return {server: SERVERS[server].format(url=url) for server in servers}
