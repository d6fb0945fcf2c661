"""Words of nftables' JSON from which rules are put together (libnftables-json(5))."""

from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final, TypeAlias

# A piece of JSON.
Json: TypeAlias = Any

ACCEPT: Final[Json] = {"accept": None}
DROP: Final[Json] = {"drop": None}
REJECT: Final[Json] = {"reject": {"type": "icmpx", "expr": "admin-prohibited"}}
RESET: Final[Json] = {"reject": {"type": "tcp reset"}}
MASQUERADE: Final[Json] = {"masquerade": None}
MARK: Final[Json] = {"meta": {"key": "mark"}}
CT_MARK: Final[Json] = {"ct": {"key": "mark"}}
PRIORITY: Final[Json] = {"meta": {"key": "priority"}}


def meta(key: str) -> Json:
    """Something that is known of a packet beside its bytes."""
    return {"meta": {"key": key}}


def field(protocol: str, name: str) -> Json:
    """A field of a header."""
    return {"payload": {"protocol": protocol, "field": name}}


def both(*parts: Json) -> Json:
    """A concatenation: the key of a map."""
    return {"concat": list(parts)}


def prefix(network: IPv4Network | IPv6Network) -> Json:
    """A network."""
    return {"prefix": {"addr": str(network.network_address), "len": network.prefixlen}}


def equals(left: Json, right: Json) -> Json:
    """A match; of a list, any of it."""
    return _match("==", left, right)


def differs(left: Json, right: Json) -> Json:
    """The opposite match; of a list, none of it."""
    return _match("!=", left, right)


def states(*names: str) -> Json:
    """The flow is in one of these states."""
    return _match("in", {"ct": {"key": "state"}}, list(names))


def put(key: Json, value: Json) -> Json:
    """Set something of the packet or its flow."""
    return {"mangle": {"key": key, "value": value}}


def looked_up(key: Json, name: str) -> Json:
    """What a map has for a key; without an entry, the rule ends."""
    return {"map": {"key": key, "data": f"@{name}"}}


def quota(key: Json, name: str) -> Json:
    """Matches once the quota that a map has for the key is used up."""
    return {"quota": looked_up(key, name)}


def remember(elem: Json, name: str, *statements: Json) -> Json:
    """Put into a set from a packet; further statements belong to the element."""
    order: dict[str, Json] = {"op": "update", "elem": elem, "set": f"@{name}"}
    if statements:
        order["stmt"] = list(statements)
    return {"set": order}


def faster_than(packets_per_second: int, *, burst: int) -> Json:
    """Matches what comes above a rate."""
    return {"limit": {"rate": packets_per_second, "burst": burst, "per": "second", "inv": True}}


def redirect(port: int) -> Json:
    """Send to a port of this machine."""
    return {"redirect": {"port": port}}


def jump(chain: str) -> Json:
    """Go through another chain, and come back."""
    return {"jump": {"target": chain}}


def _match(op: str, left: Json, right: Json) -> Json:
    right = {"set": right} if isinstance(right, list) and op != "in" else right
    return {"match": {"op": op, "left": left, "right": right}}
