"""What each page of the staff costs the server, in a database of a big operator.

`python -m bench.prepared page_times LISTS TICKETS_EACH ROUNDS`: fills a database, asks for each page, prints JSON.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from bench.seed import _columns, _fill
from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.models import (
    AccessPoint,
    Handout,
    Offer,
    Organisation,
    Session,
    StaffAccount,
    Ticket,
    TicketBatch,
    TicketList,
)
from spotcoffee.storage.queries.rows import execute, is_postgresql
from spotcoffee.web.surroundings import keys

OFFERS: Final = 8
POINTS: Final = 20
ONLINE: Final = 2_000
PAST: Final = 100_000
# A page's name, its address' view and arguments, and what is asked of it.
PAGES: Final = (
    ("sell", "sell", (), ""),
    ("find, by code", "find", (), "?q={code}"),
    ("find, by note", "find", (), "?q=chambre+12"),
    ("online", "online", (), ""),
    ("dashboard", "dashboard", (), ""),
    ("offers", "offers", (), ""),
    ("an offer", "offer", ("offer",), ""),
    ("lists", "lists", (), ""),
    ("a list", "list", ("list",), ""),
    ("a list, started ones", "list", ("list",), "?state=started"),
    ("a ticket", "ticket", ("ticket",), ""),
    ("printing", "printing", (), ""),
    ("access points", "access-points", (), ""),
    ("statistics", "statistics", (), ""),
    ("team", "team", (), ""),
    ("log", "log", (), ""),
    ("settings", "settings", (), ""),
)


def main(argv: Sequence[str]) -> None:
    """Fill and ask."""
    lists, each, rounds = (int(one) for one in argv)
    places = _seed(lists, each)
    settings.ALLOWED_HOSTS.append("testserver")
    client = Client(headers={"accept-language": "fr"})
    client.defaults["wsgi.url_scheme"] = "https"
    client.force_login(
        StaffAccount.objects.get(email="bench@example.org"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    found = []
    for name, view, arguments, asked in PAGES:
        try:
            address = reverse(view, args=[places[one] for one in arguments]) + asked.format(**places)
        except NoReverseMatch:
            continue
        found.append(_ask(client, name, address, rounds))
    found.append(_sell(client, rounds, int(places["offer"])))
    sys.stdout.write(json.dumps([one for one in found if one]) + "\n")


def _ask(client: Client, name: str, address: str, rounds: int) -> dict[str, Any]:
    taken = []
    queries = 0
    for number in range(rounds + 2):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address, follow=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        if number >= 2:
            taken.append((time.perf_counter() - began) * 1e3)
        queries = len(captured)
    return {"name": name, "p95": quantiles(taken, n=20)[-1], "queries": queries}


def _sell(client: Client, rounds: int, offer: int) -> dict[str, Any]:
    """From the click to the page with the code, its redirect included."""
    taken = []
    for _ in range(rounds):
        page = client.get(reverse("sell")).content.decode()
        shown = time.perf_counter()
        answer = client.post(reverse("sell-ticket"), _form_of(page, offer), follow=True)
        if answer.status_code != 200:
            raise RuntimeError(f"a sale: {answer.status_code}")
        taken.append((time.perf_counter() - shown) * 1e3)
    return {"name": "a sale, from click to code", "p95": quantiles(taken, n=20)[-1], "queries": 0}


def _form_of(page: str, offer: int) -> dict[str, Any]:
    """What the browser would send: the hidden fields, and the offer."""
    fields = {}
    for part in page.split("<input")[1:]:
        tag = part.partition(">")[0]
        if 'type="hidden"' in tag and 'name="' in tag:
            value = tag.partition('value="')[2].partition('"')[0]
            fields[tag.partition('name="')[2].partition('"')[0]] = value
    return fields | {"offer": offer}


def _seed(lists: int, each: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    owner = Organisation.objects.create(name="Chain", created_at=now)
    StaffAccount.objects.create(
        organisation=owner, email="bench@example.org", role="administrator", password="!", created_at=now
    )
    sealed = keys().seal("testing123")
    points = [
        AccessPoint.objects.create(
            organisation=owner,
            name=f"Point {number}",
            address=f"127.1.0.{number}",
            secret_sealed=sealed,
            created_at=now,
        )
        for number in range(1, POINTS + 1)
    ]
    offers = [
        Offer.objects.create(
            organisation=owner, name=f"Offre {number}", credit=7_200, price=3, currency="EUR", created_at=now
        )
        for number in range(1, OFFERS + 1)
    ]
    for offer in offers:
        offer.access_points.set(points)
    made = [
        TicketList.objects.create(
            organisation=owner,
            offer=offers[number % OFFERS],
            name=f"Liste {number}",
            login_format="code10",
            created_at=now,
        )
        for number in range(lists)
    ]
    for one in made:
        _fill("hotspot_ticket", _tickets(owner.pk, one, each, now))
    _online(owner.pk, points, now)
    if is_postgresql():
        execute("ANALYZE")
    first = Ticket.objects.filter(organisation=owner).order_by("pk").values_list("pk", "login_sealed").first()
    assert first is not None
    return {
        "offer": offers[0].pk,
        "list": made[0].pk,
        "ticket": first[0],
        "code": keys().unseal(bytes(first[1])),
    }


def _tickets(owner: int, of: TicketList, count: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Half in stock, a fifth handed out, the rest started, used up and revoked."""
    batch = TicketBatch.objects.create(ticket_list=of, count=count, ready=True, created_at=now, touched_at=now)
    handout = Handout.objects.create(
        organisation_id=owner,
        list_id=of.pk,
        format="csv",
        count=count // 2,
        terms={},
        at=now,
        by="bench",
        touched_at=now,
    )
    ring = keys()
    same = _columns(
        Ticket(
            organisation_id=owner,
            ticket_list_id=of.pk,
            batch_id=batch.pk,
            created_at=now,
            login_key=0,
            login_sealed=b"",
        )
    )
    del same["id"]
    at = to_micros(now - timedelta(hours=3))
    for number in range(count):
        login = f"{of.pk:04d}A{number:05d}".replace("0", "Z").replace("1", "Y")
        row = same | {"login_key": ring.login_key(owner, login), "login_sealed": ring.seal(login)}
        if number % 10 >= 5:
            row |= {"handout_id": handout.pk, "handed_out_at": at}
        if number % 10 >= 7:
            row |= {"first_login_at": at, "used_time": 7_200 if number % 10 == 8 else 600}
        if number % 10 == 9:
            row |= {"revoked_at": at, "note": f"chambre {number % 400}"}
        yield row


def _online(owner: int, points: list[AccessPoint], now: datetime) -> None:
    started = list(
        Ticket.objects.filter(first_login_at__isnull=False, revoked_at=None, used_time=600).values_list(
            "pk", flat=True
        )[:PAST]
    )

    def sessions() -> Iterator[dict[str, Any]]:
        for number, ticket in enumerate(started):
            began = now - timedelta(minutes=20 + number % 40_000)
            own = (now.year * 100 + now.month) * 10**12 + number + 1
            open_now = number < ONLINE
            yield _columns(
                Session(
                    id=own,
                    organisation_id=owner,
                    ticket_id=ticket,
                    access_point_id=points[number % POINTS].pk,
                    device=f"02aa{number:08x}",
                    source="127.1.0.1",
                    acct_session_id=f"s{number}",
                    accept_id=own,
                    accepted_at=began,
                    began_at=began,
                    seen_at=now if open_now else began + timedelta(minutes=10),
                    ended_at=None if open_now else began + timedelta(minutes=10),
                    ending=None if open_now else "stopped",
                    end_cause=None if open_now else "user",
                    time=600,
                    charged=600,
                    down=10_000_000,
                    up=1_000_000,
                    reports=3,
                )
            )

    _fill("hotspot_session", sessions())
