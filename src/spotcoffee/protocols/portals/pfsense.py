"""pfSense's captive portal: its own page, uploaded from our configuration, sends the browser here and takes the form.

Fields after pfSense's source (captiveportal.inc, index.php). [mem], not checked on a running pfSense: the ports 8002
and 8003, and which of its placeholders (#CLIENT_MAC#, #CLIENT_IP#, $PORTAL_ACTION$ …) a version fills in.
"""

import re
from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Post, Trust, Visit, VisitError

_ZONE: Final = re.compile(r"[A-Za-z0-9_]{1,64}")


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that our page on pfSense tells of: action, zone, mac, ip, redirurl, message. Raises VisitError."""
    fields = arrival.fields
    action = visits.target(fields, "action", trust=trust)
    zone = visits.needed(fields, "zone")
    if action is None:
        raise VisitError(Fault.MISSING, "action")
    if not _ZONE.fullmatch(zone):
        raise VisitError(Fault.UNKNOWN_WORD, "zone")
    message = visits.message(fields, "message")
    return Visit(
        equipment=Equipment.PFSENSE,
        device=visits.mac(fields, "mac"),
        address=visits.address(fields, "ip"),
        wanted=visits.wanted(fields, "redirurl"),
        outcome=Outcome.FAILED if message else Outcome.NOT_YET,
        message=message,
        state=(("log_on", action), ("zone", zone)),
    )


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings back. Raises VisitError."""
    url, zone = visit.held("log_on"), visit.held("zone")
    if url is None or zone is None:
        raise VisitError(Fault.MISSING, "action")
    fields = (("auth_user", entry.login), ("auth_pass", entry.password), ("zone", zone), ("redirurl", entry.back))
    return Post(url, (*fields, ("accept", "Continue")))


def log_off(_visit: Visit) -> None:
    """Its logout needs a number that only its own pop-up window has."""
