"""Offers: what can be saved, and what follows from a change."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests import factories
from tests.factories import NOW, Cast, cast, tools

from spotcoffee.services import job_kinds, offers
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.offers import add, change, delete, show
from spotcoffee.storage.models import AccessPoint, Job, Offer, Order, Ticket

pytestmark = pytest.mark.django_db


def place(**columns: object) -> tuple[Cast, AccessPoint]:
    here = cast()
    return here, factories.access_point(here.parc, coa_port=3799, **columns)


def faults(caller: Caller, **values: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        add(caller, {"name": "2 h", **values}, now=NOW)
    return dict(refused.value.faults)


def test_an_offer_is_saved_as_it_was_asked_for() -> None:
    here, point = place()
    until = datetime(2026, 8, 31, 16, tzinfo=UTC)

    made = add(
        here.at_parc,
        {"name": "2 h", "access_points": [point.pk], "credit": 7200, "valid_until": until, "price": "3.50"},
        now=NOW,
    )

    view = show(here.at_parc, made.pk)
    assert (view.name, view.access_points, view.credit, view.valid_until) == ("2 h", [point.pk], 7200, until)
    assert (view.price, view.currency, view.max_devices) == (Decimal("3.50"), "EUR", 1)
    assert view.warnings == []


def test_an_offer_without_an_access_point_is_refused() -> None:
    here, _ = place()

    assert faults(here.at_parc, access_points=[]) == {"access_points": "no_access_point"}
    assert "access_points" in faults(here.at_parc)


def test_an_access_point_of_another_organisation_does_not_exist() -> None:
    here, point = place()
    theirs = factories.access_point(here.elsewhere, address="192.0.2.9")

    assert faults(here.at_parc, access_points=[point.pk, theirs.pk]) == {"access_points": "unknown"}


def test_all_faults_are_said_at_once() -> None:
    here, point = place()

    found = faults(
        here.at_parc,
        access_points=[point.pk],
        credit=0,
        lifetime="2h",
        rate_down=100,
        quota_up=10**30,
        max_devices=None,
        period_limit=60,
        period="year",
        price="-1",
        currency="XXQ",
        time_zone="../etc/passwd",
        valid_from=datetime(2026, 1, 1),  # noqa: DTZ001 - the fault
    )

    assert found == {
        "credit": "not_positive",
        "lifetime": "wrong_type",
        "rate_down": "rate_too_low",
        "quota_up": "too_large",
        "max_devices": "wrong_type",
        "period": "unknown_choice",
        "price": "out_of_range",
        "currency": "unknown_choice",
        "time_zone": "unknown_choice",
        "valid_from": "no_time_zone",
    }


@pytest.mark.parametrize("points", ["1", 1, [0], [-1], [1.5], ["1"], [None], {}, None])
def test_access_points_are_a_list_of_ids(points: object) -> None:
    here, _ = place()

    assert faults(here.at_parc, access_points=points)["access_points"] in ("wrong_type", "no_access_point")


def test_a_quota_needs_an_access_point_that_counts() -> None:
    here, point = place(accounting="none")

    assert faults(here.at_parc, access_points=[point.pk], quota_down=10**9) == {"quota_down": "quota_not_counted"}


def test_what_surprises_is_saved_and_shown_as_a_warning() -> None:
    here, point = place()
    made = add(here.at_parc, {"name": "Libre", "access_points": [point.pk]}, now=NOW)

    assert show(here.at_parc, made.pk).warnings == [{"field": "credit", "code": "no_time_limit"}]


def test_a_name_is_taken_once() -> None:
    here, point = place()
    add(here.at_parc, {"name": "2 h", "access_points": [point.pk]}, now=NOW)

    assert faults(here.at_parc, access_points=[point.pk]) == {"name": "taken"}


def test_a_stranger_s_offer_does_not_exist() -> None:
    here, point = place()
    offer = factories.offer(here.parc, point)

    for use in (
        lambda: show(here.stranger, offer.pk),
        lambda: change(here.stranger, offer.pk, {"credit": 60}, now=NOW),
        lambda: delete(here.stranger, offer.pk, now=NOW),
        lambda: offers.find(here.stranger, offer.name),
    ):
        with pytest.raises(NotFound):
            use()


def test_an_offer_with_a_list_can_not_be_deleted() -> None:
    here, point = place()
    offer = factories.offer(here.parc, point)
    of = factories.ticket_list(offer)

    with pytest.raises(Conflict):
        delete(here.at_parc, offer.pk, now=NOW)
    of.delete()
    delete(here.at_parc, offer.pk, now=NOW)
    assert not Offer.objects.exists()


def changed(here: Cast, offer: Offer, **values: object) -> Job | None:
    follow_up = change(here.at_parc, offer.pk, values, now=NOW).follow_up
    if follow_up is not None:
        job_kinds.run_now(follow_up, tools())
    return follow_up


@pytest.mark.parametrize("values", [{"name": "Deux heures"}, {"price": "4"}, {"archived": True}])
def test_what_no_session_hangs_on_has_no_follow_up(values: dict[str, object]) -> None:
    here, point = place()
    offer = factories.offer(here.parc, point)
    factories.ticket_list(offer)

    assert changed(here, offer, **values) is None


def test_another_lifetime_moves_due_at_of_its_started_tickets() -> None:
    here, point = place()
    offer = factories.offer(here.parc, point, lifetime=3600)
    started = factories.ticket(factories.ticket_list(offer), first_login_at=NOW, due_at=NOW + timedelta(hours=1))
    virgin = factories.ticket(started.ticket_list)

    changed(here, offer, lifetime=7200)

    started.refresh_from_db()
    virgin.refresh_from_db()
    assert started.due_at == NOW + timedelta(hours=2)
    assert virgin.due_at is None
    changed(here, offer, lifetime=None)
    started.refresh_from_db()
    assert started.due_at is None


def test_an_offer_that_ended_orders_its_guests_off() -> None:
    here, point = place()
    offer = factories.offer(here.parc, point, credit=7200)
    online = factories.session(factories.ticket(factories.ticket_list(offer), first_login_at=NOW), point)

    follow_up = changed(here, offer, valid_until=NOW - timedelta(minutes=1))

    order = Order.objects.get()
    assert (order.session_id, order.kind, order.reason) == (online.pk, "disconnect", "validity_ended")
    assert follow_up is not None
    follow_up.refresh_from_db()
    assert follow_up.state == "done"


def test_other_limits_are_ordered_where_the_equipment_takes_them() -> None:
    here, point = place()
    offer = factories.offer(here.parc, point, credit=7200)
    ticket = factories.ticket(factories.ticket_list(offer), first_login_at=NOW)
    factories.session(ticket, point, session_timeout=7200)

    changed(here, offer, credit=3600)

    assert Order.objects.get().grant["session_timeout"] == 3600


def test_tickets_of_other_offers_are_left_alone() -> None:
    here, point = place()
    offer, other = factories.offer(here.parc, point), factories.offer(here.parc, point)
    factories.ticket_list(offer)
    factories.session(factories.ticket(factories.ticket_list(other), first_login_at=NOW), point)

    changed(here, offer, valid_until=NOW - timedelta(minutes=1))

    assert not Order.objects.exists()


def test_the_counts_of_lists_and_tickets_are_shown() -> None:
    here, point = place()
    offer = factories.offer(here.parc, point)
    factories.tickets(factories.ticket_list(offer), 3)
    factories.ticket_list(offer)

    view = show(here.at_parc, offer.pk)

    assert (view.lists, view.tickets) == (2, 3)
    assert Ticket.objects.count() == 3
