"""Who has which address on the guests' interface, and behind which port of a bridge he is."""

from spotcoffee.protocols.nftables import routing
from spotcoffee.protocols.nftables.routing import Neighbour
from spotcoffee.servers.gateway.enforcement import Address, Device, IPNetwork
from spotcoffee.servers.gateway.netlink import Channel


class Neighbours:
    """The kernel's own knowledge of the guests' interface. networks: the guests'."""

    def __init__(self, channel: Channel, interface: int, networks: tuple[IPNetwork, ...]) -> None:
        self._channel = channel
        self._interface = interface
        self._networks = networks

    def device_at(self, address: Address) -> Device | None:
        """Who has an address; None if nobody was heard of."""
        if not self._is_guests(address):
            return None
        found = self._channel.ask_one(routing.ask_neighbour(self._interface, address), routing.neighbour)
        return None if found is None or found.gone else found.device

    def addresses_of(self, device: Device) -> tuple[Address, ...]:
        """All addresses that a device was heard with, IPv4 first."""
        return tuple(
            found.address
            for family in routing.FAMILIES
            for found in self._channel.ask(routing.ask_neighbours(family), routing.neighbour)
            if found.device == device and not found.gone and self._is_here(found)
        )

    def port_of(self, device: Device) -> str | None:
        """Name of the bridge's port behind which a device is; None if it wasn't heard there."""
        found = self._channel.ask_one(routing.ask_port(self._interface, device), routing.behind)
        return None if found is None else self._names().get(found.port)

    def ports(self) -> dict[Device, str]:
        """The same of all devices."""
        names = self._names()
        found = self._channel.ask(routing.ask_ports(), routing.behind)
        return {
            seen.device: names[seen.port] for seen in found if seen.bridge == self._interface and seen.port in names
        }

    def _names(self) -> dict[int, str]:
        return {link.interface: link.name for link in self._channel.ask(routing.ask_links(), routing.link)}

    def _is_here(self, neighbour: Neighbour) -> bool:
        return neighbour.interface == self._interface and self._is_guests(neighbour.address)

    def _is_guests(self, address: Address) -> bool:
        return any(address in network for network in self._networks)
