"""UAM: golden exchanges of both sides, and what is refused."""

from hashlib import md5
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from spotcoffee.protocols.portals import uam
from spotcoffee.protocols.portals.visits import (
    Arrival,
    Entry,
    Fault,
    Outcome,
    Trust,
    VisitError,
    read_query,
)

SECRET: Final = "uam-secret"
TRUST: Final = Trust(secret=SECRET)
CHALLENGE: Final = bytes(range(16))
# Written by hand after CoovaChilli's redir_buildurl; its md was computed by another program than ours (md5sum).
GOLDEN: Final = (
    "https://wifi.example/portal/7/?res=notyet&uamip=10.1.0.1&uamport=3990"
    "&challenge=000102030405060708090a0b0c0d0e0f&called=00-0C-29-AA-BB-CC&mac=00-11-22-AA-BB-CC&ip=10.1.0.7"
    "&nasid=nas01&sessionid=56a0b1c200000001&userurl=http%3a%2f%2fexample.org%2f%3fa%3db%26c"
    "&md=EA1FE91081C3D2CE909ABB40E75947F7"
)


def arrival(url: str) -> Arrival:
    return Arrival(url, read_query(urlsplit(url).query))


def signed(url: str) -> Arrival:
    return arrival(uam.sign(url, SECRET))


def digest(octets: bytes) -> str:
    return md5(octets, usedforsecurity=False).hexdigest()


def fault(url: str, trust: Trust = TRUST) -> Fault:
    with pytest.raises(VisitError) as refused:
        uam.read(arrival(url), trust)
    return refused.value.code


def test_a_signed_redirect_is_read() -> None:
    visit = uam.read(arrival(GOLDEN), TRUST)

    assert (visit.device, visit.address, visit.access_point) == ("001122aabbcc", "10.1.0.7", "nas01")
    assert visit.wanted == "http://example.org/?a=b&c"
    assert visit.outcome is Outcome.NOT_YET
    assert visit.held("gateway") == "http://10.1.0.1:3990"
    assert visit.held("challenge") == CHALLENGE.hex()


def test_a_right_code_is_brought_back_as_an_answer_to_the_challenge() -> None:
    visit = uam.read(arrival(GOLDEN), TRUST)

    answer = uam.log_on(visit, Entry(login="K7QM3XWF9T", password="K7QM3XWF9T", back="https://wifi.example/"), TRUST)

    expected = digest(b"\0K7QM3XWF9T" + bytes.fromhex(digest(CHALLENGE + SECRET.encode())))
    back = "https%3A%2F%2Fwifi.example%2F"
    assert answer.url == f"http://10.1.0.1:3990/logon?username=K7QM3XWF9T&response={expected}&userurl={back}"


def test_the_gateway_reads_what_the_portal_answers() -> None:
    told = uam.Redirection(
        outcome=Outcome.NOT_YET,
        gateway_address="10.1.0.1",
        challenge=CHALLENGE,
        called="000c29aabbcc",
        device="001122aabbcc",
        address="10.1.0.7",
        nas_identifier="gate 1",
        wanted="http://example.org/?a=b&c=d",
    )
    url = uam.redirect_url("https://wifi.example/portal/7/", told, secret=SECRET)
    visit = uam.read(arrival(url), TRUST)
    answer = uam.log_on(visit, Entry(login="anna b&c", password="pass é", back="https://w.example/s/1"), TRUST)

    logon = uam.read_logon(read_query(urlsplit(answer.url).query))

    assert (logon.login, logon.wanted) == ("anna b&c", "https://w.example/s/1")
    assert logon.response is not None
    mixed = uam.new_challenge(CHALLENGE, SECRET)
    assert uam.chap_matches(logon.response, "pass é".encode(), mixed)
    assert not uam.chap_matches(logon.response, b"other", mixed)
    assert logon.chap_password() == b"\0" + logon.response
    assert visit.wanted == "http://example.org/?a=b&c=d"
    assert visit.access_point == "gate 1"


def test_a_redirect_without_a_challenge_asks_for_one() -> None:
    visit = uam.read(signed("http://wifi.example/portal/7/?res=failed&uamip=10.1.0.1&uamport=3990"), TRUST)

    answer = uam.log_on(visit, Entry(login="a", password="b", back="https://w.example/s/1"), TRUST)

    assert answer.url == "http://10.1.0.1:3990/prelogin?userurl=https%3A%2F%2Fw.example%2Fs%2F1"


def test_a_password_under_the_challenge_comes_out_again() -> None:
    mixed = uam.new_challenge(CHALLENGE, SECRET)

    for password in (b"", b"a", b"sixteen octets!!", b"x" * 128):
        assert uam.pap_reveal(uam.pap_hide(password, mixed), mixed) == password
    # Hidden by hand, as the portals of ChilliSpot's time do it.
    assert uam.pap_hide(b"\x01", bytes(range(1, 17))) == b"\x00" + bytes(range(2, 17))


def test_an_unsigned_redirect_is_refused_where_there_is_a_secret() -> None:
    assert fault("http://wifi.example/portal/7/?res=notyet&uamip=10.1.0.1&uamport=3990") is Fault.UNSIGNED


@pytest.mark.parametrize("changed", ["uamip=10.1.0.2", "uamip=10.1.0.1&res=success", "challenge=00"])
def test_a_changed_redirect_is_refused(changed: str) -> None:
    url = uam.sign("http://wifi.example/portal/7/?res=notyet&uamip=10.1.0.1&uamport=3990", SECRET)

    assert fault(url.replace("uamip=10.1.0.1", changed)) in {Fault.WRONG_SIGNATURE, Fault.TWICE}


def test_the_signature_of_another_secret_is_refused() -> None:
    assert fault(uam.sign("http://w.example/?res=notyet&uamip=10.1.0.1", "guess")) is Fault.WRONG_SIGNATURE


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("res=notyet", Fault.MISSING),
        ("res=open&uamip=10.1.0.1", Fault.UNKNOWN_WORD),
        ("uamip=10.1.0.1", Fault.MISSING),
        ("res=notyet&uamip=203.0.113.9", Fault.FOREIGN_HOST),
        ("res=notyet&uamip=evil.example", Fault.NOT_AN_ADDRESS),
        ("res=notyet&uamip=10.1.0.1%40evil.example", Fault.NOT_AN_ADDRESS),
        ("res=notyet&uamip=10.1.0.1%2f%2fevil.example", Fault.NOT_AN_ADDRESS),
        ("res=notyet&uamip=10.1.0.1&uamport=0", Fault.NOT_A_NUMBER),
        ("res=notyet&uamip=10.1.0.1&uamport=3990%2Fx", Fault.NOT_A_NUMBER),
        ("res=notyet&uamip=10.1.0.1&challenge=zz", Fault.NOT_A_CHALLENGE),
        ("res=notyet&uamip=10.1.0.1&challenge=" + "0" * 31, Fault.NOT_A_CHALLENGE),
        ("res=notyet&uamip=10.1.0.1&mac=00-11-22", Fault.NOT_A_MAC),
        ("res=notyet&uamip=10.1.0.1&ip=300.1.1.1", Fault.NOT_AN_ADDRESS),
        ("res=notyet&uamip=10.1.0.1&userurl=%2F%2Fevil", Fault.NOT_A_URL),
        ("res=notyet&uamip=10.1.0.1&userurl=javascript%3Aalert(1)", Fault.NOT_A_URL),
        ("res=notyet&uamip=10.1.0.1&userurl=http%3A%2F%2Fa%0d%0aX%3A1", Fault.CONTROL_CHARACTER),
        ("res=notyet&uamip=10.1.0.1&nasid=" + "n" * 254, Fault.TOO_LONG),
    ],
)
def test_what_is_no_redirect_is_refused(query: str, code: Fault) -> None:
    with pytest.raises(VisitError) as refused:
        uam.read(Arrival(f"http://w.example/?{query}", read_query(query)), Trust())

    assert refused.value.code is code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("response=" + "00" * 16, Fault.MISSING),
        ("username=a", Fault.MISSING),
        ("username=a&response=00", Fault.NOT_A_CHALLENGE),
        ("username=a&response=" + "zz" * 16, Fault.UNREADABLE),
        ("username=a&password=" + "00" * 129, Fault.TOO_LONG),
        ("username=a&password=0", Fault.UNREADABLE),
        ("username=a&response=" + "00" * 16 + "&ident=256", Fault.NOT_A_NUMBER),
        ("username=" + "a" * 254 + "&password=00", Fault.TOO_LONG),
    ],
)
def test_what_is_no_logon_is_refused(query: str, code: Fault) -> None:
    with pytest.raises(VisitError) as refused:
        uam.read_logon(read_query(query))

    assert refused.value.code is code


def test_a_challenge_grows_old() -> None:
    assert not uam.is_expired(100.0, now=100.0)
    assert not uam.is_expired(100.0, now=699.9)
    assert uam.is_expired(100.0, now=700.0)
    assert uam.is_expired(100.0, now=99.0)


def test_the_parameters_stand_in_coovachillis_order() -> None:
    told = uam.Redirection(
        outcome=Outcome.SUCCESS,
        gateway_address="10.1.0.1",
        login="anna",
        time_left=60,
        device="001122aabbcc",
        address="10.1.0.7",
        reply="Welcome",
        session_id="1",
    )

    url = uam.redirect_url("http://w.example/p/?x=1", told, secret=None)

    names = [name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)]
    assert names == ["x", "res", "uamip", "uamport", "called", "uid", "timeleft", "mac", "ip", "reply", "sessionid"]


def test_the_status_says_what_a_script_of_coovachilli_reads() -> None:
    session = uam.SessionFigures(session_id="1", login="anna", started_at=1, input_octets=2**32 + 5)

    document = uam.status_document(
        uam.ClientState.AUTHORISED, nas_identifier="gate", device="001122aabbcc", session=session
    )

    assert document["clientState"] == 1
    assert document["redir"] == {"originalURL": "", "redirectionURL": "", "macAddress": "00-11-22-AA-BB-CC"}
    assert document["accounting"] == {
        "sessionTime": 0,
        "idleTime": 0,
        "inputOctets": 5,
        "outputOctets": 0,
        "inputGigawords": 1,
        "outputGigawords": 0,
        "viewPoint": "nas",
    }
