"""What tells of persons is kept for one year, and then goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from tests import factories
from tests.factories import NOW

from spotcoffee.servers.worker import CHORES
from spotcoffee.services import retention
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.retention import RULES, purge
from spotcoffee.services.sweeps import START, Sweep, sweep_step
from spotcoffee.storage.models import AccessPoint, Attempt, Order, PortalAcceptance, Session, Ticket

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
MONTH = 10**12
# Whose rows tell of a person: a device, an address, a ticket's use.
PERSONAL = {"device", "address", "framed_address", "session_id"}
# What lives for a day or less, each held by a test of its own.
SHORT = {"Admission"}


@pytest.fixture
def ticket() -> Ticket:
    owner = factories.organisation()
    point = factories.access_point(owner)
    return factories.ticket(factories.ticket_list(factories.offer(owner, point)))


def told(ticket: Ticket) -> dict[str, Any]:
    return {"organisation_id": ticket.organisation_id, "access_point_id": 1, "ticket_id": ticket.pk}


def session(ticket: Ticket, age: timedelta, number: int, **columns: Any) -> Session:
    began = NOW - age
    own = (began.year * 100 + began.month) * MONTH + number
    instants = {"accepted_at": began, "began_at": began, "seen_at": began, "ended_at": began}
    known = {**told(ticket), "device": "d", "source": "127.0.0.1"}
    return Session.objects.create(id=own, **{**known, **instants, **columns})


def add(ticket: Ticket, model: type[models.Model], age: timedelta) -> None:
    at = NOW - age
    match model.__name__:
        case "Session":
            session(ticket, age, number=Session.objects.count() + 1)
        case "Attempt":
            Attempt.objects.create(**told(ticket), at=at, device="d")
        case "Order":
            columns = {"session_id": Order.objects.count(), "created_at": at, "next_try_at": at}
            Order.objects.create(**told(ticket), **columns)
        case "PortalAcceptance":
            PortalAcceptance.objects.create(**told(ticket), at=at, device="d", address="10.1.0.7", digest="")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_older_than_a_year_goes_and_nothing_else(ticket: Ticket, rule: retention.Rule) -> None:
    for age in (YEAR * 3, YEAR + timedelta(days=40), YEAR + timedelta(seconds=1), YEAR, timedelta(days=1)):
        add(ticket, rule.table, age)

    assert purge(pace=factories.pace()) == 3
    assert rule.table._default_manager.count() == 2
    assert purge(pace=factories.pace()) == 0


def test_more_than_one_step_takes(ticket: Ticket) -> None:
    old = {**told(ticket), "at": NOW - YEAR * 2, "device": "d"}
    Attempt.objects.bulk_create(Attempt(**old) for _ in range(1_100))

    assert purge(pace=factories.pace()) == 1_100


def test_an_open_session_stays_however_old(ticket: Ticket) -> None:
    session(ticket, YEAR * 2, 1, ended_at=None)
    session(ticket, YEAR * 2, 2)

    purge(pace=factories.pace())

    assert [left.ended_at for left in Session.objects.all()] == [None]


def test_a_session_that_ended_within_the_year_stays_though_it_began_before(ticket: Ticket) -> None:
    session(ticket, YEAR * 2, 1, ended_at=NOW - YEAR + timedelta(days=1))

    assert purge(pace=factories.pace()) == 0


def test_in_january_december_of_the_year_before_last_goes(ticket: Ticket) -> None:
    january = NOW.replace(month=1, day=20)
    session(ticket, NOW - january.replace(year=january.year - 1, day=10), 1)

    assert purge(pace=factories.pace(january)) == 1


def test_what_a_ticket_has_used_stays(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(used_time=600)
    session(ticket, YEAR * 2, 1, charged=600)

    purge(pace=factories.pace())

    assert Ticket.objects.get(pk=ticket.pk).used_time == 600


def test_a_login_that_leads_to_nothing_leaves_an_old_ticket_its_first_login(ticket: Ticket) -> None:
    began = NOW - YEAR - timedelta(days=30)
    Ticket.objects.filter(pk=ticket.pk).update(first_login_at=began, used_time=600)
    session(ticket, NOW - began, 1, charged=600)
    (point,) = AccessPoint.objects.all()
    known = {**told(ticket), "access_point_id": point.pk, "device": "d", "source": "127.0.0.1"}
    at = NOW - timedelta(minutes=3)
    Session.objects.create(id=at.year * 100 * MONTH + at.month * MONTH + 1, accepted_at=at, seen_at=at, **known)
    purge(pace=factories.pace())

    points = all_access_points(300)
    sweep_step(Sweep(access_points=points, able_since=dict.fromkeys(points, began), now=NOW), START)

    assert Session.objects.get().ending == "lapsed"
    assert Ticket.objects.get(pk=ticket.pk).first_login_at == began


def test_every_table_that_tells_of_a_guest_has_a_rule() -> None:
    tables = set(Session._meta.apps.get_app_config(Session._meta.app_label).get_models())
    telling = {model for model in tables if PERSONAL & {field.attname for field in model._meta.concrete_fields}}

    assert {model.__name__ for model in telling} - SHORT - {"AccessPoint"} == {rule.table.__name__ for rule in RULES}


def test_the_worker_does_it_once_a_day(ticket: Ticket) -> None:
    add(ticket, PortalAcceptance, YEAR * 2)
    chore = next(chore for chore in CHORES if chore.name == "purge")

    assert (chore.every, chore.do(factories.pace())) == (86_400, 1)
