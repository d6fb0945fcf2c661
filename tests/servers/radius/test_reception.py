"""What the front desk drops as malformed, and survives. No network, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.radius.vectors import read_vectors
from tests.servers.radius.desk import desk, raw
from tests.servers.radius.peer import (
    access_request,
    accounting_request,
    status_server,
)

from spotcoffee.services.authorization import Login

PROXY_STATE = 33
EAP_MESSAGE = 79
MESSAGE_AUTHENTICATOR = 80


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"", "too_short"),
        (raw()[:19], "too_short"),
        (raw(code=99), "unknown_code"),
        (raw(length=19), "bad_length"),
        (raw(length=21), "bad_length"),
        (raw(b"\x01\x03a" * 1400), "too_long"),
        (raw(b"\x00\x03a"), "zero_attribute_type"),
        (raw(b"\x01\x00"), "short_attribute"),
        (raw(b"\x01\x01"), "short_attribute"),
        (raw(b"\x01\x05a"), "attribute_overrun"),
        (raw(b"\x01\x03a\x01"), "dangling_byte"),
        (raw(b"\x01\x03a" * 201), "too_many_attributes"),
        (raw((b"\x50\x12" + bytes(16)) * 2), "two_message_authenticators"),
        (raw(b"\x50\x11" + bytes(15)), "message_authenticator_length"),
    ],
)
def test_a_malformed_datagram_is_dropped_in_silence_and_counted_by_reason(datagram: bytes, reason: str) -> None:
    here = desk()

    assert here.auth(datagram) == []
    assert here.dropped() == {reason: 1}
    assert here.queued == []


def test_octets_past_length_are_padding() -> None:
    here = desk()

    here.auth(access_request("GUEST") + b"padding")

    assert [request.item.login for request in here.queued if isinstance(request.item, Login)] == ["GUEST"]


def test_a_malformed_vendor_attribute_is_kept_as_opaque_octets() -> None:
    here = desk()

    here.auth(access_request("GUEST", "", (26, b"\x00\x00"), (26, b"\x00\x00\x37\x2a\x01\x63")))

    assert here.dropped() == {}
    assert len(here.queued) == 1


@given(st.binary(max_size=300), st.sampled_from([1, 4, 12, 40]))
def test_no_input_raises_or_loops(octets: bytes, code: int) -> None:
    here = desk()

    here.auth(octets)
    here.acct(raw(octets, code=code))

    assert here.sent == []


@pytest.mark.parametrize("datagram", [v.datagram for v in read_vectors()], ids=[v.title for v in read_vectors()])
def test_every_known_packet_is_survived(datagram: bytes) -> None:
    here = desk()

    here.auth(datagram)
    here.acct(datagram)

    assert here.auth(status_server()) != []


@given(st.data())
def test_a_signed_request_with_any_attributes_raises_nothing(data: st.DataObject) -> None:
    any_attribute = st.tuples(
        st.integers(1, 255).filter(lambda kind: kind not in (PROXY_STATE, MESSAGE_AUTHENTICATOR)),
        st.binary(max_size=253),
    )
    attributes = data.draw(st.lists(any_attribute, max_size=12))
    here = desk()

    here.auth(access_request("GUEST", None, *attributes, mac=None))
    here.acct(accounting_request("Stop", *attributes, session=None, mac=None))

    assert set(here.dropped()) <= {"password_length"}
