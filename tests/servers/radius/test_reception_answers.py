"""What the front desk answers at once: retransmissions, Status-Server, floods."""

import pytest
from tests.servers.radius.desk import answered, desk, neighbours, raw
from tests.servers.radius.peer import (
    ADDRESS,
    SHARED,
    access_request,
    accounting_request,
    named,
    status_server,
    verified,
)

from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.servers.radius.reception import MOST_WAITING
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.authorization import Login

PROXY_STATE = 33
EAP_MESSAGE = 79
MESSAGE_AUTHENTICATOR = 80


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
