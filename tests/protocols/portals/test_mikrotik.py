"""MikroTik's hotspot: golden exchanges, after its manual, and what is refused."""

from hashlib import md5
from typing import Final
from urllib.parse import urlencode

import pytest

from spotcoffee.protocols.portals import mikrotik
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Trust, Visit, VisitError, read_query

NOWHERE: Final = Trust()
BACK: Final = "https://wifi.example/portal/status/"
FIELDS: Final = {
    "mac": "00:11:22:AA:BB:CC",
    "ip": "10.5.50.7",
    "username": "",
    "identity": "MikroTik",
    "link-login-only": "http://10.5.50.1/login",
    "link-logout": "http://10.5.50.1/logout",
    "link-orig": "http://example.org/",
    "error": "",
    "chap-id": "",
    "chap-challenge": "",
}
CHALLENGE: Final = "\\371\\357\\015\\000\\101\\102\\103\\104\\105\\106\\107\\110\\111\\112\\113\\177"


def read(**changed: str) -> Visit:
    query = urlencode(FIELDS | {name.replace("_", "-"): value for name, value in changed.items()})
    return mikrotik.read(Arrival(f"https://wifi.example/portal/7/?{query}", read_query(query)), NOWHERE)


def test_what_the_routers_page_sends_is_read() -> None:
    visit = read()

    assert (visit.device, visit.address, visit.access_point) == ("001122aabbcc", "10.5.50.7", "MikroTik")
    assert (visit.wanted, visit.outcome, visit.login) == ("http://example.org/", Outcome.NOT_YET, None)


def test_without_a_challenge_the_login_is_brought_in_clear() -> None:
    answer = mikrotik.log_on(read(), Entry(login="anna", password="secret", back=BACK), NOWHERE)

    assert answer.url == "http://10.5.50.1/login"
    assert dict(answer.fields) == {"username": "anna", "password": "secret", "dst": BACK, "popup": "false"}


def test_with_a_challenge_only_its_digest_is() -> None:
    visit = read(chap_id="\\005", chap_challenge=CHALLENGE)

    answer = mikrotik.log_on(visit, Entry(login="anna", password="secret", back=BACK), NOWHERE)

    octets = b"\xf9\xef\r\0ABCDEFGHIJK\x7f"
    assert dict(answer.fields)["password"] == md5(b"\5secret" + octets, usedforsecurity=False).hexdigest()


def test_an_error_of_the_router_is_a_failure() -> None:
    visit = read(error="invalid username or password")

    assert (visit.outcome, visit.message) == (Outcome.FAILED, "invalid username or password")


def test_its_status_and_logout_pages_say_so() -> None:
    visit = read(res="already", username="anna")

    assert (visit.outcome, visit.login) == (Outcome.ALREADY, "anna")
    assert mikrotik.log_off(visit).url == "http://10.5.50.1/logout"  # type: ignore[union-attr]
    assert read(res="logoff").outcome is Outcome.LOGGED_OFF
    assert mikrotik.log_off(read(link_logout="")) is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"link_login_only": "http://evil.example/login"}, Fault.FOREIGN_HOST),
        ({"link_login_only": "//evil.example/login"}, Fault.NOT_A_URL),
        ({"link_logout": "https://203.0.113.9/"}, Fault.FOREIGN_HOST),
        ({"link_orig": "javascript:alert(1)"}, Fault.NOT_A_URL),
        ({"link_orig": "/\\evil.example"}, Fault.NOT_A_URL),
        ({"chap_id": "\\005"}, Fault.NOT_A_CHALLENGE),
        ({"chap_challenge": CHALLENGE}, Fault.NOT_A_CHALLENGE),
        ({"chap_id": "5", "chap_challenge": CHALLENGE}, Fault.NOT_A_CHALLENGE),
        ({"chap_id": "\\005", "chap_challenge": CHALLENGE + "\\001"}, Fault.NOT_A_CHALLENGE),
        ({"chap_id": "\\400", "chap_challenge": CHALLENGE}, Fault.NOT_A_CHALLENGE),
        ({"mac": "MikroTik"}, Fault.NOT_A_MAC),
        ({"res": "open"}, Fault.UNKNOWN_WORD),
    ],
)
def test_what_is_refused(changed: dict[str, str], code: Fault) -> None:
    with pytest.raises(VisitError) as refused:
        read(**changed)
    assert refused.value.code is code


def test_a_visit_without_a_login_address_brings_nothing() -> None:
    with pytest.raises(VisitError):
        mikrotik.log_on(read(link_login_only=""), Entry(login="a", password="b", back=BACK), NOWHERE)
