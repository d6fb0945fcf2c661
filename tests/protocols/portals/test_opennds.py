"""openNDS as a forwarding authentication service: golden exchanges, seen on openNDS 9.10, and what is refused."""

from base64 import b64encode
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from spotcoffee.protocols.portals import opennds
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Trust, Visit, VisitError, read_query

FASKEY: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
TRUST: Final = Trust(FASKEY)
TOKEN: Final = "3a9e3735"
HID: Final = "61755fa9b62410a930a5b6c9afd3dd50ca03d91c3b1218513b65b058e4a35929"
RHID: Final = "c2a6d4d5a186829371ac23d2899e48292d49d1fb166dd05390c4c4a051040434"
# As the browser of a phone brought it from openNDS 9.10, level 1.
SEEN: Final = (
    f"hid={HID}, clientip=10.77.0.11, clientmac=02:00:00:00:01:01, client_type=cpd_can, "
    "gatewayname=Lab%20Hotspot%20Node%3a02e341be3db1%20, gatewayurl=http%3a%2f%2f10.77.0.1, version=9.10.0, "
    "gatewayaddress=10.77.0.1:2050, gatewaymac=02e341be3db1, originurl=http%3a%2f%2f203.0.113.10%2f, clientif=br0, "
    "themespec=(null), (null)(null)(null)(null)"
)
# As it came from the same, level 3.
SEALED: Final = (
    "fas=MUtJTGx3eE5PTUxRQ1VWUkJud2FqZFZRU0hHL2pKUmg1K2N5aGF6SitEYnYwcnF1eFFReHNPeUFGYW5zcVo0Y0ZieXhZVk5DamVzMnBIbz"
    "M4QjRJL05oM3VTUUMxTUdta0ZYdEQ5VTE2SzNkU1dpSlJVTExHdGJiS0svNkFjak5PblpNQUNGVktTRWhRYWR3Z3VMSUw3VmlmeDdpckZFR3pt"
    "NlZ2RC9GeXA5elpkSTI2bncvSFE4eHNtbEt4cS9UUHpYbmErOWpnQkpzcVlVVERGWUZFYVVCY0UwSlBFQWN5ck8rZ3R2SmswWEZnZkdZd0FxaD"
    "lkOFB1WGJESTdnWnkyYjg4Zy9UMEpQWTlSaWtQUmN5Mm02aHZqTmlFMDJQMnBoTTFpM1BYSk5iZUJFU3pwanpUd0hRUFF1L09NejVlWmEyc2hK"
    "QnY2TENtdUkxL3M0dzBHM0VZelZOd1o5VHYwV0Q2T0RVeS96RTBUVFAvL0FLR2kwbXVoK0x5VWl1cW5RcTM3aWZEOUFWYlVONWdUZldpOUhSUD"
    "c3TkNjZWZSMlpXbjIxazZxUDZpbytHcnkzeDZ6aXNqbnZwOUJFT21kcFJEQWF5Qjd5bXRRL1J3ZUZyWmE0dWR1Ymx4SlJmbTlkZ2xXWGt0Tm1D"
    "NHFBTkhJVUFqd0lEc0JPeHRhYmpPNTVNKzhuTVNxeU1FVTkraWkzQThOSGxLR0VPMXlpTyt1cnQzUUZOU25EaHhzcFBPeUhuaHhodGhOTWF5Z3"
    "VL&iv=5a006b4040558cfb"
)
BACK: Final = "https://wifi.example/portal/7/status/abc/"


def visit_of(text: str = SEEN, *, trust: Trust = TRUST, iv: str = "", **more: str) -> Visit:
    octets = text.encode()
    if iv:
        padder = PKCS7(128).padder()
        key = FASKEY.encode().ljust(32, b"\0")
        encryptor = Cipher(AES(key), CBC(iv.encode())).encryptor()
        octets = b64encode(encryptor.update(padder.update(octets) + padder.finalize()) + encryptor.finalize())
        more["iv"] = iv
    return read({"fas": b64encode(octets).decode(), **more}, trust=trust)


def read(fields: dict[str, str], *, trust: Trust = TRUST) -> Visit:
    query = urlencode(fields)
    return opennds.read(Arrival(f"http://wifi.example/portal/7/?{query}", read_query(query)), trust)


def changed(name: str, value: str) -> str:
    return ", ".join(f"{name}={value}" if part.startswith(f"{name}=") else part for part in SEEN.split(", "))


def test_what_a_phone_brings_at_levels_1_and_4_is_read() -> None:
    visit = visit_of()

    assert (visit.device, visit.address, visit.access_point) == ("020000000101", "10.77.0.11", "02e341be3db1")
    assert (visit.wanted, visit.outcome) == ("http://203.0.113.10/", Outcome.NOT_YET)
    assert visit.held("hid") == HID
    assert visit.held("gatewayhash") == sha256(b"Lab%20Hotspot%20Node%3a02e341be3db1%20").hexdigest()


def test_at_levels_2_and_3_it_is_encrypted_with_the_faskey() -> None:
    visit = visit_of(SEEN + ", authdir=opennds_auth", iv="0123456789abcdef")

    assert (visit.device, visit.held("authdir")) == ("020000000101", "opennds_auth")


def test_what_opennds_itself_encrypted_is_read() -> None:
    visit = opennds.read(Arrival("", read_query(SEALED)), TRUST)

    assert (visit.device, visit.address, visit.held("gateway")) == (
        "020000000101", "10.77.0.11", "http://10.77.0.1:2050",
    )  # fmt: skip
    assert (visit.wanted, visit.held("sealed")) == ("http://203.0.113.10/", "yes")


def test_with_another_faskey_it_is_unreadable() -> None:
    with pytest.raises(VisitError) as refused:
        opennds.read(Arrival("", read_query(SEALED)), Trust("AAAAAAAAAAAAAAAAAAAAAAAA"))

    assert refused.value.code is Fault.UNREADABLE


def test_a_plus_sign_that_no_one_encoded_is_read_all_the_same() -> None:
    text = next(f"{SEEN}{'~' * n}" for n in range(60) if "+" in b64encode(f"{SEEN}{'~' * n}".encode()).decode())
    raw = f"fas={b64encode(text.encode()).decode()}"

    assert opennds.read(Arrival("", read_query(raw)), TRUST).device == "020000000101"


def test_a_guest_who_is_on_already_is_known_by_what_he_first_asked() -> None:
    inner = "http://wifi.example/portal/7/?" + urlencode({"fas": b64encode(SEEN.encode()).decode()})

    visit = read({"status": "authenticated", "redir": inner})

    assert (visit.outcome, visit.device) == (Outcome.ALREADY, "020000000101")


def test_the_server_is_given_what_lets_the_device_in() -> None:
    answer = opennds.log_on(visit_of(), Entry(login="A", password="A", back=BACK), TRUST)

    fields = dict(answer.fields)
    assert (fields["rhid"], fields["hid"], fields["address"]) == (RHID, HID, "10.77.0.11")
    url = opennds.auth_url(fields, "60 0 0 0 0 proof")
    query = dict(parse_qsl(urlsplit(url).query))
    assert url.startswith("http://10.77.0.1:2050/opennds_auth/?")
    assert query == {"tok": RHID, "redir": BACK, "custom": b64encode(b"60 0 0 0 0 proof").decode()}


def test_the_way_out_leads_to_the_gateway() -> None:
    assert opennds.log_off(visit_of()).url == "http://10.77.0.1:2050/opennds_deny/"


def test_the_token_that_a_report_names_is_the_one_behind_the_visit() -> None:
    assert opennds.hid_of_token(TOKEN) == HID


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (changed("gatewayaddress", "evil.example:2050"), Fault.FOREIGN_HOST),
        (changed("gatewayaddress", "10.77.0.1:2050/x"), Fault.NOT_A_URL),
        (changed("gatewayaddress", "10.77.0.1:2050@evil.example"), Fault.NOT_A_URL),
        (changed("gatewayaddress", ""), Fault.MISSING),
        (changed("hid", "x" * 64), Fault.NOT_A_CHALLENGE),
        (changed("clientmac", "02:00"), Fault.NOT_A_MAC),
        (changed("clientip", "10.77.0"), Fault.NOT_AN_ADDRESS),
        (SEEN + ", authdir=../x", Fault.UNKNOWN_WORD),
        (SEEN + f", hid={HID}", Fault.TWICE),
        ("\0", Fault.CONTROL_CHARACTER),
        ("", Fault.MISSING),
    ],
)
def test_what_can_not_be_a_visit_is_refused(text: str, fault: Fault) -> None:
    with pytest.raises(VisitError) as refused:
        visit_of(text)

    assert refused.value.code is fault


@pytest.mark.parametrize(
    "fields",
    [
        {"fas": "a"},
        {"fas": b64encode(b"\xff\xfe").decode()},
        {"fas": b64encode(b64encode(b"x" * 16)).decode(), "iv": "0123456789abcdef"},
        {"fas": b64encode(b64encode(b"x" * 15)).decode(), "iv": "0123456789abcdef"},
        {"fas": b64encode(SEEN.encode()).decode(), "iv": "short"},
    ],
)
def test_what_does_not_decode_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(VisitError) as refused:
        read(fields)

    assert refused.value.code is Fault.UNREADABLE


def test_a_page_first_asked_for_that_is_no_address_is_forgotten() -> None:
    assert visit_of(changed("originurl", "javascript%3aalert(1)")).wanted is None


def test_without_a_faskey_nothing_is_believed() -> None:
    with pytest.raises(VisitError) as refused:
        visit_of(trust=Trust())

    assert refused.value.code is Fault.UNSIGNED


def test_another_status_than_its_own_is_refused() -> None:
    with pytest.raises(VisitError):
        visit_of(status="maybe")
