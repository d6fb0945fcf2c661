"""Who is online, as the desk sees it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests import factories as make

from spotcoffee.storage.models import AccessPoint, Ticket
from spotcoffee.web.surroundings import keys


@pytest.fixture
def room(people: Any) -> AccessPoint:
    """An access point of the Hôtel du Parc."""
    return make.access_point(people.parc, "Salle", coa_port=3799)


@pytest.fixture
def ticket(people: Any, room: AccessPoint) -> Ticket:
    """A ticket of two hours."""
    offer = make.offer(people.parc, room, name="2 heures", credit=7_200)
    return make.ticket(make.ticket_list(offer), "K7QM3XWF9T", keys=keys(), note="Chambre 12")


def _text(client: Client, query: str = "", **headers: str) -> str:
    answer = client.get(f"/online/{query}", headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


def _on(ticket: Ticket, room: AccessPoint, device: str = "020000000001", **columns: Any) -> None:
    now = datetime.now(UTC)
    make.session(ticket, room, device=device, **{"began_at": now, "seen_at": now, "time": 120, **columns})


def test_a_guest_shows_with_ticket_offer_device_and_place(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    _on(ticket, room, down=3_000_000)
    page = _text(bob)
    for said in (
        "2 heures",
        "WF9T"[-4:],
        "02:00:00:00:00:01",
        "Salle",
        "2\N{NO-BREAK SPACE}min",
        "3\N{NO-BREAK SPACE}Mo",
    ):
        assert said in page
    assert "K7QM3X" not in page


def test_who_left_does_not_show(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    _on(ticket, room, ended_at=datetime.now(UTC))
    assert "Personne n’est en ligne" in _text(bob)


def test_filters_by_place_and_by_what_people_say(bob: Client, ticket: Ticket, room: AccessPoint, people: Any) -> None:
    _on(ticket, room)
    other = make.ticket(ticket.ticket_list, "BBBBBBXYZ2", keys=keys())
    terrace = make.access_point(people.parc, "Terrasse")
    _on(other, terrace, "020000000002")
    assert "020000000001"[-2:] in _text(bob, f"?place={room.pk}")
    assert ":00:02" not in _text(bob, f"?place={room.pk}")
    for searched in ("chambre", "K7Q-M3XW-F9T", "WF9T"[-4:], "02-00-00-00-00-01"):
        page = _text(bob, f"?q={searched}")
        assert ":00:01" in page, searched
        assert ":00:02" not in page, searched
    assert "Personne en ligne ne correspond" in _text(bob, f"?place={terrace.pk}&q=chambre")


def test_the_table_alone_is_asked_for_again(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    _on(ticket, room)
    part = _text(bob, f"?place={room.pk}", **{"HX-Request": "true"})
    assert "<html" not in part
    assert f'hx-get="/online/?place={room.pk}' in part
    assert 'hx-trigger="every 10s"' in part


def test_a_stranger_sees_nobody(charlie: Client, ticket: Ticket, room: AccessPoint) -> None:
    _on(ticket, room)
    assert "02:00:00:00:00:01" not in _text(charlie)
    assert "02:00:00:00:00:01" not in _text(charlie, f"?place={room.pk}")


def test_whose_offer_left_the_place_still_shows(people: Any, signed_in: Any, ticket: Ticket, room: AccessPoint) -> None:
    _on(ticket, room)
    eve = make.staff(people.parc, "eve@example.org", "reception")
    eve.access_points.add(room)
    ticket.ticket_list.offer.access_points.set([make.access_point(people.parc, "Terrasse")])
    page = _text(signed_in(eve))
    assert "02:00:00:00:00:01" in page
    assert f"/tickets/{ticket.pk}/" not in page


def test_an_auditor_has_no_button(people: Any, signed_in: Any, ticket: Ticket, room: AccessPoint) -> None:
    _on(ticket, room)
    assert "Déconnecter" not in _text(signed_in(make.staff(people.parc, "dora@example.org", "auditor")))


def test_what_anyone_may_type_is_taken(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    _on(ticket, room)
    for typed in ("%00", "-1", "9" * 40, "%C2%B2", "<script>alert(1)</script>", "x" * 5_000):
        for name in ("place", "q", "after", "watch"):
            assert "<script>alert" not in _text(bob, f"?{name}={typed}")


def test_pages_follow_one_another(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    for number in range(60):
        _on(ticket, room, f"0200000001{number:02}")
    page = _text(bob)
    assert "60 appareils en ligne" in page
    assert page.count('id="off-') == 50
    following = page.partition('<nav class="pages"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert _text(bob, following).count('id="off-') == 10


def test_the_page_asks_the_database_the_same_whoever_is_online(
    bob: Client, ticket: Ticket, room: AccessPoint, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(17) as counted:
            _text(bob)
        return len(counted)

    _on(ticket, room)
    few = queries()
    for number in range(8):
        other = make.ticket(ticket.ticket_list, f"CODE{number:06}", keys=keys())
        _on(other, room, f"0200000001{number:02}")
    assert queries() == few
