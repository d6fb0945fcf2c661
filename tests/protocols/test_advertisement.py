"""Router advertisements, octet by octet."""

from ipaddress import IPv6Address, IPv6Network

from spotcoffee.protocols.advertisement import Advertised, advertisement, is_solicitation


def told(**more: object) -> Advertised:
    values: dict[str, object] = {
        "network": IPv6Network("fd00:77::/64"),
        "resolver": IPv6Address("fd00:77::1"),
        "own_mac": bytes.fromhex("020000000001"),
        "lifetime": 1800,
    }
    return Advertised(**{**values, **more})  # type: ignore[arg-type]


def options(message: bytes) -> dict[int, bytes]:
    """RFC 4861 4.6: type, length in units of 8 octets, value."""
    found, at = {}, 16
    while at < len(message):
        size = message[at + 1] * 8
        found[message[at]] = message[at + 2 : at + size]
        at += size
    return found


def test_the_head_says_how_long_and_where_to_ask_for_more() -> None:
    message = advertisement(told())
    assert message[:8] == bytes.fromhex("86000000") + bytes((64, 0x40)) + (1800).to_bytes(2)


def test_prefix_and_resolver_are_told() -> None:
    found = options(advertisement(told()))
    assert found[1] == bytes.fromhex("020000000001")
    assert found[3][:2] == bytes((64, 0xC0))
    assert found[3][-16:] == IPv6Address("fd00:77::").packed
    assert found[25][-16:] == IPv6Address("fd00:77::1").packed


def test_the_api_is_padded_to_units_of_eight_octets() -> None:
    for length in range(8, 24):
        url = "https://" + "a" * length
        found = options(advertisement(told(api_url=url)))[37]
        assert found.rstrip(b"\0").decode() == url
        assert (len(found) + 2) % 8 == 0


def test_a_router_that_goes_says_so() -> None:
    assert advertisement(told(lifetime=0))[6:8] == b"\0\0"


def test_only_a_whole_solicitation_is_one() -> None:
    assert is_solicitation(bytes((133, 0, 0, 0, 0, 0, 0, 0)))
    assert not is_solicitation(bytes((134, 0, 0, 0, 0, 0, 0, 0)))
    assert not is_solicitation(bytes((133, 0)))
