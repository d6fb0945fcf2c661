"""Rounds over real HTTP against strict stand-ins: guests are let in, counted, changed and put off."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.factories import NOW
from tests.servers.controllers.omada_controller import OmadaController
from tests.servers.controllers.sites import AP, MAC, OF_OMADA, OF_UNIFI, hang_up, omada_site, site, unifi_site
from tests.servers.controllers.unifi_controller import UnifiController
from tests.services.controlled import DEVICE, INTERVAL, place

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals.visits import Controller
from spotcoffee.servers.controllers.chores import sweep
from spotcoffee.services import controller_rounds, controllers
from spotcoffee.services.controllers import Progress
from spotcoffee.services.errors import Conflict
from spotcoffee.services.orders import order_redecisions
from spotcoffee.storage.models import Offer, Order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hung_up() -> Iterator[None]:
    yield
    hang_up()


@pytest.fixture(params=[False, True], ids=["classic", "console"])
def unifi(request: pytest.FixtureRequest) -> Iterator[UnifiController]:
    made = UnifiController(is_console=request.param)
    yield made
    made.close()


@pytest.fixture
def omada() -> Iterator[OmadaController]:
    made = OmadaController()
    yield made
    made.close()


# --- UniFi


def test_a_guest_is_let_in_within_a_round_with_the_limits_of_his_offer(unifi: UnifiController) -> None:
    at = unifi_site(unifi, offer={"credit": 3_601, "rate_down": 2_000_001, "rate_up": 8_000})

    at.let_in(OF_UNIFI)

    assert unifi.authorized == {MAC: {"minutes": 61, "up": 8, "down": 2_001, "ap_mac": "02:00:00:00:00:aa"}}
    assert at.place.session().began_at == NOW + timedelta(seconds=1)
    assert controllers.progress(at.place.point.pk, DEVICE, now=at.now()) is Progress.THROUGH
    assert at.fault() == ""


def test_without_a_limit_of_time_he_is_let_in_for_a_year(unifi: UnifiController) -> None:
    at = unifi_site(unifi, offer={})

    at.let_in(OF_UNIFI)

    assert unifi.authorized[MAC]["minutes"] == 525_600


def test_what_moved_since_his_login_is_charged(unifi: UnifiController) -> None:
    at = unifi_site(unifi)
    unifi.station(MAC, down=500, up=50)
    at.let_in(OF_UNIFI)

    unifi.station(MAC, down=10_500, up=1_050)
    at.round(61)

    used = at.place.used()
    assert (used.used_time, used.used_down, used.used_up) == (60, 10_000, 1_000)


def test_a_phone_that_comes_back_to_the_wifi_is_counted_on(unifi: UnifiController) -> None:
    at = unifi_site(unifi)
    unifi.station(MAC)
    at.let_in(OF_UNIFI)
    unifi.station(MAC, down=10_000, up=100)
    at.round(40)

    unifi.station(MAC, down=300, up=30)
    at.round(80)

    assert at.place.used().used_down == 10_300


def test_staff_put_him_off_and_see_that_it_was_done(unifi: UnifiController) -> None:
    at = unifi_site(unifi)
    unifi.station(MAC)
    at.let_in(OF_UNIFI)
    at.at = 100
    at.order_off()

    at.round(101)

    session = at.place.session()
    assert (unifi.authorized, session.end_cause, Order.objects.get().state) == ({}, "disconnected", "acknowledged")
    assert at.place.used().used_time == 100


def test_new_limits_reach_a_guest_who_is_on(unifi: UnifiController) -> None:
    at = unifi_site(unifi, offer={"credit": 7_200, "rate_down": 1_000_000})
    at.let_in(OF_UNIFI)
    at.at = 60
    Offer.objects.update(rate_down=4_000_000, credit=3_600)
    sheet = at.sheet()
    order_redecisions(sheet, sheet.tickets[at.place.ticket.pk])
    sheet.store()

    at.round(61)

    assert unifi.authorized[MAC]["down"] == 4_000
    assert 58 <= unifi.authorized[MAC]["minutes"] <= 60
    assert Order.objects.get().state == "acknowledged"


def test_his_time_ends_on_the_second_though_the_controller_counts_minutes(unifi: UnifiController) -> None:
    at = unifi_site(unifi, offer={"credit": 90})
    unifi.station(MAC)
    at.let_in(OF_UNIFI)

    at.round(92)

    assert (unifi.authorized, at.place.session().end_cause) == ({}, "session_timeout")
    assert at.place.used().used_time == 90


def test_without_traffic_he_is_put_off_and_gets_the_idle_time_back(unifi: UnifiController) -> None:
    at = unifi_site(unifi, offer={"credit": 7_200, "idle_timeout": 600})
    unifi.station(MAC)
    at.let_in(OF_UNIFI)
    unifi.station(MAC, down=9_000, up=900)
    at.round(301)

    at.round(905)

    session = at.place.session()
    assert (unifi.authorized, session.end_cause) == ({}, "idle")
    assert at.place.used().used_time == 904 - 600


def test_who_was_put_off_at_the_controller_ends_here_too(unifi: UnifiController) -> None:
    at = unifi_site(unifi)
    unifi.station(MAC)
    at.let_in(OF_UNIFI)
    unifi.authorized.clear()

    at.round(40)

    assert at.place.session().end_cause == "disconnected"


def test_a_spent_quota_puts_him_off_at_the_next_round(unifi: UnifiController) -> None:
    at = unifi_site(unifi, offer={"quota_down": 1_000_000})
    unifi.station(MAC)
    at.let_in(OF_UNIFI)
    unifi.station(MAC, down=1_000_000, up=1)

    at.round(35)
    at.round(36)

    assert unifi.authorized == {}


def test_a_login_that_grew_old_is_made_anew(unifi: UnifiController) -> None:
    at = unifi_site(unifi)
    at.let_in(OF_UNIFI)
    unifi.log_everybody_out()

    at.round(40)

    assert (unifi.logins, at.fault()) == (2, "")


def test_a_wrong_password_is_shown_and_not_tried_at_once_again(unifi: UnifiController) -> None:
    at = unifi_site(unifi, password="another")
    at.let_in(OF_UNIFI)
    tried = len(unifi.calls)

    at.round(at.at + 1)

    assert (at.fault(), len(unifi.calls)) == ("wrong_password", tried)
    assert controllers.progress(at.place.point.pk, DEVICE, now=at.now()) is Progress.WAITING


def test_a_controller_that_comes_back_lets_the_guest_in(unifi: UnifiController) -> None:
    at = unifi_site(unifi)
    account = at.visit.account
    at.visit.account = controller_rounds.Account(
        **{name: getattr(account, name) for name in account.__slots__} | {"url": "http://127.0.0.1:9"}
    )
    at.let_in(OF_UNIFI)
    assert at.fault() == "unreachable"

    at.visit.account = account
    at.round(20)

    assert MAC in unifi.authorized


def test_two_workers_ask_for_a_guest_once(unifi: UnifiController) -> None:
    at = unifi_site(unifi)
    at.place.let_in(OF_UNIFI)
    assert len(controller_rounds.take_waiting(at.place.point.pk, now=NOW)) == 1

    assert controller_rounds.take_waiting(at.place.point.pk, now=NOW) == []


# --- Omada


def test_an_omada_guest_is_let_in_for_milliseconds(omada: OmadaController) -> None:
    at = omada_site(omada, offer={"credit": 3_600})

    at.let_in(OF_OMADA)

    assert omada.bodies == [
        {
            "clientMac": "02-00-00-00-01-01", "apMac": "02-00-00-00-00-AA", "ssidName": "Wi-Fi", "radioId": 1,
            "site": "Default", "time": 3_600_000, "authType": 4,
        }
    ]  # fmt: skip


def test_behind_an_omada_gateway_its_own_words_are_sent(omada: OmadaController) -> None:
    at = omada_site(omada)
    fields = (("site", "Default"), ("gateway", AP), ("vid", "10"), ("back", "https://wifi.example/"))

    at.let_in(Controller(Equipment.OMADA, DEVICE, fields))

    assert (omada.bodies[0]["gatewayMac"], omada.bodies[0]["vid"]) == ("02-00-00-00-00-AA", 10)


def test_the_servers_clock_charges_an_omada_guest(omada: OmadaController) -> None:
    at = omada_site(omada)
    at.let_in(OF_OMADA)
    at.at = 300
    at.order_off()

    at.round(301)

    assert omada.authorized == {"02-00-00-00-01-01": 1}
    assert (at.place.used().used_time, Order.objects.get().state) == (301, "acknowledged")


def test_an_omada_session_ends_with_its_time(omada: OmadaController) -> None:
    at = omada_site(omada, offer={"credit": 600})
    at.let_in(OF_OMADA)

    at.round(602)

    assert omada.authorized == {"02-00-00-00-01-01": 1}
    session = at.place.session()
    assert (at.place.used().used_time, session.ended_at) == (600, NOW + timedelta(seconds=600))
    assert session.end_cause == "session_timeout"


def test_the_sweep_ends_it_where_the_controller_is_away(omada: OmadaController) -> None:
    at = omada_site(omada, offer={"credit": 600})
    at.let_in(OF_OMADA)

    assert sweep(INTERVAL, able_since=NOW, now=NOW + timedelta(seconds=602)) == 1

    assert at.place.used().used_time == 600


def test_a_login_at_omada_that_grew_old_is_made_anew(omada: OmadaController) -> None:
    at = omada_site(omada)
    at.let_in(OF_OMADA)
    omada.session = "another"
    at.order_off()

    at.round(20)

    assert (omada.logins, omada.authorized) == (2, {"02-00-00-00-01-01": 1})


def test_what_omada_refuses_costs_the_ticket_nothing(omada: OmadaController) -> None:
    omada.refuses = True
    at = omada_site(omada)

    at.let_in(OF_OMADA)

    assert controllers.progress(at.place.point.pk, DEVICE, now=at.now()) is Progress.FAILED
    assert (at.place.used().used_time, at.place.session().ended_at is not None) == (0, True)


def test_a_wrong_password_at_omada_is_shown(omada: OmadaController) -> None:
    at = omada_site(omada, password="another")

    at.let_in(OF_OMADA)

    assert at.fault() == "wrong_password"


# --- both


def test_no_one_is_decided_where_no_controller_was_set() -> None:
    made = place("unifi")

    with pytest.raises(Conflict):
        made.let_in(OF_UNIFI)


def test_a_reservation_that_no_controller_took_lapses() -> None:
    at = site("http://127.0.0.1:9", "unifi", user="u", password="p")
    at.let_in(OF_UNIFI)

    assert sweep(INTERVAL, able_since=NOW, now=NOW + timedelta(seconds=121)) == 1

    assert at.place.used().first_login_at is None
