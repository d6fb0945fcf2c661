"""From an Accounting-Request to a report or a restart."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from tests.factories import KEYS
from tests.servers.radius.desk import listed, neighbours, point
from tests.servers.radius.peer import MAC, accounting_request, named

from spotcoffee.domain.access_points import Equipment
from spotcoffee.domain.accounting import EndCause, Status, Volume
from spotcoffee.protocols.radius.packet import Attribute, decode
from spotcoffee.servers.radius.accounting import NO_SESSION_ID, report_of
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.directory import Listed, Neighbours
from spotcoffee.services.sweeps import Restart
from spotcoffee.storage.keys import KeyRing

AT = datetime(2026, 7, 15, 8, tzinfo=UTC)
HERE = listed(point(4))
COOVACHILLI = listed(point(4, Equipment.COOVACHILLI))
SESSION_ID = 202607_000000000042


def read(datagram: bytes, *, at: Listed = HERE, among: Neighbours | None = None) -> Arrival | Restart | None:
    return report_of(
        decode(datagram),
        listed=at,
        neighbours=among or neighbours(at),
        source="127.0.0.1",
        arrived_at=AT,
        session_of=KEYS.session_of,
    )


def arrived(status: str = "Stop", *more: Attribute, at: Listed = HERE, mac: str | None = MAC) -> Arrival:
    read_as = read(accounting_request(status, *more, mac=mac), at=at)
    assert isinstance(read_as, Arrival)
    return read_as


@pytest.mark.parametrize(
    ("said", "status"), [("Start", Status.START), ("Interim-Update", Status.INTERIM), ("Stop", Status.STOP)]
)
def test_a_report_says_which_session_and_what_it_moved(said: str, status: Status) -> None:
    arrival = arrived(said, *named(Acct_Session_Time=90, Framed_IP_Address=IPv4Address("10.0.0.7")))

    assert arrival.report.status is status
    assert arrival.report.session_time == 90
    assert arrival.login == "TEST"
    assert arrival.framed_address == "10.0.0.7"
    assert (arrival.origin.acct_session_id, arrival.origin.source, arrival.origin.device) == (
        "S1",
        "127.0.0.1",
        "001122aabbcc",
    )


def test_what_the_equipment_receives_is_the_guests_upload() -> None:
    report = arrived("Stop", *named(Acct_Input_Octets=1, Acct_Output_Octets=2)).report

    assert (report.up, report.down) == (Volume(1), Volume(2))


def test_gigawords_travel_with_their_octets() -> None:
    report = arrived(
        "Stop", *named(Acct_Output_Octets=705_032_704, Acct_Output_Gigawords=1, Acct_Input_Octets=3)
    ).report

    assert report.down == Volume(705_032_704, 1)
    assert report.up == Volume(3, None)


def test_gigawords_alone_say_nothing() -> None:
    assert arrived("Stop", *named(Acct_Output_Gigawords=1)).report.down is None


def test_coovachilli_reports_the_guests_view() -> None:
    report = arrived("Stop", *named(Acct_Input_Octets=1, Acct_Output_Octets=2), at=COOVACHILLI).report

    assert (report.down, report.up) == (Volume(1), Volume(2))


@pytest.mark.parametrize("at", [HERE, COOVACHILLI])
@pytest.mark.parametrize(("view", "down"), [(1, 2), (2, 1)])
def test_a_view_point_that_is_sent_is_obeyed(at: Listed, view: int, down: int) -> None:
    counts = named(Acct_Input_Octets=1, Acct_Output_Octets=2, CoovaChilli_Acct_View_Point=view)

    assert arrived("Stop", *counts, at=at).report.down == Volume(down)


def test_an_unknown_view_point_says_nothing() -> None:
    counts = named(Acct_Input_Octets=1, Acct_Output_Octets=2, CoovaChilli_Acct_View_Point=3)

    assert arrived("Stop", *counts, at=COOVACHILLI).report.down == Volume(1)


def test_a_flag_of_the_access_point_swaps_what_its_kind_does_not() -> None:
    reversed_ = listed(point(4, Equipment.PFSENSE, swap_octets=True))
    report = arrived("Stop", *named(Acct_Input_Octets=1, Acct_Output_Octets=2), at=reversed_).report

    assert report.down == Volume(1)


# When


@pytest.mark.parametrize(("delay", "late"), [(0, 0), (30, 30), (86_400, 86_400), (86_401, 86_400), (2**32 - 1, 86_400)])
def test_a_delay_counts_up_to_a_day(delay: int, late: int) -> None:
    report = arrived("Stop", *named(Acct_Delay_Time=delay)).report

    assert report.event_at == AT - timedelta(seconds=late)


def test_the_equipments_own_clock_does_not_count() -> None:
    report = arrived("Stop", *named(Event_Timestamp=AT + timedelta(days=300))).report

    assert report.event_at == AT


# Class


def test_a_class_of_ours_names_the_accept() -> None:
    assert arrived("Start", *named(Class=KEYS.class_of(SESSION_ID))).origin.accept_id == SESSION_ID


def test_a_class_of_others_beside_ours_is_passed_over() -> None:
    several = named(Class=b"of a proxy") + named(Class=KEYS.class_of(SESSION_ID))

    assert arrived("Start", *several).origin.accept_id == SESSION_ID


def changed_number() -> bytes:
    ours = bytearray(KEYS.class_of(SESSION_ID))
    ours[10] ^= 1
    return bytes(ours)


@pytest.mark.parametrize(
    "value",
    [
        changed_number(),
        KEYS.class_of(SESSION_ID)[:-1],
        KEYS.class_of(SESSION_ID) + b"\0",
        KeyRing(sealing={1: bytes(32)}, lookup=bytes(32), class_tag=bytes(32)).class_of(SESSION_ID),
        b"",
        b"sc1",
    ],
    ids=["changed", "cut", "longer", "another installation", "empty", "prefix"],
)
def test_a_forged_or_foreign_class_names_nothing(value: bytes) -> None:
    assert arrived("Start", *named(Class=value)).origin.accept_id is None


# Why it ended


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (1, EndCause.USER),
        (2, EndCause.USER),
        (4, EndCause.IDLE),
        (5, EndCause.SESSION_TIMEOUT),
        (6, EndCause.DISCONNECTED),
        (7, EndCause.ACCESS_POINT_RESTART),
        (11, EndCause.ACCESS_POINT_RESTART),
        (10, EndCause.OTHER),
        (99, EndCause.OTHER),
    ],
)
def test_a_terminate_cause_is_put_into_our_words(number: int, cause: EndCause) -> None:
    assert arrived("Stop", *named(Acct_Terminate_Cause=number)).report.end_cause is cause


def test_no_terminate_cause_is_another() -> None:
    assert arrived("Stop").report.end_cause is EndCause.OTHER


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (11, EndCause.IDLE),
        (12, EndCause.SESSION_TIMEOUT),
        (13, EndCause.SESSION_TIMEOUT),
        (14, EndCause.QUOTA),
        (15, EndCause.QUOTA),
        (16, EndCause.QUOTA),
        (0, EndCause.SESSION_TIMEOUT),
    ],
)
def test_coovachillis_session_state_tells_the_true_cause(state: int, cause: EndCause) -> None:
    both = named(Acct_Terminate_Cause=5, CoovaChilli_Session_State=state)

    assert arrived("Stop", *both, at=COOVACHILLI).report.end_cause is cause


# What is missing


def test_a_report_that_says_nothing_is_read_all_the_same() -> None:
    arrival = read(accounting_request("Interim-Update", login="", session=None, mac=None))

    assert isinstance(arrival, Arrival)
    assert arrival.login == ""
    assert arrival.origin.acct_session_id == NO_SESSION_ID
    assert arrival.origin.device is None
    assert arrival.report.session_time is arrival.report.down is arrival.report.up is None


def test_attributes_of_another_length_count_as_absent() -> None:
    arrival = arrived("Stop", (46, b"\x01"), (42, b""), (41, b"\x00" * 5), (8, b"\x0a"))

    assert arrival.report.session_time is arrival.report.up is None
    assert arrival.report.event_at == AT
    assert arrival.framed_address == ""


def test_an_address_alone_names_no_device_against_the_accept() -> None:
    arrival = arrived("Start", *named(Framed_IP_Address=IPv4Address("10.0.0.7")), mac=None)

    assert arrival.origin.device is None
    assert arrival.framed_address == "10.0.0.7"


@pytest.mark.parametrize("kind", [9, 15, 0, 2**31])
def test_other_kinds_say_nothing_about_a_guest(kind: int) -> None:
    packet = bytearray(accounting_request("Start"))
    at = packet.index(b"\x28\x06\x00\x00\x00\x01") + 2
    packet[at : at + 4] = kind.to_bytes(4)

    assert read(bytes(packet)) is None


# Accounting-On and Off


@pytest.mark.parametrize("status", ["Accounting-On", "Accounting-Off"])
def test_a_restart_says_whose_sessions_end_and_since_when(status: str) -> None:
    restart = read(accounting_request(status, *named(Acct_Delay_Time=60)))

    assert restart == Restart(access_point_ids=frozenset({4}), source="127.0.0.1", event_at=AT - timedelta(seconds=60))


def test_a_restart_speaks_for_one_access_point_where_nas_identifier_tells_them_apart() -> None:
    bar, terrace = listed(point(1), nas_identifier="bar"), listed(point(2), nas_identifier="terrasse")
    restart = read(accounting_request("Accounting-On"), at=bar, among=neighbours(bar, terrace))

    assert isinstance(restart, Restart)
    assert restart.access_point_ids == {1}


def test_a_restart_believes_no_nas_ip_address() -> None:
    restart = read(accounting_request("Accounting-On", *named(NAS_IP_Address=IPv4Address("192.0.2.1"))))

    assert isinstance(restart, Restart)
    assert restart.source == "127.0.0.1"
