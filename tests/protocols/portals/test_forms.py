"""Equipment whose guests' browsers bring a form back: one golden login each, from documentation; what is refused."""

from collections.abc import Mapping
from types import ModuleType
from typing import Final
from urllib.parse import urlencode

import pytest

from spotcoffee.protocols.portals import (
    aruba,
    cambium,
    cisco,
    fortinet,
    meraki,
    omada,
    opnsense,
    pfsense,
    ruckus,
    unifi,
)
from spotcoffee.protocols.portals.opnsense import ClientState
from spotcoffee.protocols.portals.visits import (
    Arrival,
    Controller,
    Entry,
    Fault,
    Outcome,
    Post,
    Redirect,
    Trust,
    Visit,
    VisitError,
    read_query,
)

NOWHERE: Final = Trust()
BACK: Final = "https://wifi.example/portal/s/abc/"
ENTRY: Final = Entry(login="ABCD2345", password="ABCD2345", back=BACK)
MAC: Final = "00:11:22:AA:BB:CC"
DEVICE: Final = "001122aabbcc"

PFSENSE: Final = {
    "action": "http://192.168.1.1:8002/index.php?zone=guests", "zone": "guests", "mac": MAC, "ip": "192.168.1.20",
    "redirurl": "http://example.org/",
}  # fmt: skip
OPNSENSE: Final = {"gateway": "http://192.168.1.1:8000/", "zone": "0", "redirurl": "http://example.org/"}
ARUBA: Final = {
    "cmd": "login", "mac": MAC, "essid": "Wi-Fi", "ip": "10.0.0.20", "apname": "lobby", "apmac": "00:11:22:00:00:01",
    "vcname": "vc", "switchip": "securelogin.arubanetworks.com", "url": "http://example.org/",
}  # fmt: skip
CISCO: Final = {
    "switch_url": "https://192.0.2.1/login.html", "ap_mac": "00:11:22:00:00:01", "client_mac": MAC, "wlan": "Wi-Fi",
    "redirect": "example.org/",
}  # fmt: skip
RUCKUS: Final = {
    "sip": "10.0.0.2", "client_mac": "001122aabbcc", "uip": "10.0.0.20", "ssid": "Wi-Fi", "url": "http://example.org/",
}  # fmt: skip
MERAKI: Final = {
    "login_url": "https://n143.network-auth.com/splash/login?mauth=x", "continue_url": "http://example.org/",
    "ap_mac": "00:11:22:00:00:01", "ap_name": "lobby", "client_mac": MAC, "client_ip": "10.0.0.20",
}  # fmt: skip
FORTINET: Final = {
    "magic": "0505fa3b1f", "post": "http://192.168.1.99:1000/fgtauth", "usermac": MAC, "userip": "192.168.1.20",
    "apip": "192.168.1.5",
}  # fmt: skip
CAMBIUM: Final = {
    "ga_ssid": "Wi-Fi", "ga_ap_mac": "00-11-22-00-00-01", "ga_nas_id": "lobby", "ga_srvr": "10.0.0.5",
    "ga_cmac": "00-11-22-AA-BB-CC", "ga_cip": "10.0.0.20", "ga_Qv": "eUROBR86HBgAGDEEVgQAGw4UWRUCACYVMgFPDEE",
    "ga_orig_url": "http://example.org/",
}  # fmt: skip
UNIFI: Final = {
    "id": MAC, "ap": "00:11:22:00:00:01", "t": "1795415952", "url": "http://example.org/", "ssid": "Wi-Fi",
}  # fmt: skip
OMADA: Final = {
    "clientMac": "00-11-22-AA-BB-CC", "apMac": "00-11-22-00-00-01", "ssidName": "Wi-Fi", "t": "1795415952",
    "radioId": "1", "site": "Default", "redirectUrl": "http://example.org/",
}  # fmt: skip


def read(adapter: ModuleType, fields: Mapping[str, str], *, trust: Trust = NOWHERE, **changed: str) -> Visit:
    query = urlencode({**fields, **changed})
    visit: Visit = adapter.read(Arrival(f"https://wifi.example/portal/7/?{query}", read_query(query)), trust)
    return visit


def posted(adapter: ModuleType, visit: Visit) -> tuple[str, dict[str, str]]:
    answer = adapter.log_on(visit, ENTRY, NOWHERE)
    assert isinstance(answer, Post)
    return answer.url, dict(answer.fields)


VISITS: Final = [
    (pfsense, PFSENSE), (aruba, ARUBA), (cisco, CISCO), (ruckus, RUCKUS), (meraki, MERAKI), (fortinet, FORTINET),
    (cambium, CAMBIUM), (unifi, UNIFI), (omada, OMADA),
]  # fmt: skip


@pytest.mark.parametrize(("adapter", "fields"), VISITS)
def test_each_redirect_tells_the_device(adapter: ModuleType, fields: Mapping[str, str]) -> None:
    assert read(adapter, fields).device == DEVICE


@pytest.mark.parametrize(("adapter", "fields"), [pair for pair in VISITS if pair[0] is not fortinet])
def test_each_tells_the_page_first_asked_for(adapter: ModuleType, fields: Mapping[str, str]) -> None:
    assert read(adapter, fields).wanted == "http://example.org/"


def test_pfsense_takes_the_form_of_its_own_page() -> None:
    url, fields = posted(pfsense, read(pfsense, PFSENSE))

    assert url == "http://192.168.1.1:8002/index.php?zone=guests"
    assert fields == {
        "auth_user": "ABCD2345", "auth_pass": "ABCD2345", "zone": "guests", "redirurl": BACK, "accept": "Continue",
    }  # fmt: skip


def test_opnsense_takes_a_login_at_its_interface() -> None:
    visit = read(opnsense, OPNSENSE)

    assert posted(opnsense, visit) == (
        "http://192.168.1.1:8000/api/captiveportal/access/logon/0/", {"user": "ABCD2345", "password": "ABCD2345"},
    )  # fmt: skip
    assert opnsense.log_off(visit) == Redirect("http://192.168.1.1:8000/api/captiveportal/access/logoff/0/")


def test_opnsense_says_where_a_client_stands() -> None:
    told = opnsense.status_of('{"clientState":"AUTHORIZED","ipAddress":"10.0.0.20","macAddress":"00:11:22:aa:bb:cc"}')

    assert (told.state, told.address, told.device) == (ClientState.AUTHORIZED, "10.0.0.20", DEVICE)


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"clientState":"MAYBE"}'])
def test_what_opnsense_does_not_say_is_refused(document: str) -> None:
    with pytest.raises(VisitError):
        opnsense.status_of(document)


def test_aruba_takes_it_at_the_name_of_its_certificate() -> None:
    visit = read(aruba, ARUBA)

    assert posted(aruba, visit) == (
        "https://securelogin.arubanetworks.com/cgi-bin/login",
        {"user": "ABCD2345", "password": "ABCD2345", "cmd": "authenticate", "Login": "Log In", "url": BACK},
    )
    assert aruba.log_off(visit) == Redirect("https://securelogin.arubanetworks.com/cgi-bin/login?cmd=logout")


def test_aruba_instant_on_says_in_post_where_it_takes_it() -> None:
    trust = Trust(hosts=frozenset({"login.site.example"}))

    visit = read(aruba, ARUBA, trust=trust, cmd="Login", post="login.site.example")

    assert posted(aruba, visit)[0] == "https://login.site.example/cgi-bin/login"


def test_an_error_of_aruba_is_a_failure() -> None:
    assert read(aruba, ARUBA, errmsg="Authentication failed").outcome is Outcome.FAILED


def test_cisco_takes_it_at_its_virtual_address() -> None:
    visit = read(cisco, CISCO)

    assert posted(cisco, visit) == (
        "https://192.0.2.1/login.html",
        {
            "username": "ABCD2345", "password": "ABCD2345", "buttonClicked": "4", "err_flag": "0",
            "redirect_url": BACK,
        },
    )  # fmt: skip


@pytest.mark.parametrize(("status", "outcome"), [("1", Outcome.ALREADY), ("5", Outcome.FAILED)])
def test_cisco_says_what_became_of_a_login(status: str, outcome: Outcome) -> None:
    assert read(cisco, CISCO, statusCode=status).outcome is outcome


def test_ruckus_takes_it_at_its_controller() -> None:
    visit = read(ruckus, RUCKUS)

    assert posted(ruckus, visit) == (
        "http://10.0.0.2:9997/login", {"ip": "10.0.0.20", "username": "ABCD2345", "password": "ABCD2345"},
    )  # fmt: skip
    assert ruckus.log_off(visit) == Redirect("http://10.0.0.2:9997/logout")


def test_smartzone_is_refused_rather_than_misunderstood() -> None:
    with pytest.raises(VisitError) as refused:
        read(ruckus, RUCKUS, nbiIP="10.0.0.9")

    assert refused.value.field == "nbiIP"


def test_meraki_takes_it_in_its_cloud() -> None:
    assert posted(meraki, read(meraki, MERAKI)) == (
        MERAKI["login_url"], {"username": "ABCD2345", "password": "ABCD2345", "success_url": BACK},
    )  # fmt: skip


def test_an_error_of_meraki_is_a_failure() -> None:
    assert read(meraki, MERAKI, error_message="Access denied").outcome is Outcome.FAILED


def test_fortinet_gets_its_magic_back() -> None:
    assert posted(fortinet, read(fortinet, FORTINET)) == (
        "http://192.168.1.99:1000/fgtauth",
        {"username": "ABCD2345", "password": "ABCD2345", "magic": "0505fa3b1f"},
    )


def test_cambium_gets_back_what_it_sent() -> None:
    url, fields = posted(cambium, read(cambium, CAMBIUM))

    assert url == "http://10.0.0.5:880/cgi-bin/hotspot_login.cgi"
    assert (fields["ga_user"], fields["ga_pass"], fields["ga_orig_url"]) == ("ABCD2345", "ABCD2345", BACK)
    assert {name: fields[name] for name in cambium.CARRIED} == {name: CAMBIUM[name] for name in cambium.CARRIED}


def test_the_servers_own_call_lets_a_unifi_guest_in() -> None:
    answer = unifi.log_on(read(unifi, UNIFI), ENTRY, NOWHERE)

    assert isinstance(answer, Controller)
    assert (answer.device, dict(answer.fields)) == (DEVICE, {"ap": "001122000001", "back": BACK})


def test_a_page_that_unifi_garbled_is_forgotten() -> None:
    assert read(unifi, UNIFI, url="example.org/a b").wanted is None


def test_omada_tells_what_its_controller_wants_back() -> None:
    answer = omada.log_on(read(omada, OMADA), ENTRY, NOWHERE)

    assert dict(answer.fields) == {
        "site": "Default", "ap": "001122000001", "ssid": "Wi-Fi", "radio": "1", "back": BACK,
    }  # fmt: skip


def test_an_omada_gateway_tells_its_own() -> None:
    fields = {name: value for name, value in OMADA.items() if name not in ("apMac", "ssidName", "radioId")}

    answer = omada.log_on(read(omada, fields, gatewayMac="00-11-22-00-00-02", vid="10"), ENTRY, NOWHERE)

    assert dict(answer.fields) == {"site": "Default", "gateway": "001122000002", "vid": "10", "back": BACK}


@pytest.mark.parametrize("adapter", [pfsense, cisco, meraki, fortinet, unifi, omada, cambium])
def test_what_only_the_server_ends_has_no_way_out_for_the_browser(adapter: ModuleType) -> None:
    fields = next(fields for known, fields in VISITS if known is adapter)

    assert adapter.log_off(read(adapter, fields)) is None


@pytest.mark.parametrize(
    ("adapter", "fields", "changed", "fault"),
    [
        (pfsense, PFSENSE, {"action": "https://evil.example/"}, Fault.FOREIGN_HOST),
        (pfsense, PFSENSE, {"action": "//evil"}, Fault.NOT_A_URL),
        (pfsense, PFSENSE, {"zone": "a b"}, Fault.UNKNOWN_WORD),
        (pfsense, PFSENSE, {"action": ""}, Fault.MISSING),
        (opnsense, OPNSENSE, {"gateway": "http://evil.example/"}, Fault.FOREIGN_HOST),
        (opnsense, OPNSENSE, {"gateway": ""}, Fault.MISSING),
        (opnsense, OPNSENSE, {"zone": "../"}, Fault.UNKNOWN_WORD),
        (aruba, ARUBA, {"switchip": "evil.example"}, Fault.FOREIGN_HOST),
        (aruba, ARUBA, {"switchip": "10.0.0.1@evil.example"}, Fault.NOT_A_URL),
        (aruba, ARUBA, {"cmd": "logout"}, Fault.UNKNOWN_WORD),
        (aruba, ARUBA, {"mac": ""}, Fault.MISSING),
        (cisco, CISCO, {"switch_url": "https://198.51.100.1/login.html"}, Fault.FOREIGN_HOST),
        (cisco, CISCO, {"switch_url": "javascript:alert(1)"}, Fault.NOT_A_URL),
        (ruckus, RUCKUS, {"sip": "203.0.113.9"}, Fault.FOREIGN_HOST),
        (ruckus, RUCKUS, {"sip": "10.0.0.2:80/x?"}, Fault.NOT_A_URL),
        (ruckus, RUCKUS, {"client_mac": ""}, Fault.MISSING),
        (meraki, MERAKI, {"login_url": "https://n143.network-auth.com.evil.example/"}, Fault.FOREIGN_HOST),
        (meraki, MERAKI, {"login_url": "https://network-auth.com@evil.example/"}, Fault.NOT_A_URL),
        (fortinet, FORTINET, {"magic": "<script>"}, Fault.NOT_A_CHALLENGE),
        (fortinet, FORTINET, {"post": "http://203.0.113.9/fgtauth"}, Fault.FOREIGN_HOST),
        (cambium, CAMBIUM, {"ga_srvr": "evil.example"}, Fault.FOREIGN_HOST),
        (cambium, CAMBIUM, {"ga_cmac": "x"}, Fault.NOT_A_MAC),
        (unifi, UNIFI, {"id": "x"}, Fault.NOT_A_MAC),
        (unifi, UNIFI, {"t": "now"}, Fault.NOT_A_NUMBER),
        (omada, OMADA, {"site": ""}, Fault.MISSING),
        (omada, OMADA, {"gatewayMac": "00-11-22-00-00-02"}, Fault.MISSING),
        (omada, OMADA, {"radioId": "9"}, Fault.NOT_A_NUMBER),
        (omada, OMADA, {"ssidName": "x" * 33}, Fault.TOO_LONG),
    ],
)
def test_what_would_lead_a_guest_astray_is_refused(
    adapter: ModuleType, fields: Mapping[str, str], changed: dict[str, str], fault: Fault
) -> None:
    with pytest.raises(VisitError) as refused:
        read(adapter, fields, **changed)

    assert refused.value.code is fault


@pytest.mark.parametrize(("adapter", "fields"), [(cambium, CAMBIUM), (omada, OMADA)])
def test_a_name_that_looks_like_an_address_is_none(adapter: ModuleType, fields: Mapping[str, str]) -> None:
    name = "ga_ssid" if adapter is cambium else "ssidName"

    visit = read(adapter, fields, **{name: "http://evil; script-src *"})

    assert not [value for _, value in visit.state if value.startswith("http") and "evil" in value]
