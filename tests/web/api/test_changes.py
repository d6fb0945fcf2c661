"""Changes: what they would do, whose they are, and what they do to sessions, sales, jobs."""

from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.web.api.desk import Program, stocked
from tests.web.api.test_strangers import session_of

from spotcoffee.services import job_kinds
from spotcoffee.storage.models import AuditEntry, Handout, Order, Ticket
from spotcoffee.web.surroundings import keys, now, pace


@pytest.fixture
def place(people: Any) -> Any:
    """An access point that takes orders, and an offer on it."""
    point = factories.access_point(people.parc, coa_port=3799)
    return point, factories.offer(people.parc, point, credit=7200)


def impact_of(program: Program, path: str, body: Any) -> Any:
    before = AuditEntry.objects.count()
    answer = program.post(path, body)
    assert answer.status_code == 200, answer.content
    assert AuditEntry.objects.count() == before
    return answer.json()


# Impact


def test_a_rename_does_nothing_to_anyone(alice: Program, place: Any) -> None:
    _, offer = place
    stocked(offer, 2)

    said = impact_of(alice, f"/offers/{offer.pk}/impact", {"name": "Autre"})

    assert said == {
        "tickets": 0,
        "printed_tickets_now_wrong": 0,
        "open_sessions": 0,
        "not_enforceable_now": 0,
        "fields": [{"field": "name", "from": offer.name, "to": "Autre"}],
    }


def test_a_shorter_credit_is_told_for_tickets_prints_and_guests(alice: Program, place: Any) -> None:
    point, offer = place
    in_list, (first, *_) = stocked(offer, 3, first_login_at=None)
    alice.post(f"/ticket-lists/{in_list.pk}/handouts", {"format": "csv"})
    _, (unprinted,) = stocked(offer, 1)
    session_of(first, point)
    session_of(unprinted, point, acct_session_id=None)

    said = impact_of(alice, f"/offers/{offer.pk}/impact", {"credit": 60, "price": "3"})

    assert (said["tickets"], said["printed_tickets_now_wrong"], said["open_sessions"]) == (4, 3, 1)
    assert said["not_enforceable_now"] == 0
    assert [one["field"] for one in said["fields"]] == ["credit", "price", "currency"]


def test_guests_whose_equipment_takes_no_orders_are_counted(people: Any, alice: Program) -> None:
    point = factories.access_point(people.parc)
    offer = factories.offer(people.parc, point, credit=7200)
    _, (ticket,) = stocked(offer, 1)
    session_of(ticket, point)

    said = impact_of(alice, f"/offers/{offer.pk}/impact", {"valid_until": "2020-01-01T00:00:00Z"})

    assert (said["open_sessions"], said["not_enforceable_now"]) == (1, 1)


def test_a_binding_is_told_field_by_field(people: Any, alice: Program, place: Any) -> None:
    point, offer = place
    in_list, _ = stocked(offer, 2)
    alice.post(f"/ticket-lists/{in_list.pk}/handouts", {"format": "csv"})
    other = factories.offer(people.parc, point, credit=60)

    said = impact_of(alice, f"/ticket-lists/{in_list.pk}/impact", {"offer": other.pk})

    assert (said["tickets"], said["printed_tickets_now_wrong"]) == (2, 2)
    assert [one["field"] for one in said["fields"]] == ["offer", "credit"]
    assert alice.patch(f"/ticket-lists/{in_list.pk}", {"offer": other.pk}).json()["offer"] == other.pk
    assert alice.get(f"/tickets?list={in_list.pk}").json()["items"][0]["print_is_stale"] is True


def test_an_impact_of_what_could_not_be_saved_is_refused(alice: Program, place: Any) -> None:
    _, offer = place
    in_list, _ = stocked(offer, 1)

    assert alice.post(f"/offers/{offer.pk}/impact", {"credit": 0}).status_code == 422
    assert alice.post(f"/ticket-lists/{in_list.pk}/impact", {"offer": 987654}).status_code == 422


# Fields


def test_null_and_left_out_are_different(alice: Program, place: Any) -> None:
    _, offer = place

    kept = alice.patch(f"/offers/{offer.pk}", {"name": "Deux heures"}).json()
    lifted = alice.patch(f"/offers/{offer.pk}", {"credit": None}).json()

    assert (kept["credit"], lifted["credit"], lifted["name"]) == (7200, None, "Deux heures")


def test_instants_are_answered_in_utc(alice: Program, place: Any) -> None:
    _, offer = place

    changed = alice.patch(f"/offers/{offer.pk}", {"valid_until": "2030-07-15T10:00:00+02:00"})

    assert changed.json()["valid_until"] == "2030-07-15T08:00:00Z"


def test_a_secret_is_answered_only_where_it_was_made(alice: Program) -> None:
    given = alice.post("/access-points", {"name": "a", "address": "192.0.2.1", "secret": "of my own choice"})

    assert given.json()["secret"] is None
    assert "secret" not in alice.get(f"/access-points/{given.json()['id']}").json()


def test_a_manager_may_not_change_an_offer_that_holds_elsewhere_too(people: Any) -> None:
    mine = factories.access_point(people.parc, address="192.0.2.1")
    other = factories.access_point(people.parc, address="192.0.2.2")
    offer = factories.offer(people.parc, mine, other)
    manager = factories.staff(people.parc, role="manager")
    manager.access_points.add(mine)
    program = Program(manager)

    assert program.get(f"/offers/{offer.pk}").status_code == 200
    assert program.patch(f"/offers/{offer.pk}", {"credit": 60}).status_code == 403
    assert AuditEntry.objects.filter(action="refused", noun="offer").count() == 1
    named = program.post("/offers", {"name": "x", "access_points": [mine.pk, other.pk]})
    assert named.json()["errors"][0]["code"] == "unknown"
    added = program.post("/access-points", {"name": "Plage", "address": "192.0.2.3"})
    assert program.get(f"/access-points/{added.json()['id']}").status_code == 200


# Tickets and sessions


def test_a_guest_is_disconnected_and_the_order_shows(alice: Program, place: Any) -> None:
    point, offer = place
    _, (ticket,) = stocked(offer, 1)
    session = session_of(ticket, point)

    answer = alice.post(f"/sessions/{session.pk}/disconnect")

    assert answer.status_code == 202
    assert [(one["kind"], one["state"], one["by"]) for one in answer.json()["orders"]] == [
        ("disconnect", "waiting", "alice@example.org")
    ]
    kinds = [event["kind"] for event in alice.get(f"/tickets/{ticket.pk}/events").json()["items"]]
    assert sorted(kinds) == ["accept", "charge", "created", "order"]


def test_a_session_that_has_ended_or_takes_no_orders_is_a_conflict(people: Any, alice: Program, place: Any) -> None:
    point, offer = place
    _, (ticket,) = stocked(offer, 1)
    ended = session_of(ticket, point, ended_at=now())
    deaf = session_of(ticket, factories.access_point(people.parc, address="192.0.2.9"))

    assert alice.post(f"/sessions/{ended.pk}/disconnect").json()["type"].endswith("session_has_ended")
    assert alice.post(f"/sessions/{deaf.pk}/disconnect").json()["type"].endswith("takes_no_orders")


def test_a_revoked_guest_is_ordered_off_and_both_stand_in_the_history(alice: Program, place: Any) -> None:
    point, offer = place
    _, (ticket,) = stocked(offer, 1)
    session_of(ticket, point)

    alice.post(f"/tickets/{ticket.pk}/revoke")

    assert Order.objects.get().reason == "revoked"
    events = alice.get(f"/tickets/{ticket.pk}/events").json()["items"]
    assert ("revoke", "alice@example.org") in [(event["kind"], event["reason"]) for event in events]


@pytest.mark.parametrize("note", ["", "Chambre 12", "=1+1", "<script>alert(1)</script>", "é" * 500])
def test_a_note_is_kept_as_it_is(alice: Program, place: Any, note: str) -> None:
    _, (ticket,) = stocked(place[1], 1)

    assert alice.patch(f"/tickets/{ticket.pk}", {"note": note}).json()["note"] == note


@pytest.mark.parametrize(
    "body", [{}, {"note": None}, {"note": "x" * 501}, {"note": "a\nb"}, {"note": "x", "state": "y"}]
)
def test_a_note_that_can_not_be_kept(alice: Program, place: Any, body: Any) -> None:
    _, (ticket,) = stocked(place[1], 1)

    assert alice.patch(f"/tickets/{ticket.pk}", body).status_code == 422


# Sales


def test_a_sale_takes_from_stock_then_makes_a_ticket_in_the_list_of_sales(
    bob: Program, alice: Program, place: Any
) -> None:
    _, offer = place
    _, (stock,) = stocked(offer, 1)

    first, second = (bob.post("/tickets/sell", {"offer": offer.pk}).json() for _ in range(2))

    assert first["id"] == stock.pk
    made = alice.get(f"/ticket-lists/{second['list']}").json()
    assert (made["name"], made["offer"], made["tickets"]) == ("Ventes", offer.pk, 1)
    assert second["handed_out_at"] is not None


def test_two_offers_have_lists_of_sales_of_their_own(people: Any, bob: Program, place: Any) -> None:
    other = factories.offer(people.parc, place[0], name="Autre")

    lists = [bob.post("/tickets/sell", {"offer": offer.pk}).json()["list"] for offer in (place[1], other, other)]

    assert lists[0] != lists[1] == lists[2]


def test_nothing_is_sold_of_an_archived_offer(bob: Program, people: Any, place: Any) -> None:
    offer = factories.offer(people.parc, place[0], archived=True)

    assert bob.post("/tickets/sell", {"offer": offer.pk}).status_code == 409
    assert bob.post("/tickets/sell", {"offer": 987_654}).status_code == 404


def test_a_sale_is_cancelled_within_30_seconds_and_while_virgin(bob: Program, place: Any) -> None:
    sold = [bob.post("/tickets/sell", {"offer": place[1].pk}).json()["id"] for _ in range(3)]
    Ticket.objects.filter(pk=sold[1]).update(first_login_at=now())
    late = Ticket.objects.get(pk=sold[2]).handout_id
    Handout.objects.filter(pk=late).update(at=now() - timedelta(seconds=31))
    answers = [bob.post(f"/tickets/{key}/cancel-sale") for key in sold]

    assert [answer.status_code for answer in answers] == [200, 409, 409]
    assert [answer.json()["type"].rpartition(":")[2] for answer in answers[1:]] == ["sale_used", "sale_too_old"]
    assert bob.post(f"/tickets/{sold[0]}/cancel-sale").json()["type"].endswith("not_sold")
    assert bob.post("/tickets/sell", {"offer": place[1].pk}).json()["id"] == sold[0]


# Big work, hand-outs


def test_a_big_generation_is_a_job_whose_result_is_its_tickets(alice: Program, place: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("spotcoffee.web.api.ticket_lists.MOST_AT_ONCE", 3)
    in_list, _ = stocked(place[1], 1)

    job = alice.post(f"/ticket-lists/{in_list.pk}/tickets", {"count": 4}).json()
    tools = job_kinds.Tools(keys=keys(), pace=pace(), interim_interval=300)
    assert job_kinds.run_next(tools, worker_id=1)
    done = alice.get(f"/jobs/{job['id']}").json()

    assert (done["state"], done["done"], done["total"], done["error"]) == ("done", 4, 4, None)
    assert alice.get(done["result_url"].removeprefix("/api/v1")).json()["count"] == 4
    assert alice.delete(f"/jobs/{job['id']}").status_code == 409


def test_a_job_is_cancelled_before_it_begins(alice: Program, place: Any) -> None:
    in_list, _ = stocked(place[1], 1)
    job = alice.post(f"/ticket-lists/{in_list.pk}/tickets", {"count": 10_001}).json()

    assert alice.delete(f"/jobs/{job['id']}").status_code == 204
    assert alice.get(f"/jobs/{job['id']}").json()["state"] == "cancelled"


def test_a_big_hand_out_is_a_job_whose_result_is_its_file(alice: Program, place: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("spotcoffee.web.api.handouts.MOST_AT_ONCE", 3)
    in_list, _ = stocked(place[1], 4)

    job = alice.post(f"/ticket-lists/{in_list.pk}/handouts", {"format": "csv"})
    assert job.status_code == 202
    assert job_kinds.run_next(job_kinds.Tools(keys=keys(), pace=pace(), interim_interval=300), worker_id=1)
    done = alice.get(f"/jobs/{job.json()['id']}").json()

    assert done["state"] == "done"
    file = alice.get(done["result_url"].removeprefix("/api/v1"))
    assert b"".join(file.streaming_content).count(b"\r\n") == 5


def test_a_preview_marks_nothing_and_shows_no_code(alice: Program, place: Any) -> None:
    in_list, (ticket, *_) = stocked(place[1], 2)
    code = alice.get(f"/tickets/{ticket.pk}").json()["login"]

    answer = alice.post(f"/ticket-lists/{in_list.pk}/handouts", {"format": "csv", "mark": False})

    assert (answer.status_code, answer.json()["count"], len(answer.json()["items"])) == (200, 2, 2)
    assert code.encode() not in answer.content
    assert alice.get(f"/ticket-lists/{in_list.pk}").json()["not_handed_out"] == 2


def test_nothing_left_to_hand_out_is_a_conflict_and_an_undone_one_has_no_file(alice: Program, place: Any) -> None:
    in_list, _ = stocked(place[1], 2)
    taken = alice.post(f"/ticket-lists/{in_list.pk}/handouts", {"format": "csv"}).json()

    again = alice.post(f"/ticket-lists/{in_list.pk}/handouts", {"format": "csv"})
    alice.post(f"/handouts/{taken['id']}/undo")

    assert again.status_code == 409
    assert alice.get(f"/handouts/{taken['id']}/file").status_code == 409
    assert alice.post(f"/handouts/{taken['id']}/undo").status_code == 409
    assert alice.get(f"/handouts/{taken['id']}").json()["undone_at"] is not None


def test_reading_codes_stands_in_the_audit_log(alice: Program, place: Any) -> None:
    in_list, (ticket, _) = stocked(place[1], 2)
    taken = alice.post(f"/ticket-lists/{in_list.pk}/handouts", {"format": "csv"}).json()
    alice.get(f"/tickets/{ticket.pk}")
    alice.get(f"/tickets?list={in_list.pk}")
    alice.get(f"/handouts/{taken['id']}/file")

    read = AuditEntry.objects.filter(action="read").order_by("pk").values_list("noun", "after__count")
    assert list(read) == [("ticket", 1), ("ticket", 2), ("handout", 2)]
