"""Interfaces, addresses, routes, rules of routing and neighbours (rtnetlink(7))."""

import struct
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Final, NamedTuple, TypeAlias

from spotcoffee.protocols.nftables.netlink import (
    ACK,
    CREATE,
    DUMP,
    EXCLUSIVE,
    REPLACE,
    REQUEST,
    Message,
    attribute,
    attributes,
    encode,
    text,
    u32,
)

Address: TypeAlias = IPv4Address | IPv6Address
Interface: TypeAlias = IPv4Interface | IPv6Interface
IPNetwork: TypeAlias = IPv4Network | IPv6Network

IPV4: Final = 2
BRIDGE: Final = 7
IPV6: Final = 10
FAMILIES: Final = (IPV4, IPV6)

_NEW_LINK, _GET_LINK = 16, 18
_NEW_ADDRESS, _DEL_ADDRESS, _GET_ADDRESS = 20, 21, 22
_NEW_ROUTE, _GET_ROUTE = 24, 26
_NEW_NEIGHBOUR, _DEL_NEIGHBOUR, _GET_NEIGHBOUR = 28, 29, 30
_NEW_RULE, _DEL_RULE, _GET_RULE = 32, 33, 34

_LINK: Final = struct.Struct("=BBHiII")
_ADDRESS: Final = struct.Struct("=BBBBi")
_ROUTE: Final = struct.Struct("=BBBBBBBBI")
_NEIGHBOUR: Final = struct.Struct("=BBHiHBB")
_U32: Final = struct.Struct("=I")

_LINK_NAME, _LINK_MASTER, _LINK_INFO, _LINK_INFO_KIND = 3, 10, 18, 1
_IS_UP: Final = 1
_ROUTE_TO, _ROUTE_OUT = 1, 4
_UNICAST: Final = 1
_NEIGHBOUR_ADDRESS, _NEIGHBOUR_DEVICE, _NEIGHBOUR_MASTER = 1, 2, 9
# Never answered, or failed: nobody is there.
_ABSENT: Final = 0x01 | 0x20
_NO_DETECTION: Final = 0x02

_RULE_TO, _RULE_IN, _RULE_PRIORITY, _RULE_MARK, _RULE_MASK = 1, 3, 6, 10, 16
_PROHIBIT: Final = 8
_ALL_BITS: Final = 0xFFFFFFFF


class Link(NamedTuple):
    """An interface, by its index. master: of the bridge it is a port of, or 0. kind: "bridge", "veth" …; "": a card."""

    interface: int
    name: str
    master: int
    kind: str
    is_up: bool


class Placed(NamedTuple):
    """An address of the machine's own."""

    interface: int
    address: Interface


class Route(NamedTuple):
    """A way to a network; interface: it leaves by."""

    interface: int
    to: IPNetwork


class Neighbour(NamedTuple):
    """Who has an address. device: 12 hexadecimal digits. gone: the entry was removed, or nobody answers."""

    interface: int
    address: Address
    device: str
    gone: bool


class Behind(NamedTuple):
    """A device that was seen behind a port of a bridge; both by their index."""

    bridge: int
    port: int
    device: str


class Prohibition(NamedTuple):
    """A rule of routing: what comes in by an interface without a mark, to a network or anywhere, is turned back.

    priority: less comes first; the machine's own addresses are at 0, ordinary routes at 32766.
    """

    family: int
    priority: int
    comes_in_by: str
    to: IPNetwork | None = None


def ask_links() -> bytes:
    """The request for all interfaces."""
    return encode(_GET_LINK, REQUEST | DUMP, _LINK.pack(0, 0, 0, 0, 0, 0))


def link(message: Message) -> Link | None:
    """An interface of the answer."""
    if message.kind != _NEW_LINK:
        return None
    _family, _pad, _type, interface, flags, _change = _LINK.unpack_from(message.payload)
    found = attributes(message.payload, _LINK.size)
    master = found.get(_LINK_MASTER)
    return Link(
        interface=interface,
        name=_string(found.get(_LINK_NAME, b"")),
        master=_U32.unpack(master)[0] if master else 0,
        kind=_string(attributes(found.get(_LINK_INFO, b"")).get(_LINK_INFO_KIND, b"")),
        is_up=bool(flags & _IS_UP),
    )


def set_up(interface: int, *, up: bool) -> bytes:
    """Switch an interface on or off."""
    return encode(_NEW_LINK, REQUEST | ACK, _LINK.pack(0, 0, 0, interface, _IS_UP if up else 0, _IS_UP))


def ask_addresses() -> bytes:
    """The request for all of the machine's addresses."""
    return encode(_GET_ADDRESS, REQUEST | DUMP, _ADDRESS.pack(0, 0, 0, 0, 0))


def placed(message: Message) -> Placed | None:
    """An address of the answer."""
    if message.kind != _NEW_ADDRESS:
        return None
    family, length, _flags, _scope, interface = _ADDRESS.unpack_from(message.payload)
    found = attributes(message.payload, _ADDRESS.size)
    # The local end; where there is no other end both are the same, and IPv6 leaves it out.
    packed = found.get(2) or found.get(1)
    if family not in FAMILIES or packed is None:
        return None
    return Placed(interface, _interface(family, packed, length))


def place(interface: int, address: Interface, *, remove: bool = False) -> bytes:
    """Put one of the machine's addresses on an interface, or take it away."""
    family, packed = _family(address), address.packed
    # At once usable: duplicate address detection would hold IPv6 back for a second.
    flags = _NO_DETECTION if family == IPV6 else 0
    payload = _ADDRESS.pack(family, address.network.prefixlen, flags, 0, interface)
    payload += attribute(2, packed) + attribute(1, packed)
    if family == IPV4 and not remove:
        payload += attribute(4, address.network.broadcast_address.packed)
    kind = _DEL_ADDRESS if remove else _NEW_ADDRESS
    return encode(kind, REQUEST | ACK | (0 if remove else CREATE | REPLACE), payload)


def ask_routes(family: int) -> bytes:
    """The request for the routes of a family."""
    return encode(_GET_ROUTE, REQUEST | DUMP, _ROUTE.pack(family, 0, 0, 0, 0, 0, 0, 0, 0))


def route(message: Message) -> Route | None:
    """A unicast route of the answer that isn't the default one and leaves by one interface."""
    if message.kind != _NEW_ROUTE:
        return None
    family, length, _from, _tos, _table, _protocol, _scope, kind, _flags = _ROUTE.unpack_from(message.payload)
    found = attributes(message.payload, _ROUTE.size)
    if family not in FAMILIES or kind != _UNICAST or not length or _ROUTE_TO not in found or _ROUTE_OUT not in found:
        return None
    return Route(_U32.unpack(found[_ROUTE_OUT])[0], _interface(family, found[_ROUTE_TO], length).network)


def ask_rules(family: int) -> bytes:
    """The request for the rules of routing of a family."""
    return encode(_GET_RULE, REQUEST | DUMP, _ROUTE.pack(family, 0, 0, 0, 0, 0, 0, 0, 0))


def prohibition(message: Message) -> Prohibition | None:
    """A rule of the answer that turns unmarked packets back."""
    if message.kind != _NEW_RULE:
        return None
    family, to_length, _from, _tos, _table, _pad1, _pad2, action, _flags = _ROUTE.unpack_from(message.payload)
    found = attributes(message.payload, _ROUTE.size)
    if action != _PROHIBIT or _RULE_IN not in found or _RULE_PRIORITY not in found:
        return None
    # A mark of nought is left out.
    if _RULE_MARK in found or found.get(_RULE_MASK) != _U32.pack(_ALL_BITS):
        return None
    to = _interface(family, found[_RULE_TO], to_length).network if _RULE_TO in found else None
    return Prohibition(family, _U32.unpack(found[_RULE_PRIORITY])[0], _string(found[_RULE_IN]), to)


def prohibit(rule: Prohibition, *, remove: bool = False) -> bytes:
    """Add such a rule, or take it away."""
    length = rule.to.prefixlen if rule.to is not None else 0
    payload = _ROUTE.pack(rule.family, length, 0, 0, 0, 0, 0, _PROHIBIT, 0)
    payload += text(_RULE_IN, rule.comes_in_by) + u32(_RULE_PRIORITY, rule.priority)
    payload += u32(_RULE_MARK, 0) + u32(_RULE_MASK, _ALL_BITS)
    if rule.to is not None:
        payload += attribute(_RULE_TO, rule.to.network_address.packed)
    kind = _DEL_RULE if remove else _NEW_RULE
    return encode(kind, REQUEST | ACK | (0 if remove else CREATE | EXCLUSIVE), payload)


def ask_neighbours(family: int) -> bytes:
    """The request for all neighbours of a family, on every interface."""
    return encode(_GET_NEIGHBOUR, REQUEST | DUMP, _NEIGHBOUR.pack(family, 0, 0, 0, 0, 0, 0))


def ask_neighbour(interface: int, address: Address) -> bytes:
    """The request for one neighbour; ENOENT if the kernel knows none."""
    header = _NEIGHBOUR.pack(_family(address), 0, 0, interface, 0, 0, 0)
    return encode(_GET_NEIGHBOUR, REQUEST, header + attribute(_NEIGHBOUR_ADDRESS, address.packed))


def ask_ports() -> bytes:
    """The request for what all bridges know of devices behind their ports."""
    return encode(_GET_NEIGHBOUR, REQUEST | DUMP, _NEIGHBOUR.pack(BRIDGE, 0, 0, 0, 0, 0, 0))


def ask_port(bridge: int, device: str) -> bytes:
    """The request for the port of a bridge behind which a device was last seen; ENOENT if it wasn't."""
    payload = _NEIGHBOUR.pack(BRIDGE, 0, 0, 0, 0, 0, 0)
    payload += attribute(_NEIGHBOUR_DEVICE, bytes.fromhex(device)) + u32(_NEIGHBOUR_MASTER, bridge)
    return encode(_GET_NEIGHBOUR, REQUEST, payload)


def behind(message: Message) -> Behind | None:
    """Where a device is, in such an answer."""
    if message.kind != _NEW_NEIGHBOUR:
        return None
    family, _pad1, _pad2, port, _state, _flags, _type = _NEIGHBOUR.unpack_from(message.payload)
    found = attributes(message.payload, _NEIGHBOUR.size)
    device, master = found.get(_NEIGHBOUR_DEVICE), found.get(_NEIGHBOUR_MASTER)
    if family != BRIDGE or device is None or master is None:
        return None
    return Behind(_U32.unpack(master)[0], port, device.hex())


def neighbour(message: Message) -> Neighbour | None:
    """A neighbour of an answer or of the kernel's own accord; None for what has no MAC address yet."""
    if message.kind not in (_NEW_NEIGHBOUR, _DEL_NEIGHBOUR):
        return None
    family, _pad1, _pad2, interface, state, _flags, _type = _NEIGHBOUR.unpack_from(message.payload)
    found = attributes(message.payload, _NEIGHBOUR.size)
    packed, device = found.get(_NEIGHBOUR_ADDRESS), found.get(_NEIGHBOUR_DEVICE)
    if family not in FAMILIES or packed is None or device is None or len(device) != 6:
        return None
    gone = message.kind == _DEL_NEIGHBOUR or bool(state & _ABSENT)
    return Neighbour(interface, _address(family, packed), device.hex(), gone)


def _address(family: int, packed: bytes) -> Address:
    return IPv4Address(packed) if family == IPV4 else IPv6Address(packed)


def _interface(family: int, packed: bytes, length: int) -> Interface:
    return IPv4Interface((packed, length)) if family == IPV4 else IPv6Interface((packed, length))


def _family(address: Address | Interface) -> int:
    return IPV4 if address.version == 4 else IPV6


def _string(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "replace")
