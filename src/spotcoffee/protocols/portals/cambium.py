"""Cambium cnPilot and cnMaestro guest access: the browser brings a form to the access point, with what it came with.

Parameters as Cambium's guide for external portals has them. Not checked on any Cambium.
"""

from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Post, Trust, Visit, VisitError

PORT: Final = 880
PATH: Final = "/cgi-bin/hotspot_login.cgi"
# What goes back as it came.
CARRIED: Final = ("ga_ssid", "ga_ap_mac", "ga_nas_id", "ga_srvr", "ga_cmac", "ga_Qv")


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that the redirect tells of. Raises VisitError."""
    fields = arrival.fields
    server = visits.parse_host(visits.needed(fields, "ga_srvr"), "ga_srvr")
    url = visits.parse_target(f"http://{server}:{PORT}{PATH}", trust=trust, name="ga_srvr")
    message = visits.message(fields, "ga_error_code")
    carried = tuple(
        (name, visits.as_text(value)) for name in CARRIED if (value := visits.text(fields, name, most=1_000))
    )
    return Visit(
        equipment=Equipment.CAMBIUM,
        device=visits.parse_mac(visits.needed(fields, "ga_cmac"), "ga_cmac"),
        address=visits.address(fields, "ga_cip"),
        access_point=visits.text(fields, "ga_nas_id") or visits.mac(fields, "ga_ap_mac"),
        wanted=visits.wanted(fields, "ga_orig_url"),
        outcome=Outcome.FAILED if message else Outcome.NOT_YET,
        message=message,
        state=(("log_on", url), *carried),
    )


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings to the access point. Raises VisitError."""
    url = visit.held("log_on")
    if url is None:
        raise VisitError(Fault.MISSING, "ga_srvr")
    carried = tuple((name, visits.text_of(value)) for name, value in visit.state if name in CARRIED)
    own = (("ga_user", entry.login), ("ga_pass", entry.password), ("ga_orig_url", entry.back))
    return Post(url, (*own, *carried))


def log_off(_visit: Visit) -> None:
    """Only the server ends a session, by Disconnect."""
