"""Elements with counters, as Linux 6.18 wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.protocols.nftables.counters import (
    FAMILY_INET,
    Element,
    ask_elements,
    ask_generation,
    chain,
    elements,
    generation,
    rule,
)
from spotcoffee.protocols.nftables.netlink import Message, NetlinkError, attribute, nested

NEW_SETELEM = 10 << 8 | 12
# Of the map `up`, after two pings each way and a small page: one guest, number 1, 4,548 bytes.
CAPTURED = (
    "010000030f00010073706f74636f666665650000070002007570000064000300600001000c00010008000100010000000c00"
    "02000800010001000f5c2c0007000c000100636f756e746572001c0002000c00010000000000000011c40c00020000000000"
    "0000000a15000600000f303230303030303030313031203000000000"
)
EXPECTED = [Element(b"\1\0\0\0", 0x11C4)]


def test_a_captured_answer_is_read() -> None:
    message = Message(NEW_SETELEM, 2, 1, bytes.fromhex(CAPTURED))
    assert elements(message) == EXPECTED


def test_elements_without_a_counter_have_counted_nothing() -> None:
    listed = nested(3, nested(1, nested(1, attribute(1, b"abcd"))))
    assert elements(Message(NEW_SETELEM, 0, 1, bytes(4) + listed)) == [Element(b"abcd", 0)]


def test_another_message_has_no_elements() -> None:
    assert elements(Message(3, 0, 1, bytes(20))) == []
    assert (rule(Message(3, 0, 1, b"")), chain(Message(3, 0, 1, b""), table="t")) == (None, None)


def test_a_question_names_table_and_set() -> None:
    asked = ask_elements(FAMILY_INET, "spotcoffee", "up")
    assert b"spotcoffee\0" in asked
    assert asked[4:6] == (10 << 8 | 13).to_bytes(2, "little")


def test_the_generation_is_big_endian() -> None:
    answer = Message(10 << 8 | 15, 0, 1, bytes(4) + attribute(1, b"\0\0\1\2"))
    assert generation(answer) == 258
    assert generation(Message(2, 0, 1, b"")) is None
    assert len(ask_generation()) == 20


@given(st.binary(max_size=120))
def test_whatever_comes_is_read_or_is_an_error(listed: bytes) -> None:
    message = Message(NEW_SETELEM, 0, 1, bytes(4) + nested(3) + listed)
    try:
        elements(message)
        elements(Message(NEW_SETELEM, 0, 1, bytes(4) + attribute(3, listed)))
    except NetlinkError:
        return


def test_an_element_that_runs_past_the_end_is_an_error() -> None:
    for broken in (b"\xff\0\1\0", b"\x08\0\1\0\xff\0\1\0"):
        with pytest.raises(NetlinkError):
            elements(Message(NEW_SETELEM, 0, 1, bytes(4) + attribute(3, broken)))
