"""Router advertisements (RFC 4861) with a resolver (RFC 8106) and the captive portal API (RFC 8910 2.3). Octets only.

dnsmasq can't say the last, and of all ways to tell a phone over IPv6 it is the one that every phone hears.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network
from struct import Struct
from typing import Final

SOLICITATION: Final = 133
ADVERTISEMENT: Final = 134
ALL_NODES: Final = "ff02::1"
ALL_ROUTERS: Final = "ff02::2"
HOP_LIMIT: Final = 255

_SOURCE, _PREFIX, _RESOLVERS, _CAPTIVE_PORTAL = 1, 3, 25, 37
_OTHER_BY_DHCP: Final = 0x40
_ON_LINK_AND_AUTONOMOUS: Final = 0xC0
_head: Final = Struct(">BBHBBHII").pack
_prefix: Final = Struct(">BBBBIII16s").pack
_resolver: Final = Struct(">BBHI16s").pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertised:
    """What guests are told. own_mac: 6 octets. lifetime: seconds that we are their router; 0: we aren't any more."""

    network: IPv6Network
    resolver: IPv6Address
    own_mac: bytes
    lifetime: int
    api_url: str | None = None


def advertisement(told: Advertised) -> bytes:
    """The ICMPv6 message; the kernel fills its checksum."""
    life = told.lifetime
    octets = _head(ADVERTISEMENT, 0, 0, 64, _OTHER_BY_DHCP, life, 0, 0)
    octets += bytes((_SOURCE, 1)) + told.own_mac
    network = told.network
    octets += _prefix(
        _PREFIX, 4, network.prefixlen, _ON_LINK_AND_AUTONOMOUS, 2 * life, life, 0, network.network_address.packed
    )
    octets += _resolver(_RESOLVERS, 3, 0, life, told.resolver.packed)
    return octets + (_padded(told.api_url.encode()) if told.api_url else b"")


def _padded(url: bytes) -> bytes:
    # In units of 8 octets, NULs at the end.
    units = (len(url) + 2 + 7) // 8
    return bytes((_CAPTIVE_PORTAL, units)) + url.ljust(units * 8 - 2, b"\0")


def is_solicitation(message: bytes) -> bool:
    """Whether somebody asks for a router."""
    return len(message) >= 8 and message[0] == SOLICITATION and message[1] == 0
