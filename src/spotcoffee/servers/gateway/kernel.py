"""The kernel as enforcement: nftables lets through and counts, HTB limits, routing closes what neither holds."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address
from pathlib import Path
from typing import Final

from spotcoffee.protocols.nftables import conntrack, elements, ruleset, traffic_control
from spotcoffee.protocols.nftables.elements import Entry, LeftOver
from spotcoffee.protocols.nftables.expressions import Json
from spotcoffee.servers.gateway import network as surroundings
from spotcoffee.servers.gateway.enforcement import (
    Address,
    Alert,
    AlertKind,
    Device,
    Fault,
    Guest,
    Network,
    Traffic,
)
from spotcoffee.servers.gateway.errors import EnforcementError, KernelMissing, KernelRefused
from spotcoffee.servers.gateway.libnftables import Nftables
from spotcoffee.servers.gateway.neighbours import Neighbours
from spotcoffee.servers.gateway.netlink import NETFILTER, ROUTE, Channel
from spotcoffee.servers.gateway.shaping import Shaper
from spotcoffee.servers.gateway.tables import Tables

# IPv6 addresses that one device may have at a time; beyond, the one learned first goes.
MOST_ADDRESSES: Final = 16
_NUMBER: Final = struct.Struct("=I")


@dataclass(slots=True)
class _Admitted:
    """A guest who is let through. entry: as the kernel has him; learned: addresses that were taken in since."""

    guest: Guest
    entry: Entry
    traffic: Traffic
    learned: list[Address] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _House:
    """What there is between `install` and `close`."""

    network: Network
    ground: surroundings.Ground
    surroundings: surroundings.Surroundings
    neighbours: Neighbours
    tables: Tables
    down: Shaper
    up: Shaper

    @property
    def is_bound_to_port(self) -> bool:
        """A guest is let through on the port of the bridge where he logged in."""
        return self.ground.guest.kind == "bridge" and not self.network.roaming
