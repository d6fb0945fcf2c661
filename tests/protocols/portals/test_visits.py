"""What comes from outside is parsed strictly, or refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Fault, Trust, VisitError


@pytest.mark.parametrize(
    "text",
    ["00-11-22-AA-BB-CC", "00:11:22:aa:bb:cc", "001122AABBCC", "0011.22aa.bbcc", "0011-22AA-BBCC"],
)
def test_a_mac_address_in_any_usual_notation(text: str) -> None:
    assert visits.parse_mac(text) == "001122aabbcc"


@pytest.mark.parametrize(
    "text", ["", "00-11-22-AA-BB", "00-11:22-AA-BB-CC", "001122AABBCG", "001122AABBCC\n", "٠" * 12]
)
def test_what_is_no_mac_address(text: str) -> None:
    with pytest.raises(VisitError) as refused:
        visits.parse_mac(text)
    assert refused.value.code is Fault.NOT_A_MAC


@pytest.mark.parametrize(("text", "said"), [("10.1.0.7", "10.1.0.7"), ("2001:DB8::0:1", "2001:db8::1")])
def test_an_address(text: str, said: str) -> None:
    assert visits.parse_address(text) == said


@pytest.mark.parametrize("text", ["", "10.1", "010.1.1.1", "10.1.0.7 ", "fe80::1%eth0", "1" * 400, "10.0.0.1/8"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(VisitError) as refused:
        visits.parse_address(text)
    assert refused.value.code is Fault.NOT_AN_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "https://example.org:8443/a/b?c=d&e=%20#f",
        "HTTP://EXAMPLE.ORG/",
        "http://[2001:db8::1]:80/",
        "http://captive.apple.com/hotspot-detect.html",
        "http://example.org/it's|{fine}~",
    ],
)
def test_a_page_that_was_asked_for(url: str) -> None:
    assert visits.parse_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:/evil.example",
        "http:evil.example",
        "http:///evil.example",
        "http://",
        "http://user@evil.example/",
        "http://example.org@evil.example/",
        "http://evil.example\\@example.org/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://example.org:80a/",
        "http://exa mple.org/",
        "http://-evil.example/",
        "http://[::1/",
        "http://example.org/\r\nSet-Cookie: a=b",
        "http://example.org/\n",
        "http://example.org/<script>",
        'http://example.org/"onclick="',
        "http://exämple.org/",
        "http://example.org/é",
        "javascript:alert(1)",
        "JavaScript://example.org/%0aalert(1)",
        "data:text/html,hello",
        "ftp://example.org/",
        " http://example.org/",
        "http://example.org/" + "a" * 8_000,
    ],
)
def test_what_no_link_may_lead_to(url: str) -> None:
    with pytest.raises(VisitError) as refused:
        visits.parse_url(url)
    assert refused.value.code is Fault.NOT_A_URL


@pytest.mark.parametrize(
    "url",
    [
        "http://10.5.50.1/login",
        "http://192.168.88.1:80/",
        "http://172.31.0.1/",
        "http://[fd00::1]/",
        "https://wifi.lan/",
    ],
)
def test_a_login_goes_to_the_guests_own_network_or_a_host_of_the_settings(url: str) -> None:
    assert visits.parse_target(url, trust=Trust(hosts=frozenset({"wifi.lan"}))) == url


@pytest.mark.parametrize(
    "url",
    ["http://evil.example/login", "http://203.0.113.9/", "http://172.32.0.1/", "http://wifi.lan.evil.example/",
     "http://[2001:db8::1]/", "http://[::ffff:8.8.8.8]/", "http://0x08080808/"],
)  # fmt: skip
def test_a_login_goes_nowhere_else(url: str) -> None:
    with pytest.raises(VisitError) as refused:
        visits.parse_target(url, trust=Trust(hosts=frozenset({"wifi.lan"})))
    assert refused.value.code is Fault.FOREIGN_HOST


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("a=1&a=2", Fault.TWICE),
        ("a=%00", Fault.CONTROL_CHARACTER),
        ("a=%0d%0ab", Fault.CONTROL_CHARACTER),
        ("a%0a=b", Fault.CONTROL_CHARACTER),
        ("a=%E2%80%A8", Fault.CONTROL_CHARACTER),
        ("a=" + "b" * 8_000, Fault.TOO_LONG),
        ("a=" + "b" * 4_001, Fault.TOO_LONG),
        ("&".join(f"a{number}=" for number in range(61)), Fault.TOO_MANY),
    ],
)
def test_a_query_that_is_refused(query: str, code: Fault) -> None:
    with pytest.raises(VisitError) as refused:
        visits.read_query(query)
    assert refused.value.code is code


@given(st.text())
def test_any_query_is_read_or_refused(query: str) -> None:
    try:
        fields = visits.read_query(query)
    except VisitError:
        return
    for name in fields:
        for read in (visits.mac, visits.address, visits.wanted, visits.text):
            with suppress(VisitError):
                read(fields, name)


@given(st.text(alphabet="htps:/\\@[].%#?a1é \n", max_size=40))
def test_any_url_is_checked_or_refused(url: str) -> None:
    with suppress(VisitError):
        assert visits.parse_url(url).startswith(("http://", "https://"))
