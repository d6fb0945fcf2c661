"""authmon's questions and our script's, as openNDS 9.10 puts them, and the answers."""

from base64 import b64encode
from hashlib import sha256
from typing import Final
from urllib.parse import unquote

import pytest

from spotcoffee.domain.accounting import EndCause
from spotcoffee.protocols.portals import opennds_authmon as authmon
from spotcoffee.protocols.portals.opennds_authmon import Ask, Limits, Permit, Poll
from spotcoffee.protocols.portals.visits import Fault, VisitError

GATEWAY: Final = sha256(b"Lab%20Hotspot").hexdigest()
FASKEY: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DEAUTHED: Final = (
    "method=ndsctl_deauth, clientmac=02:00:00:00:01:01, bytes_incoming=3005560, bytes_outgoing=17, "
    "session_start=1795415952, session_end=1795415976, token=3a9e3735, custom=NjAgMCAwIDAgMCBhYmM%3d"
)
CLIENTS: Final = """1795415969
{
  "client_list_length":"1",
  "clients":{
    "02:00:00:00:01:01":{
      "gatewayname":"Lab%20Hotspot%20Node%3a02e341be3db1%20",
      "mac":"02:00:00:00:01:01",
      "ip":"10.77.0.11",
      "session_start":"1795415952",
      "session_end":"1795502352",
      "last_active":"1795415952",
      "token":"3a9e3735",
      "state":"Authenticated",
      "custom":"NjAgMCAwIDAgMCBhYmM=",
      "download_quota":"null",
      "download_this_session":"2935",
      "upload_this_session":"1"
    },
    "02:00:00:00:01:02":{"mac":"02:00:00:00:01:02","token":"3a9e3736","state":"Preauthenticated"}
  }
}"""


def poll(ask: str, payload: str = "none", **more: str) -> Poll:
    return authmon.read_poll(
        {"auth_get": ask, "gatewayhash": GATEWAY, "payload": b64encode(payload.encode()).decode(), **more}
    )


@pytest.mark.parametrize("ask", list(Ask))
def test_every_question_of_authmon_is_known(ask: Ask) -> None:
    assert (poll(ask.value).ask, poll(ask.value).gateway_hash) == (ask, GATEWAY)


def test_a_view_asks_for_the_list_or_acknowledges_several() -> None:
    one, other = "a" * 64, "b" * 64

    assert poll("view").wants_list
    told = poll("view", f"* {one} {other}")
    assert (told.wants_list, told.acknowledged()) == (False, [one, other])


def test_a_bare_star_acknowledges_nobody_and_asks_for_nothing() -> None:
    assert (poll("view", "*").wants_list, poll("view", "*").acknowledged()) == (False, [])


def test_a_permit_is_said_in_minutes_kilobits_and_kilobytes_rounded_up() -> None:
    limits = Limits(session=61, rate_up=8_001, rate_down=2_000_000, up=1, down=1_025)

    record = unquote(Permit("a" * 64, limits, "hello").record())

    assert record == f"{'a' * 64} 2 9 2000 1 2 aGVsbG8="


def test_no_limit_is_zero_and_a_limit_never_is() -> None:
    assert unquote(Permit("a" * 64, Limits(), "").record()) == f"{'a' * 64} 0 0 0 0 0 "
    assert Limits(rate_up=1, rate_down=1, up=0, down=0).numbers() == (1, 1, 1, 1)


def test_no_more_stand_in_the_list_than_authmon_reads() -> None:
    permits = [Permit(f"{number:064x}", Limits(session=3_600), "x" * 40) for number in range(9)]

    text, told = authmon.auth_list(permits)

    assert (told, text.count("%20") // 6) == (permits[:4], 4)
    assert text.startswith("* ")
    # It skips two characters and reads 1,024.
    assert len(text) <= 2 + 1_024


def test_a_long_list_is_cut_between_two_of_them() -> None:
    permits = [Permit(f"{number:064x}", Limits(), "x" * 300) for number in range(4)]

    text, told = authmon.auth_list(permits)

    assert (len(told), text.endswith(permits[1].record())) == (2, True)


def test_an_empty_list_is_a_star() -> None:
    assert authmon.auth_list([]) == ("*", [])


@pytest.mark.parametrize(
    "payload", [DEAUTHED, b64encode(DEAUTHED.encode()).decode(), DEAUTHED.replace("3a9e3735", '"3a9e3735"')]
)
def test_who_is_off_is_read_with_his_usage(payload: str) -> None:
    told = authmon.read_deauthed(payload)

    assert (told.cause, told.device, told.token) == (EndCause.DISCONNECTED, "020000000101", "3a9e3735")
    assert (told.lasted, told.down, told.up) == (24, 3_005_560, 17)


@pytest.mark.parametrize(
    ("method", "cause"),
    [
        ("client_deauth", EndCause.USER),
        ("idle_deauth", EndCause.IDLE),
        ("timeout_deauth", EndCause.SESSION_TIMEOUT),
        ("downquota_deauth", EndCause.QUOTA),
        ("upload_quota_deauth", EndCause.QUOTA),
        ("shutdown_deauth", EndCause.ACCESS_POINT_RESTART),
    ],
)
def test_each_reason_becomes_a_cause(method: str, cause: EndCause) -> None:
    assert authmon.read_deauthed(DEAUTHED.replace("ndsctl_deauth", method)).cause is cause


@pytest.mark.parametrize(
    "payload",
    ["", "method=?", DEAUTHED.replace("02:00:00", "02"), DEAUTHED.replace("=17", "=-17"), DEAUTHED.replace("3a9", "*")],
)
def test_a_report_that_makes_no_sense_is_refused(payload: str) -> None:
    with pytest.raises(VisitError):
        authmon.read_deauthed(payload)


def test_our_script_tells_who_is_on() -> None:
    listed = authmon.read_clients(CLIENTS)

    (client,) = listed.clients
    assert (listed.at, client.device, client.token, client.began_at) == (
        1_795_415_969, "020000000101", "3a9e3735", 1_795_415_952,
    )  # fmt: skip
    assert (client.down, client.up) == (2_935 * 1_024, 1_024)


@pytest.mark.parametrize("payload", ["", "1", "x\n{}", "1\n[", '1\n{"clients":{"a":{"state":"Authenticated"}}}'])
def test_what_our_script_can_not_have_said_is_refused(payload: str) -> None:
    with pytest.raises(VisitError):
        authmon.read_clients(payload)


def test_nobody_on_is_an_empty_list() -> None:
    assert authmon.read_clients('1\n{"client_list_length":"0","clients":{}}').clients == []
    assert authmon.read_clients('1\n{"client_list_length":"0"}').clients == []


def test_only_who_has_the_faskey_speaks_for_the_script() -> None:
    proof = authmon.proof_of(CLIENTS, FASKEY)

    assert authmon.is_proven(poll("custom", CLIENTS, proof=proof), FASKEY)
    assert not authmon.is_proven(poll("custom", CLIENTS + " ", proof=proof), FASKEY)
    assert not authmon.is_proven(poll("custom", CLIENTS), FASKEY)
    assert not authmon.is_proven(poll("custom", CLIENTS, proof="é"), FASKEY)


def test_the_script_takes_home_whom_to_put_off() -> None:
    assert authmon.box_answer(["020000000101"]) == "ack\ndeauth 02:00:00:00:01:01\n"
    assert authmon.box_answer([]) == "ack\n"


def test_limits_that_go_through_the_browser_are_proven_for_one_device() -> None:
    values = authmon.custom_of(Limits(session=90, rate_down=2_000_000), hid="h", faskey=FASKEY)

    proof = sha256(f"90 0 2000 0 0 h{FASKEY}".encode()).hexdigest()
    assert values == f"90 0 2000 0 0 {proof}"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"auth_get": "steal"}, Fault.UNKNOWN_WORD),
        ({"auth_get": "view"}, Fault.UNREADABLE),
        ({"auth_get": "view", "gatewayhash": GATEWAY, "payload": "%"}, Fault.UNREADABLE),
        ({"auth_get": "view", "gatewayhash": GATEWAY, "payload": "A" * 1_000_001}, Fault.TOO_LONG),
    ],
)
def test_what_authmon_does_not_send_is_refused(fields: dict[str, str], fault: Fault) -> None:
    with pytest.raises(VisitError) as refused:
        authmon.read_poll(fields)

    assert refused.value.code is fault
