"""UniFi with an external portal: the visit, and what is asked of its controller, as values.

From the makers' and their users' public documentation; no controller was at hand. [mem]: the path and `t` of the
redirect, `stat/sta` as the place of a guest's volumes, and that authorising a device again replaces its limits. Rates
are kbit/s, durations minutes; a quota is one of both directions together, which no offer is: left to the server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from json import dumps, loads
from typing import Any, Final
from urllib.parse import quote

from spotcoffee.domain.access_points import Equipment
from spotcoffee.domain.units import BitsPerSecond, Octets, Seconds
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.calls import Call, Reply, Station, Unanswerable, colons
from spotcoffee.protocols.portals.visits import Arrival, Controller, Entry, Trust, Visit, VisitError

CLASSIC_LOGIN: Final = "/api/login"
CONSOLE_LOGIN: Final = "/api/auth/login"
# UniFi OS puts the network application behind this.
CONSOLE_PREFIX: Final = "/proxy/network"
DEFAULT_SITE: Final = "default"
# What the minutes of an authorisation may be.
MOST_MINUTES: Final = 525_600


def read(arrival: Arrival, _trust: Trust) -> Visit:
    """The visit that the access point's redirect tells of: `id`, `ap`, `t`, `url`, `ssid`. Raises VisitError."""
    fields = arrival.fields
    visits.number(fields, "t", least=0, most=2**63 - 1)
    access_point = visits.mac(fields, "ap")
    return Visit(
        equipment=Equipment.UNIFI,
        device=visits.parse_mac(visits.needed(fields, "id"), "id"),
        access_point=access_point,
        wanted=_wanted(fields),
        state=(("ap", access_point),) if access_point else (),
    )


def _wanted(fields: Mapping[str, str]) -> str | None:
    # Its firmware brings whatever the device asked for, encoded or not.
    try:
        return visits.wanted(fields, "url")
    except VisitError:
        return None


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Controller:
    """What the controller needs to let the device in."""
    return Controller(Equipment.UNIFI, visit.device, (*visit.state, ("back", entry.back)))


def log_off(_visit: Visit) -> None:
    """Only the controller ends a session."""


# --- what is asked of the controller


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the controller. is_console: UniFi OS, else a controller of the classic kind."""

    user: str
    password: str = field(repr=False)
    is_console: bool = False

    def call(self) -> Call:
        """Log in: the answer's cookie, and on UniFi OS its `X-CSRF-Token`, go with every other call."""
        body = {"username": self.user, "password": self.password}
        return Call("POST", CONSOLE_LOGIN if self.is_console else CLASSIC_LOGIN, dumps(body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a device is let in with; None: no limit."""

    session: Seconds | None = None
    rate_up: BitsPerSecond | None = None
    rate_down: BitsPerSecond | None = None


def authorize(
    device: str, allowance: Allowance, *, site: str, access_point: str | None = None, is_console: bool = False
) -> Call:
    """Let a device in, or give it other limits. Rounded up to the controller's units, never to 0."""
    session = allowance.session
    minutes = MOST_MINUTES if session is None else min(MOST_MINUTES, max(1, -(-session // 60)))
    body: dict[str, object] = {"cmd": "authorize-guest", "mac": colons(device), "minutes": minutes}
    for name, rate in (("up", allowance.rate_up), ("down", allowance.rate_down)):
        if rate is not None:
            body[name] = max(1, -(-rate // 1_000))
    if access_point:
        body["ap_mac"] = colons(access_point)
    return _station_manager(body, site=site, is_console=is_console)


def unauthorize(device: str, *, site: str, is_console: bool = False) -> Call:
    """Put a device off."""
    return _station_manager({"cmd": "unauthorize-guest", "mac": colons(device)}, site=site, is_console=is_console)


def stations(*, site: str, is_console: bool = False) -> Call:
    """Who is on the Wi-Fi, with volumes."""
    return Call("GET", f"{_site_path(site, is_console)}/stat/sta")


def _station_manager(body: Mapping[str, object], *, site: str, is_console: bool) -> Call:
    return Call("POST", f"{_site_path(site, is_console)}/cmd/stamgr", dumps(body))


def _site_path(site: str, is_console: bool) -> str:
    return f"{CONSOLE_PREFIX if is_console else ''}/api/s/{quote(site or DEFAULT_SITE, safe='')}"


# --- what it answers


def data_of(reply: Reply) -> list[dict[str, Any]]:
    """The `data` of an answer whose `meta.rc` is "ok". Raises Unanswerable."""
    try:
        document = loads(reply.body)
        code = document["meta"]["rc"]
        message = str(document["meta"].get("msg", ""))[:200]
        data = document["data"]
    except (ValueError, KeyError, TypeError, AttributeError) as unreadable:
        raise Unanswerable("unreadable") from unreadable
    if code != "ok":
        raise Unanswerable("logged_out" if message == "api.err.LoginRequired" else "refused")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise Unanswerable("unreadable")
    return data


def stations_of(reply: Reply) -> dict[str, Station]:
    """The devices on the Wi-Fi. Raises Unanswerable."""
    found = {}
    for row in data_of(reply):
        try:
            device = visits.parse_mac(str(row["mac"]))
        except (KeyError, VisitError):
            continue
        # What the access point transmits is the guest's download.
        found[device] = Station(
            is_authorized=bool(row.get("authorized", False)),
            down=_octets(row.get("tx_bytes")),
            up=_octets(row.get("rx_bytes")),
        )
    return found


def _octets(value: object) -> Octets:
    return int(value) if isinstance(value, int | float) and value >= 0 else 0
