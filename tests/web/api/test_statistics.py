"""/stats: what happened, by hours, days and months of the organisation's calendar."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests import factories
from tests.web.api.desk import Program, stocked

from spotcoffee.storage.models import Session


def began(ticket: Any, point: Any, at: datetime, number: int, **sums: int) -> None:
    Session.objects.create(
        id=(at.year * 100 + at.month) * 10**12 + number, organisation_id=ticket.organisation_id, ticket_id=ticket.pk,
        access_point_id=point.pk, device="d", source="127.0.0.1", acct_session_id=str(number), began_at=at, seen_at=at,
        **sums,
    )  # fmt: skip


@pytest.fixture
def season(people: Any) -> Any:
    """Around the autumn change of 2026 in Paris: 02:30 comes twice."""
    point = factories.access_point(people.parc)
    offer = factories.offer(people.parc, point)
    _, (one, other) = stocked(offer, 2)
    change = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    began(one, point, change, 1, charged=60, down=10, up=1)
    began(one, point, change + timedelta(hours=1), 2, charged=30)
    began(other, point, datetime(2026, 10, 25, 23, 30, tzinfo=UTC), 3, charged=5)
    return point, offer


def stats(program: Program, query: str) -> Any:
    answer = program.get(f"/stats?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_days_are_those_of_the_organisation(alice: Program, season: Any) -> None:
    found = stats(alice, "from=2026-10-24T22:00:00Z&to=2026-10-26T23:00:00Z&by=day")

    assert [(one["at"], one["sessions"], one["guests"], one["time"]) for one in found["items"]] == [
        ("2026-10-24T22:00:00Z", 2, 1, 90),
        ("2026-10-25T23:00:00Z", 1, 1, 5),
    ]


def test_the_hour_that_comes_twice_is_two_hours(alice: Program, season: Any) -> None:
    found = stats(alice, "from=2026-10-25T00:00:00Z&to=2026-10-25T02:00:00Z&by=hour")

    assert [(one["at"], one["sessions"]) for one in found["items"]] == [
        ("2026-10-25T00:00:00Z", 1),
        ("2026-10-25T01:00:00Z", 1),
    ]


def test_by_access_point_and_by_offer(alice: Program, season: Any) -> None:
    point, offer = season
    alice.post("/tickets/sell", {"offer": offer.pk})

    found = stats(alice, "from=2026-01-01T00:00:00Z&to=2027-12-31T00:00:00Z&by=month")

    sums = {"sessions": 3, "guests": 2, "time": 95, "down": 10, "up": 1}
    assert found["access_points"] == [{"access_point": point.pk, **sums, "sold": 0}]
    assert found["offers"] == [{"offer": offer.pk, **sums, "sold": 1}]
    assert sum(one["sold"] for one in found["items"]) == 1
    assert len(found["items"]) == 24


def test_nothing_of_another_organisation_is_summed_up(charlie: Program, season: Any) -> None:
    found = stats(charlie, "from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z")

    assert sum(one["sessions"] for one in found["items"]) == 0
    assert (found["offers"], found["access_points"]) == ([], [])


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z",
        "from=1970-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&by=hour",
        "from=0001-01-01T00:00:00Z",
        "to=9999-12-31T23:59:59Z",
        "by=week",
        "from=x",
        "form=2026-10-01T00:00:00Z",
    ],
)
def test_a_time_that_is_none(alice: Program, query: str) -> None:
    assert alice.get(f"/stats?{query}").status_code == 422
