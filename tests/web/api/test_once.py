"""Idempotency-Key: a request that is sent twice is carried out once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests import factories
from tests.web.api.desk import Program, stocked

from spotcoffee.services import idempotency
from spotcoffee.storage.models import AccessPoint, Answer, Handout, Offer, Ticket
from spotcoffee.web.surroundings import now


def an_offer(owner: Any) -> Offer:
    return factories.offer(owner, factories.access_point(owner))


def test_the_same_again_is_answered_the_same(alice: Program) -> None:
    body = {"name": "Bar", "address": "192.0.2.1"}
    first = alice.post("/access-points", body, Idempotency_Key="k1")
    second = alice.post("/access-points", dict(reversed(body.items())), Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert AccessPoint.objects.count() == 1


def test_no_secret_lies_open_in_what_is_kept(alice: Program) -> None:
    made = alice.post("/access-points", {"name": "Bar", "address": "192.0.2.1"}, Idempotency_Key="k1").json()

    assert made["secret"].encode() not in bytes(Answer.objects.get().body_sealed or b"")


def test_the_same_key_for_something_else_is_a_conflict(alice: Program) -> None:
    alice.post("/access-points", {"name": "Bar", "address": "192.0.2.1"}, Idempotency_Key="k1")

    again = alice.post("/access-points", {"name": "Hall", "address": "192.0.2.2"}, Idempotency_Key="k1")
    elsewhere = alice.post("/offers", {"name": "Bar", "access_points": [1]}, Idempotency_Key="k1")

    assert (again.status_code, elsewhere.status_code) == (409, 409)
    assert again.json()["type"].endswith("key_of_another_request")


def test_another_account_has_keys_of_its_own(alice: Program, charlie: Program) -> None:
    one = alice.post("/access-points", {"name": "Bar", "address": "192.0.2.1"}, Idempotency_Key="k1")
    other = charlie.post("/access-points", {"name": "Bar", "address": "192.0.2.2"}, Idempotency_Key="k1")

    assert one.json()["id"] != other.json()["id"]


def test_a_request_that_was_refused_may_be_mended_and_sent_again(people: Any, alice: Program) -> None:
    refused = alice.post("/ticket-lists", {"name": "", "offer": 1}, Idempotency_Key="k1")
    mended = alice.post("/ticket-lists", {"name": "x", "offer": an_offer(people.parc).pk}, Idempotency_Key="k1")

    assert (refused.status_code, mended.status_code) == (422, 201)


def test_tickets_are_generated_once(people: Any, alice: Program) -> None:
    path = f"/ticket-lists/{factories.ticket_list(an_offer(people.parc)).pk}/tickets"

    first = alice.post(path, {"count": 30}, Idempotency_Key="k1")
    second = alice.post(path, {"count": 30}, Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Ticket.objects.count() == 30


def test_a_generation_that_failed_holds_no_key(people: Any, alice: Program) -> None:
    in_list = factories.ticket_list(an_offer(people.parc), archived=True)
    path = f"/ticket-lists/{in_list.pk}/tickets"
    assert alice.post(path, {"count": 1}, Idempotency_Key="k1").status_code == 409

    in_list.archived = False
    in_list.save(update_fields=["archived"])

    assert alice.post(path, {"count": 1}, Idempotency_Key="k1").status_code == 201


def test_tickets_are_handed_out_once(people: Any, alice: Program) -> None:
    in_list, _ = stocked(an_offer(people.parc), 3)
    path = f"/ticket-lists/{in_list.pk}/handouts"

    first = alice.post(path, {"format": "csv"}, Idempotency_Key="k1")
    second = alice.post(path, {"format": "csv"}, Idempotency_Key="k1")

    assert (first.status_code, first.json()) == (201, second.json())
    assert Handout.objects.count() == 1


def test_a_job_is_begun_once(people: Any, alice: Program) -> None:
    path = f"/ticket-lists/{factories.ticket_list(an_offer(people.parc)).pk}/tickets"

    first = alice.post(path, {"count": 10_001}, Idempotency_Key="k1")
    second = alice.post(path, {"count": 10_001}, Idempotency_Key="k1")

    assert (first.status_code, first.json()["state"], first.json()["total"]) == (202, "waiting", 10_001)
    assert second.json() == first.json()


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a b\t"])
def test_a_key_that_is_none(alice: Program, key: str) -> None:
    answer = alice.post("/access-points", {"name": "Bar", "address": "192.0.2.1"}, Idempotency_Key=key)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_key_is_forgotten_after_a_day(people: Any, alice: Program) -> None:
    alice.post("/access-points", {"name": "Bar", "address": "192.0.2.1"}, Idempotency_Key="k1")
    Answer.objects.update(created_at=now() - idempotency.KEPT - timedelta(seconds=1))

    alice.post("/access-points", {"name": "Hall", "address": "192.0.2.2"}, Idempotency_Key="k2")

    assert list(Answer.objects.values_list("key", flat=True)) == ["k2"]


def test_the_key_of_a_request_that_died_is_free_after_a_while(people: Any, alice: Program) -> None:
    path = f"/ticket-lists/{factories.ticket_list(an_offer(people.parc)).pk}/tickets"
    alice.post(path, {"count": 1}, Idempotency_Key="k1")
    Answer.objects.update(status=None, batch_id=None)

    assert alice.post(path, {"count": 1}, Idempotency_Key="k1").status_code == 409
    Answer.objects.update(created_at=now() - idempotency.PATIENCE - timedelta(seconds=1))
    assert alice.post(path, {"count": 1}, Idempotency_Key="k1").status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["offer", "tickets", "sale"])
def test_of_two_at_once_one_creates(what: str) -> None:
    alice = Program(factories.staff(factories.organisation()))
    offer = an_offer(alice.account.organisation)
    in_list = factories.ticket_list(offer)
    path, body = {
        "offer": ("/offers", {"name": "x", "access_points": [offer.access_points.get().pk]}),
        "tickets": (f"/ticket-lists/{in_list.pk}/tickets", {"count": 2}),
        "sale": ("/tickets/sell", {"offer": offer.pk}),
    }[what]

    def send(_: int) -> int:
        try:
            return int(alice.post(path, body, Idempotency_Key="k1").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(8)))

    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert Offer.objects.count() == (2 if what == "offer" else 1)
    assert Ticket.objects.count() == {"offer": 0, "tickets": 2, "sale": 1}[what]
