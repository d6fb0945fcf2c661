"""Every vector of tests/vectors/radius means what it says."""

import pytest
from tests.protocols.radius.vectors import Vector, read_vectors

from spotcoffee.protocols.radius.assigned import CHAP_PASSWORD, USER_PASSWORD
from spotcoffee.protocols.radius.authenticator import verify_request, verify_response
from spotcoffee.protocols.radius.errors import BadAuthenticator, MalformedPacket
from spotcoffee.protocols.radius.listing import describe
from spotcoffee.protocols.radius.packet import decode
from spotcoffee.protocols.radius.passwords import chap_challenge, chap_matches, pap_reveal
from spotcoffee.protocols.radius.secret import Secret

VECTORS = read_vectors()


def saying(word: str) -> pytest.MarkDecorator:
    chosen = [vector for vector in VECTORS if word in vector]
    return pytest.mark.parametrize("vector", chosen, ids=[vector.title for vector in chosen])


def test_each_vector_says_something() -> None:
    silent = [vector.title for vector in VECTORS if not vector.said.keys() - {"secret", "hex", "required"}]
    assert silent == []


@saying("malformed")
def test_trust_what_is_malformed_is_dropped_for_its_reason(vector: Vector) -> None:
    with pytest.raises(MalformedPacket) as raised:
        decode(vector.datagram)
    assert raised.value.code == vector.one("malformed")


@saying("is")
def test_it_decodes_to_its_code_and_identifier(vector: Vector) -> None:
    packet = decode(vector.datagram)
    assert f"{packet.code.name} {packet.identifier}" == vector.one("is")


@saying("shows")
def test_its_listing_shows_these_lines_in_this_order(vector: Vector) -> None:
    lines = iter([f"{name} = {value}" for name, value in describe(decode(vector.datagram))])
    missing = [wanted for wanted in vector.said["shows"] if wanted not in lines]
    assert missing == []


@saying("password")
def test_rfc_2865_5_2_its_user_password_hides_this(vector: Vector) -> None:
    packet = decode(vector.datagram)
    hidden = packet.first(USER_PASSWORD)
    assert hidden is not None
    assert pap_reveal(hidden, packet.authenticator, Secret(vector.secret)) == vector.one("password").encode()


@saying("chap")
def test_rfc_2865_5_3_its_chap_password_was_made_from_this(vector: Vector) -> None:
    packet = decode(vector.datagram)
    received, candidate = packet.first(CHAP_PASSWORD), vector.one("chap").encode()
    assert received is not None
    assert chap_matches(received, chap_challenge(packet), candidate)
    assert not chap_matches(received, chap_challenge(packet), candidate + b" ")


@saying("proof")
def test_as_a_request_it_has_this_proof(vector: Vector) -> None:
    packet = decode(vector.datagram)
    proof = verify_request(packet, Secret(vector.secret), message_authenticator_required="required" in vector)
    assert proof.value == vector.one("proof")


@saying("answers")
def test_rfc_2865_3_it_answers_the_request_before_it(vector: Vector) -> None:
    assert vector.before is not None
    verify_response(decode(vector.datagram), vector.before.datagram, Secret(vector.secret))


@saying("refused")
def test_as_a_request_it_is_refused_for_this_reason(vector: Vector) -> None:
    packet = decode(vector.datagram)
    with pytest.raises(BadAuthenticator) as raised:
        verify_request(packet, Secret(vector.secret), message_authenticator_required="required" in vector)
    assert raised.value.code == vector.one("refused")
