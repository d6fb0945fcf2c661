"""What the database thread does beside its batches: directory, notes, hearts, orders of the dead."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests import factories
from tests.factories import KEYS, NOW
from tests.servers.radius.das import Das
from tests.servers.radius.desk import Clock
from tests.servers.radius.house import House, pass_time
from tests.servers.radius.peer import ADDRESS, STRANGER, access_request, accounting_request

from spotcoffee.protocols.radius.packet import Code
from spotcoffee.services.processes import overview
from spotcoffee.storage.models import AccessPoint, AccessPointFault, Process, Ticket
from spotcoffee.storage.queries.access_points import bump_version

pytestmark = pytest.mark.django_db

# The ticket GUESTTICKT is of two hours, at an access point that takes orders.
OFFER = {"credit": 7200}
POINT = {"coa_port": 3799}


def online(house: House) -> None:
    """The ticket's guest logs in, and his session is reported."""
    house.login(access_request("GUESTTICKT"))
    house.report(accounting_request("Start", login="GUESTTICKT"))


# The directory


def test_a_new_access_point_is_known_at_the_next_turn(ticket: Ticket) -> None:
    house = House()
    assert house.auth(access_request(), ("127.0.0.2", 1)) == []
    factories.access_point(ticket.organisation, address="127.0.0.2")

    house.do_chores()
    house.auth(access_request(), ("127.0.0.2", 1))

    assert house.dropped() == {"unknown_source": 1}
    assert len(house.queued) == 1


def test_a_changed_secret_holds_at_the_next_turn(ticket: Ticket) -> None:
    house = House()
    house.login(access_request("GUESTTICKT"))
    AccessPoint.objects.update(secret_sealed=KEYS.seal(STRANGER.raw.decode()))
    bump_version()
    house.do_chores()

    house.auth(access_request())
    house.auth(access_request(secret=STRANGER))

    assert house.dropped() == {"message_authenticator_wrong": 1}
    assert len(house.queued) == 1


def test_an_archived_access_point_is_silence(ticket: Ticket) -> None:
    house = House()
    AccessPoint.objects.update(archived=True)
    bump_version()
    house.do_chores()

    assert house.auth(access_request()) == []
    assert house.dropped() == {"unknown_source": 1}


def test_nothing_is_read_anew_while_the_version_stands(ticket: Ticket) -> None:
    house = House()
    before = house.book.directory
    house.do_chores(1)

    assert house.book.directory is before


# Notes


def test_a_seen_message_authenticator_is_stored_and_required_by_every_server(ticket: Ticket) -> None:
    house, other = House(), House()
    other.auth(access_request("GUESTTICKT", proven=False))
    assert len(other.queued) == 1
    house.login(access_request("GUESTTICKT"))
    house.do_chores(1)

    assert AccessPoint.objects.get().message_authenticator_seen
    other.do_chores(1)
    other.auth(access_request("GUESTTICKT", proven=False))

    assert other.dropped() == {"message_authenticator_missing": 1}


def test_who_was_heard_from_where_and_when_is_written(ticket: Ticket) -> None:
    house = House()
    online(house)
    house.do_chores(1)

    point = AccessPoint.objects.get()
    assert (point.source, point.heard_by, point.last_seen_at) == (
        ADDRESS,
        house.process_id,
        NOW + timedelta(seconds=1),
    )


def test_unknown_sources_and_wrong_secrets_are_a_plain_word_on_the_pages(ticket: Ticket) -> None:
    house = House()
    for _ in range(5):
        house.auth(access_request(), ("192.0.2.9", 1))
    house.auth(access_request(secret=STRANGER))
    with capture_logs() as logs:
        house.do_chores(1)

    assert set(AccessPointFault.objects.values_list("source", "code", "count")) == {
        ("192.0.2.9", "unknown_source", 5),
        (ADDRESS, "message_authenticator_wrong", 1),
    }
    assert logs == []


def test_an_attack_is_an_alarm_of_its_access_point(ticket: Ticket) -> None:
    house = House()
    for number in range(200):
        house.login(access_request("NOSUCH", mac=f"02-00-00-00-00-{number:02X}"))
    house.do_chores(1)

    fault = AccessPointFault.objects.get()
    assert (fault.code, fault.access_point_id) == ("many_wrong_codes", AccessPoint.objects.get().pk)


def test_faults_of_one_kind_are_counted_together(ticket: Ticket) -> None:
    house = House()
    for _ in range(3):
        house.auth(b"", ("192.0.2.9", 1))
        house.do_chores(1)

    fault = AccessPointFault.objects.get()
    assert (fault.count, fault.first_at, fault.last_at) == (
        3,
        NOW + timedelta(seconds=1),
        NOW + timedelta(seconds=3),
    )


# The heart


def test_a_process_says_that_it_lives_and_what_it_counted(ticket: Ticket) -> None:
    house = House()
    online(house)
    house.do_chores(20)

    (process,) = overview(now=house.clock.now)
    assert process.alive
    assert process.counters["login.accepted"] == 1


def test_it_says_so_once_a_second(ticket: Ticket) -> None:
    house = House()
    house.do_chores(1)
    house.do_chores(0.9)

    assert Process.objects.get().heartbeat_at == NOW + timedelta(seconds=1)


def test_a_process_that_ends_says_so(ticket: Ticket) -> None:
    house = House()
    house.chores.stop()

    assert overview(now=NOW) == []


# Orders of a process whose heart stopped


def revoked(house: House) -> None:
    Ticket.objects.update(revoked_at=NOW)
    house.report(accounting_request("Interim-Update", login="GUESTTICKT", seconds=1))


def test_the_process_that_heard_an_access_point_sends_its_orders_alone(ticket: Ticket) -> None:
    clock = Clock()
    house, other = House(clock), House(clock)
    das, das_of_other = Das(house), Das(other)
    online(house)
    house.do_chores(1)
    other.do_chores()
    revoked(house)

    house.do_chores(1)
    other.do_chores()

    assert das.codes == [Code.DISCONNECT_REQUEST]
    assert das_of_other.codes == []


def test_another_takes_over_ten_seconds_after_the_heart_stopped(ticket: Ticket) -> None:
    clock = Clock()
    house, other = House(clock), House(clock)
    das = Das(other)
    online(house)
    house.do_chores(1)
    revoked(house)

    pass_time(other, 10)
    assert das.codes == []
    pass_time(other, 2)

    assert das.codes == [Code.DISCONNECT_REQUEST]
    das.acknowledge()


def test_another_takes_over_at_once_from_one_that_ended_in_order(ticket: Ticket) -> None:
    clock = Clock()
    house, other = House(clock), House(clock)
    das = Das(other)
    online(house)
    house.do_chores(1)
    revoked(house)
    house.chores.stop()

    pass_time(other, 2)

    assert das.codes == [Code.DISCONNECT_REQUEST]
