"""An independent peer, pyrad, believes what we write, and we believe what it writes. No socket is opened."""

import io

import pytest
from pyrad.dictionary import Dictionary
from pyrad.packet import AcctPacket, AuthPacket, CoAPacket, Packet
from tests.protocols.radius.packets import ASKED, SECRET, USER, plain_md5

from spotcoffee.protocols.radius.assigned import CHAP_PASSWORD, ERROR_CAUSE, USER_NAME, USER_PASSWORD
from spotcoffee.protocols.radius.authenticator import Proof, verify_request, verify_response
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.protocols.radius.passwords import chap_challenge, chap_matches, pap_hide, pap_reveal

RAW = b"sesame"
NAMES = Dictionary(
    io.StringIO(
        "ATTRIBUTE User-Name 1 string\nATTRIBUTE User-Password 2 string\nATTRIBUTE CHAP-Password 3 octets\n"
        "ATTRIBUTE CHAP-Challenge 60 octets\nATTRIBUTE Session-Timeout 27 integer\n"
        "ATTRIBUTE Acct-Status-Type 40 integer\nATTRIBUTE Acct-Session-Id 44 string\n"
        "ATTRIBUTE Message-Authenticator 80 octets\nATTRIBUTE Error-Cause 101 integer\n"
    )
)


def asked_by_pyrad(password: str) -> AuthPacket:
    packet = AuthPacket(id=9, secret=RAW, authenticator=ASKED, dict=NAMES)
    packet["User-Name"] = "nemo"
    packet["User-Password"] = packet.PwCrypt(password)
    packet.add_message_authenticator()
    return packet


@pytest.mark.parametrize("password", ["", "a", "x" * 16, "x" * 17, "été " * 8, "y" * 128])
def test_we_believe_and_read_an_access_request_of_pyrad(password: str) -> None:
    packet = decode(asked_by_pyrad(password).RequestPacket())
    assert verify_request(packet, SECRET, message_authenticator_required=True) is Proof.MESSAGE_AUTHENTICATOR
    assert packet.text(USER_NAME) == "nemo"
    assert pap_reveal(packet.first(USER_PASSWORD) or b"", ASKED, SECRET) == password.encode()


def test_we_match_the_chap_password_that_pyrad_matches() -> None:
    asked = AuthPacket(id=9, secret=RAW, authenticator=ASKED, dict=NAMES)
    asked["CHAP-Challenge"] = b"0123456789abcdef"
    asked["CHAP-Password"] = b"\1" + plain_md5(b"\1AB120123456789abcdef")
    assert asked.VerifyChapPasswd("AB12")
    packet = decode(asked.RequestPacket())
    assert chap_matches(packet.first(CHAP_PASSWORD) or b"", chap_challenge(packet), b"AB12")


@pytest.mark.parametrize("code", [Code.ACCESS_ACCEPT, Code.ACCESS_REJECT, Code.ACCESS_CHALLENGE])
def test_pyrad_believes_our_answers_even_when_it_insists_on_message_authenticator(code: Code) -> None:
    asked = asked_by_pyrad("arctangent")
    octets = asked.RequestPacket()
    answer = encode_response(code, decode(octets), [attribute("Session-Timeout", 3600)], SECRET)
    read = asked.CreateReply(packet=answer)
    assert asked.VerifyReply(read, answer, enforce_ma=True)
    assert read.code == code
    assert read["Session-Timeout"] == [3600]


def test_we_believe_an_access_accept_of_pyrad() -> None:
    octets = encode_request(Code.ACCESS_REQUEST, 3, [USER], SECRET, authenticator=ASKED)
    answer = AuthPacket(packet=octets, secret=RAW, dict=NAMES).CreateReply()
    answer["Session-Timeout"] = 3600
    packet = decode(answer.ReplyPacket())
    assert verify_response(packet, octets, SECRET, message_authenticator_required=True)


def test_pyrad_believes_and_reads_our_access_request() -> None:
    hidden = attribute("User-Password", pap_hide(b"arctangent", ASKED, SECRET))
    octets = encode_request(Code.ACCESS_REQUEST, 3, [USER, hidden], SECRET, authenticator=ASKED)
    read = AuthPacket(packet=octets, secret=RAW, dict=NAMES)
    assert read.verify_message_authenticator()
    assert read.PwDecrypt(read["User-Password"][0]) == "arctangent"
    assert read["User-Name"] == ["nemo"]


def test_accounting_is_believed_both_ways() -> None:
    asked = AcctPacket(id=4, secret=RAW, dict=NAMES)
    asked["Acct-Status-Type"] = 1
    asked["Acct-Session-Id"] = "0001"
    octets = asked.RequestPacket()
    assert verify_request(decode(octets), SECRET) is Proof.AUTHENTICATOR
    answer = encode_response(Code.ACCOUNTING_RESPONSE, decode(octets), [], SECRET)
    assert asked.VerifyReply(asked.CreateReply(packet=answer), answer)
    ours = encode_request(Code.ACCOUNTING_REQUEST, 5, [attribute("Acct-Status-Type", "Stop")], SECRET)
    assert AcctPacket(packet=ours, secret=RAW, dict=NAMES).VerifyAcctRequest()


@pytest.mark.parametrize("code", [Code.DISCONNECT_REQUEST, Code.COA_REQUEST])
def test_orders_are_believed_both_ways(code: Code) -> None:
    ours = encode_request(code, 5, [USER], SECRET)
    read = CoAPacket(packet=ours, secret=RAW, dict=NAMES, code=code)
    assert read.VerifyCoARequest()
    assert read.verify_message_authenticator()
    refusal: Packet = read.CreateReply()
    refusal.code = code + 2
    refusal["Error-Cause"] = 503
    answer = decode(refusal.ReplyPacket())
    assert verify_response(answer, ours, SECRET) is not Proof.NONE
    assert answer.integer(ERROR_CAUSE) == 503


def test_pyrad_takes_our_status_server_for_genuine() -> None:
    octets = encode_request(Code.STATUS_SERVER, 5, [], SECRET, authenticator=ASKED)
    assert Packet(packet=octets, secret=RAW, dict=NAMES).verify_message_authenticator()
