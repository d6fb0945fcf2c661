"""openNDS asks and tells: guests are let in, counted, and put off, by the same rules as with RADIUS."""

import json
from base64 import b64encode
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from tests.factories import KEYS, NOW
from tests.services.controlled import DEVICE, FASKEY, INTERVAL, Place, place

from spotcoffee.domain.access_points import Equipment
from spotcoffee.domain.authorization import Accept, Reason, Reject
from spotcoffee.protocols.portals import opennds as adapter
from spotcoffee.protocols.portals.opennds_authmon import proof_of
from spotcoffee.protocols.portals.visits import Controller, Redirect, VisitError
from spotcoffee.services import controllers, opennds
from spotcoffee.services.controllers import Progress
from spotcoffee.services.errors import NotFound
from spotcoffee.services.orders import order_disconnect
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.models import AccessPoint, Order

pytestmark = pytest.mark.django_db

TOKEN: Final = "3a9e3735"
HID: Final = adapter.hid_of_token(TOKEN)
RHID: Final = adapter.return_hash(HID, FASKEY)
GATEWAY: Final = adapter.gateway_hash("Lab%20Hotspot")
CONTROLLER: Final = Controller(
    Equipment.OPENNDS,
    DEVICE,
    (
        ("rhid", RHID),
        ("hid", HID),
        ("gateway", "http://10.77.0.1:2050"),
        ("gatewayhash", GATEWAY),
        ("authdir", "opennds_auth"),
        ("sealed", "no"),
        ("back", "https://wifi.example/portal/s/x/"),
        ("address", "10.77.0.11"),
    ),
)


def ask(of: Place, what: str, payload: str = "none", *, after: float = 0, proof: str = "") -> str:
    fields = {"auth_get": what, "gatewayhash": GATEWAY, "payload": b64encode(payload.encode()).decode(), "proof": proof}
    now = NOW + timedelta(seconds=after)
    return opennds.answer(of.point.pk, fields, keys=KEYS, interim_interval=INTERVAL, now=now)


def clients(of: Place, *, after: float, down: int = 0, up: int = 0, on: bool = True) -> str:
    """What our script brings: the device has been on since NOW; volumes in kB."""
    row = {
        "mac": "02:00:00:00:01:01",
        "token": TOKEN,
        "state": "Authenticated",
        "session_start": "1000",
        "download_this_session": str(down),
        "upload_this_session": str(up),
    }
    payload = f"{1000 + int(after)}\n{json.dumps({'clients': {'02:00:00:00:01:01': row} if on else {}})}"
    return ask(of, "custom", payload, after=after, proof=proof_of(payload, FASKEY))


def deauthed(of: Place, method: str, *, lasted: int, down: int = 0, proven: bool = True) -> str:
    payload = (
        f"method={method}, clientmac=02:00:00:00:01:01, bytes_incoming={down}, bytes_outgoing=5, "
        f"session_start=1000, session_end={1000 + lasted}, token={TOKEN}"
    )
    return ask(of, "deauthed", payload, after=lasted, proof=proof_of(payload, FASKEY) if proven else "")


@pytest.fixture
def linked() -> Place:
    """A box whose authmon and script have been heard."""
    made = place("opennds")
    clients(made, after=-5, on=False)
    ask(made, "view", after=-5)
    return made


def order_off(of: Place, *, after: float) -> None:
    """As a member of staff does."""
    points = {of.point.pk: AccessPoint.objects.get(pk=of.point.pk).as_value(interim_interval=INTERVAL)}
    sheet = Worksheet(access_points=points, now=NOW + timedelta(seconds=after))
    sheet.load(ticket_ids=[of.ticket.pk])
    (session,) = sheet.live_of(of.ticket.pk)
    assert order_disconnect(sheet, session, "staff", by="alice")
    sheet.store()


def test_authmon_fetches_whom_the_rules_let_in(linked: Place) -> None:
    admitted = linked.let_in(CONTROLLER)

    assert isinstance(admitted.decision, Accept)
    assert admitted.answer is None
    told = unquote(ask(linked, "view", after=2)).split()
    assert told[:7] == ["*", RHID, "120", "0", "0", "0", "0"]
    assert controllers.progress(linked.point.pk, DEVICE, now=NOW) is Progress.WAITING


def test_once_it_is_acknowledged_the_session_has_begun(linked: Place) -> None:
    linked.let_in(CONTROLLER)

    assert ask(linked, "view", f"* {RHID}", after=3) == "ack"

    session = linked.session()
    assert (session.began_at, session.framed_address) == (NOW + timedelta(seconds=3), "10.77.0.11")
    assert ask(linked, "view", after=13) == "*"
    assert controllers.progress(linked.point.pk, DEVICE, now=NOW) is Progress.THROUGH


def test_it_stays_in_the_list_until_it_is_acknowledged(linked: Place) -> None:
    linked.let_in(CONTROLLER)

    assert ask(linked, "view", after=2) == ask(linked, "view", after=12) != "*"
    ask(linked, "view", "*", after=12)
    assert ask(linked, "view", after=22) != "*"


def test_who_has_waited_two_minutes_is_not_let_in_any_more(linked: Place) -> None:
    linked.let_in(CONTROLLER)

    assert ask(linked, "view", after=121) == "*"
    assert controllers.progress(linked.point.pk, DEVICE, now=NOW + timedelta(seconds=121)) is Progress.FAILED


def test_another_gateway_hash_gets_nothing(linked: Place) -> None:
    linked.let_in(CONTROLLER)
    fields = {"auth_get": "view", "gatewayhash": "0" * 64, "payload": "bm9uZQ=="}

    assert opennds.answer(linked.point.pk, fields, keys=KEYS, interim_interval=INTERVAL, now=NOW) == "*"


def test_clear_drops_what_was_waiting_before_and_no_login_of_this_moment(linked: Place) -> None:
    linked.let_in(CONTROLLER)

    assert ask(linked, "clear", after=5) == ""
    assert ask(linked, "view", after=6) != "*"
    ask(linked, "clear", after=16)
    assert ask(linked, "view", after=17) == "*"


def test_list_tells_the_same(linked: Place) -> None:
    linked.let_in(CONTROLLER)

    assert RHID in unquote(ask(linked, "list", after=1))


def test_without_authmon_the_browser_brings_the_hash_with_proven_limits() -> None:
    made = place("opennds")

    admitted = made.let_in(CONTROLLER)

    assert isinstance(admitted.answer, Redirect)
    query = dict(parse_qsl(urlsplit(admitted.answer.url).query))
    assert (query["tok"], query["redir"]) == (RHID, "https://wifi.example/portal/s/x/")


def test_what_the_script_tells_is_charged_as_it_runs(linked: Place) -> None:
    linked.let_in(CONTROLLER)
    ask(linked, "view", f"* {RHID}")

    clients(linked, after=60, down=1_000, up=10)
    clients(linked, after=65, down=1_100, up=11)

    used = linked.used()
    # The second one comes too soon to be written down.
    assert (used.used_time, used.used_down, used.used_up) == (60, 1_024_000, 10_240)


def test_the_first_report_begins_the_session_where_no_one_acknowledged_it(linked: Place) -> None:
    linked.let_in(CONTROLLER)

    clients(linked, after=8)

    assert linked.session().acct_session_id is not None
    assert linked.used().used_time == 8


@pytest.mark.parametrize(
    ("method", "cause"), [("timeout_deauth", "session_timeout"), ("upquota_deauth", "quota"), ("client_deauth", "user")]
)
def test_the_end_is_charged_to_the_second_with_its_reason(linked: Place, method: str, cause: str) -> None:
    linked.let_in(CONTROLLER)
    ask(linked, "view", f"* {RHID}")

    assert deauthed(linked, method, lasted=100, down=5_000) == "ack"

    session, used = linked.session(), linked.used()
    assert (session.end_cause, session.ended_at) == (cause, NOW + timedelta(seconds=100))
    assert (used.used_time, used.used_down, used.used_up) == (100, 5_000, 5)


def test_an_idle_cut_gives_the_boxs_own_idle_time_back() -> None:
    made = place("opennds", idle_timeout_own=600)
    clients(made, after=-5, on=False)
    made.let_in(CONTROLLER)
    ask(made, "view", f"* {RHID}")

    deauthed(made, "idle_deauth", lasted=1_500)

    assert made.used().used_time == 900


def test_nobody_ends_a_session_without_proof(linked: Place) -> None:
    linked.let_in(CONTROLLER)
    ask(linked, "view", f"* {RHID}")

    with pytest.raises(VisitError):
        deauthed(linked, "client_deauth", lasted=1, proven=False)

    assert linked.session().ended_at is None


def test_where_the_visit_was_encrypted_the_token_is_proof_enough(linked: Place) -> None:
    fields = tuple(("sealed", "yes") if pair[0] == "sealed" else pair for pair in CONTROLLER.fields)
    linked.let_in(Controller(Equipment.OPENNDS, DEVICE, fields))
    ask(linked, "view", f"* {RHID}")

    deauthed(linked, "client_deauth", lasted=9, proven=False)

    assert linked.used().used_time == 9


def test_nobody_speaks_for_the_script(linked: Place) -> None:
    with pytest.raises(VisitError):
        ask(linked, "custom", '1\n{"clients":{}}', proof="0" * 64)


def test_an_order_goes_home_with_the_script_and_is_acknowledged_by_the_end(linked: Place) -> None:
    linked.let_in(CONTROLLER)
    ask(linked, "view", f"* {RHID}")
    order_off(linked, after=10)

    assert clients(linked, after=12) == "ack\ndeauth 02:00:00:00:01:01\n"
    deauthed(linked, "ndsctl_deauth", lasted=13)

    order = Order.objects.get()
    assert (order.state, linked.session().end_cause) == ("acknowledged", "disconnected")
    assert clients(linked, after=18, on=False) == "ack\n"


def test_an_order_for_a_device_that_the_box_no_longer_knows_says_gone(linked: Place) -> None:
    linked.let_in(CONTROLLER)
    ask(linked, "view", f"* {RHID}")
    order_off(linked, after=10)

    assert clients(linked, after=12, on=False) == "ack\n"

    assert (Order.objects.get().state, linked.session().ending) == ("gone", "lost")


def test_an_order_that_changes_nothing_ends_without_an_answer(linked: Place) -> None:
    linked.let_in(CONTROLLER)
    ask(linked, "view", f"* {RHID}")
    order_off(linked, after=10)

    for after in range(12, 62, 10):
        clients(linked, after=after)

    assert Order.objects.get().state == "no_answer"


def test_a_spent_quota_orders_the_guest_off() -> None:
    made = place("opennds", offer={"quota_down": 1_000_000})
    clients(made, after=-5, on=False)
    made.let_in(CONTROLLER)
    ask(made, "view", f"* {RHID}")

    assert clients(made, after=30, down=2_000) == "ack\ndeauth 02:00:00:00:01:01\n"


def test_a_second_device_is_refused_as_with_radius(linked: Place) -> None:
    linked.let_in(CONTROLLER)

    other = linked.let_in(CONTROLLER, device="020000000102")

    assert other.decision == Reject(Reason.TOO_MANY_DEVICES)


def test_a_box_without_our_script_takes_no_orders_and_is_charged_by_the_clock() -> None:
    made = place("opennds")
    value = made.point.as_value(interim_interval=INTERVAL)
    assert (value.can_disconnect, value.accounting.value) == (False, "none")

    clients(made, after=0, on=False)

    value = AccessPoint.objects.get(pk=made.point.pk).as_value(interim_interval=INTERVAL)
    assert (value.can_disconnect, value.accounting.value) == (True, "full")


def test_only_an_opennds_access_point_with_a_faskey_is_asked() -> None:
    made = place("mikrotik")

    with pytest.raises(NotFound):
        ask(made, "view")


def test_without_our_script_openndss_own_word_still_ends_the_clock() -> None:
    made = place("opennds")
    ask(made, "view", after=-5)
    fields = tuple(("sealed", "yes") if pair[0] == "sealed" else pair for pair in CONTROLLER.fields)
    made.let_in(Controller(Equipment.OPENNDS, DEVICE, fields))
    ask(made, "view", f"* {RHID}", after=3)

    deauthed(made, "client_deauth", lasted=60, proven=False)

    assert (made.used().used_time, made.session().ended_at) == (60, NOW + timedelta(seconds=60))
