"""The front desk: what is dropped, what is answered at once, what waits for the database. No network, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from tests.protocols.radius.vectors import read_vectors
from tests.servers.radius.desk import Desk, desk, listed, neighbours, point
from tests.servers.radius.peer import (
    ADDRESS,
    MAC,
    SHARED,
    SOURCE,
    access_request,
    accounting_request,
    named,
    said,
    status_server,
    verified,
)

from spotcoffee.domain.access_points import MessageAuthenticator
from spotcoffee.domain.guessing import DEVICE_TOKENS
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.radius.reception import MOST_WAITING, Request
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.authorization import Login

PROXY_STATE = 33
EAP_MESSAGE = 79
MESSAGE_AUTHENTICATOR = 80
STRANGER = Secret(b"somebody else's secret")


def raw(octets: bytes = b"", *, code: int = 1, length: int | None = None) -> bytes:
    """A datagram with a header that may lie."""
    size = 20 + len(octets) if length is None else length
    return bytes((code, 7)) + size.to_bytes(2) + bytes(16) + octets


def answered(at: Desk, request: Request) -> bytes:
    """Let the database accept a request: what is then sent."""
    code = Code.ACCESS_ACCEPT if request.packet.code is Code.ACCESS_REQUEST else Code.ACCOUNTING_RESPONSE
    answer = encode_response(code, request.packet, [], SHARED)
    at.reception.conclude([(request, answer)], [])
    return answer


# Parsed as strictly as the best server does


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


# Message-Authenticator


def test_a_message_authenticator_is_verified_wherever_it_stands() -> None:
    here = desk()
    right = bytearray(access_request("GUEST"))
    assert right[20] == MESSAGE_AUTHENTICATOR
    moved = right[:20] + right[38:] + b"\x50\x12" + bytes(16)
    moved[-16:] = SHARED.hmac(bytes(moved))
    wrong = moved[:-1] + bytes((moved[-1] ^ 1,))

    here.auth(bytes(moved))
    here.auth(bytes(wrong))

    assert len(here.queued) == 1
    assert here.dropped() == {"message_authenticator_wrong": 1}


def test_a_changed_octet_breaks_the_message_authenticator() -> None:
    here = desk()
    forged = bytearray(access_request("GUEST"))
    forged[forged.index(b"GUEST")] ^= 1

    assert here.auth(bytes(forged)) == []
    assert here.dropped() == {"message_authenticator_wrong": 1}


@pytest.mark.parametrize(
    "request_", [access_request(), access_request(proven=False), status_server()], ids=["proven", "bare", "status"]
)
def test_every_answer_to_an_access_request_or_status_server_begins_with_a_message_authenticator(
    request_: bytes,
) -> None:
    here = desk()
    here.auth(request_)
    for waiting in here.queued:
        answered(here, waiting)

    (answer,) = [datagram for datagram, _ in here.sent]
    assert answer[20:22] == bytes((MESSAGE_AUTHENTICATOR, 18))
    verified(answer, request_)


@pytest.mark.parametrize(
    ("policy", "seen", "heard"),
    [
        (MessageAuthenticator.OFF, True, 1),
        (MessageAuthenticator.AUTO, False, 1),
        (MessageAuthenticator.AUTO, True, 0),
        (MessageAuthenticator.REQUIRED, False, 0),
    ],
)
def test_a_request_without_one_is_heard_as_the_access_point_says(
    policy: MessageAuthenticator, seen: bool, heard: int
) -> None:
    here = desk(neighbours(listed(message_authenticator=policy, message_authenticator_seen=seen)))

    here.auth(access_request(proven=False))

    assert len(here.queued) == heard
    assert here.dropped() == ({} if heard else {"message_authenticator_missing": 1})


def test_auto_requires_one_from_then_on_and_that_is_to_be_stored() -> None:
    here = desk()
    here.auth(access_request(proven=False))
    here.auth(access_request(proven=True))

    assert here.auth(access_request(proven=False)) == []

    assert here.dropped() == {"message_authenticator_missing": 1}
    assert here.book.take_notes().proven == {1}


def test_an_accounting_request_with_one_does_not_make_it_required_of_logins() -> None:
    here = desk()
    start = named(Acct_Status_Type="Start", User_Name="GUEST", Acct_Session_Id="S1")

    here.acct(encode_request(Code.ACCOUNTING_REQUEST, 1, start, SHARED, message_authenticator=True))
    here.auth(access_request(proven=False))

    assert here.dropped() == {}
    assert len(here.queued) == 2


@pytest.mark.parametrize("policy", MessageAuthenticator)
def test_a_proxy_state_without_one_is_dropped(policy: MessageAuthenticator) -> None:
    here = desk(neighbours(listed(message_authenticator=policy)))
    bare = access_request(proven=False)
    smuggled = bytearray(bare + b"\x21\x06room")
    smuggled[2:4] = len(smuggled).to_bytes(2)

    assert here.auth(bytes(smuggled)) == []
    assert here.queued == []


def test_an_eap_message_without_one_is_dropped() -> None:
    here = desk(neighbours(listed(message_authenticator=MessageAuthenticator.OFF)))

    here.auth(access_request("GUEST", None, (EAP_MESSAGE, b"\x02\x00\x00\x04"), proven=False))

    assert here.dropped() == {"eap_without_message_authenticator": 1}


def test_a_status_server_without_one_is_dropped() -> None:
    here = desk(neighbours(listed(message_authenticator=MessageAuthenticator.OFF)))

    assert here.auth(raw(code=12)) == []
    assert here.dropped() == {"message_authenticator_missing": 1}


# Who sent it


def test_an_accounting_request_with_a_wrong_authenticator_is_dropped() -> None:
    here = desk()
    forged = bytearray(accounting_request("Stop", seconds=1))
    forged[-1] ^= 1

    assert here.acct(bytes(forged)) == []
    assert here.dropped() == {"request_authenticator_wrong": 1}


def test_an_unknown_source_gets_silence_and_is_noted() -> None:
    here = desk()

    with capture_logs() as logs:
        for port in range(1000):
            assert here.auth(access_request(), ("192.0.2.9", port + 1)) == []

    assert here.book.take_notes().sources == {("192.0.2.9", "unknown_source"): 1000}
    assert here.dropped() == {"unknown_source": 1000}
    assert logs == []


def test_a_wrong_secret_gets_silence_and_is_noted() -> None:
    here = desk()

    with capture_logs() as logs:
        assert here.auth(access_request(secret=STRANGER)) == []
        assert here.acct(accounting_request(secret=STRANGER)) == []

    assert here.book.take_notes().sources == {
        (ADDRESS, "message_authenticator_wrong"): 1,
        (ADDRESS, "request_authenticator_wrong"): 1,
    }
    assert logs == []


def test_what_a_packet_says_of_itself_does_not_make_it_known() -> None:
    here = desk(neighbours(listed(nas_identifier="bar")))

    here.auth(access_request("GUEST", "", *named(NAS_Identifier="bar")), ("192.0.2.9", 1))

    assert here.dropped() == {"unknown_source": 1}


@pytest.mark.parametrize(("said_name", "expected"), [("bar", 1), ("terrasse", 2), ("elsewhere", 3), (None, 3)])
def test_nas_identifier_chooses_among_access_points_with_one_address_and_secret(
    said_name: str | None, expected: int
) -> None:
    here = desk(
        neighbours(
            listed(point(1), nas_identifier="bar"),
            listed(point(2), nas_identifier="terrasse"),
            listed(point(3)),
        )
    )
    more = [] if said_name is None else named(NAS_Identifier=said_name)

    here.auth(access_request("GUEST", "", *more))
    here.acct(accounting_request("Start", *more))

    assert [request.listed.access_point.id for request in here.queued] == [expected, expected]


def test_an_unknown_nas_identifier_is_dropped_where_each_has_one() -> None:
    here = desk(neighbours(listed(nas_identifier="bar")))

    assert here.auth(access_request("GUEST", "", *named(NAS_Identifier="elsewhere"))) == []
    assert here.dropped() == {"unknown_nas_identifier": 1}


def test_the_narrower_network_knows_its_own() -> None:
    here = desk(
        neighbours(listed(point(1)), network="10.0.0.7/32", secret="a narrow one"),
        neighbours(listed(point(2)), network="10.0.0.0/8"),
    )

    here.auth(access_request(secret=Secret(b"a narrow one")), ("10.0.0.7", 1))
    here.auth(access_request(), ("::ffff:10.9.9.9", 1))

    assert [request.listed.access_point.id for request in here.queued] == [1, 2]


# Duplicates


def test_the_same_octets_get_the_identical_answer_for_thirty_seconds() -> None:
    here = desk()
    request = access_request()
    here.auth(request)
    answer = answered(here, here.queued[0])

    here.clock.tick(29.9)
    assert here.auth(request) == [answer]

    assert len(here.queued) == 1
    assert here.counters.all()["repeated"] == 1


def test_after_thirty_seconds_they_are_decided_again() -> None:
    here = desk()
    request = access_request()
    here.auth(request)
    answered(here, here.queued[0])

    here.clock.tick(30.1)
    assert here.auth(request) == []

    assert len(here.queued) == 2


def test_a_request_still_being_decided_gets_nothing_more() -> None:
    here = desk()
    request = access_request()

    assert here.auth(request) == here.auth(request) == []

    assert len(here.queued) == 1


def test_the_same_identifier_with_a_new_authenticator_is_a_new_request() -> None:
    here = desk()
    first = access_request()
    here.auth(first)
    other = bytearray(access_request())
    other[1] = first[1]
    other[22:38] = bytes(16)
    other[22:38] = SHARED.hmac(bytes(other))

    here.auth(bytes(other))

    assert len(here.queued) == 2


@pytest.mark.parametrize("source", [(ADDRESS, 50_001), ("127.0.0.2", 50_000)])
def test_the_same_octets_from_elsewhere_are_another_request(source: tuple[str, int]) -> None:
    here = desk(neighbours(network="127.0.0.0/8"))
    request = access_request()

    here.auth(request)
    here.auth(request, source)

    assert len(here.queued) == 2


def test_a_request_that_could_not_be_stored_is_decided_when_it_comes_again() -> None:
    here = desk()
    request = accounting_request()
    here.acct(request)

    here.reception.conclude([(here.queued[0], None)], [])
    assert here.acct(request) == []

    assert len(here.queued) == 2
    assert here.sent == []


# Status-Server and what answers carry


@pytest.mark.parametrize(("port", "code"), [("auth", Code.ACCESS_ACCEPT), ("acct", Code.ACCOUNTING_RESPONSE)])
def test_status_server_is_answered_on_both_ports(port: str, code: Code) -> None:
    here = desk()
    request = status_server()

    (answer,) = getattr(here, port)(request)

    assert verified(answer, request) is code
    assert here.queued == []


def test_proxy_states_come_back_unmodified_in_order() -> None:
    here = desk()
    states = [b"second hop", b"", b"\x00first\xff"]
    packet = decode(access_request())
    octets = packet.datagram[38:] + b"".join(bytes((PROXY_STATE, len(s) + 2)) + s for s in states)
    request = bytearray(raw(b"\x50\x12" + bytes(16) + octets))
    request[4:20] = packet.authenticator
    request[22:38] = SHARED.hmac(bytes(request))

    here.auth(bytes(request))
    answer = answered(here, here.queued[0])

    assert decode(answer).all(PROXY_STATE) == states


def test_nothing_else_that_the_sender_wrote_is_echoed() -> None:
    here = desk()
    marks = named(User_Name="MARK1", NAS_Identifier="MARK2", Class=b"MARK3", State=b"MARK4", Reply_Message="MARK5")
    here.auth(access_request("MARK6", "MARK7", *marks, mac="MARK8"))
    here.acct(accounting_request("Start", *marks, session="MARK9"))
    here.auth(status_server(*marks))
    for request in list(here.queued):
        answered(here, request)

    assert len(here.sent) == 3
    assert not any(b"MARK" in answer for answer, _ in here.sent)


def test_an_answer_goes_where_its_request_came_from() -> None:
    here = desk()
    here.auth(status_server(), (ADDRESS, 1234))

    assert [to for _, to in here.sent] == [(ADDRESS, 1234)]


def test_a_request_at_the_other_port_is_dropped() -> None:
    here = desk()

    here.auth(accounting_request())
    here.acct(access_request())

    assert here.dropped() == {"wrong_port": 2}


def test_answers_of_others_are_dropped() -> None:
    here = desk()

    here.auth(raw(code=2))
    here.auth(raw(code=41))

    assert here.dropped() == {"wrong_port": 2}


def test_an_unknown_kind_of_report_is_answered_and_asks_nothing() -> None:
    here = desk()
    # RFC 2867's Tunnel-Start.
    request = encode_request(Code.ACCOUNTING_REQUEST, 1, named(Acct_Status_Type=9), SHARED)

    (answer,) = here.acct(request)

    assert verified(answer, request) is Code.ACCOUNTING_RESPONSE
    assert here.queued == []
    assert here.counters.all() == {"accounting.other": 1}


def test_a_flood_is_dropped_at_the_end_of_the_queue_and_heard_when_it_ebbs() -> None:
    here = desk()
    here.reception.waiting = MOST_WAITING
    request = accounting_request()

    assert here.acct(request) == []
    assert here.dropped() == {"busy": 1}
    here.reception.waiting = 0
    here.acct(request)

    assert len(here.queued) == 1


def test_a_password_that_none_can_have_hidden_is_dropped() -> None:
    here = desk()

    here.auth(access_request("GUEST", None, (2, b"fifteen octets!")))

    assert here.dropped() == {"password_length": 1}


def test_a_port_sorts_logins_from_reports() -> None:
    here = desk()

    here.auth(access_request())
    here.acct(accounting_request())

    assert [type(request.item) for request in here.queued] == [Login, Arrival]


# Guessing


def fail(at: Desk, times: int, mac: str = MAC) -> None:
    for _ in range(times):
        at.auth(access_request("NOSUCH", "wrong", mac=mac))
        request = at.queued.pop()
        assert isinstance(request.item, Login)
        at.reception.conclude(
            [(request, encode_response(Code.ACCESS_REJECT, request.packet, [], SHARED))], [request.item]
        )


def test_a_wrong_code_is_answered_without_delay() -> None:
    here = desk()
    before = here.clock.both()

    fail(here, 1)

    assert len(here.sent) == 1
    assert here.clock.both() == before


def test_an_empty_device_bucket_is_refused_without_a_look_at_the_password() -> None:
    here = desk()
    fail(here, int(DEVICE_TOKENS))
    request = access_request("RIGHT", "RIGHT")

    (answer,) = here.auth(request)

    assert verified(answer, request) is Code.ACCESS_REJECT
    assert said(answer)["Reply-Message"] == "Ce code n'est pas le bon. Vérifiez-le et saisissez-le à nouveau."
    assert here.queued == []
    assert here.counters.all()["login.slowed"] == 1


def test_another_device_is_heard_beside_one_that_guesses() -> None:
    here = desk()
    fail(here, int(DEVICE_TOKENS))

    assert here.auth(access_request(mac="00-11-22-33-44-55")) == []

    assert len(here.queued) == 1


def test_an_access_point_under_attack_still_looks_at_every_code_and_raises_an_alarm() -> None:
    here = desk()
    for number in range(200):
        fail(here, 1, mac=f"02-00-00-00-00-{number:02X}")

    here.auth(access_request("RIGHT", "RIGHT"))

    assert len(here.queued) == 1
    assert here.book.take_notes().faults == {(1, 1, "many_wrong_codes"): 1}
    assert here.counters.all()["login.under_attack"] == 1


def test_a_slowed_device_gets_the_identical_answer_to_its_retransmission() -> None:
    here = desk()
    fail(here, int(DEVICE_TOKENS))
    request = access_request()

    first, again = here.auth(request), here.auth(request)

    assert first == again
    assert here.sent[-1] == (first[0], SOURCE)
