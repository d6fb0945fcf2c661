"""Events of conntrack, as Linux 6.18 wrote them for a phone behind masquerade."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.protocols.nftables.conntrack import Change, Endpoint, Flow, Protocol, end_flows, flow
from spotcoffee.protocols.nftables.netlink import Message, NetlinkError, messages

NEW, DELETE = 256, 258
TCP = (
    "020000003400018014000180080001000a4d000b08000200cb00710a1c0002800500010006000000060002009c4100000600"
    "030000500000340002801400018008000100cb00710a08000200cb0071011c00028005000100060000000600020000500000"
    "060003009c41000008000c002e4d98f908000300000001980800070000000078300004802c00018005000100010000000500"
    "02000a0000000500030000000000060004000300000006000500000000000800080000000001"
)
PING6 = (
    "0a000000540001802c00018014000300fd00007700000000000000000000000b1400040020010db801130000000000000000"
    "001024000280050001003a000000060007007d9e000005000800800000000500090000000000540002802c00018014000300"
    "20010db801130000000000000000001014000400fd00007700000000000000000000000b24000280050001003a0000000600"
    "07007d9e00000500080081000000050009000000000008000c00f98772250800030000000188080007000000001e08000800"
    "00000001"
)


def test_a_page_over_masquerade() -> None:
    assert flow(Message(NEW, 0, 0, bytes.fromhex(TCP))) == Flow(
        change=Change.BEGUN,
        mark=1,
        protocol=Protocol.TCP,
        guest=Endpoint(IPv4Address("10.77.0.11"), 40_001),
        destination=Endpoint(IPv4Address("203.0.113.10"), 80),
        translated=Endpoint(IPv4Address("203.0.113.1"), 40_001),
    )


def test_a_ping_over_ipv6_has_no_ports() -> None:
    ended = flow(Message(DELETE, 0, 0, bytes.fromhex(PING6)))
    assert ended is not None
    assert (ended.change, ended.protocol) == (Change.ENDED, Protocol.ICMPV6)
    assert ended.guest == ended.translated == Endpoint(IPv6Address("fd00:77::b"), 0)


def test_what_is_no_flow_is_none() -> None:
    assert flow(Message(3, 0, 0, bytes.fromhex(TCP))) is None
    assert flow(Message(NEW, 0, 0, bytes(4))) is None


def test_the_order_to_end_flows_names_mark_and_mask() -> None:
    # IPCTNL_MSG_CT_DELETE; CTA_MARK and CTA_MARK_MASK are big-endian.
    (order,) = messages(end_flows(0x1001))
    assert order.kind == 258
    assert order.payload.hex() == "00000000" + "0800080000001001" + "08001500ffffffff"


@given(st.binary(max_size=120))
def test_whatever_comes_is_read_or_is_an_error(payload: bytes) -> None:
    try:
        flow(Message(NEW, 0, 0, payload))
    except NetlinkError:
        return
