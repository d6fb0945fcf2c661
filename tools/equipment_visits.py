"""One guest of each kind of equipment, as his browser comes to the portal: examples for the reference page.

Parameters are those of the makers' documents and of our golden exchanges; the answers are the adapters' own.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from json import loads
from typing import Final, assert_never
from urllib.parse import parse_qsl, urlencode, urlsplit

from spotcoffee.domain.access_points import Equipment
from spotcoffee.domain.authorization import Limits
from spotcoffee.protocols.portals import omada, opennds_authmon, uam, unifi
from spotcoffee.protocols.portals.calls import Call
from spotcoffee.protocols.portals.visits import (
    Answer,
    Arrival,
    Controller,
    Entry,
    Granted,
    Post,
    Redirect,
    Trust,
    read_query,
)
from spotcoffee.web.portal.adapters import ADAPTERS, Adapter

PORTAL: Final = "https://wifi.example/portal/7/"
SECRET: Final = "SECRET2345"  # noqa: S105 - an example
TRUST: Final = Trust(secret=SECRET)
ENTRY: Final = Entry(login="ABCD2345", password="ABCD2345", back="https://wifi.example/portal/s/…/")  # noqa: S106
_MAC: Final = "00:11:22:AA:BB:CC"
_WANTED: Final = "http://example.org/"
_UAM: Final = {
    "res": "notyet", "uamip": "10.1.0.1", "uamport": "3990", "challenge": "000102030405060708090a0b0c0d0e0f",
    "called": "00-0C-29-AA-BB-CC", "mac": "00-11-22-AA-BB-CC", "ip": "10.1.0.7", "nasid": "reception",
    "sessionid": "56a0b1c200000001", "userurl": _WANTED,
}  # fmt: skip
_FAS: Final = (
    f"hid={'6a' * 32}, clientip=10.77.0.11, clientmac={_MAC}, client_type=cpd_can, gatewayname=Camping%20, "
    "gatewayurl=, version=9.10.0, gatewayaddress=10.77.0.1:2050, gatewaymac=020000000001, "
    "originurl=http%3a%2f%2fexample.org%2f, clientif=br0, themespec="
)
VISITS: Final[Mapping[Equipment, Mapping[str, str]]] = {
    Equipment.GATEWAY: _UAM,
    Equipment.COOVACHILLI: _UAM,
    Equipment.MIKROTIK: {
        "mac": _MAC, "ip": "10.5.50.20", "identity": "reception", "username": "", "link-orig": _WANTED,
        "link-login-only": "http://10.5.50.1/login", "link-logout": "http://10.5.50.1/logout", "error": "",
        "chap-id": r"\371", "chap-challenge": r"\001\002\003\004\005\006\007\010\001\002\003\004\005\006\007\010",
    },
    Equipment.OPENNDS: {"fas": b64encode(_FAS.encode()).decode()},
    Equipment.PFSENSE: {
        "action": "http://192.168.1.1:8002/index.php?zone=guests", "zone": "guests", "mac": _MAC,
        "ip": "192.168.1.20", "redirurl": _WANTED,
    },
    Equipment.OPNSENSE: {"gateway": "http://192.168.1.1:8000/", "zone": "0", "redirurl": _WANTED},
    Equipment.UNIFI: {"id": _MAC, "ap": "00:11:22:00:00:01", "t": "1795415952", "url": _WANTED, "ssid": "Wi-Fi"},
    Equipment.OMADA: {
        "clientMac": "00-11-22-AA-BB-CC", "apMac": "00-11-22-00-00-01", "ssidName": "Wi-Fi", "t": "1795415952",
        "radioId": "1", "site": "Default", "redirectUrl": _WANTED,
    },
    Equipment.CISCO: {
        "switch_url": "https://192.0.2.1/login.html", "ap_mac": "00:11:22:00:00:01", "client_mac": _MAC,
        "wlan": "Wi-Fi", "redirect": "example.org/",
    },
    Equipment.ARUBA: {
        "cmd": "login", "mac": _MAC, "essid": "Wi-Fi", "ip": "10.0.0.20", "apname": "lobby",
        "switchip": "securelogin.arubanetworks.com", "url": _WANTED,
    },
    Equipment.RUCKUS: {
        "sip": "10.0.0.2", "client_mac": "001122aabbcc", "uip": "10.0.0.20", "ssid": "Wi-Fi", "url": _WANTED,
    },
    Equipment.FORTINET: {
        "magic": "0505fa3b1f", "post": "http://192.168.1.99:1000/fgtauth", "usermac": _MAC, "userip": "192.168.1.20",
        "apip": "192.168.1.5",
    },
    Equipment.MERAKI: {
        "login_url": "https://n143.network-auth.com/splash/login?mauth=x", "continue_url": _WANTED,
        "ap_mac": "00:11:22:00:00:01", "client_mac": _MAC, "client_ip": "10.0.0.20",
    },
    Equipment.CAMBIUM: {
        "ga_ssid": "Wi-Fi", "ga_ap_mac": "00-11-22-00-00-01", "ga_nas_id": "lobby", "ga_srvr": "10.0.0.5",
        "ga_cmac": "00-11-22-AA-BB-CC", "ga_cip": "10.0.0.20", "ga_Qv": "eUROBR86", "ga_orig_url": _WANTED,
    },
}  # fmt: skip
# Besides what equipment.md of the design marks: what the adapters' modules say is from memory, or was tried nowhere.
UNVERIFIED: Final[Mapping[Equipment, tuple[str, ...]]] = {
    Equipment.GENERIC: (),
    Equipment.MIKROTIK: ("its hotspot's pages and the configuration on a router: only against a stand-in",),
    Equipment.COOVACHILLI: ("its setting for option 114",),
    Equipment.PFSENSE: (
        "the login on a running one: the ports 8002 and 8003, and which placeholders a version fills in",
    ),
    Equipment.OPNSENSE: ("the login on a running one",),
    Equipment.OPENNDS: (
        "levels 2 and 4 on a running one; levels 1 and 3 run in our tests, with openNDS 9.10",
        "versions above 9.10",
    ),
    Equipment.UNIFI: (
        "the login, with any controller: only against a stand-in",
        "the path of its redirect, and that authorising a device again replaces its limits",
    ),
    Equipment.OMADA: (
        "the login, with any controller: only against a stand-in",
        "that an authorisation of a millisecond puts a device off",
    ),
    Equipment.CISCO: ("the login on a running one", "the commands of its configuration"),
    Equipment.ARUBA: (
        "the login on a running one, and the way out by `cmd=logout`",
        "the commands of its configuration",
    ),
    Equipment.RUCKUS: ("the login on a running one, and the way out by `/logout`",),
    Equipment.FORTINET: ("the login on a running one", "the commands of its configuration"),
    Equipment.MERAKI: ("the login on a running one, and that each `login_url` is of network-auth.com",),
    Equipment.CAMBIUM: ("the login on a running one",),
    Equipment.GATEWAY: (),
}
# Whom the server, not the guest's browser, asks to let a device in.
CONTROLLED: Final = frozenset({Equipment.UNIFI, Equipment.OMADA, Equipment.OPENNDS})


def road(kind: Equipment) -> Iterator[str]:
    """How a guest's login travels, a sentence each."""
    if kind not in ADAPTERS:
        yield "Logins come from its own login page, or from whatever asks the guest for his code: no portal of ours."
        return
    adapter = ADAPTERS[kind]
    sent = VISITS[kind]
    url = f"{PORTAL}?{urlencode(sent)}"
    if adapter.signs:
        url = uam.sign(url, SECRET)
    names = _listed(name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True))
    visit = adapter.read(Arrival(url, read_query(urlsplit(url).query)), TRUST)
    yield f"The equipment sends the guest's browser to the portal with {names}."
    yield from _answered(adapter.log_on(visit, ENTRY, TRUST), "The code goes back")
    out = adapter.log_off(visit)
    if out is None:
        yield "No way out for the guest himself: the server, or the equipment, ends his session."
    else:
        yield from _answered(out, "The way out")
    yield from _more(adapter)


def _answered(answer: Answer, what: str) -> Iterator[str]:
    match answer:
        case Redirect(url):
            names = _listed(name for name, _ in parse_qsl(urlsplit(url).query))
            yield f"{what}: the browser is sent to `{url.partition('?')[0]}`{f' with {names}' if names else ''}."
        case Post(url, fields):
            names = _listed(name for name, _ in fields)
            yield f"{what}: the browser posts to `{url.partition('?')[0]}`{f' {names}' if names else ''}."
        case Controller(Equipment.OPENNDS):
            yield (
                f"{what}: at levels 3 and 4 openNDS fetches whom to let in; at levels 1 and 2 the browser brings a "
                "hash back to it, with the limits for our script on its box."
            )
        case Controller(equipment):
            calls = [letting_in(equipment, limits=None), *_others(equipment)]
            yield f"{what}: the server asks its controller, {_listed(f'{call.method} {call.path}' for call in calls)}."
        case Granted():
            raise AssertionError("no example is let in beforehand")
        case unknown:
            assert_never(unknown)


def _more(adapter: Adapter) -> Iterator[str]:
    if adapter.signs:
        yield "What it says of a guest is signed by a secret that it shares with the portal."


def _listed(names: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(f"`{name}`" for name in names))


# --- limits, where they go through the portal


def through_controller(kind: Equipment, limits: Limits) -> str:
    """How a limit is said where a controller, or openNDS, lets devices in; empty where it can't be."""
    if kind is Equipment.OPENNDS:
        return _for_opennds(limits)
    if kind not in CONTROLLED:
        return ""
    always, said = (loads(letting_in(kind, limits=one).body or "{}") for one in (None, limits))
    return ", ".join(f"`{name}` = {value}" for name, value in said.items() if always.get(name) != value)


def _for_opennds(limits: Limits) -> str:
    own = opennds_authmon.Limits(
        session=limits.session_timeout,
        rate_up=limits.rate_up,
        rate_down=limits.rate_down,
        up=limits.up_left,
        down=limits.down_left,
    )
    minutes = 0 if own.session is None else -(-own.session // 60)
    names = ("sessionlength", "uploadrate", "downloadrate", "uploadquota", "downloadquota")
    return ", ".join(
        f"`{name}` = {value}" for name, value in zip(names, (minutes, *own.numbers()), strict=True) if value
    )


def letting_in(kind: Equipment, *, limits: Limits | None) -> Call:
    """What a controller is asked for one device."""
    device, session = "001122aabbcc", None if limits is None else limits.session_timeout
    if kind is Equipment.UNIFI:
        rates = {} if limits is None else {"rate_up": limits.rate_up, "rate_down": limits.rate_down}
        return unifi.authorize(device, unifi.Allowance(session=session, **rates), site="default")
    fields = {"ap": "001122000001", "ssid": "Wi-Fi", "radio": "1", "site": "Default"}
    return omada.authorize(device, session, controller="CONTROLLER", fields=fields)


def _others(kind: Equipment) -> list[Call]:
    return [unifi.stations(site="default")] if kind is Equipment.UNIFI else []
