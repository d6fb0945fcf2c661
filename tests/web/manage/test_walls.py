"""Every address of the staff's pages: closed to strangers, and another organisation's things don't exist."""

from typing import Any

import pytest
from django.urls import URLPattern
from tests import factories
from tests.factories import KEYS

from spotcoffee.storage.models import Handout
from spotcoffee.web.manage.urls import urlpatterns

# Open to everyone: signing in, an invitation's link, the first start's link.
OPEN = {"forgotten", "invitation", "begin", None}
NOUNS = {
    "tickets": "ticket",
    "sold": "ticket",
    "sessions": "session",
    "offers": "offer",
    "lists": "list",
    "handouts": "handout",
    "jobs": "job",
    "access-points": "access_point",
    "team": "colleague",
    "settings": "token",
    "start": "ticket",
}


PAGES = [one for one in urlpatterns if isinstance(one, URLPattern) and one.name not in OPEN]
OF_THINGS = [one for one in PAGES if "<int:id>" in str(one.pattern)]


def address(pattern: URLPattern, ids: dict[str, int]) -> str:
    """An address of this kind, of a thing with one of these ids."""
    route = str(pattern.pattern)
    thing = ids[NOUNS[route.split("/")[0]]] if "<int:id>" in route else 0
    route = route.replace("<int:id>", str(thing)).replace("<int:at>", "1").replace("<str:token>", "x")
    return "/" + route.replace("<str:digest>", "0" * 64)


@pytest.fixture
def theirs(people: Any) -> dict[str, int]:
    """One of each thing, of the stranger's organisation."""
    point = factories.access_point(people.elsewhere, address="127.0.0.9")
    offer = factories.offer(people.elsewhere, point)
    in_list = factories.ticket_list(offer)
    (ticket,) = factories.tickets(in_list, 1, keys=KEYS)
    session = factories.session(ticket, point)
    handout = Handout.objects.create(
        organisation=people.elsewhere,
        list_id=in_list.pk,
        format="csv",
        count=1,
        terms={},
        at=factories.NOW,
        by="charlie@example.org",
        touched_at=factories.NOW,
        ready=True,
    )
    return {
        "ticket": ticket.pk,
        "session": session.pk,
        "offer": offer.pk,
        "list": in_list.pk,
        "handout": handout.pk,
        "job": 1,
        "access_point": point.pk,
        "colleague": people.charlie.pk,
        "token": 1,
    }


@pytest.mark.parametrize("pattern", PAGES, ids=lambda one: str(one.name))
def test_nothing_is_shown_before_signing_in(pattern: URLPattern, client: Any, theirs: dict[str, int]) -> None:
    for method in ("get", "post"):
        answer = getattr(client, method)(address(pattern, theirs), HTTP_HOST="localhost", secure=True)
        assert answer.status_code in (302, 303, 405), answer.status_code
        if answer.status_code != 405:
            assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("pattern", OF_THINGS, ids=lambda one: str(one.name))
def test_another_organisation_s_thing_does_not_exist(pattern: URLPattern, alice: Any, theirs: dict[str, int]) -> None:
    answers = {method: getattr(alice, method)(address(pattern, theirs)).status_code for method in ("get", "post")}
    assert set(answers.values()) <= {404, 405}, answers
    assert 404 in answers.values()
