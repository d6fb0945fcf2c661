"""What strangers and broken equipment send: silence, a counter by reason, no traceback, alive at once after."""

import os
import random
from collections.abc import Iterator
from itertools import count

import pytest
from tests.e2e.house import House, Server, until
from tests.radius_peer import PATIENCE, SECRET, Peer, access_request, accounting_request, status_request

from spotcoffee.protocols.radius.packet import Code
from spotcoffee.protocols.radius.secret import Secret

ACCESS_REQUEST, ACCOUNTING_REQUEST = 1, 4
RANDOM_ONES, AT_ONCE = 5_000, 200

SHARED = Secret(SECRET.encode())
_numbers = count(1)


def raw(octets: bytes, *, code: int = ACCESS_REQUEST, length: int | None = None) -> bytes:
    """A header, and any octets behind it. length: what the header claims."""
    claimed = 20 + len(octets) if length is None else length
    return bytes((code, 1)) + claimed.to_bytes(2, "big") + bytes(range(16)) + octets


def signed(code: int, octets: bytes) -> bytes:
    """An Accounting-Request, or an order, that proves its sender, whatever is in it."""
    packet = bytes((code, 1)) + (20 + len(octets)).to_bytes(2, "big") + bytes(16) + octets
    return packet[:4] + SHARED.digest_after(packet) + packet[20:]


def proven(octets: bytes) -> bytes:
    """An Access-Request that proves its sender, whatever is in it."""
    packet = raw(b"\x50\x12" + bytes(16) + octets)
    return packet[:22] + SHARED.hmac(packet) + packet[38:]


USER = b"\x01\x06nemo"
PROOF = b"\x50\x12" + bytes(16)
# What is sent, and the counter that it moves, at the auth port and at the acct port.
GARBAGE = {
    "empty": (b"", "too_short"),
    "one octet": (b"\x01", "too_short"),
    "nineteen octets": (raw(b"")[:19], "too_short"),
    "code 0": (raw(USER, code=0), "unknown_code"),
    "code 255": (raw(USER, code=255), "unknown_code"),
    "Length below a header": (raw(USER, length=19), "bad_length"),
    "Length beyond the datagram": (raw(USER, length=27), "bad_length"),
    "Length 0": (raw(USER, length=0), "bad_length"),
    "over 4096 octets": (raw(USER * 700), "too_long"),
    "attribute of type 0": (raw(b"\x00\x06nemo"), "zero_attribute_type"),
    "attribute of length 0": (raw(b"\x01\x00" + USER), "short_attribute"),
    "attribute of length 1": (raw(b"\x01\x01" + USER), "short_attribute"),
    "attribute past the end": (raw(b"\x01\x07nemo"), "attribute_overrun"),
    "dangling octet": (raw(USER + b"\x01"), "dangling_byte"),
    "201 attributes": (raw(b"\x01\x03x" * 201), "too_many_attributes"),
    "two Message-Authenticators": (raw(PROOF + PROOF), "two_message_authenticators"),
    "short Message-Authenticator": (raw(b"\x50\x11" + bytes(15)), "message_authenticator_length"),
    "long Message-Authenticator": (raw(b"\x50\x13" + bytes(17)), "message_authenticator_length"),
    "an answer": (raw(USER, code=2), "wrong_port"),
    "an Accounting-Response": (signed(5, b""), "wrong_port"),
    "an order": (signed(40, USER), "wrong_port"),
    "Status-Server without proof": (raw(USER, code=12), "message_authenticator_missing"),
    "Status-Server with a wrong proof": (raw(PROOF, code=12), "message_authenticator_wrong"),
    "Status-Server with another secret": (status_request(1, secret="another"), "message_authenticator_wrong"),
}
AT_AUTH = {
    "wrong Message-Authenticator": (raw(USER + PROOF), "message_authenticator_wrong"),
    "another secret": (access_request(1, "nemo", secret="another"), "message_authenticator_wrong"),
    "EAP without proof": (raw(USER + b"\x4f\x06\x02\x01\x00\x04"), "eap_without_message_authenticator"),
    "Proxy-State without proof": (raw(USER + b"\x21\x04ab"), "proxy_state_without_message_authenticator"),
    "User-Password of 15 octets": (proven(USER + b"\x02\x11" + bytes(15)), "password_length"),
    "User-Password of 144 octets": (proven(USER + b"\x02\x92" + bytes(144)), "password_length"),
    "empty User-Password attribute": (proven(USER + b"\x02\x02"), "password_length"),
    "a report": (accounting_request(1, "Stop", User_Name="nemo"), "wrong_port"),
}
AT_ACCT = {
    "wrong authenticator": (raw(USER, code=ACCOUNTING_REQUEST), "request_authenticator_wrong"),
    "another secret": (accounting_request(1, "Stop", secret="another"), "request_authenticator_wrong"),
    "wrong Message-Authenticator": (signed(ACCOUNTING_REQUEST, USER + PROOF), "message_authenticator_wrong"),
    "a login": (access_request(1, "nemo"), "wrong_port"),
}
ALL = {
    **{f"{name}, at auth": ("auth", *sent) for name, sent in (GARBAGE | AT_AUTH).items()},
    **{f"{name}, at acct": ("acct", *sent) for name, sent in (GARBAGE | AT_ACCT).items()},
}


@pytest.fixture(scope="module")
def server(shared_house: House) -> Server:
    return shared_house.start()


@pytest.fixture(scope="module", params=["sqlite"])
def shared_house(request: pytest.FixtureRequest, shared_house: House) -> House:
    """One database is enough: garbage never gets that far."""
    return shared_house


@pytest.fixture
def peer(server: Server) -> Iterator[Peer]:
    """Equipment that is known."""
    with server.peer() as known:
        yield known
    assert server.process.poll() is None
    assert not [line for line in server.log if "Traceback" in line or "request_failed" in line]


def port_of(server: Server, name: str) -> int:
    return server.auth if name == "auth" else server.acct


@pytest.mark.parametrize(("port", "datagram"), [(port, sent) for port, sent, _ in ALL.values()], ids=list(ALL))
def test_garbage_meets_silence(server: Server, peer: Peer, port: str, datagram: bytes) -> None:
    peer.send(datagram, port=port_of(server, port))
    assert peer.answers_before_status(port=port_of(server, port)) == []


def test_garbage_is_counted_by_its_reason(house: House) -> None:
    server = house.start()
    expected: dict[str, int] = {}
    with server.peer() as peer:
        for port, datagram, reason in ALL.values():
            expected[f"dropped.{reason}"] = expected.get(f"dropped.{reason}", 0) + 1
            peer.send(datagram, port=port_of(server, port))

        def counted() -> dict[str, int]:
            return {name: number for name, number in house.counters(server).items() if name in expected}

        until(lambda: counted() == expected, f"the counters {expected}")
    assert server.stop() == 0


def test_random_datagrams_meet_silence(server: Server, peer: Peer) -> None:
    chance = random.Random(5)
    for start in range(0, RANDOM_ONES, AT_ONCE):
        port = server.auth if start % (2 * AT_ONCE) else server.acct
        for _ in range(AT_ONCE):
            peer.send(_random_datagram(chance), port=port)
        assert peer.answers_before_status(port=port) == []
    # A flood is no reason to fill the disk with lines.
    assert len(server.log) < 50


def _random_datagram(chance: random.Random) -> bytes:
    octets = chance.randbytes(chance.randrange(0, 300))
    if chance.random() < 0.5:
        return octets
    # A header that passes, so that the attributes are looked at.
    return raw(octets, code=chance.choice((ACCESS_REQUEST, ACCOUNTING_REQUEST, 12)))


def test_spoilt_requests_meet_silence(server: Server, peer: Peer) -> None:
    """Each octet of a good request changed in turn: none is answered as if it were whole."""
    # Proven once: from now on every login from there must be.
    peer.log_in("NOBODY")
    for port, good in (
        (server.auth, access_request(200, "NOBODY", NAS_Identifier="x")),
        (server.acct, accounting_request(200, "Stop", User_Name="NOBODY", Acct_Session_Id="1")),
    ):
        for at in range(len(good)):
            peer.send(good[:at] + bytes((good[at] ^ 0x41,)) + good[at + 1 :], port=port)
        assert peer.answers_before_status(port=port) == []
        assert peer.exchange(good, port=port).code in (Code.ACCESS_REJECT, Code.ACCOUNTING_RESPONSE)


def test_an_unknown_source_meets_silence(server: Server, peer: Peer) -> None:
    """Only what is known is answered: not even a Status-Server of a stranger who has the secret."""
    with server.peer("127.0.0.9") as stranger:
        for port in (server.auth, server.acct):
            stranger.send(status_request(1), port=port)
            stranger.send(access_request(2, "NOBODY"), port=port)
            stranger.send(accounting_request(3, "Stop", User_Name="NOBODY"), port=port)
            stranger.send(os.urandom(40), port=port)
            # What came later from someone known is answered: so the stranger's was looked at.
            peer.status(port)
        assert stranger.receive(within=0.05) is None


def test_padding_behind_length_is_no_fault(server: Server, peer: Peer) -> None:
    request = access_request(peer.next_identifier(), "NOBODY")
    peer.send(request + b"padding", port=server.auth)
    answer = peer.answer_to(request, within=PATIENCE)
    assert answer is not None
    assert answer.code is Code.ACCESS_REJECT


def test_a_malformed_vendor_attribute_is_kept_as_opaque_octets(server: Server, peer: Peer) -> None:
    for octets in (
        b"",
        b"\x00\x00",
        b"\x00\x00\x38\x8b\x0a",
        b"\x00\x00\x38\x8b\x0a\x00\x00",
        b"\x00\x00\x38\x8b\x0a\xff",
    ):
        request = signed(
            ACCOUNTING_REQUEST,
            b"\x28\x06\x00\x00\x00\x02"
            + USER
            + bytes((26, len(octets) + 2))
            + octets
            + bytes((44, 4))
            + b"%02d" % next(_numbers),
        )
        assert peer.exchange(request, port=server.acct).code is Code.ACCOUNTING_RESPONSE


def test_the_same_request_gets_the_same_octets_again(shared_house: House, server: Server) -> None:
    _, code = shared_house.ticket(shared_house.offer(shared_house.access_point("127.0.0.4")))
    with server.peer("127.0.0.4") as peer:
        peer.status(server.auth, repeat_after=0.02)
        request = access_request(1, code, code)
        answers = set()
        for _ in range(3):
            peer.send(request, port=server.auth)
            answers.add(peer.receive(within=PATIENCE))
        (answer,) = answers
        assert answer is not None
        assert answer[0] == Code.ACCESS_ACCEPT


def test_proxy_states_come_back_unmodified_and_in_order(server: Server, peer: Peer) -> None:
    # Our own encoder writes none: so by hand, behind a Message-Authenticator.
    states = [b"first", b"", b"\x00\xff" * 20, b"first"]
    octets = b"".join(bytes((33, len(state) + 2)) + state for state in states)
    request = proven(USER + b"\x02\x12" + bytes(16) + octets)
    answer = peer.exchange(request, port=server.auth)
    assert answer.code is Code.ACCESS_REJECT
    assert answer.all(33) == states
    assert answer.message_authenticator_at == 22


def test_a_login_works_at_once_after_all_of_it(shared_house: House, server: Server) -> None:
    _, code = shared_house.ticket(shared_house.offer(shared_house.access_point("127.0.0.5")))
    with server.peer("127.0.0.5") as peer:
        peer.status(server.auth, repeat_after=0.02)
        assert peer.log_in(code, code).code is Code.ACCESS_ACCEPT
