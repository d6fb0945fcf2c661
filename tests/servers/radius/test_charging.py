"""What reports charge and logins lead to, each figure explained."""

import pytest
from tests import factories
from tests.factories import KEYS
from tests.servers.radius.house import House, charged
from tests.servers.radius.peer import access_request, accounting_request, named, said, verified

from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.storage.models import AccessPoint, Attempt, Session, Ticket

pytestmark = pytest.mark.django_db

# The ticket GUESTTICKT is of one hour, for one device.
OFFER = {"credit": 3600, "max_devices": 1}
PHONE, TABLET = "02-00-00-00-00-01", "02-00-00-00-00-02"


# Charged by the highest total, and every figure explained


def test_a_duplicate_with_a_new_identifier_charges_nothing(ticket: Ticket) -> None:
    house = House()
    for _ in range(2):
        assert len(house.report(accounting_request("Stop", login="GUESTTICKT", seconds=900))) == 1

    assert charged(ticket) == 900


def test_reordered_reports_charge_the_highest_total(ticket: Ticket) -> None:
    house = House()
    house.clock.tick(900)
    for status, seconds in (("Interim-Update", 600), ("Interim-Update", 300), ("Stop", 900), ("Interim-Update", 800)):
        house.report(accounting_request(status, login="GUESTTICKT", seconds=seconds))

    assert charged(ticket) == 900


def test_a_lost_start_loses_nothing(ticket: Ticket) -> None:
    House().report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=300))

    assert charged(ticket) == 300


def test_a_wrapped_counter_goes_on(ticket: Ticket) -> None:
    house = House()
    for seconds, octets in ((60, 2**32 - 1000), (120, 500)):
        house.clock.tick(60)
        report = accounting_request(
            "Interim-Update", *named(Acct_Output_Octets=octets), login="GUESTTICKT", seconds=seconds
        )
        house.report(report)

    ticket.refresh_from_db()
    assert ticket.used_down == 2**32 + 500


def test_a_session_number_that_comes_again_after_a_reboot_is_another_session(ticket: Ticket) -> None:
    house = House()
    for _ in range(2):
        house.login(access_request("GUESTTICKT"))
        house.report(accounting_request("Start", login="GUESTTICKT", session="1"))
        house.clock.tick(500)
        house.report(accounting_request("Interim-Update", login="GUESTTICKT", session="1", seconds=500))
        house.clock.tick(5)
        house.report(accounting_request("Accounting-On", login="", session=None, mac=None))
        house.clock.tick(5)

    assert charged(ticket) == 1000
    assert Session.objects.count() == 2


def test_every_report_is_counted_by_what_became_of_it(ticket: Ticket) -> None:
    house = House()
    house.clock.tick(1000)
    for status, seconds in (("Start", None), ("Interim-Update", 600), ("Interim-Update", 300), ("Stop", 900)):
        house.report(accounting_request(status, login="GUESTTICKT", seconds=seconds))
    house.report(accounting_request("Stop", login="GUESTTICKT", seconds=950))
    house.report(accounting_request("Stop", login="NOSUCH", session="S9", seconds=1))

    counts = {name: n for name, n in house.counters.all().items() if name.startswith("accounting.")}
    assert counts == {
        "accounting.charged": 2,
        "accounting.unchanged": 2,
        "accounting.final": 1,
        "accounting.unknown_ticket": 1,
    }
    session = Session.objects.get()
    assert (session.time, session.charged, session.reports, session.ignored) == (900, 900, 4, 2)


def test_more_time_than_passed_is_charged_and_noted(ticket: Ticket) -> None:
    house = House()
    house.login(access_request("GUESTTICKT"))
    house.report(accounting_request("Stop", login="GUESTTICKT", seconds=600))

    (fault,) = house.book.take_notes().faults
    assert fault[2] == "more_time_than_passed"
    assert charged(ticket) == 600


# What logins lead to


def test_an_unknown_and_a_wrong_code_look_the_same_and_are_told_apart_in_the_log(ticket: Ticket) -> None:
    listed = ticket.ticket_list
    factories.ticket(listed, "WITHPASS", "SECRETPASS")
    house = House()

    unknown = house.login(access_request("NOSUCHCODE", "GUESS", mac=PHONE))
    wrong = house.login(access_request("WITHPASS", "GUESS", mac=TABLET))

    assert decode(unknown).attributes[1:] == decode(wrong).attributes[1:]
    assert list(Attempt.objects.order_by("id").values_list("reason", "login")) == [
        ("unknown_ticket", "NO…DE"),
        ("wrong_password", ""),
    ]


def test_a_wrong_code_takes_a_token_and_a_right_one_none(ticket: Ticket) -> None:
    house = House()
    for _ in range(30):
        house.login(access_request("GUESTTICKT", mac=PHONE))
    assert "login.slowed" not in house.counters.all()

    for _ in range(20):
        house.login(access_request("NOSUCH", mac=PHONE))
    (slowed,) = house.auth(access_request("GUESTTICKT", mac=PHONE))

    assert decode(slowed).code is Code.ACCESS_REJECT
    assert house.counters.all()["login.slowed"] == 1


def test_the_class_of_an_accept_names_its_reservation(ticket: Ticket) -> None:
    house = House()
    request = access_request("GUESTTICKT")

    accept = house.login(request)

    assert verified(accept, request) is Code.ACCESS_ACCEPT
    assert KEYS.session_of(decode(accept).first(25) or b"") == Session.objects.get().pk


def test_a_reject_speaks_the_access_points_language(ticket: Ticket) -> None:
    AccessPoint.objects.update(language="en")
    house = House()

    answer = house.login(access_request("NOSUCH"))

    assert said(answer)["Reply-Message"] == "This code is not right. Check it and type it again."
