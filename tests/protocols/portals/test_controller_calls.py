"""What is asked of UniFi's and Omada's controllers, and how their answers are read: golden, and strict."""

import json

import pytest

from spotcoffee.protocols.portals import omada, unifi
from spotcoffee.protocols.portals.calls import Call, Reply, Station, Unanswerable
from spotcoffee.protocols.portals.unifi import Allowance

DEVICE = "001122aabbcc"


def body_of(call: Call) -> dict[str, object]:
    told: dict[str, object] = json.loads(call.body or "{}")
    return told


@pytest.mark.parametrize(
    ("is_console", "login", "path"),
    [
        (False, "/api/login", "/api/s/cafe/cmd/stamgr"),
        (True, "/api/auth/login", "/proxy/network/api/s/cafe/cmd/stamgr"),
    ],
)
def test_unifi_has_two_ways_in(is_console: bool, login: str, path: str) -> None:
    called = unifi.Login("spot", "secret", is_console).call()

    assert (called.method, called.path, body_of(called)) == ("POST", login, {"username": "spot", "password": "secret"})
    assert unifi.unauthorize(DEVICE, site="cafe", is_console=is_console).path == path


def test_unifi_lets_a_device_in() -> None:
    call = unifi.authorize(
        DEVICE, Allowance(session=61, rate_down=1, rate_up=2_000_000), site="", access_point="a" * 12
    )

    assert call.path == "/api/s/default/cmd/stamgr"
    assert body_of(call) == {
        "cmd": "authorize-guest", "mac": "00:11:22:aa:bb:cc", "minutes": 2, "up": 2_000, "down": 1,
        "ap_mac": "aa:aa:aa:aa:aa:aa",
    }  # fmt: skip


def test_unifi_puts_a_device_off() -> None:
    assert body_of(unifi.unauthorize(DEVICE, site="default")) == {
        "cmd": "unauthorize-guest", "mac": "00:11:22:aa:bb:cc",
    }  # fmt: skip


def test_a_site_can_not_lead_elsewhere() -> None:
    assert unifi.stations(site="../../x?y").path == "/api/s/..%2F..%2Fx%3Fy/stat/sta"


def test_unifis_stations_are_read_from_the_access_points_side() -> None:
    rows = [
        {"mac": "00:11:22:AA:BB:CC", "authorized": True, "tx_bytes": 700, "rx_bytes": 70},
        {"mac": "00:11:22:aa:bb:cd"},
        {"name": "no address"},
    ]
    reply = Reply(200, json.dumps({"meta": {"rc": "ok"}, "data": rows}))

    assert unifi.stations_of(reply) == {
        DEVICE: Station(is_authorized=True, down=700, up=70),
        "001122aabbcd": Station(is_authorized=False, down=0, up=0),
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "unreadable"),
        ("<html>", "unreadable"),
        ("[]", "unreadable"),
        ('{"meta":{"rc":"ok"}}', "unreadable"),
        ('{"meta":{"rc":"ok"},"data":{}}', "unreadable"),
        ('{"meta":{"rc":"ok"},"data":[1]}', "unreadable"),
        ('{"meta":{"rc":"error","msg":"api.err.LoginRequired"},"data":[]}', "logged_out"),
        ('{"meta":{"rc":"error","msg":"api.err.InvalidPayload"},"data":[]}', "refused"),
    ],
)
def test_what_unifi_answers_otherwise_is_no_yes(body: str, code: str) -> None:
    with pytest.raises(Unanswerable) as refused:
        unifi.data_of(Reply(200, body))

    assert refused.value.code == code


def test_omada_is_called_by_its_controllers_own_identifier() -> None:
    call = omada.Login("op", "secret", "abc/..").call()

    assert (call.path, body_of(call)) == ("/abc%2F../api/v2/hotspot/login", {"name": "op", "password": "secret"})


@pytest.mark.parametrize(("session", "milliseconds"), [(1, 1_000), (90, 90_000), (None, 31_536_000_000), (0, 1_000)])
def test_omada_counts_milliseconds(session: int | None, milliseconds: int) -> None:
    fields = {"site": "Default", "ap": "a" * 12, "ssid": "Wi-Fi", "radio": "0"}

    told = body_of(omada.authorize(DEVICE, session, controller="abc", fields=fields))

    assert (told["time"], told["clientMac"], told["authType"]) == (milliseconds, "00-11-22-AA-BB-CC", 4)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "unreadable"),
        ("[]", "unreadable"),
        ("{}", "unreadable"),
        ('{"errorCode":-41501,"msg":"Failed to authenticate."}', "refused"),
        ('{"errorCode":-1200}', "logged_out"),
    ],
)
def test_what_omada_answers_otherwise_is_no_yes(body: str, code: str) -> None:
    with pytest.raises(Unanswerable) as refused:
        omada.result_of(Reply(200, body))

    assert refused.value.code == code


@pytest.mark.parametrize("token", [None, 7, "a\r\nX: y", "é", "x" * 513])
def test_a_token_that_no_header_holds_is_refused(token: object) -> None:
    with pytest.raises(Unanswerable):
        omada.token_of(Reply(200, json.dumps({"errorCode": 0, "result": {"token": token}})))
