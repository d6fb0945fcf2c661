"""OPNsense's captive portal: our template on it sends the browser here; logging in is its own small JSON interface.

After OPNsense's source (AccessController, /api/captiveportal/access/). A browser that runs scripts reads its JSON, and
goes on to a page of ours; any other shows it: the guest is on, and any page opens. Not checked on a running OPNsense.
"""

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Post, Redirect, Trust, Visit, VisitError

LOGON: Final = "/api/captiveportal/access/logon/"
LOGOFF: Final = "/api/captiveportal/access/logoff/"
STATUS: Final = "/api/captiveportal/access/status/"
_ZONE: Final = re.compile(r"[0-9]{1,4}")


class ClientState(Enum):
    """`clientState` of its answers."""

    AUTHORIZED = "AUTHORIZED"
    NOT_AUTHORIZED = "NOT_AUTHORIZED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Status:
    """What it says of a client."""

    state: ClientState
    address: str | None = None
    device: str | None = None


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that our template tells of: gateway, zone, redirurl. It knows no MAC address. Raises VisitError."""
    fields = arrival.fields
    gateway = visits.target(fields, "gateway", trust=trust)
    zone = fields.get("zone") or "0"
    if gateway is None:
        raise VisitError(Fault.MISSING, "gateway")
    if not _ZONE.fullmatch(zone):
        raise VisitError(Fault.UNKNOWN_WORD, "zone")
    return Visit(
        equipment=Equipment.OPNSENSE,
        device=visits.mac(fields, "mac"),
        address=visits.address(fields, "ip"),
        wanted=visits.wanted(fields, "redirurl"),
        state=(("gateway", visits.origin_of(gateway)), ("zone", zone)),
    )


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings to its interface. Raises VisitError."""
    fields = (("user", entry.login), ("password", entry.password))
    return Post(_url(visit, LOGON), fields, marks_success=f'"{ClientState.AUTHORIZED.value}"')


def log_off(visit: Visit) -> Redirect:
    """Where the browser ends its session. Raises VisitError."""
    return Redirect(_url(visit, LOGOFF))


def _url(visit: Visit, path: str) -> str:
    gateway, zone = visit.held("gateway"), visit.held("zone")
    if gateway is None or zone is None:
        raise VisitError(Fault.MISSING, "gateway")
    return f"{gateway}{path}{zone}/"


def status_of(document: str) -> Status:
    """Read an answer of `status`, `logon` or `logoff`. Raises VisitError."""
    try:
        told = json.loads(document)
        state = ClientState(told.get("clientState", ""))
    except (ValueError, AttributeError) as unreadable:
        raise VisitError(Fault.UNREADABLE, "clientState") from unreadable
    address, device = told.get("ipAddress"), told.get("macAddress")
    return Status(
        state,
        visits.parse_address(str(address), "ipAddress") if address else None,
        visits.parse_mac(str(device), "macAddress") if device else None,
    )
