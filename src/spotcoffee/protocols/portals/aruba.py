"""Aruba controllers, Instant and Instant On with an external captive portal: the browser brings a form back.

Parameters as PacketFence reads them, and Aruba's guides. [mem]: the name securelogin.hpe.com, the way out by
`cmd=logout`. Not checked on any Aruba.
"""

from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Post, Redirect, Trust, Visit, VisitError

# Names that resolve to the access point itself on the guest's network.
OWN_NAMES: Final = frozenset({"securelogin.arubanetworks.com", "securelogin.hpe.com"})
USUAL_NAME: Final = "securelogin.arubanetworks.com"
PATH: Final = "/cgi-bin/login"


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that the redirect tells of. Raises VisitError."""
    fields = arrival.fields
    if fields.get("cmd", "login").lower() != "login":
        raise VisitError(Fault.UNKNOWN_WORD, "cmd")
    message = visits.message(fields, "errmsg")
    return Visit(
        equipment=Equipment.ARUBA,
        device=visits.parse_mac(visits.needed(fields, "mac"), "mac"),
        address=visits.address(fields, "ip"),
        access_point=visits.text(fields, "apname") or visits.text(fields, "vcname"),
        wanted=visits.wanted(fields, "url"),
        outcome=Outcome.FAILED if message else Outcome.NOT_YET,
        message=message,
        state=(("log_on", _target(visits.text(fields, "post") or visits.text(fields, "switchip"), trust)),),
    )


def _target(host: str | None, trust: Trust) -> str:
    """Where the form goes: Instant On says it in `post`, a controller in `switchip`, else its certificate's name."""
    name = visits.parse_host(host or USUAL_NAME, "switchip")
    url = f"https://{name}{PATH}"
    return url if name in OWN_NAMES else visits.parse_target(url, trust=trust, name="switchip")


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings back. Raises VisitError."""
    fields = (("user", entry.login), ("password", entry.password), ("cmd", "authenticate"), ("Login", "Log In"))
    return Post(_held(visit), (*fields, ("url", entry.back)))


def log_off(visit: Visit) -> Redirect:
    """Where the browser ends its session."""
    return Redirect(f"{_held(visit)}?cmd=logout")


def _held(visit: Visit) -> str:
    url = visit.held("log_on")
    if url is None:
        raise VisitError(Fault.MISSING, "switchip")
    return url
