"""What the maps have for one guest, as nftables' JSON, and what is read back out of them."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple, TypeAlias

from spotcoffee.protocols.nftables.counters import Element
from spotcoffee.protocols.nftables.expressions import Json
from spotcoffee.protocols.nftables.ruleset import BRIDGE, INET, TABLE
from spotcoffee.protocols.nftables.traffic_control import MAJOR

Address: TypeAlias = IPv4Address | IPv6Address

DIRECTIONS: Final = ("down", "up")
_MAC_BYTES: Final = 6
# Parts of a concatenated key are padded to four bytes.
_MAC_WIDTH: Final = 8
_U32: Final = struct.Struct("=I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the kernel is told of a guest. number: of the session, 1 … 0xFFFE: its mark and its class.

    device: 12 hexadecimal digits. port: interface, empty: any. counted: bytes before, down and up: kept beside the
    counters for whoever reads them next. seconds_left, quotas: None: no limit.
    """

    number: int
    device: str
    addresses: tuple[Address, ...]
    port: str = ""
    counted: tuple[int, int] = (0, 0)
    seconds_left: int | None = None


class LeftOver(NamedTuple):
    """What a gateway that is gone had let through. down, up: bytes of the session in all."""

    number: int
    device: str
    down: int
    up: int


def let_in(entry: Entry) -> list[Json]:
    """Commands that let a guest through."""
    commands = _known(entry, "add")
    for direction, counted in zip(DIRECTIONS, entry.counted, strict=True):
        elem = {"elem": {"val": entry.number, "comment": f"{entry.device} {counted}"}}
        commands.append(_element("add", direction, [[elem, f"{MAJOR:x}:{entry.number:x}"]]))
    return commands + allow(entry, entry.addresses)


def shut_out(entry: Entry) -> list[Json]:
    """Commands that undo `let_in`, also where time has run out meanwhile. entry: as it was let in."""
    commands = disallow(entry, entry.addresses) + _known(entry, "delete")
    return commands + [_element("delete", direction, [entry.number]) for direction in DIRECTIONS]


def together(commands: Iterable[Json]) -> list[Json]:
    """The same additions with one command for each set: a thousand guests in a tenth of the time."""
    others: list[Json] = []
    gathered: dict[tuple[str, str], Json] = {}
    for command in commands:
        element = command.get("add", {}).get("element")
        if element is None:
            others.append(command)
            continue
        first = gathered.setdefault((element["family"], element["name"]), {**element, "elem": []})
        first["elem"] += element["elem"]
    return others + [{"add": {"element": element}} for element in gathered.values()]


def allow(entry: Entry, addresses: Iterable[Address]) -> list[Json]:
    """Commands that let these addresses of a guest through."""
    commands = []
    for address in addresses:
        commands.append(_pass(entry, address, "add", seconds_left=entry.seconds_left))
        commands.append(_element("add", f"addresses{address.version}", [str(address)]))
    return commands


def disallow(entry: Entry, addresses: Iterable[Address]) -> list[Json]:
    """Commands that shut these addresses of a guest out."""
    commands = []
    for address in addresses:
        # An element whose time ran out can't be deleted, and one that is there can be added again: so both.
        commands += [_pass(entry, address, verb) for verb in ("add", "delete")]
        name = f"addresses{address.version}"
        commands += [_element(verb, name, [str(address)]) for verb in ("add", "delete")]
    return commands


def set_quotas(number: int, quotas: Mapping[str, int]) -> list[Json]:
    """Commands that give a guest volumes to use from now on, by direction, bytes."""
    commands = []
    for direction, octets in quotas.items():
        name = f"{direction}{number}"
        commands.append(
            {"add": {"quota": {"family": INET, "table": TABLE, "name": name, "bytes": octets, "used": 0, "inv": True}}}
        )
        commands.append(_element("add", f"quotas_{direction}", [[number, name]]))
    return commands


def drop_quotas(number: int, directions: Iterable[str]) -> list[Json]:
    """Commands that take them away."""
    commands = []
    for direction in directions:
        commands.append(_element("delete", f"quotas_{direction}", [number]))
        commands.append({"delete": {"quota": {"family": INET, "table": TABLE, "name": f"{direction}{number}"}}})
    return commands


def flush_guests() -> list[Json]:
    """Commands that shut everybody out."""
    names = ("guests4", "guests6", "up", "down", "macs", "addresses4", "addresses6")
    kinds = {name: "map" if name in ("guests4", "guests6", "up", "down") else "set" for name in names}
    return [{"flush": {kind: {"family": INET, "table": TABLE, "name": name}}} for name, kind in kinds.items()]


def left_over(listed: Mapping[str, Json]) -> list[LeftOver]:
    """What an earlier gateway left: from the listings of the maps `down` and `up`, by direction."""
    octets: dict[int, dict[str, int]] = {}
    devices: dict[int, str] = {}
    for direction, listing in listed.items():
        for number, device, counted in _commented(listing):
            devices[number] = device
            octets.setdefault(number, {})[direction] = counted
    return [
        LeftOver(number, device, octets[number].get("down", 0), octets[number].get("up", 0))
        for number, device in devices.items()
    ]


def number_of(element: Element) -> int:
    """The session's number in a key of `up` or `down`."""
    return int(_U32.unpack(element.key)[0])


def pair_of(element: Element) -> tuple[str, Address]:
    """MAC address and address in a key of `strange4`, `strange6`, `guests4` or `guests6`."""
    device, packed = element.key[:_MAC_BYTES].hex(), element.key[_MAC_WIDTH:]
    return device, IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)


def place_of(element: Element) -> tuple[str, str]:
    """MAC address and name of the port in a key of `strays`."""
    name = element.key[_MAC_WIDTH:].split(b"\0", 1)[0]
    return element.key[:_MAC_BYTES].hex(), name.decode("utf-8", "replace")


def colons(device: str) -> str:
    """A MAC address as nftables writes it."""
    return ":".join(device[at : at + 2] for at in range(0, 12, 2))


def _commented(listing: Json) -> list[tuple[int, str, int]]:
    found = []
    for part in listing["nftables"]:
        for elem, _class in part.get("map", {}).get("elem", ()):
            known = elem.get("elem", {}) if isinstance(elem, dict) else {}
            device, _space, before = str(known.get("comment", "")).partition(" ")
            if before.isdecimal():
                found.append((int(known["val"]), device, int(before) + int(known["counter"]["bytes"])))
    return found


def _known(entry: Entry, verb: str) -> list[Json]:
    mac = colons(entry.device)
    commands = [_element(verb, "macs", [mac])]
    if entry.port:
        commands.append(_element(verb, "macs", [mac], family=BRIDGE))
        commands.append(_element(verb, "homes", [{"concat": [mac, entry.port]}], family=BRIDGE))
    return commands


def _pass(entry: Entry, address: Address, verb: str, *, seconds_left: int | None = None) -> Json:
    key: Json = {"concat": [colons(entry.device), str(address)]}
    if seconds_left is not None:
        key = {"elem": {"val": key, "timeout": seconds_left}}
    return _element(verb, f"guests{address.version}", [key if verb == "delete" else [key, entry.number]])


def _element(verb: str, name: str, elem: list[Json], *, family: str = INET) -> Json:
    return {verb: {"element": {"family": family, "table": TABLE, "name": name, "elem": elem}}}
