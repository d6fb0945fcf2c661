"""FortiGate with an external captive portal: the browser brings a form back, with the `magic` that it came with.

`magic`, `post`, `usermac`, `userip`, `apip` as PacketFence reads them; [mem]: `apmac`, `ssid`. Not checked on any
FortiGate.
"""

import re
from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Post, Trust, Visit, VisitError

_MAGIC: Final = re.compile(r"[0-9a-zA-Z]{1,128}")


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that the redirect tells of. Raises VisitError."""
    fields = arrival.fields
    url = visits.target(fields, "post", trust=trust)
    magic = visits.needed(fields, "magic")
    if url is None:
        raise VisitError(Fault.MISSING, "post")
    if not _MAGIC.fullmatch(magic):
        raise VisitError(Fault.NOT_A_CHALLENGE, "magic")
    return Visit(
        equipment=Equipment.FORTINET,
        device=visits.mac(fields, "usermac"),
        address=visits.address(fields, "userip"),
        access_point=visits.mac(fields, "apmac"),
        state=(("log_on", url), ("magic", magic)),
    )


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings back. Raises VisitError."""
    url, magic = visit.held("log_on"), visit.held("magic")
    if url is None or magic is None:
        raise VisitError(Fault.MISSING, "magic")
    return Post(url, (("username", entry.login), ("password", entry.password), ("magic", magic)))


def log_off(_visit: Visit) -> None:
    """Only the server ends a session, by Disconnect."""
