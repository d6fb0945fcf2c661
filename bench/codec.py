"""What the RADIUS codec costs, without sockets: microseconds a packet, the least of many short rounds.

python -m bench.codec
"""

import timeit
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Final

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.authenticator import verify_request
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.duplicates import AnswerCache, request_key
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.protocols.radius.passwords import pap_hide, pap_reveal
from spotcoffee.protocols.radius.secret import Secret

ROUNDS: Final = 200
CALLS: Final = 1000
SECRET: Final = Secret(b"testing123")
RANDOM: Final = bytes(range(16))
PLACE: Final = (
    attribute("NAS-IP-Address", IPv4Address("192.0.2.1")),
    attribute("NAS-Port", 1),
    attribute("NAS-Port-Type", "Wireless-802-11"),
    attribute("Calling-Station-Id", "02-00-00-00-00-01"),
    attribute("Called-Station-Id", "02-00-00-00-00-02:hotspot"),
    attribute("NAS-Identifier", "nas1"),
    attribute("Framed-IP-Address", IPv4Address("10.1.0.2")),
    attribute("Acct-Session-Id", "179538842900000001"),
    attribute("User-Name", "AB12-CD34-EF56"),
)
LOGIN: Final = encode_request(
    Code.ACCESS_REQUEST,
    1,
    (
        *PLACE,
        attribute("Service-Type", "Login"),
        attribute("User-Password", pap_hide(b"AB12-CD34-EF56", RANDOM, SECRET)),
    ),
    SECRET,
    authenticator=RANDOM,
)
REPORT: Final = encode_request(
    Code.ACCOUNTING_REQUEST,
    1,
    (
        *PLACE,
        attribute("Acct-Status-Type", "Interim-Update"),
        attribute("Class", bytes(16)),
        attribute("Acct-Session-Time", 600),
        attribute("Acct-Input-Octets", 1_000_000),
        attribute("Acct-Output-Octets", 9_000_000),
        attribute("Acct-Input-Gigawords", 0),
        attribute("Acct-Output-Gigawords", 0),
        attribute("CoovaChilli-Acct-View-Point", "Client"),
    ),
    SECRET,
)
LIMITS: Final = (
    attribute("Session-Timeout", 3600),
    attribute("Idle-Timeout", 600),
    attribute("Acct-Interim-Interval", 300),
    attribute("WISPr-Bandwidth-Max-Down", 10_000_000),
    attribute("WISPr-Bandwidth-Max-Up", 2_000_000),
    attribute("Class", bytes(16)),
)


def login() -> None:
    """An Access-Request of 12 attributes: decode, verify, reveal, look at seven attributes, sign an Accept of 6."""
    packet = decode(LOGIN)
    verify_request(packet, SECRET, message_authenticator_required=True)
    pap_reveal(packet.first(assigned.USER_PASSWORD) or b"", packet.authenticator, SECRET)
    for kind in (assigned.USER_NAME, assigned.CALLING_STATION_ID, assigned.CALLED_STATION_ID, assigned.NAS_IDENTIFIER):
        packet.text(kind)
    packet.integer(assigned.NAS_PORT), packet.first(assigned.FRAMED_IP_ADDRESS), packet.first(assigned.ACCT_SESSION_ID)
    encode_response(Code.ACCESS_ACCEPT, packet, LIMITS, SECRET)


def report() -> None:
    """An Accounting-Request of 17 attributes: decode, verify, look at nine attributes, sign the answer."""
    packet = decode(REPORT)
    verify_request(packet, SECRET)
    for kind in (assigned.ACCT_STATUS_TYPE, assigned.ACCT_SESSION_TIME, assigned.ACCT_INPUT_OCTETS):
        packet.integer(kind)
    for kind in (assigned.ACCT_OUTPUT_OCTETS, assigned.ACCT_INPUT_GIGAWORDS, assigned.ACCT_OUTPUT_GIGAWORDS):
        packet.integer(kind)
    packet.first(assigned.CLASS), packet.text(assigned.USER_NAME)
    packet.vendor_integer(assigned.Vendor.CHILLISPOT, assigned.ACCT_VIEW_POINT)
    encode_response(Code.ACCOUNTING_RESPONSE, packet, (), SECRET)


def measure(call: Callable[[], object]) -> float:
    """Microseconds a call; the least of many rounds, for noise only adds."""
    return min(timeit.repeat(call, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6


def main() -> None:
    access, accounting = decode(LOGIN), decode(REPORT)
    cache = AnswerCache()
    key = request_key(access, ("192.0.2.1", 40_000), 1812)
    cache.answer(key, bytes(80), now=0.0)
    rows: list[tuple[str, Callable[[], object]]] = [
        ("Access-Request, 12 attributes: all of it", login),
        ("  decode", lambda: decode(LOGIN)),
        ("  verify Message-Authenticator", lambda: verify_request(access, SECRET)),
        ("  encode a signed Accept of 6", lambda: encode_response(Code.ACCESS_ACCEPT, access, LIMITS, SECRET)),
        ("Accounting-Request, 17 attributes: all of it", report),
        ("  decode", lambda: decode(REPORT)),
        ("  verify", lambda: verify_request(accounting, SECRET)),
        ("  encode the answer", lambda: encode_response(Code.ACCOUNTING_RESPONSE, accounting, (), SECRET)),
        ("one attribute by name", lambda: attribute("Session-Timeout", 3600)),
        ("answer cache: key and hit", lambda: cache.look_up(request_key(access, ("192.0.2.1", 40_000), 1812), now=1.0)),
    ]
    for title, call in rows:
        print(f"{measure(call):7.2f} us  {title}")


if __name__ == "__main__":
    main()
