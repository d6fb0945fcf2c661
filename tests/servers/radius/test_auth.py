"""From an Access-Request to a login: PAP and CHAP, who asks, what is missing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.radius.desk import point
from tests.servers.radius.peer import SHARED, SOURCE, access_request, chap_request, named

from spotcoffee.domain.credentials import Credentials, opens
from spotcoffee.protocols.radius.packet import decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.radius.auth import login_of
from spotcoffee.services.authorization import Login

AT = datetime(2026, 7, 15, 8, tzinfo=UTC)
# A generated code, as stored; printed, it is K7Q-M29X-WPT.
CODE = Credentials("K7QM29XWPT", None)
PAIR = Credentials("K7QM29", "9XWPTK")
IMPORTED = Credentials("alice@Example", "PassWord é", exact=True)


def read(datagram: bytes) -> Login:
    return login_of(decode(datagram), access_point=point(4), secret=SHARED, source=SOURCE, at=AT)


def test_a_login_says_who_asks_where_and_when() -> None:
    login = read(access_request("K7QM29XWPT", "", *named(Acct_Session_Id="S9")))

    assert (login.login, login.device, login.source, login.at) == ("K7QM29XWPT", "001122aabbcc", "127.0.0.1", AT)
    assert login.access_point.id == 4
    assert login.acct_session_id == "S9"


# PAP


@pytest.mark.parametrize("typed", ["K7QM29XWPT", "k7q-m29x-wpt", "K7Q M29X WPT", ""])
def test_pap_opens_a_ticket_of_one_code_with_the_code_or_nothing(typed: str) -> None:
    assert opens(CODE, read(access_request("K7QM29XWPT", typed)).proof)


@pytest.mark.parametrize(("ticket", "typed"), [(PAIR, "9xwptk"), (IMPORTED, "PassWord é")])
def test_pap_opens_with_the_right_password(ticket: Credentials, typed: str) -> None:
    assert opens(ticket, read(access_request(ticket.login, typed)).proof)


@pytest.mark.parametrize(
    ("ticket", "typed"), [(CODE, "WRONG"), (PAIR, ""), (PAIR, "K7QM29"), (IMPORTED, "password é"), (IMPORTED, "")]
)
def test_pap_opens_with_nothing_else(ticket: Credentials, typed: str) -> None:
    assert not opens(ticket, read(access_request(ticket.login, typed)).proof)


def test_a_long_password_is_read_whole() -> None:
    long = Credentials("a", "é" * 64, exact=True)

    assert opens(long, read(access_request("a", "é" * 64)).proof)
    assert not opens(long, read(access_request("a", "é" * 63)).proof)


def test_a_password_that_is_no_text_opens_nothing() -> None:
    hidden_with_another_secret = access_request("K7QM29", "9XWPTK", secret=Secret(b"another"), proven=False)

    assert not opens(PAIR, read(hidden_with_another_secret).proof)


# CHAP


@pytest.mark.parametrize("challenge", [None, bytes(range(16)), b"\0", b"c" * 100])
@pytest.mark.parametrize("typed", ["K7QM29XWPT", "K7Q-M29X-WPT", "k7qm29xwpt", "k7q-m29x-wpt", ""])
def test_chap_opens_a_code_as_stored_as_printed_and_in_lower_case(typed: str, challenge: bytes | None) -> None:
    assert opens(CODE, read(chap_request("K7QM29XWPT", typed, challenge=challenge)).proof)


@pytest.mark.parametrize("challenge", [None, b"0123456789abcdef"])
def test_chap_opens_an_imported_password_exactly(challenge: bytes | None) -> None:
    assert opens(IMPORTED, read(chap_request("alice@Example", "PassWord é", challenge=challenge)).proof)
    assert not opens(IMPORTED, read(chap_request("alice@Example", "password é", challenge=challenge)).proof)


@pytest.mark.parametrize(("ticket", "typed"), [(CODE, "K7QM29XWPU"), (PAIR, "K7QM29"), (PAIR, "")])
def test_chap_opens_with_nothing_else(ticket: Credentials, typed: str) -> None:
    assert not opens(ticket, read(chap_request(ticket.login, typed)).proof)


@pytest.mark.parametrize("size", [0, 1, 16, 18, 253])
def test_a_chap_answer_of_another_length_opens_nothing(size: int) -> None:
    for ticket in (CODE, PAIR):
        assert not opens(ticket, read(access_request(ticket.login, None, (3, bytes(size)))).proof)


# What is missing


def test_no_password_at_all_opens_a_ticket_of_one_code_alone() -> None:
    assert opens(CODE, read(access_request("K7QM29XWPT", None)).proof)
    assert not opens(PAIR, read(access_request("K7QM29", None)).proof)


def test_a_method_that_we_do_not_speak_opens_nothing() -> None:
    assert not opens(CODE, read(access_request("K7QM29XWPT", None, (79, b"\x02\x00\x00\x04"))).proof)


def test_no_user_name_is_an_empty_one() -> None:
    bare = access_request("", "")

    assert read(bare).login == ""


def test_no_session_number_is_none() -> None:
    assert read(access_request()).acct_session_id is None


# Devices


@pytest.mark.parametrize(
    "written",
    ["00-11-22-AA-BB-CC", "00:11:22:aa:bb:cc", "0011.22aa.bbcc", "001122AABBCC", "0011-22AA-BBCC", " 001122aabbcc "],
)
def test_one_device_in_every_notation(written: str) -> None:
    assert read(access_request(mac=written)).device == "001122aabbcc"


@pytest.mark.parametrize("written", ["00-11-22-AA-BB", "console 3", "00-11-22-AA-BB-CC:guest"])
def test_what_is_no_mac_address_stays_as_it_stands(written: str) -> None:
    assert read(access_request(mac=written)).device == written


def test_without_it_the_address_names_the_device_on_that_access_point() -> None:
    by_address = access_request("A", "", (8, bytes((10, 0, 0, 7))), mac=None)
    by_address6 = access_request("A", "", (168, bytes(15) + b"\x01"), mac=None)

    assert read(by_address).device == "10.0.0.7@4"
    assert read(by_address6).device == "::1@4"


def test_without_either_each_request_is_a_device_of_its_own() -> None:
    one, other = read(access_request(mac=None)), read(access_request(mac=None))

    assert one.device != other.device
    assert len(one.device) <= 253


@given(st.binary(min_size=1, max_size=253), st.binary(max_size=253))
def test_any_octets_become_text_that_both_databases_store(station: bytes, name: bytes) -> None:
    request = access_request("", None, (31, station), mac=None)
    login = read(request)
    named_so = read(access_request("A", "", (44, name)))

    for text in (login.device, named_so.acct_session_id or ""):
        assert "\0" not in text
        assert len(text) <= 253
        text.encode()


def test_no_text_of_a_login_shows_a_password() -> None:
    assert "9XWPTK" not in repr(read(access_request("K7QM29", "9XWPTK")))
