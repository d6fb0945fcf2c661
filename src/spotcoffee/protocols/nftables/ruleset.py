"""The gateway's rules as nftables' JSON. Who is let through is in maps (elements.py); no rule changes for a guest.

A packet of a guest gets his session's number as its mark, on arrival, from his MAC address and address together; so
does its flow, which is how the answers are known. Every packet is looked up again on its way through:
taking an element away stops running flows at once. The same lookup that lets a packet pass counts it and chooses its
rate limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final, TypeAlias

from spotcoffee.protocols.nftables.expressions import (
    ACCEPT,
    CT_MARK,
    DROP,
    MARK,
    MASQUERADE,
    PRIORITY,
    REJECT,
    RESET,
    Json,
    both,
    differs,
    equals,
    faster_than,
    field,
    jump,
    looked_up,
    meta,
    prefix,
    put,
    quota,
    redirect,
    remember,
    states,
)

IPNetwork: TypeAlias = IPv4Network | IPv6Network

TABLE: Final = "spotcoffee"
INET: Final = "inet"
BRIDGE: Final = "bridge"

# Marks above any session's number (16 bits). Never 0: what has no mark is turned back by the rules of routing, so that
# nobody passes while these rules are gone.
STRANGER: Final = 0x10000
STRAY: Final = 0x40000

DNS_PER_SECOND: Final = 20
DNS_BURST: Final = 100
# How long a stranger is remembered after his last packet, and how many are.
STRANGE_SECONDS: Final = 60
MOST_STRANGE: Final = 4096
_DNS_SECONDS: Final = 10
_MOST_GUESTS: Final = 65_535

_MAC: Final = field("ether", "saddr")
_PAIR4: Final = both(_MAC, field("ip", "saddr"))
_PAIR6: Final = both(_MAC, field("ip6", "saddr"))
_PLACE: Final = both(_MAC, meta("iifname"))
# At once, so that no phone waits.
_REFUSED: Final[list[list[Json]]] = [[equals(meta("l4proto"), "tcp"), RESET], [REJECT]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the rules depend on. bound_to_port: a device is let through on one port of the bridge alone."""

    guest_interface: str
    uplink_interface: str
    guest4: IPv4Network
    guest6: IPv6Network | None
    portal_port: int
    open_ports: tuple[int, ...]
    walled: tuple[IPNetwork, ...]
    forbidden: tuple[IPNetwork, ...]
    masquerade: bool
    bound_to_port: bool


def remove_tables(families: Iterable[str] = (INET, BRIDGE)) -> list[Json]:
    """Commands that leave nothing of ours, whether or not something was there."""
    tables = [{"table": {"family": family, "name": TABLE}} for family in families]
    return [{verb: table} for table in tables for verb in ("add", "delete")]


def halt() -> list[Json]:
    """Commands that stop whatever passes from or to a guest."""
    return [{"flush": {"chain": {"family": INET, "table": TABLE, "name": name}}} for name in ("outward", "inward")] + [
        _add("rule", INET, table=TABLE, chain=name, expr=[DROP]) for name in ("outward", "inward")
    ]


def add_tables(layout: Layout) -> list[Json]:
    """Commands that make the tables with nobody let through."""
    commands = [_add("table", INET, name=TABLE), *_sets(layout)]
    for chain, hook in _HOOKS.items():
        commands.append(_add("chain", INET, table=TABLE, name=chain, **hook))
    for chain in ("guest_packets", "strangers", "outward", "inward", "refused", "box"):
        commands.append(_add("chain", INET, table=TABLE, name=chain))
    for chain, rules in _rules(layout).items():
        commands += [_add("rule", INET, table=TABLE, chain=chain, expr=rule) for rule in rules]
    return commands + (_bridge() if layout.bound_to_port else [])


_HOOKS: Final[dict[str, dict[str, Json]]] = {
    "arrivals": {"type": "filter", "hook": "prerouting", "prio": -150, "policy": "accept"},
    "portal": {"type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"},
    "leaving": {"type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept"},
    "passing": {"type": "filter", "hook": "forward", "prio": 0, "policy": "accept"},
    "reception": {"type": "filter", "hook": "input", "prio": 0, "policy": "accept"},
}


def _add(kind: str, family: str, **fields: Json) -> Json:
    return {"add": {kind: {"family": family, **fields}}}


def _set(name: str, kind: Json, *, family: str = INET, **more: Json) -> Json:
    return _add("set", family, table=TABLE, name=name, type=kind, **more)


def _map(name: str, kind: Json, to: str, **more: Json) -> Json:
    return _add("map", INET, table=TABLE, name=name, type=kind, map=to, **more)


def _sets(layout: Layout) -> list[Json]:
    commands = [
        _map("guests4", ["ether_addr", "ipv4_addr"], "mark", flags=["timeout"], size=_MOST_GUESTS * 4),
        _map("guests6", ["ether_addr", "ipv6_addr"], "mark", flags=["timeout"], size=_MOST_GUESTS * 16),
        _set("macs", "ether_addr"),
        _set("dns", "ether_addr", flags=["timeout"], timeout=_DNS_SECONDS, size=_MOST_GUESTS),
    ]
    for direction in ("up", "down"):
        commands.append(_map(direction, "mark", "classid", stmt=[{"counter": None}]))
        commands.append(_map(f"quotas_{direction}", "mark", "quota"))
    for version in (4, 6):
        address = f"ipv{version}_addr"
        commands.append(_set(f"addresses{version}", address))
        commands.append(
            _set(
                f"strange{version}",
                ["ether_addr", address],
                flags=["timeout"],
                timeout=STRANGE_SECONDS,
                size=MOST_STRANGE,
            )
        )
        commands += _networks(f"walled{version}", version, layout.walled, ["interval", "timeout"])
        commands += _networks(f"forbidden{version}", version, layout.forbidden, ["interval"])
    return commands


def _networks(name: str, version: int, networks: Iterable[IPNetwork], flags: list[str]) -> list[Json]:
    listed = [prefix(network) for network in networks if network.version == version]
    more: dict[str, Json] = {"flags": flags, "auto-merge": True}
    made = _set(name, f"ipv{version}_addr", **more)
    return [made, _add("element", INET, table=TABLE, name=name, elem=listed)] if listed else [made]


def _rules(layout: Layout) -> dict[str, list[list[Json]]]:
    from_guest = equals(meta("iifname"), layout.guest_interface)
    to_guest = equals(meta("oifname"), layout.guest_interface)
    from_uplink = equals(meta("iifname"), layout.uplink_interface)
    to_uplink = equals(meta("oifname"), layout.uplink_interface)
    masquerade = [to_uplink, equals(field("ip", "saddr"), prefix(layout.guest4)), MASQUERADE]
    return {
        "arrivals": [
            [from_guest, jump("guest_packets")],
            [from_uplink, differs(CT_MARK, 0), put(MARK, CT_MARK)],
        ],
        "guest_packets": _guest_packets(),
        "strangers": _strangers(layout),
        "portal": [[from_guest, equals(MARK, STRANGER), *rule] for rule in _redirects(layout)],
        "leaving": [masquerade] if layout.masquerade else [],
        "passing": [[to_guest, jump("inward")], [from_guest, jump("outward")]],
        "outward": _outward(to_uplink=layout.uplink_interface),
        "inward": _inward(from_uplink=layout.uplink_interface),
        "refused": _REFUSED,
        "reception": [[from_guest, jump("box")]],
        "box": _box(layout),
    }


def _guest_packets() -> list[list[Json]]:
    return [
        # A stray is looked at as a stranger: what he sends has a guest's addresses, but comes from elsewhere.
        [equals(MARK, STRAY), put(MARK, STRANGER), put(CT_MARK, MARK), {"return": None}],
        [put(MARK, STRANGER)],
        [put(MARK, looked_up(_PAIR4, "guests4"))],
        [put(MARK, looked_up(_PAIR6, "guests6"))],
        [put(CT_MARK, MARK)],
        [equals(MARK, STRANGER), jump("strangers")],
    ]


def _strangers(layout: Layout) -> list[list[Json]]:
    source4, source6 = field("ip", "saddr"), field("ip6", "saddr")
    at_home6 = [] if layout.guest6 is None else [prefix(layout.guest6)]
    nowhere6 = ["::", prefix(IPv6Network("fe80::/10"))]
    rules = [
        # 0.0.0.0 asks for an address. What claims one that can't be here gets no answer: it would leave by the uplink.
        [equals(source4, "0.0.0.0"), {"return": None}],  # noqa: S104
        [differs(source4, prefix(layout.guest4)), DROP],
        [equals(source6, nowhere6), {"return": None}],
        [differs(source6, at_home6), DROP] if at_home6 else [equals(meta("nfproto"), "ipv6"), DROP],
    ]
    for pair, source, version in ((_PAIR4, source4, 4), (_PAIR6, source6, 6)):
        rules.append([equals(source, f"@addresses{version}"), remember(pair, f"strange{version}")])
    rules.append([equals(_MAC, "@macs"), remember(_PAIR4, "strange4")])
    rules.append([equals(_MAC, "@macs"), remember(_PAIR6, "strange6")])
    return rules


def _redirects(layout: Layout) -> list[list[Json]]:
    rules = [[equals(field(protocol, "dport"), 53), redirect(53)] for protocol in ("udp", "tcp")]
    to_portal = [equals(field("tcp", "dport"), 80), redirect(layout.portal_port)]
    rules.append([differs(field("ip", "daddr"), "@walled4"), *to_portal])
    if layout.guest6 is not None:
        rules.append([differs(field("ip6", "daddr"), "@walled6"), *to_portal])
    return rules


def _outward(*, to_uplink: str) -> list[list[Json]]:
    away = differs(meta("oifname"), to_uplink)
    places = (("ip", 4), ("ip6", 6))
    return [
        [away, jump("refused")],
        *([equals(field(ip, "daddr"), f"@forbidden{version}"), jump("refused")] for ip, version in places),
        [quota(MARK, "quotas_up"), DROP],
        [put(PRIORITY, looked_up(MARK, "up")), ACCEPT],
        *([equals(field(ip, "daddr"), f"@walled{version}"), ACCEPT] for ip, version in places),
        # A guest's new address (RFC 8981) is known a moment later: a packet lost is asked again, one refused is not.
        [equals(meta("nfproto"), "ipv6"), equals(_MAC, "@macs"), DROP],
        [jump("refused")],
    ]


def _inward(*, from_uplink: str) -> list[list[Json]]:
    walled = [
        [equals(CT_MARK, STRANGER), states("established", "related"), equals(field(ip, "saddr"), name), ACCEPT]
        for ip, name in (("ip", "@walled4"), ("ip6", "@walled6"))
    ]
    return [
        [differs(meta("iifname"), from_uplink), DROP],
        [quota(CT_MARK, "quotas_down"), DROP],
        [put(PRIORITY, looked_up(CT_MARK, "down")), ACCEPT],
        *walled,
        [DROP],
    ]


def _box(layout: Layout) -> list[list[Json]]:
    slowed = remember(_MAC, "dns", faster_than(DNS_PER_SECOND, burst=DNS_BURST))
    ports = sorted({53, layout.portal_port, *layout.open_ports})
    return [
        *([equals(MARK, STRANGER), equals(field(ip, "dport"), 53), slowed, DROP] for ip in ("udp", "tcp")),
        [states("established", "related"), ACCEPT],
        [equals(meta("l4proto"), ["icmp", "ipv6-icmp"]), ACCEPT],
        [equals(field("udp", "dport"), [53, 67, 547]), ACCEPT],
        [equals(field("tcp", "dport"), ports), ACCEPT],
        [differs(meta("pkttype"), "host"), DROP],
        *_REFUSED,
    ]


def _bridge() -> list[Json]:
    # Before anything that inet sees; not by name of the bridge, which not every kernel can match here.
    hook = {"type": "filter", "hook": "prerouting", "prio": -300, "policy": "accept"}
    at_home = [equals(_PLACE, "@homes"), ACCEPT]
    stray = [equals(_MAC, "@macs"), remember(_PLACE, "strays"), put(MARK, STRAY)]
    return [
        _add("table", BRIDGE, name=TABLE),
        _set("macs", "ether_addr", family=BRIDGE),
        _set("homes", ["ether_addr", "ifname"], family=BRIDGE),
        _set(
            "strays",
            ["ether_addr", "ifname"],
            family=BRIDGE,
            flags=["timeout"],
            timeout=STRANGE_SECONDS,
            size=MOST_STRANGE,
        ),
        _add("chain", BRIDGE, table=TABLE, name="arrivals", **hook),
        *(_add("rule", BRIDGE, table=TABLE, chain="arrivals", expr=rule) for rule in (at_home, stray)),
    ]
