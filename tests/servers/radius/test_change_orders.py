"""Changes on the wire: CoA-Request, and what the equipment then holds."""

from datetime import timedelta

import pytest
from tests.factories import NOW
from tests.servers.radius.das import Das, interim, online, state
from tests.servers.radius.house import House
from tests.servers.radius.peer import access_request, accounting_request

from spotcoffee.protocols.radius.packet import Code
from spotcoffee.storage.models import Offer, Order, Session, Ticket

pytestmark = pytest.mark.django_db

# The ticket GUESTTICKT is of two hours, at an access point that takes orders.
OFFER = {"credit": 7200}
POINT = {"coa_port": 3799}


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
