"""Setting equipment up: the texts with secrets filled in, the controller's account, the live test's findings."""

from datetime import timedelta
from typing import Any, Final

import pytest
from tests import factories
from tests.factories import KEYS, NOW, SECRET

from spotcoffee.domain.access_points import Equipment
from spotcoffee.services import equipment_setup as setup
from spotcoffee.services.equipment_setup import Addresses, Finding, Half, Verdict
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.portal_places import settings_of
from spotcoffee.storage.models import AccessPoint, AccessPointFault, Attempt, AuditEntry, Order

pytestmark = pytest.mark.django_db

ADDRESSES: Final = Addresses(radius="192.0.2.10", portal="https://wifi.example:8443")
PLAIN: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def point_of(people: factories.Cast, equipment: str = "mikrotik", **columns: Any) -> AccessPoint:
    return factories.access_point(people.parc, equipment=equipment, **{"secret": PLAIN, **columns})


def texts(people: factories.Cast, point: AccessPoint) -> dict[str, str]:
    return dict(setup.setup_texts(people.at_parc, point.pk, ADDRESSES, keys=KEYS, now=NOW))


def found(people: factories.Cast, point: AccessPoint, half: Half, *, after: float = 0) -> Finding:
    findings = setup.live_test(people.at_parc, point.pk, now=NOW + timedelta(seconds=after))
    return next(finding for finding in findings if finding.half is half)


def test_the_texts_hold_the_access_points_own_secret_and_reading_them_is_remembered() -> None:
    people = factories.cast()

    read = texts(people, point_of(people))

    assert f'secret="{PLAIN}"' in read["routeros_terminal"]
    assert AuditEntry.objects.filter(action="read_setup").count() == 1


def test_a_faskey_is_made_where_one_is_needed_and_stays() -> None:
    people = factories.cast()
    point = point_of(people, "opennds")

    assert texts(people, point)["opennds_conf"] == texts(people, point)["opennds_conf"]
    assert AccessPoint.objects.get(pk=point.pk).portal_secret_sealed is not None


@pytest.mark.parametrize("equipment", list(Equipment))
def test_every_kind_of_equipment_has_them(equipment: Equipment) -> None:
    people = factories.cast()

    assert texts(people, point_of(people, equipment.value))


def test_a_secret_that_no_text_can_hold_is_said_so() -> None:
    people = factories.cast()

    with pytest.raises(Conflict) as refused:
        texts(people, point_of(people, secret=SECRET))

    assert (refused.value.code, refused.value.fields["field"]) == ("not_for_a_text", "secret")


def test_a_stranger_finds_nothing() -> None:
    people = factories.cast()
    point = point_of(people)

    with pytest.raises(NotFound):
        setup.setup_texts(people.stranger, point.pk, ADDRESSES, keys=KEYS, now=NOW)
    with pytest.raises(NotFound):
        setup.live_test(people.stranger, point.pk, now=NOW)
    with pytest.raises(NotFound):
        setup.save_controller(people.stranger, point.pk, {}, keys=KEYS, now=NOW)


def test_the_account_of_a_controller_is_kept_sealed_and_out_of_the_audit_log() -> None:
    people = factories.cast()
    point = point_of(people, "unifi")
    values = {
        "controller_url": "https://unifi.example:8443/",
        "controller_user": "spotcoffee",
        "controller_password": "hunter2 hunter2",
        "controller_fingerprint": "AB:" * 31 + "AB",
    }

    setup.save_controller(people.at_parc, point.pk, values, keys=KEYS, now=NOW)

    point = AccessPoint.objects.get(pk=point.pk)
    assert (point.controller_url, point.controller_fingerprint) == ("https://unifi.example:8443", "ab" * 32)
    assert KEYS.unseal(bytes(point.controller_secret_sealed or b"")) == "hunter2 hunter2"
    assert point.as_value(interim_interval=300).can_disconnect
    assert "hunter2" not in str(list(AuditEntry.objects.values()))


def test_the_hosts_of_its_own_login_page_are_kept_for_the_portal() -> None:
    people = factories.cast()
    point = point_of(people, "mikrotik")

    setup.change(people.at_parc, point.pk, {"portal_hosts": "WiFi.lan  10.5.50.1"}, keys=KEYS, now=NOW)

    assert settings_of(people.at_parc, point.pk, keys=KEYS).hosts == ("wifi.lan", "10.5.50.1")


@pytest.mark.parametrize(
    ("equipment", "field", "value", "code"),
    [
        ("unifi", "controller_url", "ftp://x", "not_an_address"),
        ("unifi", "controller_url", "https://user@x/", "not_an_address"),
        ("unifi", "controller_url", "https://x/?y", "not_an_address"),
        ("unifi", "controller_fingerprint", "ab", "not_a_fingerprint"),
        ("mikrotik", "controller_url", "https://x", "not_for_this_equipment"),
        ("mikrotik", "portal_hosts", "http://wifi.lan/", "not_a_host"),
    ],
)
def test_what_no_controller_has_is_refused(equipment: str, field: str, value: str, code: str) -> None:
    people = factories.cast()

    with pytest.raises(Invalid) as refused:
        setup.save_controller(people.at_parc, point_of(people, equipment).pk, {field: value}, keys=KEYS, now=NOW)

    assert refused.value.faults == [(field, code)]


def test_nothing_came_yet() -> None:
    people = factories.cast()
    point = point_of(people)

    told = setup.live_test(people.at_parc, point.pk, now=NOW)

    assert [(finding.half, finding.verdict, finding.code) for finding in told] == [
        (Half.HEARD, Verdict.UNKNOWN, "no_packet"),
        (Half.LOGIN, Verdict.UNKNOWN, "no_login"),
        (Half.REPORTS, Verdict.UNKNOWN, "no_session"),
        (Half.ORDERS, Verdict.BROKEN, "takes_no_orders"),
    ]


@pytest.mark.parametrize(
    ("code", "said"),
    [("request_authenticator_wrong", "wrong_secret"), ("unknown_nas_identifier", "unknown_nas_identifier")],
)
def test_packets_that_prove_nothing_are_named(code: str, said: str) -> None:
    people = factories.cast()
    point = point_of(people, address="10.0.0.0/24")
    AccessPointFault.objects.create(source="10.0.0.7", code=code, first_at=NOW, last_at=NOW)

    told = found(people, point, Half.HEARD)

    assert (told.verdict, told.code, told.detail) == (Verdict.BROKEN, said, "10.0.0.7")


def test_a_packet_that_was_right_since_makes_up_for_it() -> None:
    people = factories.cast()
    point = point_of(people, address="10.0.0.7", last_seen_at=NOW + timedelta(seconds=5), source="10.0.0.7")
    AccessPointFault.objects.create(source="10.0.0.7", code="message_authenticator_wrong", first_at=NOW, last_at=NOW)

    assert found(people, point, Half.HEARD).verdict is Verdict.WORKS


def test_a_strangers_packet_is_named_only_where_it_can_be_nobody_elses() -> None:
    people = factories.cast()
    point = point_of(people, address="10.0.0.7")
    AccessPointFault.objects.create(source="10.0.0.9", code="unknown_source", first_at=NOW, last_at=NOW)

    assert found(people, point, Half.HEARD).code == "no_packet"

    people.charlie.delete()
    people.elsewhere.delete()
    told = found(people, point, Half.HEARD)
    assert (told.code, told.detail) == ("unknown_source", "10.0.0.9")


def _logged_in(point: AccessPoint, **session: Any) -> int:
    ticket = factories.ticket(factories.ticket_list(factories.offer(point.organisation, point)))
    made = factories.session(ticket, point, **session)
    Attempt.objects.create(
        organisation_id=point.organisation_id, access_point_id=point.pk, at=NOW, device=made.device,
        ticket_id=ticket.pk, session_id=made.pk,
    )  # fmt: skip
    return made.pk


@pytest.mark.parametrize(
    ("session", "verdict", "code"),
    [
        ({}, Verdict.WORKS, "reports"),
        ({"acct_session_id": None, "began_at": None}, Verdict.UNKNOWN, "waiting_for_report"),
        (
            {"acct_session_id": None, "began_at": None, "ended_at": NOW, "ending": "lapsed"},
            Verdict.BROKEN,
            "login_without_reports",
        ),
        ({"acct_session_id": ""}, Verdict.WORKS, "by_the_clock"),
    ],
)
def test_a_login_without_accounting_is_seen(session: dict[str, Any], verdict: Verdict, code: str) -> None:
    people = factories.cast()
    point = point_of(people)
    _logged_in(point, **session)

    told = found(people, point, Half.REPORTS)

    assert (told.verdict, told.code) == (verdict, code)
    assert found(people, point, Half.LOGIN).code == "accepted"


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("acknowledged", Verdict.WORKS), ("no_answer", Verdict.BROKEN), ("refused", Verdict.BROKEN)],
)
def test_an_order_that_nobody_answered_is_seen(state: str, verdict: Verdict) -> None:
    people = factories.cast()
    point = point_of(people, coa_port=3799)
    Order.objects.create(
        organisation_id=point.organisation_id, access_point_id=point.pk, ticket_id=1, session_id=1, kind="disconnect",
        reason="staff", state=state, created_at=NOW, next_try_at=NOW, finished_at=NOW,
    )  # fmt: skip

    assert (found(people, point, Half.ORDERS).verdict, found(people, point, Half.ORDERS).code) == (verdict, state)


@pytest.mark.parametrize(
    ("equipment", "columns", "verdict", "code"),
    [
        ("unifi", {}, Verdict.BROKEN, "no_controller"),
        ("unifi", {"controller_url": "https://x"}, Verdict.BROKEN, "no_password"),
        (
            "unifi",
            {"controller_url": "https://x", "controller_secret_sealed": b"x", "controller_fault": "unreachable"},
            Verdict.BROKEN,
            "controller_unreachable",
        ),
        (
            "omada",
            {"controller_url": "https://x", "controller_secret_sealed": b"x", "controller_seen_at": NOW},
            Verdict.WORKS,
            "controller",
        ),
        ("opennds", {}, Verdict.UNKNOWN, "no_packet"),
        ("opennds", {"authmon_seen_at": NOW}, Verdict.BROKEN, "script_missing"),
        ("opennds", {"controller_seen_at": NOW}, Verdict.WORKS, "script"),
        ("opennds", {"controller_seen_at": NOW - timedelta(minutes=3)}, Verdict.BROKEN, "script_silent"),
    ],
)
def test_equipment_without_radius_is_judged_by_its_own_road(
    equipment: str, columns: dict[str, Any], verdict: Verdict, code: str
) -> None:
    people = factories.cast()

    told = found(people, point_of(people, equipment, **columns), Half.HEARD)

    assert (told.verdict, told.code) == (verdict, code)
