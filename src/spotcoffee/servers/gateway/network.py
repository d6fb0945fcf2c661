"""The machine's own network: whether the settings fit it, and what of it the gateway changes and puts back.

Rules of routing turn back whatever comes from a guest, or goes to one, without a mark. Only nftables gives marks: when
its rules are gone, nobody passes.
"""

import errno
import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Interface
from pathlib import Path
from typing import Final

from spotcoffee.protocols.nftables import routing, traffic_control
from spotcoffee.protocols.nftables.routing import Interface, IPNetwork, Link, Placed, Prohibition, Route
from spotcoffee.servers.gateway.enforcement import Network
from spotcoffee.servers.gateway.errors import NetworkRefused
from spotcoffee.servers.gateway.netlink import Channel

# Before the ordinary routes, after those to the machine itself.
_PRIORITY: Final = 2_000
_PROC: Final = Path("/proc/sys/net")
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_IGNORED: Final = frozenset({errno.EEXIST, errno.ENOENT, errno.EADDRNOTAVAIL, errno.ENODEV})
_IPV6_SMALLEST: Final = 64
# How many are kept without a look, for a while, and at most: for each guest, who may have several addresses.
_NEIGHBOUR_THRESHOLDS: Final = {"gc_thresh1": 1, "gc_thresh2": 2, "gc_thresh3": 4}
_MOST_NEIGHBOURS: Final = 16_384


@dataclass(frozen=True, slots=True)
class Machine:
    """What the kernel says of the machine."""

    links: tuple[Link, ...]
    addresses: tuple[Placed, ...]
    routes: tuple[Route, ...]
    queues: tuple[traffic_control.Queue, ...]

    def link(self, name: str) -> Link | None:
        """An interface by its name."""
        return next((link for link in self.links if link.name == name), None)


@dataclass(frozen=True, slots=True)
class Ground:
    """The interfaces that the settings name."""

    guest: Link
    uplink: Link


def survey(channel: Channel) -> Machine:
    """Look at the machine; change nothing."""
    return Machine(
        links=tuple(channel.ask(routing.ask_links(), routing.link)),
        addresses=tuple(channel.ask(routing.ask_addresses(), routing.placed)),
        routes=tuple(
            found for family in routing.FAMILIES for found in channel.ask(routing.ask_routes(family), routing.route)
        ),
        queues=tuple(channel.ask(traffic_control.ask_queues(), traffic_control.queue)),
    )


def check(network: Network, machine: Machine) -> Ground:
    """The interfaces to work on. Raises NetworkRefused with every fault, each with its mend."""
    faults = [*_faults_of_interfaces(network, machine), *_faults_of_networks(network, machine)]
    guest, uplink = machine.link(network.guest_interface), machine.link(network.uplink_interface)
    if faults or guest is None or uplink is None:
        raise NetworkRefused(tuple(faults))
    return Ground(guest, uplink)


def guest_networks(network: Network) -> tuple[IPNetwork, ...]:
    """The guests' networks, IPv4 first."""
    return tuple(own.network for own in _own(network))


def prohibitions(network: Network) -> list[Prohibition]:
    """The rules of routing that close the box when nothing else does."""
    rules = [Prohibition(family, _PRIORITY, network.guest_interface) for family in routing.FAMILIES]
    for number, guests in enumerate(guest_networks(network), 1):
        family = routing.IPV4 if guests.version == 4 else routing.IPV6
        rules.append(Prohibition(family, _PRIORITY + number, network.uplink_interface, guests))
    return rules


def _own(network: Network) -> list[Interface]:
    return [own for own in (network.guest4, network.guest6) if own is not None]


def _faults_of_interfaces(network: Network, machine: Machine) -> Iterable[str]:
    names = ", ".join(sorted(link.name for link in machine.links if link.name != "lo"))
    for role, name in (("guests'", network.guest_interface), ("uplink", network.uplink_interface)):
        link = machine.link(name)
        if link is None:
            yield f"the {role} interface {name} does not exist; this machine has: {names}"
            continue
        if link.master:
            yield f"the {role} interface {name} is a port of a bridge; name the bridge"
        other = next((q for q in machine.queues if _is_somebodys(q, link)), None)
        if other is not None:
            yield f"{name} has a queue of its own ({other.kind}); remove it with: tc qdisc del dev {name} root"
    if network.guest_interface == network.uplink_interface:
        yield f"guests and uplink can't share {network.guest_interface}; connect the guests to another interface"


def _is_somebodys(queue: traffic_control.Queue, link: Link) -> bool:
    # Queues that the kernel set up by itself have no handle.
    return queue.interface == link.interface and queue.is_root and queue.handle >> 16 not in (0, traffic_control.MAJOR)


def _faults_of_networks(network: Network, machine: Machine) -> Iterable[str]:
    guest = machine.link(network.guest_interface)
    elsewhere = [*machine.routes, *(Route(own.interface, own.address.network) for own in machine.addresses)]
    for own in _own(network):
        if own.network.num_addresses < 4 or own.ip in (own.network.network_address, own.network[-1]):
            yield f"{own} is no address for the box in its guests' network; write it like 10.77.0.1/16"
        if isinstance(own, IPv6Interface) and own.network.prefixlen != _IPV6_SMALLEST:
            yield f"{own}: guests choose IPv6 addresses in networks of /64 alone; write it like fd00:77::1/64"
        for route in elsewhere:
            if guest is not None and route.interface == guest.interface:
                continue
            if route.to.version == own.version and route.to.overlaps(own.network):
                name = next((link.name for link in machine.links if link.interface == route.interface), "?")
                yield f"the guests' network {own.network} overlaps {route.to} on {name}; choose another for the guests"
                break
    for port in (network.portal_port, *network.open_ports):
        if not 0 < port < 65_536:
            yield f"{port} is no TCP port; choose one from 1 to 65535"


class Surroundings:
    """What of the machine's network is changed while the gateway runs. kept: a file that remembers what was before.

    The file outlives a killed process, and is void after a reboot, which undoes the changes by itself.
    """

    def __init__(self, channel: Channel, network: Network, ground: Ground, *, kept: Path | None) -> None:
        self._channel = channel
        self._network = network
        self._ground = ground
        self._kept = kept
        self._settings: dict[str, str] = {}
        self._placed: list[str] = []
        self._was_up = ground.guest.is_up
        self._recall()

    def turn_back_unmarked(self) -> None:
        """Close the box at the level of routing."""
        self._channel.order([routing.prohibit(rule) for rule in prohibitions(self._network)], ignored=_IGNORED)

    def is_closed(self) -> bool:
        """Whether those rules are all there, and packets are passed on at all."""
        found = {
            rule
            for family in routing.FAMILIES
            for rule in self._channel.ask(routing.ask_rules(family), routing.prohibition)
        }
        return found.issuperset(prohibitions(self._network)) and all(
            _read(name) == value for name, value in self._wanted().items()
        )

    def place_addresses(self, machine: Machine) -> None:
        """Give the box its addresses on the guests' interface, and switch that on."""
        interface = self._ground.guest.interface
        have = {own.address for own in machine.addresses if own.interface == interface}
        missing = [own for own in _own(self._network) if own not in have]
        self._placed += [str(own) for own in missing]
        self._remember()
        self._channel.order([routing.place(interface, own) for own in missing], ignored=_IGNORED)
        if not self._ground.guest.is_up:
            self._channel.order([routing.set_up(interface, up=True)])

    def pass_packets_on(self) -> None:
        """Have the kernel forward between the two interfaces."""
        for name, value in self._wanted().items():
            before = _read(name)
            if before != value:
                self._settings.setdefault(name, before)
                self._remember()
                (_PROC / name).write_text(value)

    def put_back(self) -> None:
        """Undo everything."""
        for name, value in reversed(self._settings.items()):
            (_PROC / name).write_text(value)
        interface = self._ground.guest.interface
        own = [own for own in _own(self._network) if str(own) in self._placed]
        orders = [routing.prohibit(rule, remove=True) for rule in prohibitions(self._network)]
        orders += [routing.place(interface, address, remove=True) for address in own]
        self._channel.order(orders, ignored=_IGNORED)
        if not self._was_up:
            self._channel.order([routing.set_up(interface, up=False)])
        if self._kept is not None:
            self._kept.unlink(missing_ok=True)

    def _wanted(self) -> dict[str, str]:
        guest, uplink = self._network.guest_interface, self._network.uplink_interface
        wanted = {f"ipv4/conf/{name}/forwarding": "1" for name in (guest, uplink)}
        if self._network.guest6 is not None:
            # A router takes no router's word, unless told to: the uplink may have its address from one.
            if _read(f"ipv6/conf/{uplink}/accept_ra") in ("1", "2"):
                wanted[f"ipv6/conf/{uplink}/accept_ra"] = "2"
            wanted["ipv6/conf/all/forwarding"] = "1"
        return wanted | self._room_for_neighbours()

    def _room_for_neighbours(self) -> dict[str, str]:
        """Room in the kernel's table of addresses for all guests at once: by default it ends at 1,024 (arp(7))."""
        guests = min(self._network.guest4.network.num_addresses, _MOST_NEIGHBOURS)
        families = ["ipv4"] if self._network.guest6 is None else ["ipv4", "ipv6"]
        found = {}
        for family in families:
            for threshold, times in _NEIGHBOUR_THRESHOLDS.items():
                name = f"{family}/neigh/default/{threshold}"
                # One for the whole machine: in a network namespace it is not to be seen.
                if (_PROC / name).exists():
                    found[name] = str(max(int(_read(name)), guests * times))
        return found

    def _recall(self) -> None:
        if self._kept is None or not self._kept.exists():
            return
        before = json.loads(self._kept.read_text())
        if before["boot"] == _BOOT.read_text():
            self._settings, self._placed, self._was_up = before["settings"], before["placed"], before["was_up"]

    def _remember(self) -> None:
        if self._kept is not None:
            before = {
                "boot": _BOOT.read_text(),
                "settings": self._settings,
                "placed": self._placed,
                "was_up": self._was_up,
            }
            new = self._kept.with_suffix(".new")
            new.write_text(json.dumps(before))
            new.replace(self._kept)


def _read(name: str) -> str:
    return (_PROC / name).read_text().strip()
