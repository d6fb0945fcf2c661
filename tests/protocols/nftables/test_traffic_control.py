"""Orders to HTB. That the kernel does as told is shown in tests/lab/test_kernel_rates.py."""

import struct

import pytest

from spotcoffee.protocols.nftables.netlink import Message, attributes, messages
from spotcoffee.protocols.nftables.traffic_control import (
    MAJOR,
    ask_root,
    delete_class,
    handle_of,
    is_ours,
    minor,
    queue,
    set_class,
    set_leaf,
)

HEADER = 20


def test_a_class_has_the_guests_number() -> None:
    assert handle_of(0x1001) == MAJOR << 16 | 0x1001
    (order,) = messages(set_class(3, 0x1001, rate=5_000_000))
    assert minor(Message(40, 0, 0, order.payload)) == 0x1001
    assert minor(Message(36, 0, 0, order.payload)) is None


@pytest.mark.parametrize("rate", [8_000, 1_000_000, 20_000_000, 1_000_000_000])
def test_the_rate_on_the_wire_leaves_room_for_headers(rate: int) -> None:
    options = _options(set_class(3, 7, rate=rate))
    (wire,) = struct.unpack_from("=I", options[1], 8)
    assert wire * 8 == pytest.approx(rate * 1.04, abs=8)
    assert 7 not in options


def test_a_rate_above_32_bits_has_fields_of_its_own() -> None:
    options = _options(set_class(3, 7, rate=100_000_000_000))
    assert struct.unpack("=Q", options[6]) == struct.unpack("=Q", options[7]) == (13_000_000_000,)


@pytest.mark.parametrize(("rate", "limit"), [(1_000_000, 40_000), (20_000_000, 250_000)])
def test_a_queue_holds_a_tenth_of_a_second_or_forty_kilobytes(rate: int, limit: int) -> None:
    (order,) = messages(set_leaf(3, 7, rate=rate, kind="bfifo"))
    assert attributes(order.payload, HEADER)[2] == struct.pack("=I", limit)
    assert attributes(order.payload, HEADER)[1] == b"bfifo\0"


def test_fq_codel_has_no_limit_of_ours() -> None:
    (order,) = messages(set_leaf(3, 7, rate=1_000_000, kind="fq_codel"))
    assert 2 not in attributes(order.payload, HEADER)


def test_our_root_is_told_from_anybody_elses() -> None:
    for handle, ours in ((MAJOR << 16, True), (0x70000, False), (0, False)):
        payload = struct.pack("=BBHiIII", 0, 0, 0, 3, handle, 0xFFFFFFFF, 2) + b"\x08\0\1\0htb\0"
        assert is_ours(Message(36, 0, 0, payload)) is ours
        found = queue(Message(36, 0, 0, payload))
        assert found is not None
        assert (found.is_root, found.kind) == (True, "htb")
    assert is_ours(Message(2, 0, 0, b"")) is None
    assert queue(Message(2, 0, 0, b"")) is None


def test_an_order_to_delete_makes_nothing() -> None:
    for order in (delete_class(3, 7), ask_root(3)):
        (message,) = messages(order)
        assert not message.flags & 0x400


def _options(order: bytes) -> dict[int, bytes]:
    (message,) = messages(order)
    return attributes(attributes(message.payload, HEADER)[2])
