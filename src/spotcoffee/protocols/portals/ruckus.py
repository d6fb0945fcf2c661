"""Ruckus ZoneDirector and Unleashed with a hotspot (WISPr): the browser brings a form to the controller.

`sip`, `client_mac`, `uip`, `ssid`, `url` as PacketFence reads them; [mem]: `mac` for `client_mac`, and `/logout`.
SmartZone (`nbiIP`) logs guests in by an interface of its own, which is not spoken here. Not checked on any Ruckus.
"""

from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Post, Redirect, Trust, Visit, VisitError

PORT: Final = 9997


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that the redirect tells of. Raises VisitError."""
    fields = arrival.fields
    if fields.get("nbiIP"):
        raise VisitError(Fault.UNKNOWN_WORD, "nbiIP")
    host = visits.parse_host(visits.needed(fields, "sip"), "sip")
    controller = visits.parse_target(f"http://{host}:{PORT}", trust=trust, name="sip")
    device = visits.mac(fields, "client_mac") or visits.mac(fields, "mac")
    if device is None:
        raise VisitError(Fault.MISSING, "client_mac")
    address = visits.address(fields, "uip")
    return Visit(
        equipment=Equipment.RUCKUS,
        device=device,
        address=address,
        wanted=visits.wanted(fields, "url"),
        state=(("controller", controller), *((("address", address),) if address else ())),
    )


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings to the controller. Raises VisitError."""
    own = tuple(("ip", value) for name, value in visit.state if name == "address")
    return Post(f"{_controller(visit)}/login", (*own, ("username", entry.login), ("password", entry.password)))


def log_off(visit: Visit) -> Redirect:
    """Where the browser ends its session."""
    return Redirect(f"{_controller(visit)}/logout")


def _controller(visit: Visit) -> str:
    held = visit.held("controller")
    if held is None:
        raise VisitError(Fault.MISSING, "sip")
    return held
