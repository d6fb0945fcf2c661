"""How access points fare, from what was heard of them."""

from datetime import datetime, timedelta

import pytest
from tests import factories as make
from tests.factories import NOW, Cast, cast

from spotcoffee.services import access_points
from spotcoffee.services.access_point_health import Health, State, Stranger, look
from spotcoffee.services.callers import Caller
from spotcoffee.services.sweeps import START, Sweep, sweep_step
from spotcoffee.storage.models import AccessPoint, AccessPointFault, Session

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def room(people: Cast) -> AccessPoint:
    return make.access_point(people.parc, address="192.0.2.0/28", created_at=NOW - AN_HOUR * 100)


def _heard(room: AccessPoint, at: datetime | None) -> None:
    AccessPoint.objects.filter(pk=room.pk).update(last_seen_at=at)


def _fault(source: str, code: str, at: datetime, **columns: object) -> None:
    AccessPointFault.objects.create(source=source, code=code, first_at=at, last_at=at, **columns)


def _look(caller: Caller) -> tuple[list[Health], list[Stranger]]:
    healths, strangers = look(caller, access_points.list_all(caller), interim_interval=300, now=NOW)
    return list(healths.values()), strangers


def _state(caller: Caller) -> State:
    return _look(caller)[0][0].state


def test_silence_is_alarming_only_where_reports_are_due(people: Cast, room: AccessPoint) -> None:
    assert _state(people.at_parc) is State.NEVER_HEARD
    _heard(room, NOW - timedelta(minutes=10))
    assert _state(people.at_parc) is State.WELL
    _heard(room, NOW - timedelta(minutes=12))
    assert _state(people.at_parc) is State.QUIET
    make.session(make.ticket(make.ticket_list(make.offer(people.parc, room))), room)
    assert _state(people.at_parc) is State.SILENT
    AccessPoint.objects.filter(pk=room.pk).update(accounting="none")
    assert _state(people.at_parc) is State.QUIET


def test_one_whose_sessions_were_lost_stays_silent_until_it_is_heard(people: Cast, room: AccessPoint) -> None:
    _heard(room, NOW - AN_HOUR)
    ticket = make.ticket(make.ticket_list(make.offer(people.parc, room)))
    make.session(ticket, room, seen_at=NOW - AN_HOUR, began_at=NOW - 2 * AN_HOUR)
    points = access_points.all_access_points(300)
    swept = Sweep(access_points=points, able_since={room.pk: NOW - 5 * AN_HOUR}, now=NOW - AN_HOUR / 2)
    assert sweep_step(swept, START) == (None, 1)
    assert not Session.objects.filter(ended_at=None).exists()
    ((health,), _) = _look(people.at_parc)
    assert health.state is State.SILENT
    assert health.oddities == []
    _heard(room, NOW - AN_HOUR / 3)
    assert _state(people.at_parc) is State.QUIET


def test_what_came_unread_from_its_network_is_its_trouble_until_it_is_heard(people: Cast, room: AccessPoint) -> None:
    _fault("192.0.2.3", "message_authenticator_wrong", NOW)
    _fault("192.0.2.99", "message_authenticator_wrong", NOW)
    ((health,), _) = _look(people.at_parc)
    assert health.state is State.FAILING
    assert [(trouble.code, trouble.count) for trouble in health.troubles] == [("message_authenticator_wrong", 1)]
    _heard(room, NOW + AN_HOUR)
    assert _state(people.at_parc) is State.WELL


def test_what_is_long_past_or_before_its_time_is_forgotten(people: Cast, room: AccessPoint) -> None:
    _fault("192.0.2.3", "zero_attribute_type", NOW - timedelta(days=2))
    AccessPoint.objects.filter(pk=room.pk).update(created_at=NOW - AN_HOUR)
    _fault("192.0.2.4", "zero_attribute_type", NOW - 2 * AN_HOUR)
    assert _state(people.at_parc) is State.NEVER_HEARD


def test_oddities_of_the_last_day_are_told_and_alarm_nobody(people: Cast, room: AccessPoint) -> None:
    _heard(room, NOW)
    for code, at in (("many_wrong_codes", NOW), ("own_idle_timer", NOW - timedelta(days=2))):
        _fault("", code, at, access_point=room, organisation=people.parc)
    ((health,), _) = _look(people.at_parc)
    assert health.is_well
    assert [odd.code for odd in health.oddities] == ["many_wrong_codes"]


def test_a_controller_that_fails_is_trouble(people: Cast, room: AccessPoint) -> None:
    AccessPoint.objects.filter(pk=room.pk).update(controller_fault="unreachable", controller_seen_at=NOW)
    ((health,), _) = _look(people.at_parc)
    assert (health.state, health.troubles[0].code) == (State.FAILING, "controller.unreachable")


def test_a_stranger_is_whoever_no_access_point_answers_for(people: Cast, room: AccessPoint) -> None:
    for source in ("192.0.2.3", "198.51.100.1", "fe80::1", "nonsense"):
        _fault(source, "unknown_source", NOW)
    assert _look(people.at_parc)[1] == []
    people.charlie.delete()
    people.elsewhere.delete()
    assert {one.source for one in _look(people.at_parc)[1]} == {"198.51.100.1", "fe80::1", "nonsense"}
    assert _look(Caller(people.parc.pk, "eve", frozenset({room.pk})))[1] == []
