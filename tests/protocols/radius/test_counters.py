"""Volumes of 64 bits in two halves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.protocols.radius.counters import join_octets, split_octets
from spotcoffee.protocols.radius.errors import EncodeError, MalformedPacket


def test_rfc_2869_5_1_gigawords_count_the_wraps() -> None:
    assert join_octets(1, 2) == 2 * 2**32 + 1


def test_equipment_may_leave_gigawords_out() -> None:
    assert join_octets(4_294_967_295) == 4_294_967_295


@given(st.integers(0, 2**64 - 1))
def test_a_volume_is_joined_as_it_was_split(octets: int) -> None:
    assert join_octets(*split_octets(octets)) == octets


@pytest.mark.parametrize(("low", "gigawords"), [(2**32, 0), (-1, 0), (0, 2**32), (0, -1)])
def test_rfc_2866_5_3_a_half_of_more_than_32_bits_is_malformed(low: int, gigawords: int) -> None:
    with pytest.raises(MalformedPacket):
        join_octets(low, gigawords)


@pytest.mark.parametrize("octets", [-1, 2**64])
def test_a_volume_of_more_than_64_bits_is_not_written(octets: int) -> None:
    with pytest.raises(EncodeError):
        split_octets(octets)
