"""Hand-outs: no ticket is in two, and what a crash left is given back."""

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import KEYS, NOW, Cast, cast, login_of, pace

from spotcoffee.services import handouts
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.handouts import (
    Stopped,
    blanks,
    of_ticket,
    preview,
    remove_abandoned,
    take,
    tickets_of,
    undo,
)
from spotcoffee.storage.models import AuditEntry, Handout, Ticket, TicketList

pytestmark = pytest.mark.django_db


def place(count: int = 3, **terms: object) -> tuple[Cast, TicketList]:
    here = cast()
    factories.access_point(here.parc)
    of = factories.ticket_list(factories.offer(here.parc, **terms))
    factories.tickets(of, count)
    return here, of


def taken(here: Cast, of: TicketList, only: str = "not_handed_out", after: timedelta = timedelta(0)) -> Handout:
    return take(here.at_parc, of.pk, only=only, pace=pace(NOW + after))


def logins(handout: Handout) -> set[str]:
    return {ticket.login for ticket in tickets_of(handout, keys=KEYS)}


def test_a_hand_out_takes_what_was_never_handed_out() -> None:
    here, of = place()

    first = taken(here, of)
    factories.tickets(of, 2)
    second = taken(here, of)

    assert (first.count, second.count) == (3, 2)
    assert logins(first).isdisjoint(logins(second))
    assert first.terms["offer"] == of.offer.name


def test_nothing_left_to_hand_out_leaves_no_hand_out() -> None:
    here, of = place()
    taken(here, of)

    with pytest.raises(Conflict) as refused:
        taken(here, of)

    assert refused.value.code == "nothing_to_hand_out"
    assert Handout.objects.count() == 1


def test_only_virgin_tickets_are_taken_unless_all_are_asked_for() -> None:
    here, of = place(1)
    factories.ticket(of, first_login_at=NOW)
    factories.ticket(of, revoked_at=NOW)

    assert taken(here, of).count == 1
    assert taken(here, of, "unused").count == 1
    assert taken(here, of, "all").count == 3


def test_an_expired_offer_has_no_ticket_to_hand_out() -> None:
    here, of = place(valid_until=NOW)

    with pytest.raises(Conflict):
        taken(here, of)


def test_tickets_handed_out_again_keep_the_day_of_the_first_time() -> None:
    here, of = place()
    taken(here, of)

    again = taken(here, of, "unused", after=timedelta(days=1))

    assert {ticket.handout_id for ticket in Ticket.objects.all()} == {again.pk}
    assert {ticket.handed_out_at for ticket in Ticket.objects.all()} == {NOW}


def test_a_hand_out_reads_its_logins_and_passwords_any_number_of_times() -> None:
    here, of = place(0)
    made = factories.ticket(of, "7KMP2RT9XW", "4711")
    handout = taken(here, of)

    for _ in range(2):
        (ticket,) = tickets_of(handout, keys=KEYS)
        assert (ticket.login, ticket.password) == (login_of(made), "4711")
        assert "4711" not in repr(ticket)


def test_a_hand_out_that_is_undone_gives_its_tickets_back() -> None:
    here, of = place()
    handout = taken(here, of)

    undo(here.at_parc, handout.pk, pace=pace())

    assert taken(here, of).count == 3
    with pytest.raises(Conflict):
        undo(here.at_parc, handout.pk, pace=pace())


def test_what_was_stopped_is_given_back() -> None:
    here, of = place(1200)

    with pytest.raises(Stopped):
        take(here.at_parc, of.pk, pace=pace(), progress=lambda _done: False)

    assert not Handout.objects.exists()
    assert not Ticket.objects.exclude(handed_out_at=None).exists()
    assert taken(here, of).count == 1200


def half_made(here: Cast, of: TicketList) -> Handout:
    """What a process leaves that was killed half way."""
    handout = taken(here, of)
    Handout.objects.filter(pk=handout.pk).update(ready=False)
    return handout


def test_a_hand_out_that_is_not_ready_is_not_there_but_holds_its_tickets() -> None:
    here, of = place()
    half = half_made(here, of)
    factories.tickets(of, 1)

    assert handouts.list_all(here.at_parc) == []
    with pytest.raises(NotFound):
        handouts.get(here.at_parc, half.pk)
    with pytest.raises(Conflict) as refused:
        taken(here, of)
    assert refused.value.code == "handout_running"


def test_what_a_killed_process_took_is_given_back_after_ten_minutes() -> None:
    here, of = place()
    half_made(here, of)

    assert remove_abandoned(pace=pace(NOW + timedelta(minutes=9))) == 0
    assert remove_abandoned(pace=pace(NOW + timedelta(minutes=11))) == 1

    assert taken(here, of).count == 3


def test_giving_back_leaves_handed_out_what_an_earlier_one_had_handed_out() -> None:
    here, of = place()
    taken(here, of)
    again = taken(here, of, "all", after=timedelta(hours=1))
    Handout.objects.filter(pk=again.pk).update(ready=False)

    remove_abandoned(pace=pace(NOW + timedelta(hours=2)))

    assert Ticket.objects.filter(handed_out_at=NOW).count() == 3
    with pytest.raises(Conflict):
        taken(here, of)


@pytest.mark.parametrize("with_password", [True, False])
def test_a_preview_marks_nothing_and_opens_nothing(with_password: bool) -> None:
    here, of = place(0)
    factories.ticket(of, "7KMP2RT9XW", "4711" if with_password else None)

    (ticket,) = preview(here.at_parc, of.pk, only="not_handed_out", keys=KEYS, now=NOW)

    assert ticket.password is None
    assert ticket.login == ("7KMP2RT9XW" if with_password else "7K…XW")
    assert not Handout.objects.exists()
    assert not Ticket.objects.exclude(handed_out_at=None).exists()


def test_what_can_not_be_asked_for_is_refused_at_once() -> None:
    here, of = place()

    with pytest.raises(Invalid) as refused:
        take(here.at_parc, of.pk, pace=pace(), only="some", format="exe", profile="lotus")

    assert dict(refused.value.faults) == dict.fromkeys(("only", "format", "profile"), "unknown_choice")
    with pytest.raises(Invalid):
        preview(here.at_parc, of.pk, only="some", keys=KEYS, now=NOW)


def test_a_stranger_takes_nothing() -> None:
    here, of = place()
    handout = taken(here, of)

    for use in (
        lambda: take(here.stranger, of.pk, pace=pace()),
        lambda: preview(here.stranger, of.pk, only="all", keys=KEYS, now=NOW),
        lambda: handouts.get(here.stranger, handout.pk),
        lambda: undo(here.stranger, handout.pk, pace=pace()),
    ):
        with pytest.raises(NotFound):
            use()
    assert handouts.list_all(here.stranger) == []
    assert Handout.objects.count() == 1


def test_a_hand_out_is_audited() -> None:
    here, of = place()
    taken(here, of)

    assert [entry.action for entry in AuditEntry.objects.filter(noun="handout")] == ["take"]


def test_every_hand_out_of_a_ticket_is_known_undone_and_taken_over_ones_too() -> None:
    here, of = place(1)
    (ticket,) = Ticket.objects.all()
    first = taken(here, of)
    undo(here.at_parc, first.pk, pace=pace(NOW + timedelta(minutes=1)))
    second = taken(here, of, after=timedelta(minutes=2))
    third = taken(here, of, "all", after=timedelta(minutes=3))
    other = factories.ticket(of)

    ticket.refresh_from_db()
    assert [handout.pk for handout in of_ticket(ticket)] == [first.pk, second.pk, third.pk]
    assert of_ticket(other) == []


def test_tickets_that_follow_one_another_are_one_span() -> None:
    here, of = place(3)
    factories.ticket(of, revoked_at=NOW)
    factories.tickets(of, 2)

    handout = taken(here, of)

    spans = [(span.first, span.last) for span in handout.spans.order_by("first")]
    ids = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    assert spans == [(ids[0], ids[2]), (ids[4], ids[5])]


def test_a_bad_option_begins_no_hand_out() -> None:
    here, of = place()

    with pytest.raises(Invalid) as refused:
        take(here.at_parc, of.pk, pace=pace(), format="pdf", options={"start_at": 25, "layout": "3x8"})

    assert refused.value.faults == [("options.start_at", "cell_out_of_range")]
    assert not Handout.objects.exists()


@pytest.mark.parametrize("password_format", ["none", "digits8"])
def test_a_blank_is_as_long_as_a_ticket_and_says_nothing(password_format: str) -> None:
    _, of = place(0)
    of.password_format = password_format

    [blank] = blanks(of, 1)

    assert blank.login == "•" * 10
    assert blank.password == (None if password_format == "none" else "•" * 8)
