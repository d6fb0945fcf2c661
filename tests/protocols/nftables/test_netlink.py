"""Netlink's own bytes: what is written is read back, and nothing else comes out of bytes that are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.protocols.nftables.netlink import (
    ACK,
    ERROR,
    REQUEST,
    NetlinkError,
    attribute,
    attributes,
    encode,
    error_of,
    messages,
    nested,
    numbered,
    text,
    u32,
)

values = st.dictionaries(st.integers(1, 0x3FFF), st.binary(max_size=40), max_size=6)


@given(values)
def test_attributes_are_read_as_they_were_written(written: dict[int, bytes]) -> None:
    assert attributes(b"".join(attribute(kind, value) for kind, value in written.items())) == written


@given(st.lists(st.tuples(st.integers(16, 0xFFFF), st.binary(max_size=30)), max_size=5))
def test_messages_are_read_as_they_were_written(written: list[tuple[int, bytes]]) -> None:
    sent = b"".join(
        numbered(encode(kind, REQUEST | ACK, value), number) for number, (kind, value) in enumerate(written)
    )
    read = list(messages(sent))
    assert [(message.kind, message.payload, message.sequence) for message in read] == [
        (kind, value, number) for number, (kind, value) in enumerate(written)
    ]


def test_a_nested_attribute_says_that_it_is_one() -> None:
    # struct nlattr: length 12, type 1 with NLA_F_NESTED; in it length 8, type 2, the value 7.
    assert nested(1, u32(2, 7)).hex() == "0c0001800800020007000000"


def test_a_string_ends_with_a_zero_and_is_padded() -> None:
    assert text(3, "br0").hex() == "0800030062723000"
    assert text(3, "wan0").hex() == "09000300" + "77616e3000" + "000000"


def test_an_errno_is_positive_and_nought_is_an_acknowledgement() -> None:
    refused, done = (encode(ERROR, 0, errno.to_bytes(4, "little", signed=True)) for errno in (-2, 0))
    assert [error_of(message) for message in messages(refused + done)] == [2, 0]


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_is_an_error(received: bytes) -> None:
    for read in (messages, attributes):
        try:
            list(read(received))
        except NetlinkError:
            continue


def test_a_length_of_nought_is_no_message() -> None:
    with pytest.raises(NetlinkError):
        list(messages(bytes(16)))
    with pytest.raises(NetlinkError):
        attributes(bytes(4))
