"""Statistics: charts with their tables, and the file."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories as make

from spotcoffee.services import desk
from spotcoffee.storage.models import AccessPoint, AuditEntry, Offer
from spotcoffee.web.surroundings import keys, pace

HOSTILE = (
    "%00",
    "<script>alert(1)</script>",
    "x" * 5_000,
    "-1",
    "2026-13-45",
    "٣",
    "9" * 30,
    "0001-01-01",
    "9999-12-31",
)


@pytest.fixture
def room(people: Any) -> AccessPoint:
    """An access point."""
    return make.access_point(people.parc, "Salle", address="192.0.2.1")


@pytest.fixture
def offer(people: Any, room: AccessPoint) -> Offer:
    """2 hours; a guest used 30 minutes of it an instant ago, and one was sold."""
    made = make.offer(people.parc, room, name="2 heures", credit=7_200)
    now = datetime.now(UTC)
    key = now.year * 10**14 + now.month * 10**12 + 1
    columns = {"began_at": now, "seen_at": now, "charged": 1_800, "down": 5 * 10**9, "up": 10**9}
    make.session(make.ticket(make.ticket_list(made), keys=keys()), room, id=key, **columns)
    desk.sell_once(people.at_parc, made.pk, account_id=people.alice.pk, key="k", keys=keys(), pace=pace())
    return made


def _text(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"/statistics/{query}")
    assert answer.status_code == status
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("sessions", "Sessions"),
        ("guests", "Clients"),
        ("time", "30\N{NO-BREAK SPACE}min"),
        ("down", "5\N{NO-BREAK SPACE}Go"),
        ("sold", "Tickets vendus"),
    ],
)
def test_each_kind_of_figures_has_its_chart_and_its_table(alice: Client, offer: Offer, what: str, says: str) -> None:
    page = _text(alice, f"?span=week&what={what}")
    assert '<rect class="down"' in page
    assert says in page.partition("<details>")[2]
    assert "2 heures" in page
    assert ("Salle" in page) == (what != "sold")
    assert re.search(r"<svg[^>]+aria-label=\"Au plus", page)
    assert " style=" not in page


@pytest.mark.parametrize(
    ("span", "steps"), [("today", (23, 24, 25)), ("week", (7,)), ("month", (30,)), ("year", (12, 13))]
)
def test_the_usual_spans_have_their_steps(alice: Client, offer: Offer, span: str, steps: tuple[int, ...]) -> None:
    table = _text(alice, f"?span={span}").partition("<details>")[2].partition("</table>")[0]
    assert table.count('<th scope="row">') in steps


def test_days_that_one_names_are_shown_and_kept(alice: Client, offer: Offer) -> None:
    today = datetime.now(UTC).date()
    page = _text(alice, f"?from={today - timedelta(days=1)}&to={today}&by=day")
    assert f'value="{today}"' in page
    assert f"/statistics/file/?from={today - timedelta(days=1)}&amp;to={today}&amp;by=day" in page
    assert "précède" in _text(alice, f"?from={today}&to={today - timedelta(days=5)}")
    assert "les pas sont plus longs" in _text(alice, f"?from={today - timedelta(days=400)}&to={today}&by=hour")


def test_the_file_opens_in_a_french_excel_and_stands_in_the_log(alice: Client, offer: Offer) -> None:
    answer = alice.get("/statistics/file/?span=week")
    octets = b"".join(answer)
    assert octets.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["Début", "Sessions"]
    assert len(rows) == 8
    assert rows[-1][1:] == ["1", "1", "0,50", "5000,00", "1000,00", "1"]
    assert re.fullmatch(r"\d\d/\d\d/\d{4} 00:00:00", rows[-1][0])
    assert AuditEntry.objects.filter(action="export", noun="statistics").count() == 1


def test_a_manager_sees_his_access_points_alone(people: Any, signed_in: Any, offer: Offer) -> None:
    eve = make.staff(people.parc, "eve@example.org", "manager")
    eve.access_points.add(make.access_point(people.parc, "Terrasse", address="192.0.2.2"))
    page = _text(signed_in(eve), "?span=week")
    assert "Salle" not in page
    assert "2 heures" not in page
    assert "Rien pendant cette période" in page


def test_a_stranger_sees_nothing_and_reception_is_refused(charlie: Client, bob: Client, offer: Offer) -> None:
    assert "2 heures" not in _text(charlie)
    _text(bob, "", 403)
    assert bob.get("/statistics/file/").status_code == 403


def test_nonsense_is_taken(alice: Client, offer: Offer) -> None:
    for typed in HOSTILE:
        for name in ("span", "what", "from", "to", "by"):
            assert "<script>alert" not in _text(alice, f"?{name}={typed}")
            assert alice.get(f"/statistics/file/?{name}={typed}").status_code == 200


def test_the_page_asks_the_database_the_same_however_much_happened(
    alice: Client, people: Any, room: AccessPoint, offer: Offer, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(11):
        _text(alice, "?span=month")
    now = datetime.now(UTC)
    for number in range(5):
        ticket = make.ticket(make.ticket_list(make.offer(people.parc, room)), keys=keys())
        key = now.year * 10**14 + now.month * 10**12 + 10 + number
        make.session(ticket, room, id=key, began_at=now, seen_at=now, device=f"02000000001{number}")
    with django_assert_num_queries(11):
        _text(alice, "?span=month")
