"""Decoding, and what a packet answers about itself."""

import struct
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.protocols.radius.packets import raw

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.assigned import Vendor
from spotcoffee.protocols.radius.errors import MalformedPacket
from spotcoffee.protocols.radius.listing import describe
from spotcoffee.protocols.radius.packet import Code, Packet, decode, readable, split_vendor


def packet(*attributes: tuple[int, bytes]) -> Packet:
    return decode(raw(4, b"".join(bytes((kind, len(value) + 2)) + value for kind, value in attributes)))


def vendor(number: int, *pairs: tuple[int, bytes]) -> tuple[int, bytes]:
    inner = b"".join(bytes((kind, len(value) + 2)) + value for kind, value in pairs)
    return assigned.VENDOR_SPECIFIC, struct.pack(">I", number) + inner


@given(st.binary(max_size=300))
@example(b"\x01\x00\x00\x16" + bytes(16) + b"\x01\x00")
def test_decode_raises_malformed_packet_or_nothing(octets: bytes) -> None:
    try:
        describe(decode(octets))
    except MalformedPacket:
        return


@given(st.sampled_from(Code), st.binary(max_size=600))
def test_decode_raises_malformed_packet_or_nothing_behind_a_good_header(code: Code, octets: bytes) -> None:
    try:
        found = decode(raw(code, octets))
    except MalformedPacket:
        return
    assert b"".join(bytes((kind, len(value) + 2)) + value for kind, value in found.attributes) == octets


def test_rfc_2865_3_an_oversized_packet_is_dropped() -> None:
    octets = b"".join(b"\x19\xff" + bytes(253) for _ in range(17))
    with pytest.raises(MalformedPacket) as raised:
        decode(raw(1, octets))
    assert raised.value.code == "too_long"


def test_rfc_2865_3_a_packet_of_4096_octets_is_read() -> None:
    octets = b"".join(b"\x19\xff" + bytes(253) for _ in range(15)) + b"\x19\xfb" + bytes(249)
    assert len(decode(raw(1, octets)).datagram) == 4096


def test_padding_is_no_part_of_the_datagram_that_is_kept() -> None:
    assert decode(raw(1, b"\x01\x03a") + b"padding").datagram == raw(1, b"\x01\x03a")


def test_the_first_of_several_is_the_first_on_the_wire() -> None:
    several = packet((assigned.CLASS, b"one"), (assigned.USER_NAME, b"nemo"), (assigned.CLASS, b"two"))
    assert several.first(assigned.CLASS) == b"one"
    assert several.all(assigned.CLASS) == [b"one", b"two"]
    assert assigned.CLASS in several


def test_what_is_absent_is_none_or_empty() -> None:
    empty = packet()
    assert [empty.first(1), empty.integer(1), empty.text(1), empty.address(1), empty.address6(1)] == [None] * 5
    assert empty.all(1) == empty.vendor_all(Vendor.WISPR, 1) == []
    assert 1 not in empty


@pytest.mark.parametrize("octets", [b"", b"\1\2\3", b"\1\2\3\4\5"])
def test_an_integer_or_address_of_a_wrong_length_counts_as_absent(octets: bytes) -> None:
    odd = packet((5, octets), vendor(Vendor.WISPR, (7, octets)))
    assert [odd.integer(5), odd.address(5), odd.address6(5), odd.vendor_integer(Vendor.WISPR, 7)] == [None] * 4


def test_integers_and_addresses_are_read_in_network_order() -> None:
    found = packet((5, b"\xff\0\0\1"), (4, bytes((192, 0, 2, 1))), (95, bytes(15) + b"\1"))
    assert found.integer(5) == 0xFF000001
    assert found.address(4) == IPv4Address("192.0.2.1")
    assert found.address6(95) == IPv6Address("::1")
    assert found.address(95) is None


def test_text_can_be_stored_anywhere() -> None:
    assert readable(b"caf\xc3\xa9") == "café"
    assert readable(b"caf\xe9") == "caf\ufffd"
    assert readable(b"nemo\0\0") == "nemo"
    assert readable(b"ne\0mo\0") == "ne\ufffdmo"


@given(st.binary(max_size=253))
def test_text_has_no_nul_and_no_lone_surrogate(octets: bytes) -> None:
    text = readable(octets)
    assert "\0" not in text
    assert text.encode().decode() == text


def test_rfc_2865_5_26_vendor_attributes_are_found_by_vendor_and_type() -> None:
    found = packet(
        vendor(Vendor.CHILLISPOT, (10, b"\0\0\0\2")),
        vendor(Vendor.WISPR, (7, b"\0\0\1\0"), (10, b"\0\0\0\7")),
        vendor(Vendor.WISPR, (10, b"later")),
    )
    assert found.vendor_integer(Vendor.CHILLISPOT, 10) == 2
    assert found.vendor_integer(Vendor.WISPR, 7) == 256
    assert found.vendor_all(Vendor.WISPR, 10) == [b"\0\0\0\7", b"later"]
    assert found.vendor_first(Vendor.MIKROTIK, 10) is None


def test_rfc_2865_5_26_the_vendor_number_is_not_taken_for_an_attribute() -> None:
    assert packet((26, struct.pack(">I", Vendor.WISPR))).vendor_all(Vendor.WISPR, 0) == []


def test_a_vendor_attribute_is_never_found_in_an_attribute_of_another_type() -> None:
    value = vendor(Vendor.WISPR, (7, b"\0\0\1\0"))[1]
    assert packet((25, value), (26, b"")).vendor_first(Vendor.WISPR, 7) is None


@pytest.mark.parametrize("inner", [b"\x07", b"\x07\x00", b"\x07\x01", b"\x07\x04a", b"\x07\x03a\x08\x04b"])
def test_a_malformed_vendor_attribute_is_opaque_and_finds_nothing(inner: bytes) -> None:
    octets = struct.pack(">I", Vendor.WISPR) + inner
    assert split_vendor(octets) == []
    assert packet((26, octets)).vendor_first(Vendor.WISPR, 7) is None
    assert packet((26, octets)).first(26) == octets


def test_vendor_text_is_read_as_text() -> None:
    assert packet(vendor(Vendor.WISPR, (2, b"LAB\0"))).vendor_text(Vendor.WISPR, 2) == "LAB"


def test_the_repr_of_a_packet_shows_no_value() -> None:
    assert repr(packet((1, b"nemo"))) == "<Packet ACCOUNTING_REQUEST 7, 1 attributes>"
