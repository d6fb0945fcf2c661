"""Makes docs/reference/equipment.md from the tables: `python -m tools.equipment_page > docs/reference/equipment.md`."""

import sys
from collections.abc import Iterator
from typing import Final

from tools import equipment_visits as visits

from spotcoffee.domain.access_points import CAPABILITIES, AccessPoint, Equipment
from spotcoffee.domain.authorization import Limits
from spotcoffee.protocols.radius.assigned import VENDOR_SPECIFIC
from spotcoffee.protocols.radius.dictionary import by_number, decode_value
from spotcoffee.protocols.radius.packet import Attribute, split_vendor
from spotcoffee.servers.radius.replies import accept_attributes

NAMES: Final = {
    Equipment.GENERIC: "Any other RADIUS equipment",
    Equipment.MIKROTIK: "MikroTik RouterOS (Hotspot)",
    Equipment.COOVACHILLI: "CoovaChilli, ChilliSpot, uspot",
    Equipment.PFSENSE: "pfSense captive portal",
    Equipment.OPNSENSE: "OPNsense captive portal",
    Equipment.OPENNDS: "openNDS",
    Equipment.UNIFI: "UniFi",
    Equipment.OMADA: "TP-Link Omada",
    Equipment.CISCO: "Cisco wireless controllers",
    Equipment.ARUBA: "Aruba",
    Equipment.RUCKUS: "Ruckus",
    Equipment.FORTINET: "Fortinet",
    Equipment.MERAKI: "Cisco Meraki",
    Equipment.CAMBIUM: "Cambium",
    Equipment.GATEWAY: "SpotCoffee's own gateway",
}
# What equipment.md of the design found in no public dictionary, documentation or source.
UNVERIFIED: Final[dict[Equipment, tuple[str, ...]]] = {
    Equipment.GENERIC: ("all of it: these are the ways most equipment has",),
    Equipment.MIKROTIK: (
        "that Recv-Limit is the guest's upload (by analogy with its other counters)",
        "its port for orders, and what a CoA's limits count from",
        "whether the idle time is inside the time of its Stop",
    ),
    Equipment.COOVACHILLI: ("whether uspot obeys the idle time, and its orders",),
    Equipment.PFSENSE: (),
    Equipment.OPNSENSE: (),
    Equipment.OPENNDS: (),
    Equipment.UNIFI: ("the idle time", "its port for orders", "whether the idle time is inside the time of its Stop"),
    Equipment.OMADA: ("the idle time", "its port for orders", "whether the idle time is inside the time of its Stop"),
    Equipment.CISCO: (
        "the unit of its own rate attributes, so none are sent",
        "its port for orders",
        "whether the idle time is inside the time of its Stop",
    ),
    Equipment.ARUBA: (
        "the idle time",
        "rates (it knows roles, and WISPr in part), so none are sent",
        "its port for orders",
        "whether the idle time is inside the time of its Stop",
    ),
    Equipment.RUCKUS: (
        "the idle time",
        "its own quota attributes, so none are sent",
        "its port for orders",
        "whether the idle time is inside the time of its Stop",
    ),
    Equipment.FORTINET: (
        "the session time and the idle time",
        "its port for orders",
        "whether the idle time is inside the time of its Stop",
    ),
    Equipment.MERAKI: (
        "the session time and the idle time",
        "whether the idle time is inside the time of its Stop",
    ),
    Equipment.CAMBIUM: (
        "the idle time",
        "rates, so none are sent",
        "its port for orders",
        "whether the idle time is inside the time of its Stop",
    ),
    Equipment.GATEWAY: (),
}
NOTHING: Final = Limits(
    session_timeout=None, idle_timeout=None, rate_down=None, rate_up=None, down_left=None, up_left=None
)
# Each field of an offer, and the limit that it becomes.
TIME: Final = "Lifetime, session, credit, period, validity"
FIELDS: Final = {
    TIME: NOTHING._replace(session_timeout=7200),
    "Idle time": NOTHING._replace(idle_timeout=600),
    "Download rate": NOTHING._replace(rate_down=8_000_000),
    "Upload rate": NOTHING._replace(rate_up=1_500_000),
    "Download quota": NOTHING._replace(down_left=5_000_000_000),
    "Upload quota": NOTHING._replace(up_left=1_000_000_000),
}
HEAD: Final = """# Equipment

What each kind of equipment is told of an offer, and how a guest's login reaches it. Made from the tables in
`src/spotcoffee/domain/access_points.py` and `src/spotcoffee/servers/radius/replies.py`, and from what the adapters of
`src/spotcoffee/protocols/portals` answer, by `python -m tools.equipment_page`; a test holds it current. Golden packets
in `tests/golden/equipment` hold every octet of what is told, those in `tests/golden/lives` what comes back and what is
charged for it. To connect one of them: [how-tos](../howto/equipment/README.md).

The examples are of an offer with two hours, 10 minutes of idle time, 8 and 1.5 Mbit/s, and 5 and 1 GB. What is left is
said, however little, and never 0, which to most equipment means no limit; a ticket with nothing left is refused. What
is above an attribute's range is left out. The server counts time and volumes as well, over all access points: where the
equipment takes orders, a guest whose ticket is spent is disconnected after the report that shows it. Where it takes
none and keeps no quota, a guest with a quota is let in for a quarter of an hour at a time. `Class` goes with every
Accept, `Acct-Interim-Interval` with those to equipment that reports while a guest is on.

What is marked *unverified* was found in no public dictionary, documentation or source, nor tried on the equipment: such
equipment gets the standard attributes, and the defaults below are the most common ones.
"""


def render() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_overview(), *(line for kind in Equipment for line in _section(kind))])


def _overview() -> Iterator[str]:
    yield "| equipment | idle time | rates | quotas | disconnects | changes limits while on | least interval |"
    yield "|---|---|---|---|---|---|---|"
    for kind in Equipment:
        can = CAPABILITIES[kind]
        disconnects = can.disconnect_port is not None or kind in visits.CONTROLLED
        changes = can.change or can.controller_change
        cells = (can.idle_timeout, can.rates, can.quota_most > 0, disconnects, changes)
        marks = " | ".join("yes" if cell else "no" for cell in cells)
        yield f"| [`{kind.value}`](#{kind.value}) | {marks} | {can.least_interim} s |"
    yield ""


def _section(kind: Equipment) -> Iterator[str]:
    yield f"## {kind.value}\n"
    yield f"{NAMES[kind]}.\n"
    yield from _limits(kind)
    yield ""
    yield from (f"* {line}" for line in visits.road(kind))
    yield from (f"* {line}" for line in _habits(kind))
    yield f"* [One guest's life](../../tests/golden/lives/{kind.value}.txt) as it is told there, and what it is charged."
    yield from (f"* *Unverified:* {doubt}." for doubt in (*UNVERIFIED[kind], *visits.UNVERIFIED[kind]))
    yield ""


def _limits(kind: Equipment) -> Iterator[str]:
    """How each field is said, by RADIUS and, where there is one, by its controller."""
    by_radius, by_controller = kind is not Equipment.OPENNDS, kind in visits.CONTROLLED
    roads = [*(["by RADIUS"] if by_radius else []), *(["through its controller"] if by_controller else [])]
    heads = roads if len(roads) > 1 else ["said as"]
    yield f"| field | {' | '.join(heads)} | kept by |"
    yield "|---" * (len(heads) + 2) + "|"
    for field, limits in FIELDS.items():
        told = [*([_told(kind, limits)] if by_radius else [])]
        told += [visits.through_controller(kind, limits)] if by_controller else []
        cells = " | ".join(one or "-" for one in told)
        yield f"| {field} | {cells} | {_kept(kind, field, told)} |"


def _kept(kind: Equipment, field: str, told: list[str]) -> str:
    if all(told):
        return "the equipment"
    if not any(told):
        server = _otherwise(kind, field)
        return f"{server}; through the controller nobody: no such offer is taken" if kind is Equipment.OMADA else server
    return f"the equipment by RADIUS; through the controller {_through_controller(kind, field)}"


def _through_controller(kind: Equipment, field: str) -> str:
    """Who keeps a limit that its controller can't be told."""
    if "rate" in field:
        return "nobody: set one on the equipment"
    return "the server, which polls" if kind is Equipment.UNIFI else "nobody"


def _otherwise(kind: Equipment, field: str) -> str:
    """Who keeps a limit that is not said."""
    if "quota" in field:
        orders = CAPABILITIES[kind].disconnect_port is not None
        return "the server, by disconnecting" if orders else "the server, a quarter of an hour at a time"
    if "rate" in field:
        return "nobody: set one on the equipment"
    return "the equipment, by a timer of its own: enter the same on the access point's page"


def _told(kind: Equipment, limits: Limits) -> str:
    can = CAPABILITIES[kind]
    access_point = AccessPoint(id=1, organisation_id=1, equipment=kind, swap_octets=can.swap_octets, capabilities=can)
    always = accept_attributes(access_point, NOTHING, class_value=None)
    told = accept_attributes(access_point, limits, class_value=None)
    return ", ".join(_shown(attribute) for attribute in told if attribute not in always)


def _shown(attribute: Attribute) -> str:
    kind, octets = attribute
    vendor = None
    if kind == VENDOR_SPECIFIC:
        vendor = int.from_bytes(octets[:4])
        ((kind, octets),) = split_vendor(octets)
    known = by_number(kind, vendor)
    if known is None:
        raise LookupError(kind, vendor)
    return f"`{known.name}` = {decode_value(known, octets)!s}"


def _habits(kind: Equipment) -> Iterator[str]:
    can = CAPABILITIES[kind]
    if kind is Equipment.OPENNDS:
        yield (
            "Our script on its box reports what guests use, and puts off whom the server wants off; "
            "other limits hold from the next login."
        )
    elif can.disconnect_port is None:
        yield "Takes no orders: a guest stays on until a limit that it keeps; changes hold from the next login."
    elif can.change:
        yield f"Takes orders on port {can.disconnect_port} (proposed): disconnects, and other limits while on."
        yield f"In such a change the time counts from {_origin(can.change_counts_from_start)}."
        if can.quota_most:
            yield f"In such a change a quota counts from {_origin(can.change_quota_from_start)}."
    else:
        yield (
            f"Takes orders on port {can.disconnect_port} (proposed) to disconnect; "
            "shorter limits end a session in time, others hold from the next login."
        )
    yield from _through_its_controller(kind)
    if can.swap_octets:
        yield "Reports volumes from the guest's side, unless `CoovaChilli-Acct-View-Point` says otherwise."
    if can.idle_tail_excluded:
        yield "Leaves the idle time out of the time that it reports: nothing is given back twice."
    elif can.idle_timeout:
        yield "Counts the idle time in the time that it reports: the server gives it back."
    else:
        yield "Counts the idle time in the time that it reports: the server gives back what was entered as its timer."


def _through_its_controller(kind: Equipment) -> Iterator[str]:
    if kind is Equipment.UNIFI:
        yield (
            "With the account of its controller, the server polls what guests use, puts off whom it must, and tells "
            "other limits by letting the device in anew."
        )
    elif kind is Equipment.OMADA:
        yield (
            "With the account of its controller nothing is told of what guests use: the server's clock counts. It "
            "puts off whom it must, and tells another time by letting the device in anew."
        )


def _origin(from_start: bool) -> str:
    return "the start of the session" if from_start else "the change"


if __name__ == "__main__":
    sys.stdout.write(render())
