"""Cisco WLC with external web authentication: the browser brings a form to the controller's virtual address.

After Cisco's guides and public portals. [mem]: `redirect_url` and `err_flag` in the form. Not checked on any WLC.
"""

from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Post, Trust, Visit, VisitError

# `statusCode`: 1 in already; 2 not configured, 3 the name is in use, 4 excluded, 5 wrong name or password.
ALREADY: Final = 1
MOST_STATUS: Final = 5
# The virtual interface that its guides advise: of a network for examples, that nobody has.
VIRTUAL: Final = "192.0.2.1"


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that the controller's redirect tells of. Raises VisitError."""
    fields = arrival.fields
    url = visits.needed(fields, "switch_url", most=visits.MOST_VALUE)
    if visits.host_of(url, "switch_url") != VIRTUAL:
        visits.parse_target(url, trust=trust, name="switch_url")
    status = visits.number(fields, "statusCode", least=1, most=MOST_STATUS)
    outcome = Outcome.NOT_YET if status is None else Outcome.ALREADY if status == ALREADY else Outcome.FAILED
    return Visit(
        equipment=Equipment.CISCO,
        device=visits.parse_mac(visits.needed(fields, "client_mac"), "client_mac"),
        access_point=visits.mac(fields, "ap_mac"),
        wanted=_wanted(fields.get("redirect", "")),
        outcome=outcome,
        message=None if status is None else str(status),
        state=(("log_on", url),),
    )


def _wanted(page: str) -> str | None:
    """The page first asked for; some versions leave its scheme out."""
    if not page:
        return None
    return visits.parse_url(page if "://" in page else f"http://{page}", "redirect")


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings to the controller. Raises VisitError."""
    url = visit.held("log_on")
    if url is None:
        raise VisitError(Fault.MISSING, "switch_url")
    fields = (("username", entry.login), ("password", entry.password), ("buttonClicked", "4"))
    return Post(url, (*fields, ("err_flag", "0"), ("redirect_url", entry.back)))


def log_off(_visit: Visit) -> None:
    """Only the server ends a session, by Disconnect."""
