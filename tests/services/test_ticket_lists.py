"""Ticket lists: saved, bound to another offer, counted by state."""

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW, Cast, cast, tools

from spotcoffee.services import job_kinds, ticket_lists
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.ticket_lists import add, change, delete, show
from spotcoffee.storage.models import Offer, Order, TicketList

pytestmark = pytest.mark.django_db


def place(**terms: object) -> tuple[Cast, Offer]:
    here = cast()
    factories.access_point(here.parc, coa_port=3799)
    return here, factories.offer(here.parc, **terms)


def test_a_new_list_draws_codes_of_ten_that_stand_alone() -> None:
    here, offer = place()
    made = add(here.at_parc, {"name": "Été", "offer": offer.pk}, now=NOW)

    view = show(here.at_parc, made.pk, now=NOW)
    assert (view.login_format, view.password_format, view.tickets) == ("code10", "none", 0)


def test_all_faults_are_said_at_once() -> None:
    here, _ = place()

    with pytest.raises(Invalid) as refused:
        add(here.at_parc, {"name": "", "offer": 10**12, "login_format": "code99", "password_format": 3}, now=NOW)

    assert dict(refused.value.faults) == {
        "name": "empty",
        "offer": "unknown",
        "login_format": "unknown_choice",
        "password_format": "unknown_choice",
    }


def test_an_offer_of_another_organisation_does_not_exist() -> None:
    here, _ = place()
    factories.access_point(here.elsewhere, address="192.0.2.7")
    theirs = factories.offer(here.elsewhere)

    with pytest.raises(Invalid) as refused:
        add(here.at_parc, {"name": "Été", "offer": theirs.pk}, now=NOW)

    assert refused.value.faults == [("offer", "unknown")]


def test_an_archived_offer_takes_no_new_list_but_keeps_its_own() -> None:
    here, offer = place(archived=True)
    own = factories.ticket_list(offer)

    with pytest.raises(Invalid) as refused:
        add(here.at_parc, {"name": "Été", "offer": offer.pk}, now=NOW)

    assert refused.value.faults == [("offer", "archived")]
    change(here.at_parc, own.pk, {"name": "Été", "offer": offer.pk}, now=NOW)


def test_each_state_is_counted() -> None:
    here, offer = place(credit=3600, lifetime=86_400)
    of = factories.ticket_list(offer)
    factories.tickets(of, 3)
    factories.ticket(of, handed_out_at=NOW)
    factories.ticket(of, first_login_at=NOW)
    factories.ticket(of, first_login_at=NOW, used_time=3600)
    factories.ticket(of, first_login_at=NOW - timedelta(days=1))
    factories.ticket(of, revoked_at=NOW)
    factories.ticket(factories.ticket_list(offer))

    view = show(here.at_parc, of.pk, now=NOW)

    counted = (view.virgin, view.started, view.consumed, view.expired, view.revoked)
    assert counted == (4, 1, 1, 1, 1)
    assert (view.tickets, view.not_handed_out) == (8, 3)


def test_tickets_that_are_being_generated_are_not_there() -> None:
    here, offer = place()
    of = factories.ticket_list(offer)
    factories.ticket(of).batch.__class__.objects.update(ready=False)

    assert show(here.at_parc, of.pk, now=NOW).tickets == 0


def test_binding_to_another_offer_takes_the_tickets_along() -> None:
    here, offer = place(lifetime=3600)
    other = factories.offer(here.parc, lifetime=7200, valid_until=NOW)
    of = factories.ticket_list(offer)
    ticket = factories.ticket(of, first_login_at=NOW, due_at=NOW + timedelta(hours=1))
    online = factories.session(ticket, offer.access_points.get())

    follow_up = change(here.at_parc, of.pk, {"offer": other.pk}, now=NOW).follow_up

    assert follow_up is not None
    job_kinds.run_now(follow_up, tools())
    ticket.refresh_from_db()
    assert ticket.due_at == NOW + timedelta(hours=2)
    assert Order.objects.get().session_id == online.pk


def test_a_renamed_list_has_no_follow_up() -> None:
    here, offer = place()
    of = factories.ticket_list(offer)

    assert change(here.at_parc, of.pk, {"name": "Été"}, now=NOW).follow_up is None


def test_a_list_is_deleted_with_its_unused_tickets() -> None:
    here, offer = place()
    of = factories.ticket_list(offer)
    factories.tickets(of, 2)

    delete(here.at_parc, of.pk, now=NOW)

    assert not TicketList.objects.exists()


@pytest.mark.parametrize("used", [{"handed_out_at": NOW}, {"first_login_at": NOW}])
def test_a_list_with_a_ticket_handed_out_or_used_is_not_deleted(used: dict[str, object]) -> None:
    here, offer = place()
    of = factories.ticket_list(offer)
    factories.ticket(of, **used)

    with pytest.raises(Conflict):
        delete(here.at_parc, of.pk, now=NOW)


def test_a_list_whose_tickets_are_being_generated_is_not_deleted() -> None:
    here, offer = place()
    of = factories.ticket_list(offer)
    factories.ticket(of).batch.__class__.objects.update(ready=False)

    with pytest.raises(Conflict) as refused:
        delete(here.at_parc, of.pk, now=NOW)

    assert refused.value.code == "list_is_growing"


def test_a_stranger_s_list_does_not_exist() -> None:
    here, offer = place()
    of = factories.ticket_list(offer)

    for use in (
        lambda: show(here.stranger, of.pk, now=NOW),
        lambda: change(here.stranger, of.pk, {"name": "Mine"}, now=NOW),
        lambda: delete(here.stranger, of.pk, now=NOW),
        lambda: ticket_lists.find(here.stranger, of.name),
    ):
        with pytest.raises(NotFound):
            use()
    assert ticket_lists.list_all(here.stranger, now=NOW) == []
