"""What another organisation owns does not exist here: every operation with an id answers 404, and changes nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.web.api.desk import Program, stocked

from spotcoffee.domain.permissions import Action, may
from spotcoffee.domain.staff import Role
from spotcoffee.services import handouts, jobs
from spotcoffee.services.callers import Caller
from spotcoffee.storage.models import AuditEntry, Session
from spotcoffee.web.api.application import description
from spotcoffee.web.surroundings import now, pace

NOUNS = {
    "access-points": "access_point",
    "offers": "offer",
    "ticket-lists": "ticket_list",
    "handouts": "handout",
    "tickets": "ticket",
    "sessions": "session",
    "jobs": "job",
}
BODIES: dict[str, Any] = {
    "PATCH /api/v1/access-points/{id}": {"name": "x"},
    "PATCH /api/v1/offers/{id}": {"name": "x"},
    "POST /api/v1/offers/{id}/impact": {"name": "x"},
    "PATCH /api/v1/ticket-lists/{id}": {"name": "x"},
    "POST /api/v1/ticket-lists/{id}/impact": {"name": "x"},
    "POST /api/v1/ticket-lists/{id}/tickets": {"count": 1},
    "POST /api/v1/ticket-lists/{id}/handouts": {"format": "csv"},
    "PATCH /api/v1/tickets/{id}": {"note": "x"},
}
WITH_AN_ID = [
    f"{method.upper()} {path}"
    for path, operations in description()["paths"].items()
    for method in operations
    if "{id}" in path
]


@dataclass
class Property:
    """One thing of each kind, by noun."""

    ids: dict[str, int]
    offer: int
    access_point: int


def property_of(owner: Any) -> Property:
    """What an organisation has."""
    point = factories.access_point(owner)
    offer = factories.offer(owner, point)
    in_list, (ticket, *_) = stocked(offer, 2)
    caller = Caller(owner.pk, "a test")
    handout = handouts.take(caller, in_list.pk, pace=pace())
    job = jobs.add(caller, "apply_offer", {"offer": offer.pk}, total=0, now=now())
    session = session_of(ticket, point)
    ids = {
        "access_point": point.pk,
        "offer": offer.pk,
        "ticket_list": in_list.pk,
        "handout": handout.pk,
        "ticket": ticket.pk,
        "session": session.pk,
        "job": job.pk,
    }
    return Property(ids, offer.pk, point.pk)


def session_of(ticket: Any, point: Any, **columns: Any) -> Session:
    """An open session."""
    at = now() - timedelta(minutes=5)
    number = Session.objects.count() + 1
    return Session.objects.create(
        id=(at.year * 100 + at.month) * 10**12 + number,
        organisation_id=ticket.organisation_id,
        ticket_id=ticket.pk,
        access_point_id=point.pk,
        **{
            "device": "aabbccddeeff",
            "source": "127.0.0.1",
            "acct_session_id": f"s{number}",
            "accepted_at": at,
            "began_at": at,
            "seen_at": at,
            **columns,
        },
    )


def ask(program: Program, operation: str, thing: int) -> Any:
    method, path = operation.split()
    return program.send(method, path.removeprefix("/api/v1").replace("{id}", str(thing)), BODIES.get(operation))


def noun_of(operation: str) -> str:
    return NOUNS[operation.split("/")[3]]


def test_the_walk_is_over_all_of_them() -> None:
    assert len(WITH_AN_ID) >= 26
    assert {operation for operation in BODIES if operation not in WITH_AN_ID} == set()


@pytest.mark.parametrize("operation", WITH_AN_ID)
def test_what_is_anothers_does_not_exist(people: Any, charlie: Program, operation: str) -> None:
    thing = property_of(people.parc).ids[noun_of(operation)]
    written = AuditEntry.objects.count()

    answer = ask(charlie, operation, thing)

    assert answer.status_code == 404, answer.content
    assert AuditEntry.objects.count() == written


@pytest.mark.parametrize("operation", WITH_AN_ID)
def test_what_is_ones_own_does(people: Any, alice: Program, operation: str) -> None:
    answer = ask(alice, operation, property_of(people.parc).ids[noun_of(operation)])

    assert answer.status_code != 404, answer.content
    assert answer.status_code < 500


@pytest.mark.parametrize("operation", WITH_AN_ID)
def test_a_manager_of_another_access_point_does_not_see_it_either(people: Any, operation: str) -> None:
    theirs = property_of(people.parc)
    manager = factories.staff(people.parc, role="manager")
    manager.access_points.add(factories.access_point(people.parc, address="192.0.2.200"))

    answer = ask(Program(manager), operation, theirs.ids[noun_of(operation)])

    assert answer.status_code == 404, answer.content


@pytest.mark.parametrize("operation", WITH_AN_ID)
def test_a_manager_of_its_access_point_does(people: Any, operation: str) -> None:
    mine = property_of(people.parc)
    manager = factories.staff(people.parc, role="manager")
    manager.access_points.add(mine.access_point)

    answer = ask(Program(manager), operation, mine.ids[noun_of(operation)])

    assert answer.status_code < 500
    if noun_of(operation) != "job":
        assert answer.status_code not in (403, 404), answer.content


@pytest.mark.parametrize(
    "path", ["/access-points", "/offers", "/ticket-lists", "/handouts", "/tickets", "/sessions", "/attempts"]
)
def test_no_list_shows_what_is_anothers(people: Any, charlie: Program, alice: Program, path: str) -> None:
    property_of(people.parc)

    assert charlie.get(path).json() == {"items": [], "count": 0, "next": None}
    assert alice.get(path).json()["count"] == (0 if path == "/attempts" else 2 if path == "/tickets" else 1)


@pytest.mark.parametrize("name", ["access_points", "offer"])
def test_nothing_of_another_can_be_named_in_a_body(people: Any, charlie: Program, name: str) -> None:
    theirs = property_of(people.parc)
    if name == "offer":
        bound = charlie.post("/ticket-lists", {"name": "x", "offer": theirs.offer})
        assert charlie.post("/tickets/sell", {"offer": theirs.offer}).status_code == 404
    else:
        bound = charlie.post("/offers", {"name": "x", "access_points": [theirs.access_point]})

    assert bound.status_code == 422
    assert bound.json()["errors"][0]["field"] == name
    assert bound.json()["errors"][0]["code"] == "unknown"


# Roles: the same table that the code walks.

ACTIONS = {
    "GET /api/v1/access-points/{id}": Action.SEE_ACCESS_POINT,
    "PATCH /api/v1/access-points/{id}": Action.CHANGE_ACCESS_POINT,
    "DELETE /api/v1/access-points/{id}": Action.DELETE_ACCESS_POINT,
    "GET /api/v1/offers/{id}": Action.SEE_OFFER,
    "PATCH /api/v1/offers/{id}": Action.CHANGE_OFFER,
    "DELETE /api/v1/offers/{id}": Action.DELETE_OFFER,
    "POST /api/v1/offers/{id}/impact": Action.SEE_OFFER,
    "GET /api/v1/ticket-lists/{id}": Action.SEE_LIST,
    "PATCH /api/v1/ticket-lists/{id}": Action.CHANGE_LIST,
    "DELETE /api/v1/ticket-lists/{id}": Action.DELETE_LIST,
    "POST /api/v1/ticket-lists/{id}/impact": Action.SEE_LIST,
    "POST /api/v1/ticket-lists/{id}/tickets": Action.GENERATE,
    "POST /api/v1/ticket-lists/{id}/handouts": Action.HAND_OUT,
    "GET /api/v1/handouts/{id}": Action.SEE_HANDOUT,
    "GET /api/v1/handouts/{id}/file": Action.READ_HANDOUT,
    "POST /api/v1/handouts/{id}/undo": Action.UNDO_HANDOUT,
    "GET /api/v1/tickets/{id}": Action.SEE_TICKET,
    "PATCH /api/v1/tickets/{id}": Action.NOTE_TICKET,
    "GET /api/v1/tickets/{id}/events": Action.SEE_TICKET,
    "POST /api/v1/tickets/{id}/revoke": Action.REVOKE_TICKET,
    "POST /api/v1/tickets/{id}/restore": Action.RESTORE_TICKET,
    "POST /api/v1/tickets/{id}/cancel-sale": Action.CANCEL_SALE,
    "GET /api/v1/sessions/{id}": Action.SEE_SESSION,
    "POST /api/v1/sessions/{id}/disconnect": Action.DISCONNECT,
    "GET /api/v1/jobs/{id}": Action.SEE_JOB,
    "DELETE /api/v1/jobs/{id}": Action.CANCEL_JOB,
}


def test_every_operation_has_its_action() -> None:
    assert set(WITH_AN_ID) == set(ACTIONS)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.AUDITOR])
def test_what_a_role_lacks_is_refused_and_written_down(people: Any, role: Role) -> None:
    mine = property_of(people.parc)
    program = Program(factories.staff(people.parc, role=role.value))
    for operation, action in ACTIONS.items():
        before = AuditEntry.objects.filter(action="refused").count()

        answer = ask(program, operation, mine.ids[noun_of(operation)])

        assert (answer.status_code == 403) == (not may(role, action)), (operation, answer.content)
        assert AuditEntry.objects.filter(action="refused").count() - before == (answer.status_code == 403)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.AUDITOR])
def test_what_is_anothers_is_not_there_even_for_an_action_that_the_role_lacks(people: Any, role: Role) -> None:
    program = Program(factories.staff(people.elsewhere, role=role.value))
    theirs = property_of(people.parc)

    for operation in WITH_AN_ID:
        assert ask(program, operation, theirs.ids[noun_of(operation)]).status_code == 404, operation
