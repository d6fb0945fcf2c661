"""Who was seen and not let through: guests with a new address, and those who only look like a guest."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv6Address

from spotcoffee.servers.gateway.admitted import Admitted
from spotcoffee.servers.gateway.enforcement import Address, Alert, AlertKind, Device, Network


def newcomers(
    pairs: set[tuple[Device, Address]], guests: Mapping[Device, Admitted], network: Network
) -> Iterator[tuple[Device, Address]]:
    """New IPv6 addresses of guests (RFC 8981), which none of the others has.

    Whoever has copied a guest's MAC address could have copied his address too: nothing is given away. IPv4 addresses
    come from our own DHCP, and don't change while a guest is here.
    """
    if network.guest6 is None:
        return
    taken = {address for here in guests.values() for address in here.entry.addresses}
    for device, address in pairs:
        is_theirs = isinstance(address, IPv6Address) and address in network.guest6.network
        if device in guests and is_theirs and address not in taken:
            yield device, address


def alerts_of(
    pairs: set[tuple[Device, Address]], strays: set[tuple[Device, str]], guests: Mapping[Device, Admitted]
) -> Iterator[Alert]:
    """What is to be told of strangers. Guests whose time has run out in the kernel are none."""
    owners = {address: device for device, here in guests.items() for address in here.entry.addresses}
    for device, address in pairs:
        if owners.get(address, device) != device:
            yield Alert(AlertKind.OTHER_DEVICE, device, address)
        elif device in guests and address not in owners:
            yield Alert(AlertKind.OTHER_ADDRESS, device, address)
    for device, port in strays:
        if device in guests and guests[device].entry.port not in ("", port):
            yield Alert(AlertKind.OTHER_PORT, device, port=port)
