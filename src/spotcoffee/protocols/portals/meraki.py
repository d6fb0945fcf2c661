"""Meraki's sign-on splash (EXCAP): the browser brings a form to Meraki's cloud, which asks RADIUS from there.

After Meraki's EXCAP documentation. [mem]: that every `login_url` is of network-auth.com. Not checked on any Meraki.
"""

from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Post, Trust, Visit, VisitError

CLOUD: Final = ".network-auth.com"


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that the splash redirect tells of. Raises VisitError."""
    fields = arrival.fields
    url = visits.needed(fields, "login_url", most=visits.MOST_VALUE)
    if not visits.host_of(url, "login_url").endswith(CLOUD):
        visits.parse_target(url, trust=trust, name="login_url")
    message = visits.message(fields, "error_message")
    return Visit(
        equipment=Equipment.MERAKI,
        device=visits.parse_mac(visits.needed(fields, "client_mac"), "client_mac"),
        address=visits.address(fields, "client_ip"),
        access_point=visits.mac(fields, "ap_mac"),
        wanted=visits.wanted(fields, "continue_url"),
        outcome=Outcome.FAILED if message else Outcome.NOT_YET,
        message=message,
        state=(("log_on", url),),
    )


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings to the cloud. Raises VisitError."""
    url = visit.held("log_on")
    if url is None:
        raise VisitError(Fault.MISSING, "login_url")
    return Post(url, (("username", entry.login), ("password", entry.password), ("success_url", entry.back)))


def log_off(_visit: Visit) -> None:
    """Only its own dashboard ends a session."""
