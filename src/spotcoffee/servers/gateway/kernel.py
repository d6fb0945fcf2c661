"""The kernel as enforcement: nftables lets through and counts, HTB limits, routing closes what neither holds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from spotcoffee.protocols.nftables import conntrack, elements
from spotcoffee.protocols.nftables.expressions import Json
from spotcoffee.protocols.nftables.ruleset import Layout
from spotcoffee.protocols.nftables.traffic_control import MAJOR, MOST_MINOR
from spotcoffee.servers.gateway.admitted import Admitted, Past, admitted, quotas
from spotcoffee.servers.gateway.enforcement import Address, Alert, Device, Fault, Guest, Network, Traffic
from spotcoffee.servers.gateway.errors import EnforcementError, KernelRefused
from spotcoffee.servers.gateway.libnftables import Nftables
from spotcoffee.servers.gateway.neighbours import Neighbours
from spotcoffee.servers.gateway.netlink import NETFILTER, ROUTE, Channel
from spotcoffee.servers.gateway.network import Ground, Surroundings, check, guest_networks, survey
from spotcoffee.servers.gateway.shaping import Shaper
from spotcoffee.servers.gateway.strangers import alerts_of, newcomers
from spotcoffee.servers.gateway.tables import Tables

# IPv6 addresses that one device may have at a time; beyond, the one taken in first goes.
MOST_ADDRESSES: Final = 16


@dataclass(frozen=True, slots=True)
class _House:
    """What there is between `install` and `close`. bound: a guest is let through on one port of the bridge alone."""

    network: Network
    surroundings: Surroundings
    neighbours: Neighbours
    tables: Tables
    down: Shaper
    up: Shaper
    bound: bool


class Kernel:
    """Enforcement by this machine's kernel, in the network namespace in which it was made.

    kept: a file that remembers what the machine's network was before, best in a folder that a reboot empties.
    """

    def __init__(self, *, kept: Path | None = None) -> None:
        self._kept = kept
        self._nftables = Nftables()
        self._route = Channel(ROUTE, "routing")
        self._netfilter = Channel(NETFILTER, "netfilter")
        self._installed: _House | None = None
        self._guests: dict[Device, Admitted] = {}
        self._last_number = 0
        self._told: frozenset[Alert] = frozenset()

    def install(self, network: Network, guests: Iterable[Guest] = ()) -> None:
        """See Enforcement."""
        machine = survey(self._route)
        house = self._built(network, check(network, machine))
        house.tables.try_out()
        homes = house.tables.homes()
        past = {left.device: Past(left.number, homes.get(left.device, "")) for left in house.tables.left_over()}
        self._installed = house
        try:
            house.surroundings.turn_back_unmarked()
            house.surroundings.place_addresses(machine)
            self._put(guests, past)
        except (EnforcementError, OSError):
            # Where a gateway was before, the door stays shut.
            self.close(leave_closed=bool(past))
            raise

    def admit(self, guest: Guest) -> None:
        """See Enforcement."""
        self.expel(guest.device)
        used = {other.entry.number for other in self._guests.values()}
        new = admitted(guest, Past(self._free_number(used), self._port_of(guest.device)))
        self._guests[guest.device] = new
        # First the class: a packet whose class isn't there is not limited.
        self._limit(new)
        self._run(elements.let_in(new.entry) + elements.set_quotas(new.entry.number, quotas(guest)))

    def change(self, guest: Guest) -> None:
        """See Enforcement."""
        here = self._guests.get(guest.device)
        if here is None:
            return
        old, had = here.entry, quotas(here.guest)
        here.change(guest)
        self._limit(here)
        self._run(
            [
                *elements.disallow(old, old.addresses),
                *elements.allow(here.entry, here.entry.addresses),
                *elements.drop_quotas(old.number, had),
                *elements.set_quotas(old.number, quotas(guest)),
            ]
        )

    def expel(self, device: Device) -> Traffic | None:
        """See Enforcement."""
        gone = self._guests.pop(device, None)
        if gone is None:
            return None
        house, number = self._house, gone.entry.number
        gone.count(house.tables.octets_of(number), None)
        self._run(elements.shut_out(gone.entry) + elements.drop_quotas(number, quotas(gone.guest)))
        self._end_flows(number)
        house.down.drop(number)
        house.up.drop(number)
        return gone.traffic

    def traffic(self, now: float) -> Mapping[Device, Traffic]:
        """See Enforcement."""
        self._count(now)
        return {device: here.traffic for device, here in self._guests.items()}

    def verify(self) -> tuple[Fault, ...]:
        """See Enforcement."""
        house = self._house
        whole = {
            Fault.RULES: house.tables.are_whole(),
            Fault.GUESTS: house.tables.hold([here.entry for here in self._guests.values()]),
            Fault.SHAPING_DOWN: house.down.is_whole(),
            Fault.SHAPING_UP: house.up.is_whole(),
            Fault.ROUTING: house.surroundings.is_closed(),
        }
        if whole[Fault.RULES] and whole[Fault.GUESTS]:
            house.tables.trust()
        return tuple(fault for fault, is_whole in whole.items() if not is_whole)

    def rebuild(self, guests: Iterable[Guest]) -> None:
        """See Enforcement."""
        past = {
            device: Past(here.entry.number, here.entry.port, here.traffic, tuple(here.learned))
            for device, here in self._guests.items()
        }
        self._house.surroundings.turn_back_unmarked()
        self._put(guests, past)
        for device, gone in past.items():
            if device not in self._guests:
                self._end_flows(gone.number)

    def alerts(self) -> tuple[Alert, ...]:
        """See Enforcement."""
        house = self._house
        pairs, strays = house.tables.strange_pairs(), house.tables.strays()
        seen: frozenset[Alert] = frozenset()
        if pairs or strays:
            for device, address in newcomers(pairs, self._guests, house.network):
                self._take_in(self._guests[device], address)
            seen = frozenset(alerts_of(pairs, strays, self._guests))
        new = seen - self._told
        self._told = seen
        return tuple(new)

    def device_at(self, address: Address) -> Device | None:
        """See Enforcement."""
        return self._house.neighbours.device_at(address)

    def addresses_of(self, device: Device) -> tuple[Address, ...]:
        """See Enforcement."""
        return self._house.neighbours.addresses_of(device)

    def close(self, *, leave_closed: bool = True) -> None:
        """See Enforcement."""
        house, self._installed = self._installed, None
        self._guests = {}
        try:
            if house is not None:
                _leave(house, closed=leave_closed)
        finally:
            self._nftables.close()
            self._route.close()
            self._netfilter.close()

    @property
    def _house(self) -> _House:
        if self._installed is None:
            raise KernelRefused("not installed")
        return self._installed

    def _built(self, network: Network, ground: Ground) -> _House:
        bound = ground.guest.kind == "bridge" and not network.roaming
        guest, uplink = ground.guest.interface, ground.uplink.interface
        return _House(
            network=network,
            surroundings=Surroundings(self._route, network, ground, kept=self._kept),
            neighbours=Neighbours(self._route, guest, guest_networks(network)),
            tables=Tables(self._nftables, self._netfilter, _layout(network, bound=bound)),
            down=Shaper(self._route, guest),
            up=Shaper(self._route, uplink),
            bound=bound,
        )

    def _put(self, guests: Iterable[Guest], past: Mapping[Device, Past]) -> None:
        house = self._house
        wanted = {guest.device: guest for guest in guests}
        numbered = self._numbered(wanted, past)
        rates = [(was.number, wanted[device]) for device, was in numbered.items()]
        house.down.put({number: guest.rate_down for number, guest in rates if guest.rate_down is not None})
        house.up.put({number: guest.rate_up for number, guest in rates if guest.rate_up is not None})
        # Nothing moves between the reading of the old counters and the making of the new ones.
        house.tables.halt()
        moved = {left.device: left for left in house.tables.left_over()}
        put = {device: admitted(wanted[device], was.with_more(moved.get(device))) for device, was in numbered.items()}
        limits = {here.entry.number: quotas(here.guest) for here in put.values()}
        house.tables.replace([here.entry for here in put.values()], limits)
        house.surroundings.pass_packets_on()
        self._guests = put

    def _numbered(self, wanted: Iterable[Device], past: Mapping[Device, Past]) -> dict[Device, Past]:
        used = {was.number for was in past.values()}
        ports = self._house.neighbours.ports() if self._house.bound else {}
        numbered: dict[Device, Past] = {}
        for device in wanted:
            numbered[device] = past.get(device) or Past(self._free_number(used), ports.get(device, ""))
            used.add(numbered[device].number)
        return numbered

    def _run(self, commands: list[Json]) -> None:
        house = self._house
        try:
            house.tables.run(commands)
        except KernelRefused:
            # Somebody took our rules away; else the fault is ours.
            if not {Fault.RULES, Fault.GUESTS} & set(self.verify()):
                raise
            self.rebuild([here.left() for here in self._guests.values()])

    def _limit(self, here: Admitted) -> None:
        self._house.down.set_rate(here.entry.number, here.guest.rate_down)
        self._house.up.set_rate(here.entry.number, here.guest.rate_up)

    def _count(self, now: float | None) -> None:
        octets = self._house.tables.octets()
        for here in self._guests.values():
            number = here.entry.number
            here.count({direction: moved.get(number, 0) for direction, moved in octets.items()}, now)

    def _take_in(self, here: Admitted, address: Address) -> None:
        old = here.entry
        dropped = here.learn(address, most=MOST_ADDRESSES)
        self._run(elements.disallow(old, dropped) + elements.allow(here.entry, [address]))

    def _end_flows(self, number: int) -> None:
        self._netfilter.order([conntrack.end_flows(number)])

    def _port_of(self, device: Device) -> str:
        house = self._house
        return (house.neighbours.port_of(device) or "") if house.bound else ""

    def _free_number(self, used: set[int]) -> int:
        # The next one, not the least: an old flow's mark is nobody's for as long as can be.
        self._last_number = next(number for number in _after(self._last_number) if number not in used)
        return self._last_number


def _leave(house: _House, *, closed: bool) -> None:
    try:
        if closed:
            house.tables.shut()
            return
        # The rules go last: nobody passes while the rest is put back.
        house.down.remove()
        house.up.remove()
        house.surroundings.put_back()
        house.tables.remove()
    finally:
        house.down.close()
        house.up.close()


def _after(last: int) -> Iterator[int]:
    for number in chain(range(last + 1, MOST_MINOR + 1), range(1, last + 1)):
        if number != MAJOR:
            yield number


def _layout(network: Network, *, bound: bool) -> Layout:
    return Layout(
        guest_interface=network.guest_interface,
        uplink_interface=network.uplink_interface,
        guest4=network.guest4.network,
        guest6=None if network.guest6 is None else network.guest6.network,
        portal_port=network.portal_port,
        open_ports=network.open_ports,
        walled=network.walled_garden,
        forbidden=network.forbidden,
        masquerade=network.masquerade,
        bound_to_port=bound,
    )
