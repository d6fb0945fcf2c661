"""Answers of rtnetlink, as Linux 6.18 wrote them, and orders that read back as what they order."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.protocols.nftables.netlink import Message, NetlinkError, messages
from spotcoffee.protocols.nftables.routing import (
    IPV4,
    IPV6,
    Behind,
    Neighbour,
    Placed,
    Prohibition,
    Route,
    behind,
    link,
    neighbour,
    place,
    placed,
    prohibit,
    prohibition,
    route,
)

PHONE4 = "020000000300000008000001080001000a4d000b0a0002000200000001010000080004000000000014000300"
PHONE4 += "02000000020000000a00000001000000"
PHONE6 = "0a000000030000000800000114000100fd00007700000000000000000000000b0a0002000200000001010000"
ROUTE4 = "02180000fe02fd010000000008000f00fe00000008000100cb00710008000700cb0071010800040002000000"
DEFAULT4 = "02000000fe03000100000000080005000a4d00010800040002000000"
RULE4 = "02000000000000080000000008000f000000000008000e00ffffffff05001500000000000800030062723000"
RULE4 += "08000600d007000008001000ffffffff"


def test_a_phone_is_known_by_its_address() -> None:
    expected = Neighbour(3, IPv4Address("10.77.0.11"), "020000000101", gone=False)
    assert neighbour(_answer(28, PHONE4)) == expected
    found = neighbour(_answer(28, PHONE6))
    assert found is not None
    assert (found.address, found.device) == (IPv6Address("fd00:77::b"), "020000000101")


def test_one_who_does_not_answer_is_gone() -> None:
    # NUD_FAILED in place of NUD_DELAY.
    failed = neighbour(_answer(28, PHONE4[:16] + "2000" + PHONE4[20:]))
    assert failed is not None
    assert failed.gone


def test_the_default_route_is_no_network_that_could_overlap() -> None:
    assert route(_answer(24, ROUTE4)) == Route(2, IPv4Network("203.0.113.0/24"))
    assert route(_answer(24, DEFAULT4)) is None


def test_the_kernels_own_word_for_our_rule() -> None:
    assert prohibition(_answer(32, RULE4)) == Prohibition(IPV4, 2000, "br0")


def test_a_rule_for_one_mark_alone_is_not_ours() -> None:
    assert prohibition(_answer(32, RULE4 + "08000a0007000000")) is None


@pytest.mark.parametrize(
    "rule",
    [
        Prohibition(IPV6, 2000, "br0"),
        Prohibition(IPV4, 2001, "wan", IPv4Network("10.77.0.0/16")),
        Prohibition(IPV6, 2002, "wan", IPv6Network("fd00:77::/64")),
    ],
)
def test_an_order_says_what_the_kernel_will_say(rule: Prohibition) -> None:
    (order,) = messages(prohibit(rule))
    # The kernel leaves out FRA_FWMARK when it is nought.
    said = order.payload.replace(bytes.fromhex("08000a0000000000"), b"")
    assert prohibition(Message(32, 0, 0, said)) == rule


@pytest.mark.parametrize("address", [IPv4Interface("10.77.0.1/16"), IPv6Interface("fd00:77::1/64")])
def test_an_address_is_placed_as_it_reads(address: IPv4Interface | IPv6Interface) -> None:
    (order,) = messages(place(3, address))
    assert placed(Message(20, 0, 0, order.payload)) == Placed(3, address)


def test_a_bridge_says_behind_which_port_a_device_is() -> None:
    # struct ndmsg of AF_BRIDGE, interface 4; NDA_LLADDR, NDA_MASTER 3.
    answer = "07000000040000000200000" + "0" + "0a000200020000000101" + "0000" + "0800090003000000"
    assert behind(_answer(28, answer)) == Behind(bridge=3, port=4, device="020000000101")
    assert neighbour(_answer(28, answer)) is None
    assert behind(_answer(28, PHONE4)) is None


@given(st.binary(min_size=16, max_size=100))
def test_whatever_comes_is_read_or_is_an_error(payload: bytes) -> None:
    for kind, read in ((16, link), (20, placed), (24, route), (28, neighbour), (28, behind), (32, prohibition)):
        try:
            read(Message(kind, 0, 0, payload))
        except (NetlinkError, ValueError):
            continue


def _answer(kind: int, payload: str) -> Message:
    return Message(kind, 0, 0, bytes.fromhex(payload))
