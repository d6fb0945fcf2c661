"""PAP and CHAP (RFC 2865 5.2, 5.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.radius.packets import ASKED, SECRET, plain_md5, request

from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.errors import EncodeError, MalformedPacket
from spotcoffee.protocols.radius.packet import Code
from spotcoffee.protocols.radius.passwords import (
    chap_challenge,
    chap_matches,
    chap_password,
    pap_hide,
    pap_reveal,
)
from spotcoffee.protocols.radius.secret import Secret

PASSWORDS = st.binary(max_size=128).filter(lambda octets: not octets.endswith(b"\0"))


@pytest.mark.parametrize("size", range(129))
def test_rfc_2865_5_2_a_password_of_any_length_is_revealed_as_it_was_hidden(size: int) -> None:
    password = bytes(65 + number % 26 for number in range(size))
    hidden = pap_hide(password, ASKED, SECRET)
    assert len(hidden) == max(16, -(-size // 16) * 16)
    assert pap_reveal(hidden, ASKED, SECRET) == password


@given(
    st.binary(max_size=128).filter(lambda octets: not octets.endswith(b"\0")),
    st.binary(min_size=16, max_size=16),
)
def test_rfc_2865_5_2_hidden_and_revealed_are_the_same(password: bytes, authenticator: bytes) -> None:
    assert pap_reveal(pap_hide(password, authenticator, SECRET), authenticator, SECRET) == password


def test_rfc_2865_5_2_the_second_block_is_masked_by_the_first_one_hidden() -> None:
    hidden = pap_hide(bytes(32), ASKED, SECRET)
    assert hidden[:16] == plain_md5(b"sesame" + ASKED)
    assert hidden[16:] == plain_md5(b"sesame" + hidden[:16])


def test_a_nul_inside_a_password_is_kept() -> None:
    assert pap_reveal(pap_hide(b"a\0b", ASKED, SECRET), ASKED, SECRET) == b"a\0b"


def test_with_another_secret_the_octets_are_noise() -> None:
    assert pap_reveal(pap_hide(b"arctangent", ASKED, SECRET), ASKED, Secret(b"open")) != b"arctangent"


@pytest.mark.parametrize("size", [0, 1, 15, 17, 31, 127, 129, 144, 253])
def test_rfc_2865_5_2_a_user_password_of_another_length_is_malformed(size: int) -> None:
    with pytest.raises(MalformedPacket) as raised:
        pap_reveal(bytes(size), ASKED, SECRET)
    assert raised.value.code == "password_length"


def test_rfc_2865_5_2_a_password_over_128_octets_is_not_hidden() -> None:
    with pytest.raises(EncodeError):
        pap_hide(bytes(129), ASKED, SECRET)


def test_rfc_2865_5_3_the_answer_is_md5_of_identifier_password_and_challenge() -> None:
    assert chap_password(5, b"opener", b"challenge") == b"\5" + plain_md5(b"\5openerchallenge")


def test_rfc_2865_5_3_only_the_password_itself_matches() -> None:
    received = chap_password(22, b"AB12-CD34", ASKED)
    assert chap_matches(received, ASKED, b"AB12-CD34")
    assert not chap_matches(received, ASKED, b"AB12-CD35")
    assert not chap_matches(received, ASKED, b"")
    assert not chap_matches(received, bytes(16), b"AB12-CD34")
    assert not chap_matches(b"\0" + received[1:], ASKED, b"AB12-CD34")


@pytest.mark.parametrize("size", [0, 1, 16, 18, 253])
def test_rfc_2865_5_3_a_chap_password_of_another_length_matches_nothing(size: int) -> None:
    assert not chap_matches(bytes(size), ASKED, b"")


def test_rfc_2865_2_2_the_challenge_is_the_attribute_or_else_the_request_authenticator() -> None:
    assert chap_challenge(request(Code.ACCESS_REQUEST)) == ASKED
    assert chap_challenge(request(Code.ACCESS_REQUEST, attribute("CHAP-Challenge", b"from the NAS"))) == b"from the NAS"
