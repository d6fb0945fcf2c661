"""What is written, and what no caller can forget."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.radius.packets import ASKED, SECRET, USER, plain_md5, raw, request

from spotcoffee.protocols.radius.assigned import MESSAGE_AUTHENTICATOR, PROXY_STATE
from spotcoffee.protocols.radius.authenticator import Proof, verify_request, verify_response
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.errors import EncodeError, Unwritable
from spotcoffee.protocols.radius.packet import ANSWERS, RANDOM_AUTHENTICATOR, Attribute, Code, decode

ATTRIBUTES = st.lists(
    st.tuples(
        st.integers(1, 255).filter(lambda kind: kind not in {MESSAGE_AUTHENTICATOR, PROXY_STATE}),
        st.binary(max_size=253),
    ),
    max_size=15,
)
REQUESTS = sorted(Code(code) for code in ANSWERS)
EXCHANGES = [(Code(asked), answer) for asked, answers in ANSWERS.items() for answer in sorted(answers)]


def proxied(code: Code, *states: bytes) -> bytes:
    """A request with Proxy-States, which only a proxy writes."""
    octets = b"\x50\x12" + bytes(16) + b"".join(bytes((PROXY_STATE, len(state) + 2)) + state for state in states)
    return raw(code, octets)


@given(st.sampled_from(REQUESTS), st.integers(0, 255), ATTRIBUTES, st.binary(min_size=16, max_size=16))
def test_a_request_decodes_to_what_was_written_and_verifies(
    code: Code, identifier: int, attributes: list[Attribute], random: bytes
) -> None:
    octets = encode_request(
        code, identifier, attributes, SECRET, authenticator=random if code in RANDOM_AUTHENTICATOR else None
    )
    packet = decode(octets)
    assert (packet.code, packet.identifier) == (code, identifier)
    assert [pair for pair in packet.attributes if pair[0] != MESSAGE_AUTHENTICATOR] == attributes
    assert verify_request(packet, SECRET) is not Proof.NONE


@given(st.sampled_from(EXCHANGES), ATTRIBUTES)
def test_an_answer_decodes_to_what_was_written_and_verifies(
    exchange: tuple[Code, Code], attributes: list[Attribute]
) -> None:
    asked, answer = exchange
    packet = decode(encode_response(answer, request(asked), attributes, SECRET))
    assert (packet.code, packet.identifier) == (answer, 7)
    assert [pair for pair in packet.attributes if pair[0] != MESSAGE_AUTHENTICATOR] == attributes
    verify_response(packet, request(asked).datagram, SECRET)


@pytest.mark.parametrize("code", [code for code in REQUESTS if code is not Code.ACCOUNTING_REQUEST])
def test_rfc_3579_3_2_message_authenticator_is_the_first_attribute_of_a_request(code: Code) -> None:
    assert request(code, USER).message_authenticator_at == 22


@pytest.mark.parametrize(("asked", "answer"), EXCHANGES)
def test_trust_message_authenticator_stands_at_offset_20_of_every_answer_that_has_one(
    asked: Code, answer: Code
) -> None:
    octets = encode_response(answer, request(asked), [USER], SECRET)
    wanted = asked is not Code.ACCOUNTING_REQUEST
    assert (octets[20:22] == b"\x50\x12") is wanted
    assert decode(octets).message_authenticator_at == (22 if wanted else 0)


def test_rfc_2866_an_accounting_response_has_no_message_authenticator_unless_asked_for() -> None:
    asked = request(Code.ACCOUNTING_REQUEST)
    assert len(encode_response(Code.ACCOUNTING_RESPONSE, asked, [], SECRET)) == 20
    assert len(encode_response(Code.ACCOUNTING_RESPONSE, asked, [], SECRET, message_authenticator=True)) == 38


def test_rfc_5997_the_answer_on_the_accounting_port_has_a_message_authenticator() -> None:
    octets = encode_response(Code.ACCOUNTING_RESPONSE, request(Code.STATUS_SERVER), [], SECRET)
    assert verify_response(decode(octets), request(Code.STATUS_SERVER).datagram, SECRET) is Proof.MESSAGE_AUTHENTICATOR


def test_rfc_5176_an_ack_has_a_message_authenticator_only_when_the_request_had_one() -> None:
    plain = request(Code.DISCONNECT_REQUEST, message_authenticator=False)
    assert len(encode_response(Code.DISCONNECT_ACK, plain, [], SECRET)) == 20
    assert len(encode_response(Code.DISCONNECT_ACK, request(Code.DISCONNECT_REQUEST), [], SECRET)) == 38


def test_rfc_3579_3_2_an_answer_is_signed_as_hmac_and_hashlib_say() -> None:
    octets = encode_response(Code.ACCESS_ACCEPT, request(), [USER], SECRET)
    unsigned = octets[:4] + ASKED + octets[20:]
    assert plain_md5(unsigned + b"sesame") == octets[4:20]
    unproven = unsigned[:22] + bytes(16) + unsigned[38:]
    assert hmac.digest(b"sesame", unproven, "md5") == octets[22:38]


@pytest.mark.parametrize("answer", [Code.ACCESS_ACCEPT, Code.ACCESS_REJECT, Code.ACCESS_CHALLENGE])
def test_rfc_2865_5_33_proxy_states_are_copied_unmodified_in_order_into_every_answer(answer: Code) -> None:
    states = [b"second proxy", b"", b"first\0proxy", b"second proxy"]
    packet = decode(encode_response(answer, decode(proxied(Code.ACCESS_REQUEST, *states)), [USER], SECRET))
    assert packet.all(PROXY_STATE) == states
    assert packet.attributes[0][0] == MESSAGE_AUTHENTICATOR


def test_rfc_2866_proxy_states_are_copied_into_an_accounting_response() -> None:
    asked = decode(proxied(Code.ACCOUNTING_REQUEST, b"a", b"b"))
    packet = decode(encode_response(Code.ACCOUNTING_RESPONSE, asked, [], SECRET))
    assert packet.attributes == ((PROXY_STATE, b"a"), (PROXY_STATE, b"b"))


def test_nothing_else_that_the_sender_wrote_is_echoed() -> None:
    asked = request(Code.ACCESS_REQUEST, USER, attribute("State", b"mine"), attribute("Class", b"mine"))
    packet = decode(encode_response(Code.ACCESS_REJECT, asked, [], SECRET))
    assert [kind for kind, _ in packet.attributes] == [MESSAGE_AUTHENTICATOR]


def test_the_same_order_gives_identical_octets_for_its_retransmission() -> None:
    assert request(Code.DISCONNECT_REQUEST, USER).datagram == request(Code.DISCONNECT_REQUEST, USER).datagram


def test_a_value_of_253_octets_fits_and_one_more_does_not() -> None:
    assert request(Code.ACCESS_REQUEST, (25, bytes(253))).first(25) == bytes(253)
    with pytest.raises(EncodeError) as raised:
        request(Code.ACCESS_REQUEST, (25, bytes(254)))
    assert raised.value.code is Unwritable.ATTRIBUTE_TOO_LONG


def test_a_packet_of_more_than_4096_octets_is_not_written() -> None:
    with pytest.raises(EncodeError) as raised:
        encode_response(Code.ACCESS_ACCEPT, request(), [(25, bytes(253))] * 16, SECRET)
    assert raised.value.code is Unwritable.PACKET_TOO_LONG


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ((0, b""), Unwritable.ATTRIBUTE_TYPE),
        ((256, b""), Unwritable.ATTRIBUTE_TYPE),
        ((-1, b""), Unwritable.ATTRIBUTE_TYPE),
        ((MESSAGE_AUTHENTICATOR, bytes(16)), Unwritable.RESERVED_ATTRIBUTE),
        ((PROXY_STATE, b"forged"), Unwritable.RESERVED_ATTRIBUTE),
    ],
)
def test_what_only_the_encoder_writes_is_refused(pair: Attribute, code: Unwritable) -> None:
    with pytest.raises(EncodeError) as raised:
        encode_response(Code.ACCESS_ACCEPT, request(), [pair], SECRET)
    assert raised.value.code is code


def test_an_answer_of_another_kind_of_exchange_is_not_written() -> None:
    with pytest.raises(EncodeError) as raised:
        encode_response(Code.ACCOUNTING_RESPONSE, request(), [], SECRET)
    assert raised.value.code is Unwritable.NOT_AN_ANSWER


@pytest.mark.parametrize(
    ("code", "identifier", "random", "fault"),
    [
        (Code.ACCESS_REQUEST, 1, None, Unwritable.AUTHENTICATOR_LENGTH),
        (Code.ACCESS_REQUEST, 1, bytes(15), Unwritable.AUTHENTICATOR_LENGTH),
        (Code.ACCOUNTING_REQUEST, 1, bytes(16), Unwritable.AUTHENTICATOR_LENGTH),
        (Code.ACCESS_REQUEST, 256, bytes(16), Unwritable.IDENTIFIER_RANGE),
        (Code.ACCESS_REQUEST, -1, bytes(16), Unwritable.IDENTIFIER_RANGE),
        (Code.ACCESS_ACCEPT, 1, bytes(16), Unwritable.NOT_A_REQUEST),
    ],
)
def test_a_request_that_no_peer_could_verify_is_not_written(
    code: Code, identifier: int, random: bytes | None, fault: Unwritable
) -> None:
    with pytest.raises(EncodeError) as raised:
        encode_request(code, identifier, [], SECRET, authenticator=random)
    assert raised.value.code is fault
