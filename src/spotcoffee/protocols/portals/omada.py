"""TP-Link Omada with an external portal: the visit, and what is asked of its controller, as values.

From TP-Link's FAQ 3231 (controllers 5.0.15 and above); no controller was at hand. A device is let in for a time in
milliseconds. The interface has no rates, no quotas and no volumes: the server's clock counts. [mem], seen in the wild
only: that the same call with a time of 1 puts a device off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from json import dumps, loads
from typing import Any, Final
from urllib.parse import quote

from spotcoffee.domain.access_points import Equipment
from spotcoffee.domain.units import Seconds
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.calls import Call, Reply, Unanswerable, dashes
from spotcoffee.protocols.portals.visits import Arrival, Controller, Entry, Fault, Trust, Visit, VisitError

# An external portal server's authorisation.
AUTH_TYPE: Final = 4
MOST_TIME: Final[Seconds] = 365 * 86_400
PUT_OFF: Final = 1
# [mem]: the session is over; log in again.
_LOGGED_OUT: Final = frozenset({-1200, -1600})


def read(arrival: Arrival, _trust: Trust) -> Visit:
    """The visit that an EAP's or a gateway's redirect tells of. Raises VisitError."""
    fields = arrival.fields
    visits.number(fields, "t", least=0, most=2**63 - 1)
    site = visits.needed(fields, "site", most=64)
    access_point, gateway = visits.mac(fields, "apMac"), visits.mac(fields, "gatewayMac")
    if (access_point is None) == (gateway is None):
        raise VisitError(Fault.MISSING, "apMac")
    return Visit(
        equipment=Equipment.OMADA,
        device=visits.parse_mac(visits.needed(fields, "clientMac"), "clientMac"),
        access_point=access_point or gateway,
        wanted=_wanted(fields),
        state=(
            ("site", visits.as_text(site)),
            *(_of_eap(fields, access_point) if access_point else _of_gateway(fields, gateway)),
        ),
    )


def _of_eap(fields: Mapping[str, str], access_point: str) -> tuple[tuple[str, str], ...]:
    radio = visits.number(fields, "radioId", least=0, most=3)
    return (
        ("ap", access_point),
        ("ssid", visits.as_text(visits.needed(fields, "ssidName", most=32))),
        ("radio", str(radio or 0)),
    )


def _of_gateway(fields: Mapping[str, str], gateway: str | None) -> tuple[tuple[str, str], ...]:
    vid = visits.number(fields, "vid", least=0, most=4_094)
    return (("gateway", gateway or ""), ("vid", str(vid or 0)))


def _wanted(fields: Mapping[str, str]) -> str | None:
    try:
        return visits.wanted(fields, "redirectUrl")
    except VisitError:
        return None


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Controller:
    """What the controller needs to let the device in."""
    told = tuple((name, visits.text_of(value) if name in ("site", "ssid") else value) for name, value in visit.state)
    return Controller(Equipment.OMADA, visit.device, (*told, ("back", entry.back)))


def log_off(_visit: Visit) -> None:
    """Only the controller ends a session."""


# --- what is asked of the controller


@dataclass(frozen=True, slots=True)
class Login:
    """An operator's account of the hotspot manager. controller: the controller's own identifier."""

    user: str
    password: str = field(repr=False)
    controller: str

    def call(self) -> Call:
        """Log in: the answer's cookie and its token, as `Csrf-Token`, go with every other call."""
        path = f"/{quote(self.controller, safe='')}/api/v2/hotspot/login"
        return Call("POST", path, dumps({"name": self.user, "password": self.password}))


def authorize(device: str, session: Seconds | None, *, controller: str, fields: Mapping[str, str]) -> Call:
    """Let a device in for so long, from now on. fields: of its visit."""
    milliseconds = 1_000 * max(1, min(MOST_TIME, MOST_TIME if session is None else session))
    return _authorisation(device, milliseconds, controller=controller, fields=fields)


def unauthorize(device: str, *, controller: str, fields: Mapping[str, str]) -> Call:
    """Put a device off, as its users do: let in for a millisecond."""
    return _authorisation(device, PUT_OFF, controller=controller, fields=fields)


def _authorisation(device: str, milliseconds: int, *, controller: str, fields: Mapping[str, str]) -> Call:
    body: dict[str, object] = {"clientMac": dashes(device)}
    if fields.get("ap"):
        body |= {"apMac": dashes(fields["ap"]), "ssidName": fields["ssid"], "radioId": int(fields["radio"])}
    else:
        body |= {"gatewayMac": dashes(fields["gateway"]), "vid": int(fields["vid"])}
    body |= {"site": fields["site"], "time": milliseconds, "authType": AUTH_TYPE}
    return Call("POST", f"/{quote(controller, safe='')}/api/v2/hotspot/extPortal/auth", dumps(body))


# --- what it answers


def result_of(reply: Reply) -> Any:
    """The `result` of an answer whose `errorCode` is 0; None where it has none. Raises Unanswerable."""
    try:
        document = loads(reply.body)
        code = document["errorCode"]
    except (ValueError, KeyError, TypeError) as unreadable:
        raise Unanswerable("unreadable") from unreadable
    if code != 0:
        raise Unanswerable("logged_out" if code in _LOGGED_OUT else "refused")
    return document.get("result")


def token_of(reply: Reply) -> str:
    """The token of a login. Raises Unanswerable."""
    result = result_of(reply)
    token = result.get("token") if isinstance(result, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or len(token) > 512:
        raise Unanswerable("unreadable")
    return token
