"""Tickets: found by what staff read off a print, shown as they are now, revoked and restored."""

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import KEYS, NOW, Cast, cast

from spotcoffee.services import tickets
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.printed import printed_terms
from spotcoffee.services.tickets import TicketView, find
from spotcoffee.storage.models import AccessPoint, Handout, Order, Ticket, TicketList

pytestmark = pytest.mark.django_db


def place(**terms: object) -> tuple[Cast, TicketList]:
    here = cast()
    factories.access_point(here.parc, coa_port=3799)
    return here, factories.ticket_list(factories.offer(here.parc, **terms))


def shown(caller: Caller, ticket: Ticket, now: object = NOW) -> TicketView:
    (view,) = tickets.show(caller, [ticket.pk], keys=KEYS, interim_interval=300, now=now)  # type: ignore[arg-type]
    return view


@pytest.mark.parametrize("typed", ["7KMP2RT9XW", "7km-p2rt-9xw", " 7KM P2RT 9XW ", "T9XW", "t9xw", "t9-xw"])
def test_a_ticket_is_found_by_its_code_or_the_end_of_it(typed: str) -> None:
    here, of = place()
    ticket = factories.ticket(of, "7KMP2RT9XW")
    factories.ticket(of, "7KMP2RT9XX")

    assert find(here.at_parc, typed, keys=KEYS) == [ticket.pk]


@pytest.mark.parametrize("typed", ["", " ", "T9X", "WXYZ", "x" * 100_000, "%", "' OR 1=1 --", "\x00", "é", "\ud800"])
def test_nothing_is_found_by_anything_else(typed: str) -> None:
    here, of = place()
    factories.ticket(of, "7KMP2RT9XW")

    assert find(here.at_parc, typed, keys=KEYS) == []


def test_several_that_end_alike_are_all_found() -> None:
    here, of = place()
    alike = [factories.ticket(of, f"A{number:05}T9XW").pk for number in range(5)]

    assert sorted(find(here.at_parc, "T9XW", keys=KEYS)) == alike


def test_a_stranger_s_ticket_does_not_exist() -> None:
    here, of = place()
    ticket = factories.ticket(of, "7KMP2RT9XW")

    assert find(here.stranger, "7KMP2RT9XW", keys=KEYS) == []
    assert find(here.stranger, "T9XW", keys=KEYS) == []
    with pytest.raises(NotFound):
        shown(here.stranger, ticket)
    with pytest.raises(NotFound):
        tickets.revoke(here.stranger, [ticket.pk], interim_interval=300, now=NOW)
    with pytest.raises(NotFound):
        tickets.set_note(here.stranger, ticket.pk, "mine", now=NOW)


def test_a_ticket_that_is_being_generated_does_not_exist() -> None:
    here, of = place()
    ticket = factories.ticket(of, "7KMP2RT9XW")
    ticket.batch.__class__.objects.update(ready=False)

    assert find(here.at_parc, "7KMP2RT9XW", keys=KEYS) == []
    with pytest.raises(NotFound):
        shown(here.at_parc, ticket)


def test_a_ticket_shows_what_is_left() -> None:
    here, of = place(credit=7200, lifetime=86_400, quota_down=10**9)
    ticket = factories.ticket(
        of, "7KMP2RT9XW", "pass", first_login_at=NOW - timedelta(hours=23), used_time=1800, used_down=4 * 10**8
    )

    view = shown(here.at_parc, ticket)

    assert (view.login, view.password, view.state, view.colour) == ("7KMP2RT9XW", "pass", "started", "orange")
    assert (view.credit_left, view.left_time, view.left_down, view.left_up) == (5400, 3600, 6 * 10**8, None)
    assert view.expires_at == NOW + timedelta(hours=1)
    assert view.refusal is None


def test_a_ticket_shows_why_a_login_would_be_refused() -> None:
    here, of = place(credit=7200)
    spent = factories.ticket(of, first_login_at=NOW, used_time=7200)
    online = factories.ticket(of, first_login_at=NOW)
    factories.session(online, AccessPoint.objects.get())

    assert shown(here.at_parc, spent).refusal == "credit_used_up"
    view = shown(here.at_parc, online)
    assert (view.refusal, view.open_sessions) == ("too_many_devices", 1)


def test_a_print_is_stale_once_the_offer_says_something_else() -> None:
    here, of = place(credit=7200)
    handout = Handout.objects.create(
        organisation=here.parc,
        list_id=of.pk,
        format="pdf",
        count=1,
        terms=printed_terms(of.offer),
        at=NOW,
        by="",
        touched_at=NOW,
    )
    ticket = factories.ticket(of, handout=handout, handed_out_at=NOW)
    assert not shown(here.at_parc, ticket).print_is_stale

    of.offer.__class__.objects.update(name="Other name")
    assert not shown(here.at_parc, ticket).print_is_stale
    of.offer.__class__.objects.update(credit=3600)
    assert shown(here.at_parc, ticket).print_is_stale


def test_a_revoked_ticket_is_refused_and_its_guest_ordered_off() -> None:
    here, of = place()
    ticket = factories.ticket(of, first_login_at=NOW)
    online = factories.session(ticket, AccessPoint.objects.get())

    assert tickets.revoke(here.at_parc, [ticket.pk], interim_interval=300, now=NOW) == 1

    view = shown(here.at_parc, ticket)
    assert (view.state, view.colour, view.refusal) == ("revoked", "red", "revoked")
    assert (Order.objects.get().session_id, Order.objects.get().reason) == (online.pk, "revoked")


def test_revoking_twice_is_once_and_can_be_undone() -> None:
    here, of = place()
    ticket = factories.ticket(of)
    tickets.revoke(here.at_parc, [ticket.pk], interim_interval=300, now=NOW)

    assert tickets.revoke(here.at_parc, [ticket.pk], interim_interval=300, now=NOW + timedelta(hours=1)) == 0
    ticket.refresh_from_db()
    assert ticket.revoked_at == NOW
    assert tickets.restore(here.at_parc, [ticket.pk], interim_interval=300, now=NOW) == 1
    assert tickets.restore(here.at_parc, [ticket.pk], interim_interval=300, now=NOW) == 0
    assert shown(here.at_parc, ticket).state == "virgin"


def test_one_unknown_ticket_among_many_changes_none() -> None:
    here, of = place()
    ticket = factories.ticket(of)

    with pytest.raises(NotFound):
        tickets.revoke(here.at_parc, [ticket.pk, ticket.pk + 999], interim_interval=300, now=NOW)

    assert shown(here.at_parc, ticket).state == "virgin"


def test_too_many_at_once_are_refused() -> None:
    here, _ = place()

    with pytest.raises(Invalid):
        tickets.revoke(here.at_parc, list(range(1, 1002)), interim_interval=300, now=NOW)


def test_staff_can_disconnect_a_session() -> None:
    here, of = place()
    online = factories.session(factories.ticket(of, first_login_at=NOW), AccessPoint.objects.get())

    tickets.disconnect(here.at_parc, online.pk, interim_interval=300, now=NOW)

    order = Order.objects.get()
    assert (order.session_id, order.reason, order.by) == (online.pk, "staff", "alice@example.org")


def test_a_session_that_ended_or_takes_no_orders_or_is_a_stranger_s_is_not_disconnected() -> None:
    here, of = place()
    ticket = factories.ticket(of, first_login_at=NOW)
    deaf = factories.access_point(here.parc, address="192.0.2.1")
    ended = factories.session(ticket, AccessPoint.objects.get(coa_port=3799), ended_at=NOW)
    unreachable = factories.session(ticket, deaf)

    for online, code in ((ended, "session_has_ended"), (unreachable, "takes_no_orders")):
        with pytest.raises(Conflict) as refused:
            tickets.disconnect(here.at_parc, online.pk, interim_interval=300, now=NOW)
        assert refused.value.code == code
    with pytest.raises(NotFound):
        tickets.disconnect(here.stranger, unreachable.pk, interim_interval=300, now=NOW)


def test_a_note_is_one_line() -> None:
    here, of = place()
    ticket = factories.ticket(of)
    tickets.set_note(here.at_parc, ticket.pk, " chambre 12 ", now=NOW)

    assert shown(here.at_parc, ticket).note == "chambre 12"
    for note in ("a\nb", "x" * 501, None, 3):
        with pytest.raises(Invalid):
            tickets.set_note(here.at_parc, ticket.pk, note, now=NOW)
