"""Who the front desk listens to: Message-Authenticators, sources and secrets."""

import pytest
from structlog.testing import capture_logs
from tests.servers.radius.desk import answered, desk, listed, neighbours, point, raw
from tests.servers.radius.peer import (
    ADDRESS,
    SHARED,
    STRANGER,
    access_request,
    accounting_request,
    named,
    status_server,
    verified,
)

from spotcoffee.domain.access_points import MessageAuthenticator
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.packet import Code
from spotcoffee.protocols.radius.secret import Secret

PROXY_STATE = 33
EAP_MESSAGE = 79
MESSAGE_AUTHENTICATOR = 80


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
