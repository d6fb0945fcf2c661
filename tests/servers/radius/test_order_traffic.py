"""Orders on the wire: Disconnect-Request and CoA-Request, and what truly comes of them."""

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW
from tests.servers.radius.das import Das
from tests.servers.radius.house import House
from tests.servers.radius.peer import access_request, accounting_request
from tests.servers.radius.test_reception import STRANGER

from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.storage.models import AccessPoint, Offer, Order, Session, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    """The ticket GUESTTICKT of two hours, at an access point that takes orders."""
    parc = factories.organisation()
    factories.access_point(parc, coa_port=3799)
    return factories.ticket(factories.ticket_list(factories.offer(parc, credit=7200)), "GUESTTICKT")


def online(house: House) -> Das:
    """The ticket's guest is on, ten minutes by now; the equipment that he is on."""
    das = Das(house)
    house.login(access_request("GUESTTICKT"))
    house.report(accounting_request("Start", login="GUESTTICKT"))
    house.clock.tick(600)
    house.do_chores()
    return das


def interim(house: House) -> None:
    """A report, after which the session is decided again, and what is ordered is sent."""
    seconds = round((house.clock.now - NOW).total_seconds())
    house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=seconds))
    house.do_chores(1)


def revoked(house: House) -> Das:
    """The guest's ticket is revoked while he is on; the order to disconnect him is on the wire."""
    das = online(house)
    Ticket.objects.update(revoked_at=NOW)
    interim(house)
    assert das.codes == [Code.DISCONNECT_REQUEST]
    return das


def state() -> tuple[str, int | None]:
    order = Order.objects.latest("id")
    return order.state, order.error_cause


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
    assert (session.ending, session.charged) == ("stopped", 601)


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


# Changes


def test_other_limits_are_a_coa_request_and_hold_once_acknowledged(ticket: Ticket) -> None:
    house = House()
    das = online(house)
    Offer.objects.update(rate_down=2_000_000, credit=10_000)
    interim(house)

    assert das.codes == [Code.COA_REQUEST]
    assert das.last["Session-Timeout"] == "10000"
    assert das.last["WISPr-Bandwidth-Max-Down"] == "2000000"
    das.acknowledge()

    session = Session.objects.get()
    assert (session.session_timeout, session.rate_down) == (10_000, 2_000_000)
    interim(house)
    assert len(das.orders) == 1


def test_an_end_that_hardly_moves_is_not_worth_an_order(ticket: Ticket) -> None:
    house = House()
    das = online(house)
    Offer.objects.update(credit=7230)

    interim(house)

    assert das.orders == []


def test_limits_that_moved_since_are_sent_in_place_of_the_older_ones(ticket: Ticket) -> None:
    house = House()
    das = online(house)
    Offer.objects.update(credit=10_000)
    interim(house)
    Offer.objects.update(credit=20_000)

    house.do_chores(1)
    house.do_chores(1)

    assert [order.state for order in Order.objects.order_by("id")] == ["dropped", "sent"]
    assert das.last["Session-Timeout"] == "20000"
    das.acknowledge()
    assert Session.objects.get().session_timeout == 20_000


def test_a_change_that_still_waits_takes_the_newer_limits(ticket: Ticket) -> None:
    house = House()
    das = online(house)
    for credit in (10_000, 20_000):
        Offer.objects.update(credit=credit)
        house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=600))

    house.do_chores(1)

    assert das.last["Session-Timeout"] == "20000"
    assert Order.objects.count() == 1


def test_a_change_that_is_refused_is_asked_again_at_the_next_report_alone(ticket: Ticket) -> None:
    house = House()
    das = online(house)
    Offer.objects.update(credit=10_000)
    interim(house)
    das.refuse(401)

    for _ in range(3):
        house.do_chores(1)
    assert len(das.orders) == 1
    interim(house)

    assert len(das.orders) == 2


def test_a_spent_credit_disconnects_with_its_reason(ticket: Ticket) -> None:
    house = House()
    das = online(house)
    house.clock.tick(6600)
    interim(house)

    assert das.codes == [Code.DISCONNECT_REQUEST]
    assert Order.objects.get().reason == "credit_used_up"


def test_example_27_a_moved_validity_counts_from_the_start_of_the_session(ticket: Ticket) -> None:
    ends_at = NOW + timedelta(hours=2, minutes=30)
    Offer.objects.update(credit=None, valid_until=ends_at)
    house = House()
    das = Das(house)
    house.login(access_request("GUESTTICKT"))
    house.report(accounting_request("Start", login="GUESTTICKT"))
    house.do_chores()
    house.clock.tick(5400)
    Offer.objects.update(valid_until=ends_at + timedelta(minutes=90))

    interim(house)

    assert das.last["Session-Timeout"] == "14400"


@pytest.mark.parametrize("typed", ["GUESTTICKT", "gue-stti-ckt"])
def test_an_order_names_the_guest_as_he_typed_himself(ticket: Ticket, typed: str) -> None:
    house = House()
    das = Das(house)
    house.login(access_request(typed))
    house.report(accounting_request("Start", login=typed))
    house.clock.tick(600)
    house.do_chores()
    Ticket.objects.update(revoked_at=NOW)

    house.report(accounting_request("Interim-Update", login=typed, seconds=600))
    house.do_chores(1)

    assert das.last["User-Name"] == typed
    assert typed.encode() not in bytes(Session.objects.get().user_name_sealed or b"")


def test_an_acknowledgement_of_a_dropped_change_tells_what_the_equipment_holds(ticket: Ticket) -> None:
    house = House()
    das = online(house)
    Offer.objects.update(rate_down=2_000_000)
    interim(house)
    Offer.objects.update(rate_down=None)
    house.do_chores(2)
    assert state()[0] == "dropped"

    das.acknowledge()

    assert Session.objects.get().rate_down == 2_000_000
