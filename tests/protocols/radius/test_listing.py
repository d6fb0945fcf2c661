"""What people read of a packet."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.radius.packets import ASKED, SECRET, USER, raw, request

from spotcoffee.protocols.radius.dictionary import attribute, wrap_vendor
from spotcoffee.protocols.radius.errors import MalformedPacket
from spotcoffee.protocols.radius.listing import describe
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.protocols.radius.passwords import chap_password, pap_hide


def test_a_listing_names_every_attribute_in_order() -> None:
    packet = request(
        Code.ACCESS_REQUEST,
        USER,
        attribute("NAS-Port-Type", "Wireless-802-11"),
        attribute("Event-Timestamp", datetime(2026, 7, 1, 12, 0, tzinfo=UTC)),
        attribute("Class", b"\1\2"),
        attribute("ChilliSpot-Max-Total-Octets", 10),
    )
    assert describe(packet) == [
        ("Message-Authenticator", "***"),
        ("User-Name", "nemo"),
        ("NAS-Port-Type", "Wireless-802-11"),
        ("Event-Timestamp", "2026-07-01T12:00:00+00:00"),
        ("Class", "0x0102"),
        ("ChilliSpot-Max-Total-Octets", "10"),
    ]


def test_no_password_and_no_authenticator_shows() -> None:
    packet = request(
        Code.ACCESS_REQUEST,
        attribute("User-Password", pap_hide(b"secret", ASKED, SECRET)),
        attribute("CHAP-Password", chap_password(1, b"secret", ASKED)),
    )
    assert {value for _, value in describe(packet)} == {"***"}


def test_what_the_dictionary_does_not_know_keeps_its_number() -> None:
    unknown = (26, wrap_vendor(99_999, 5, b"\1"))
    foreign = (26, wrap_vendor(14122, 200, b"\1"))
    assert describe(request(Code.ACCOUNTING_REQUEST, (250, b"\1"), unknown, foreign)) == [
        ("Attribute-250", "0x01"),
        ("Vendor-99999-Attribute-5", "0x01"),
        ("Wispr-Attribute-200", "0x01"),
    ]


def test_a_number_without_a_name_is_shown_as_number() -> None:
    assert describe(request(Code.ACCOUNTING_REQUEST, attribute("Acct-Status-Type", 15))) == [("Acct-Status-Type", "15")]


@given(st.binary(max_size=400))
def test_no_value_breaks_out_of_its_line(octets: bytes) -> None:
    try:
        packet = decode(raw(1, octets))
    except MalformedPacket:
        return
    assert all(value.isprintable() for _, value in describe(packet))
