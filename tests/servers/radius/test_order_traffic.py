"""Orders on the wire: Disconnect-Request, and what truly comes of it."""

import pytest
from tests.factories import NOW
from tests.servers.radius.das import Das, interim, online, revoked, state
from tests.servers.radius.house import House
from tests.servers.radius.peer import STRANGER, access_request, accounting_request

from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.storage.models import AccessPoint, Order, Session, Ticket

pytestmark = pytest.mark.django_db

# The ticket GUESTTICKT is of two hours, at an access point that takes orders.
OFFER = {"credit": 7200}
POINT = {"coa_port": 3799}


# On the wire


def test_an_order_goes_to_the_source_of_its_session(ticket: Ticket) -> None:
    das = revoked(House())

    assert das.orders[0][0] == ("127.0.0.1", 3799)
    assert das.last["Acct-Session-Id"] == "S1"
    assert state() == ("sent", None)


def test_an_order_goes_to_the_access_points_own_address_for_orders(ticket: Ticket) -> None:
    AccessPoint.objects.update(coa_address="192.0.2.7", coa_port=1700)
    das = revoked(House())

    das.acknowledge()

    assert das.orders[0][0] == ("192.0.2.7", 1700)
    assert state() == ("acknowledged", None)


def test_an_acknowledged_disconnect_waits_for_the_stop_that_settles_it(ticket: Ticket) -> None:
    house = House()
    das = revoked(house)

    das.acknowledge()
    assert state() == ("acknowledged", None)
    assert Session.objects.get().ended_at is None
    house.report(accounting_request("Stop", login="GUESTTICKT", seconds=605))

    session = Session.objects.get()
    assert (session.ending, session.charged) == ("stopped", 605)
    assert len(das.orders) == 1


def test_where_nothing_is_reported_the_acknowledged_disconnect_ends_the_session(ticket: Ticket) -> None:
    AccessPoint.objects.update(accounting="none")
    house = House()
    das = Das(house)
    house.login(access_request("GUESTTICKT"))
    house.do_chores(600)
    session = Session.objects.get()
    order = Order.objects.create(
        organisation_id=session.organisation_id,
        access_point_id=session.access_point_id,
        ticket_id=session.ticket_id,
        session_id=session.pk,
        kind="disconnect",
        reason="staff",
        created_at=NOW,
        next_try_at=NOW,
    )
    house.do_chores(1)
    assert das.last["Calling-Station-Id"] == "00-11-22-AA-BB-CC"

    das.acknowledge()

    order.refresh_from_db()
    session.refresh_from_db()
    assert order.state == "acknowledged"
    assert (session.ending, session.end_cause, session.charged) == ("stopped", "disconnected", 601)


def test_nak_503_means_already_gone(ticket: Ticket) -> None:
    das = revoked(House())

    das.refuse(503)

    assert state() == ("gone", 503)
    session = Session.objects.get()
    assert (session.ending, session.end_cause, session.charged) == ("lost", "disconnected", 600)


def test_a_stop_that_was_on_its_way_still_settles_it(ticket: Ticket) -> None:
    house = House()
    revoked(house).refuse(503)

    house.report(accounting_request("Stop", login="GUESTTICKT", seconds=620))

    session = Session.objects.get()
    assert (session.ending, session.charged) == ("stopped", 620)


@pytest.mark.parametrize("cause", [404, 405, 506, None])
def test_another_nak_is_a_refusal_with_its_cause(ticket: Ticket, cause: int | None) -> None:
    das = revoked(House())

    das.refuse(cause)

    assert state() == ("refused", cause)
    assert Session.objects.get().ended_at is None


def test_silence_is_shown_as_silence_after_identical_retransmissions(ticket: Ticket) -> None:
    house = House()
    das = revoked(house)
    sent_at = [0]

    for second in range(1, 15):
        before = len(das.orders)
        house.do_chores(1)
        sent_at += [second] * (len(das.orders) - before)

    assert sent_at == [0, 1, 3, 7]
    assert len({datagram for _, datagram in das.orders}) == 1
    assert state() == ("no_answer", None)
    assert Session.objects.get().ended_at is None


def test_an_order_without_answer_is_given_again_at_the_next_report(ticket: Ticket) -> None:
    house = House()
    das = revoked(house)
    for _ in range(14):
        house.do_chores(1)

    interim(house)

    assert len(das.orders) == 5
    assert len({datagram for _, datagram in das.orders}) == 2


def test_a_forged_answer_is_ignored_and_the_true_one_heard(ticket: Ticket) -> None:
    house = House()
    das = revoked(house)
    address, datagram = das.orders[0]

    das.hear(encode_response(Code.DISCONNECT_ACK, decode(datagram), [], STRANGER), address)
    assert state() == ("sent", None)
    assert house.counters.all()["orders.response_authenticator_wrong"] == 1
    das.acknowledge()

    assert state() == ("acknowledged", None)


def test_an_answer_with_a_broken_message_authenticator_is_ignored(ticket: Ticket) -> None:
    house = House()
    das = revoked(house)
    address, datagram = das.orders[0]
    answer = bytearray(encode_response(Code.DISCONNECT_ACK, decode(datagram), [], das.secret))
    answer[-1] ^= 1
    answer[4:20] = das.secret.digest_after(bytes(answer[:4]) + datagram[4:20] + bytes(answer[20:]))

    das.hear(bytes(answer), address)

    assert state() == ("sent", None)
    assert house.counters.all()["orders.message_authenticator_wrong"] == 1


@pytest.mark.parametrize("address", [("127.0.0.1", 1), ("192.0.2.9", 3799)])
def test_an_answer_from_elsewhere_is_ignored(ticket: Ticket, address: tuple[str, int]) -> None:
    house = House()
    das = revoked(house)
    answer = encode_response(Code.DISCONNECT_ACK, decode(das.orders[0][1]), [], das.secret)

    das.hear(answer, address)

    assert state() == ("sent", None)
    assert house.counters.all()["orders.unexpected"] == 1


def test_an_answer_that_comes_twice_counts_once(ticket: Ticket) -> None:
    house = House()
    das = revoked(house)

    das.acknowledge()
    das.refuse(503)

    assert state() == ("acknowledged", None)
    assert Session.objects.get().ended_at is None


@pytest.mark.parametrize("datagram", [b"", b"\x29", bytes(20), bytes(4096), b"\xff" * 4097])
def test_rubbish_at_the_orders_socket_is_dropped(ticket: Ticket, datagram: bytes) -> None:
    house = House()
    das = revoked(house)

    das.hear(datagram, das.orders[0][0])

    assert state() == ("sent", None)


# Checked again before each sending


def test_an_order_that_no_longer_holds_is_not_sent(ticket: Ticket) -> None:
    house = House()
    das = online(house)
    Ticket.objects.update(revoked_at=NOW)
    house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=600))
    Ticket.objects.update(revoked_at=None)

    house.do_chores(1)

    assert das.orders == []
    assert state() == ("dropped", None)


def test_it_is_not_sent_again_either(ticket: Ticket) -> None:
    house = House()
    das = revoked(house)
    Ticket.objects.update(revoked_at=None)

    for _ in range(5):
        house.do_chores(1)

    assert len(das.orders) == 1
    assert state() == ("dropped", None)


def test_an_order_for_a_session_that_ended_is_dropped(ticket: Ticket) -> None:
    house = House()
    das = revoked(house)
    house.report(accounting_request("Stop", login="GUESTTICKT", seconds=601))

    house.do_chores(1)

    assert len(das.orders) == 1
    assert state() == ("dropped", None)
