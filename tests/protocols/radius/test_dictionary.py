"""Names to octets and back."""

from datetime import UTC, datetime
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.assigned import AcctStatusType, Vendor
from spotcoffee.protocols.radius.dictionary import (
    ATTRIBUTES,
    BY_NAME,
    Attribute,
    Kind,
    Value,
    attribute,
    by_number,
    decode_value,
    encode_value,
    value_name,
    wrap_vendor,
)
from spotcoffee.protocols.radius.errors import EncodeError, Unwritable

VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.TEXT: st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60),
    Kind.OCTETS: st.binary(max_size=253),
    Kind.SECRET: st.binary(max_size=253),
    Kind.INTEGER: st.integers(0, 2**32 - 1),
    Kind.ADDRESS: st.ip_addresses(v=4),
    Kind.ADDRESS6: st.ip_addresses(v=6),
    Kind.PREFIX6: st.tuples(st.ip_addresses(v=6), st.integers(0, 128)).map(
        lambda pair: IPv6Network(pair, strict=False)
    ),
    Kind.DATE: st.integers(0, 2**32 - 1).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
}


@given(st.data(), st.sampled_from(ATTRIBUTES))
def test_every_value_is_read_back_as_it_was_written(data: st.DataObject, known: Attribute) -> None:
    value = data.draw(VALUES[known.kind])
    assert decode_value(known, encode_value(known, value)) == value


@given(st.sampled_from(ATTRIBUTES), st.binary(max_size=253))
def test_reading_a_value_never_fails(known: Attribute, octets: bytes) -> None:
    decode_value(known, octets)


def test_a_standard_attribute_is_a_pair_for_the_encoders() -> None:
    assert attribute("Session-Timeout", 3600) == (27, b"\0\0\x0e\x10")
    assert attribute("Framed-IP-Address", IPv4Address("10.1.0.2")) == (8, b"\x0a\1\0\2")
    assert attribute("NAS-IPv6-Address", IPv6Address("::1")) == (95, bytes(15) + b"\1")


def test_rfc_2865_5_26_a_vendor_attribute_is_wrapped_in_type_26() -> None:
    assert attribute("Mikrotik-Rate-Limit", "2M/10M") == (26, b"\0\0\x3a\x8c\x08\x082M/10M")
    assert attribute("WISPr-Bandwidth-Max-Down", 1_000_000) == (26, bytes.fromhex("0000372a0806000f4240"))


def test_rfc_3162_2_3_a_prefix_is_read_with_as_many_octets_as_it_needs() -> None:
    prefix = BY_NAME["Framed-IPv6-Prefix"]
    assert decode_value(prefix, bytes.fromhex("002020010db8")) == IPv6Network("2001:db8::/32")
    assert decode_value(prefix, bytes.fromhex("008120010db8")) == bytes.fromhex("008120010db8")


def test_a_value_of_a_wrong_length_stays_octets() -> None:
    assert decode_value(BY_NAME["Session-Timeout"], b"\1\2\3") == b"\1\2\3"


def test_an_enumerated_value_may_be_named() -> None:
    assert attribute("Acct-Status-Type", "Interim-Update") == attribute("Acct-Status-Type", 3)
    assert attribute("Acct-Status-Type", AcctStatusType.STOP) == (40, b"\0\0\0\2")
    assert value_name(AcctStatusType, 7) == "Accounting-On"
    assert value_name(AcctStatusType, 99) is None


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("No-Such-Attribute", 1, Unwritable.UNKNOWN_NAME),
        ("Acct-Status-Type", "No-Such-Status", Unwritable.UNKNOWN_NAME),
        ("Session-Timeout", "3600", Unwritable.VALUE_KIND),
        ("User-Name", b"nemo", Unwritable.VALUE_KIND),
        ("Framed-IP-Address", "10.1.0.2", Unwritable.VALUE_KIND),
        ("Framed-IP-Address", IPv6Address("::1"), Unwritable.VALUE_KIND),
        ("Event-Timestamp", datetime(2026, 1, 1), Unwritable.VALUE_KIND),  # noqa: DTZ001
        ("Session-Timeout", -1, Unwritable.VALUE_RANGE),
        ("Session-Timeout", 2**32, Unwritable.VALUE_RANGE),
        ("Event-Timestamp", datetime(1969, 1, 1, tzinfo=UTC), Unwritable.VALUE_RANGE),
        ("Reply-Message", "x" * 254, Unwritable.ATTRIBUTE_TOO_LONG),
        ("Mikrotik-Rate-Limit", "x" * 248, Unwritable.ATTRIBUTE_TOO_LONG),
    ],
)
def test_what_cannot_be_said_is_refused(name: str, value: Value, code: Unwritable) -> None:
    with pytest.raises(EncodeError) as raised:
        attribute(name, value)
    assert raised.value.code is code


def test_the_longest_vendor_value_fits_and_one_more_does_not() -> None:
    assert len(wrap_vendor(Vendor.WISPR, 2, bytes(247))) == 253
    with pytest.raises(EncodeError):
        wrap_vendor(Vendor.WISPR, 2, bytes(248))


def test_names_and_numbers_are_unique() -> None:
    assert len(BY_NAME) == len(ATTRIBUTES)
    assert len({(known.vendor, known.number) for known in ATTRIBUTES}) == len(ATTRIBUTES)


def test_every_constant_that_our_code_names_is_in_the_dictionary_under_that_name() -> None:
    constants = {name: number for name, number in vars(assigned).items() if name.isupper() and type(number) is int}
    constants.pop("VENDOR_SPECIFIC")
    of_chillispot = {name: constants.pop(name) for name in ("ACCT_VIEW_POINT", "SESSION_STATE")}
    for name, number in constants.items():
        known = by_number(number)
        assert known is not None
        assert known.name.upper().replace("-", "_") == name
    for name, number in of_chillispot.items():
        known = by_number(number, Vendor.CHILLISPOT)
        assert known is not None
        assert known.name.upper().endswith(name.replace("_", "-"))


@pytest.mark.parametrize(
    ("name", "vendor", "number"),
    [
        ("WISPr-Bandwidth-Max-Up", 14122, 7),
        ("WISPr-Session-Terminate-Time", 14122, 9),
        ("Mikrotik-Rate-Limit", 14988, 8),
        ("Mikrotik-Total-Limit-Gigawords", 14988, 18),
        ("ChilliSpot-Max-Total-Octets", 14559, 3),
        ("CoovaChilli-Acct-View-Point", 14559, 10),
        ("CoovaChilli-Session-State", 14559, 15),
        ("ChilliSpot-Max-Total-Gigawords", 14559, 23),
        ("pfSense-Max-Total-Octets", 13644, 3),
        ("Airespace-Data-Bandwidth-Average-Contract", 14179, 7),
        ("Airespace-Data-Bandwidth-Average-Contract-Upstream", 14179, 13),
        ("Aruba-User-Role", 14823, 1),
        ("Fortinet-Group-Name", 12356, 1),
        ("Meraki-Ap-Tags", 29671, 4),
        ("TPLink-Portal-Access-Status", 11863, 9),
        ("Cambium-Traffic-Quota-Limit-Total-Gigwords", 17713, 156),
        ("Cisco-AVPair", 9, 1),
    ],
)
def test_equipment_1_2_vendor_attributes_have_these_numbers(name: str, vendor: int, number: int) -> None:
    assert (BY_NAME[name].vendor, BY_NAME[name].number) == (vendor, number)


def test_every_enumeration_has_names_that_are_unique() -> None:
    for values in {known.values for known in ATTRIBUTES if known.values is not None}:
        assert issubclass(values, IntEnum)
        assert len({value_name(values, int(value)) for value in values}) == len(values)
