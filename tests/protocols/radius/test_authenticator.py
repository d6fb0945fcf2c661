"""Who is believed. The signatures of requests are in tests/vectors/radius/proofs.txt."""

import pytest
from tests.protocols.radius.packets import ASKED, SECRET, USER, request

from spotcoffee.protocols.radius.authenticator import Proof, verify_request, verify_response
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.errors import BadAuthenticator, MalformedPacket, Unproven
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.protocols.radius.secret import Secret

ORDER = request(Code.DISCONNECT_REQUEST, USER)
NAK = encode_response(Code.DISCONNECT_NAK, ORDER, [attribute("Error-Cause", 503)], SECRET)


@pytest.mark.parametrize("bit", range(0, 8 * len(NAK), 7))
def test_rfc_5176_a_single_wrong_bit_makes_an_answer_unbelievable(bit: int) -> None:
    octets = bytearray(NAK)
    octets[bit // 8] ^= 1 << bit % 8
    with pytest.raises((BadAuthenticator, MalformedPacket)):
        verify_response(decode(bytes(octets)), ORDER.datagram, SECRET)


def test_rfc_5176_2_3_an_answer_is_believed_by_its_response_authenticator() -> None:
    plain = request(Code.COA_REQUEST, USER, message_authenticator=False)
    answer = decode(encode_response(Code.COA_ACK, plain, [], SECRET))
    assert verify_response(answer, plain.datagram, SECRET) is Proof.AUTHENTICATOR


def test_rfc_5176_2_3_an_answer_to_another_order_is_not_believed() -> None:
    other = encode_request(Code.DISCONNECT_REQUEST, 7, [], SECRET)
    with pytest.raises(BadAuthenticator) as raised:
        verify_response(decode(NAK), other, SECRET)
    assert raised.value.code is Unproven.RESPONSE_AUTHENTICATOR_WRONG


def test_an_answer_with_another_identifier_is_not_the_answer() -> None:
    other = encode_request(Code.DISCONNECT_REQUEST, 8, [USER], SECRET)
    with pytest.raises(BadAuthenticator) as raised:
        verify_response(decode(NAK), other, SECRET)
    assert raised.value.code is Unproven.NOT_THE_ANSWER


def test_an_answer_of_another_kind_is_not_the_answer() -> None:
    other = encode_request(Code.COA_REQUEST, 7, [USER], SECRET)
    with pytest.raises(BadAuthenticator) as raised:
        verify_response(decode(NAK), other, SECRET)
    assert raised.value.code is Unproven.NOT_THE_ANSWER


def test_an_answer_signed_with_another_secret_is_not_believed() -> None:
    with pytest.raises(BadAuthenticator) as raised:
        verify_response(decode(NAK), ORDER.datagram, Secret(b"open"))
    assert raised.value.code is Unproven.RESPONSE_AUTHENTICATOR_WRONG


def test_rfc_3579_3_2_a_wrong_message_authenticator_in_an_answer_is_seen_on_its_own() -> None:
    unproven = encode_response(Code.ACCESS_ACCEPT, request(), [], SECRET)
    head = unproven[:4] + ASKED + b"\x50\x12" + bytes(16)
    forged = unproven[:4] + SECRET.digest_after(head) + head[20:]
    with pytest.raises(BadAuthenticator) as raised:
        verify_response(decode(forged), request().datagram, SECRET)
    assert raised.value.code is Unproven.MESSAGE_AUTHENTICATOR_WRONG


def test_cve_2024_3596_a_client_can_require_message_authenticator_in_the_answer() -> None:
    octets = encode_response(Code.ACCESS_ACCEPT, request(), [], SECRET, message_authenticator=False)
    assert verify_response(decode(octets), request().datagram, SECRET) is Proof.AUTHENTICATOR
    with pytest.raises(BadAuthenticator) as raised:
        verify_response(decode(octets), request().datagram, SECRET, message_authenticator_required=True)
    assert raised.value.code is Unproven.MESSAGE_AUTHENTICATOR_MISSING


def test_an_answer_is_no_request() -> None:
    with pytest.raises(MalformedPacket) as raised:
        verify_request(decode(NAK), SECRET)
    assert raised.value.code == "not_a_request"
