"""Lists: pages that stay where they are, filters, and a constant number of queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.web.api.desk import Program, stocked
from tests.web.api.test_strangers import session_of

from spotcoffee.storage.models import AccessPointFault, Attempt, Handout, Order, Ticket
from spotcoffee.web.surroundings import now


def furnished(owner: Any, count: int) -> None:
    """So many of everything."""
    for _ in range(count):
        point = factories.access_point(owner, address=f"192.0.2.{1 + AccessPointFault.objects.count()}")
        AccessPointFault.objects.create(
            organisation=owner, access_point=point, code="own_idle_timer", first_at=now(), last_at=now()
        )
        in_list, (ticket,) = stocked(factories.offer(owner, point, period="day", period_limit=60))
        handout = Handout.objects.create(
            organisation=owner, list_id=in_list.pk, format="csv", count=1, terms={}, at=now(), by="x", touched_at=now()
        )
        Ticket.objects.filter(pk=ticket.pk).update(handout=handout)
        session = session_of(ticket, point)
        Attempt.objects.create(
            organisation_id=owner.pk, access_point_id=point.pk, at=now(), device="d", ticket_id=ticket.pk
        )
        Order.objects.create(
            organisation_id=owner.pk, access_point_id=point.pk, ticket_id=ticket.pk, session_id=session.pk,
            kind="disconnect", reason="staff", created_at=now(), next_try_at=now(),
        )  # fmt: skip


def queries_of(program: Program, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = program.get(path)
    assert answer.status_code == 200, answer.content
    return len(captured)


LISTS = {
    "/access-points": 5,
    "/offers": 6,
    "/ticket-lists": 4,
    "/handouts": 3,
    "/tickets": 16,
    "/tickets?state=virgin&handed_out=false": 16,
    "/sessions?open=true": 4,
    "/attempts": 3,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_page_takes_a_constant_number_of_queries(people: Any, alice: Program, path: str) -> None:
    furnished(people.parc, 2)
    alice.get(path)
    few = queries_of(alice, path)
    furnished(people.parc, 12)

    assert queries_of(alice, path) == few
    assert few <= LISTS[path]


@pytest.mark.parametrize("path", ["/access-points", "/offers", "/ticket-lists", "/tickets", "/sessions", "/attempts"])
def test_pages_join_without_a_gap_while_more_are_added(people: Any, alice: Program, path: str) -> None:
    furnished(people.parc, 5)
    whole = [item["id"] for item in alice.get(path).json()["items"]]

    seen, cursor = [], ""
    for _ in range(3):
        page = alice.get(f"{path}?limit=2{cursor}").json()
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
        furnished(people.parc, 1)

    assert seen[:5] == whole


def test_the_last_page_has_no_next_one(people: Any, alice: Program) -> None:
    furnished(people.parc, 3)

    page = alice.get("/offers?limit=3").json()

    assert (len(page["items"]), page["count"], page["next"]) == (3, 3, None)


def test_tickets_are_found_by_state_list_code_tail_and_note(people: Any, alice: Program) -> None:
    offer = factories.offer(people.parc, factories.access_point(people.parc), credit=60)
    in_list, _ = stocked(offer, 3)
    _, (started,) = stocked(offer, 1, first_login_at=now() - timedelta(minutes=1), note="Chambre 12 %_")
    _, (spent,) = stocked(offer, 1, first_login_at=now() - timedelta(minutes=1), used_time=60)

    def found(query: str) -> list[int]:
        answer = alice.get(f"/tickets?{query}").json()
        assert answer["count"] == len(answer["items"])
        return [item["id"] for item in answer["items"]]

    code = alice.get(f"/tickets/{started.pk}").json()["login"]
    assert len(found(f"list={in_list.pk}")) == 3
    assert found("state=started") == [started.pk]
    assert found("state=consumed") == [spent.pk]
    assert len(found(f"offer={offer.pk}&state=virgin&handed_out=false")) == 3
    assert found("handed_out=true") == []
    assert found(f"q={code.lower()}") == [started.pk]
    assert started.pk in found(f"q={code[-4:]}")
    assert found("q=chambre") == [started.pk]
    assert found("q=%25_") == [started.pk]
    assert found("q=nobody") == []
    assert found("q=") == []


def test_sessions_and_attempts_are_filtered(people: Any, alice: Program) -> None:
    furnished(people.parc, 2)
    point = alice.get("/access-points").json()["items"][0]["id"]

    assert alice.get(f"/sessions?access_point={point}").json()["count"] == 1
    assert alice.get("/sessions?open=false").json()["count"] == 0
    assert alice.get("/sessions?device=AA-BB-CC-DD-EE-FF").json()["count"] == 2
    assert alice.get(f"/attempts?access_point={point}&reason=accepted").json()["count"] == 1
    assert alice.get("/attempts?reason=revoked").json()["count"] == 0
    assert alice.get("/attempts?from=2000-01-01T00:00:00Z&to=2001-01-01T00:00:00Z").json()["count"] == 0
    assert alice.get("/attempts?reason=nonsense").status_code == 422
