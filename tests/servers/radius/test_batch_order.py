"""A batch is decided in order of arrival, each on what the one before left."""

import pytest
from tests.servers.radius.house import House, codes
from tests.servers.radius.peer import access_request, accounting_request, named, said

from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.storage.models import AccessPoint, Attempt, Session, Ticket

pytestmark = pytest.mark.django_db

# The ticket GUESTTICKT is of one hour, for one device.
OFFER = {"credit": 3600, "max_devices": 1}
PHONE, TABLET = "02-00-00-00-00-01", "02-00-00-00-00-02"


def test_of_two_devices_in_one_batch_exactly_one_is_let_in(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT", mac=PHONE))
    house.auth(access_request("GUESTTICKT", mac=TABLET))

    answers = house.commit()

    assert codes(answers) == [Code.ACCESS_ACCEPT, Code.ACCESS_REJECT]
    assert said(answers[1])["Reply-Message"] == "Ce ticket est utilisé sur un autre appareil."
    assert Session.objects.get().device == "020000000001"


def test_of_fifty_devices_in_one_batch_exactly_one_is_let_in(ticket: Ticket) -> None:
    house = House()
    for number in range(50):
        house.auth(access_request("GUESTTICKT", mac=f"02-00-00-00-00-{number:02X}"))

    assert codes(house.commit()).count(Code.ACCESS_ACCEPT) == 1
    assert Attempt.objects.filter(reason="too_many_devices").count() == 49


def test_start_interim_and_stop_of_one_session_in_one_batch(ticket: Ticket) -> None:
    house = House()
    accept = house.login(access_request("GUESTTICKT"))
    echoed = [(25, decode(accept).first(25) or b"")]
    for status, seconds in (("Start", None), ("Interim-Update", 300), ("Stop", 400)):
        house.acct(accounting_request(status, *echoed, login="GUESTTICKT", seconds=seconds))

    answers = house.commit()

    assert codes(answers) == [Code.ACCOUNTING_RESPONSE] * 3
    session = Session.objects.get()
    assert (session.time, session.charged, session.ending, session.reports) == (400, 400, "stopped", 3)
    ticket.refresh_from_db()
    assert ticket.used_time == 400


def test_a_login_its_session_and_the_next_device_in_one_batch(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT", mac=PHONE))
    house.acct(accounting_request("Stop", login="GUESTTICKT", mac=PHONE, seconds=60))
    house.auth(access_request("GUESTTICKT", mac=TABLET))

    answers = house.commit()

    assert codes(answers) == [Code.ACCESS_ACCEPT, Code.ACCOUNTING_RESPONSE, Code.ACCESS_ACCEPT]
    assert said(answers[2])["Session-Timeout"] == "3540"


def test_a_restart_between_two_runs_ends_what_came_before_and_not_what_comes_after(ticket: Ticket) -> None:
    house = House()
    house.report(accounting_request("Start", login="GUESTTICKT", session="OLD"))
    house.clock.tick(120)
    house.acct(accounting_request("Interim-Update", login="GUESTTICKT", session="OLD", seconds=60))
    house.clock.tick(1)
    house.acct(accounting_request("Accounting-On", login="", session=None, mac=None))
    house.clock.tick(1)
    house.acct(accounting_request("Start", login="GUESTTICKT", session="NEW"))

    answers = house.commit()

    assert codes(answers) == [Code.ACCOUNTING_RESPONSE] * 3
    endings = dict(Session.objects.values_list("acct_session_id", "ending"))
    assert endings == {"OLD": "restarted", "NEW": None}
    assert house.counters.all()["accounting.restart"] == 1


def test_a_restart_drops_reservations(ticket: Ticket) -> None:
    house = House()
    house.login(access_request("GUESTTICKT", mac=PHONE))
    house.clock.tick(1)
    house.report(accounting_request("Accounting-Off", login="", session=None, mac=None))

    assert codes([house.login(access_request("GUESTTICKT", mac=TABLET))]) == [Code.ACCESS_ACCEPT]


def test_a_restart_leaves_the_sessions_of_another_source(ticket: Ticket) -> None:
    AccessPoint.objects.update(address="127.0.0.0/8")
    house = House()
    house.acct(accounting_request("Start", login="GUESTTICKT", session="HERE"), ("127.0.0.2", 1))
    house.commit()
    house.clock.tick(10)
    house.acct(accounting_request("Accounting-On", login=""), ("127.0.0.1", 1))
    house.commit()

    assert Session.objects.get().ended_at is None


def test_a_late_restart_leaves_what_was_heard_since(ticket: Ticket) -> None:
    house = House()
    house.clock.tick(600)
    house.report(accounting_request("Start", login="GUESTTICKT"))
    house.report(accounting_request("Accounting-On", *named(Acct_Delay_Time=300), login=""))

    assert Session.objects.get().ended_at is None
