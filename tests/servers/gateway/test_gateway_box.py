"""The box: who is let in, what is reported, and what a restart makes of those who were on."""

import asyncio
from pathlib import Path

from tests.servers.gateway.stage import DEVICE, NETWORK, Clock, Place, Stage, accepts, claim, play, until

from spotcoffee.protocols.radius.assigned import (
    ACCT_DELAY_TIME,
    ACCT_INPUT_OCTETS,
    ACCT_OUTPUT_OCTETS,
    ACCT_SESSION_ID,
    ACCT_SESSION_TIME,
    ACCT_STATUS_TYPE,
    ACCT_TERMINATE_CAUSE,
    CALLING_STATION_ID,
    CLASS,
    EVENT_TIMESTAMP,
    SESSION_STATE,
    USER_NAME,
    AcctStatusType,
    AcctTerminateCause,
    SessionState,
    Vendor,
)
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.packet import Attribute, Code, Packet
from spotcoffee.servers.gateway.box import LONGEST_ABSENCE, Admitted, Refused, Trouble
from spotcoffee.servers.gateway.enforcement import Fault, Traffic
from spotcoffee.servers.gateway.sessions import End


async def reports(place: Place, count: int) -> list[Packet]:
    courier = asyncio.create_task(place.box.courier.run())
    await until(lambda: len(place.acct.heard) >= count and not place.box.memory.count_waiting())
    courier.cancel()
    return place.acct.packets(Code.ACCOUNTING_REQUEST)


def test_an_accept_lets_through_and_the_stop_tells_all(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open(accepts(Session_Timeout=600, Idle_Timeout=60, Acct_Interim_Interval=300))
        outcome = await place.box.log_in(claim())
        assert isinstance(outcome, Admitted)
        assert place.kernel.guests[DEVICE].seconds_left == 605
        place.clock.pass_by(50)
        place.kernel.moved[DEVICE] = Traffic(2**32 + 7, 9, 1_050.0)
        assert place.box.log_off(DEVICE)
        start, stop = await reports(place, 2)
        assert start.integer(ACCT_STATUS_TYPE) == AcctStatusType.START
        assert start.all(CLASS) == stop.all(CLASS) == [b"sc1-class"]
        assert stop.text(USER_NAME) == "TESTCODE"
        assert stop.text(CALLING_STATION_ID) == "02-00-00-00-01-01"
        assert stop.integer(ACCT_SESSION_TIME) == 50
        assert (stop.integer(ACCT_OUTPUT_OCTETS), stop.integer(53), stop.integer(ACCT_INPUT_OCTETS)) == (7, 1, 9)
        assert stop.integer(ACCT_TERMINATE_CAUSE) == AcctTerminateCause.USER_REQUEST

    play(tmp_path, scene)


def test_a_reject_lets_nobody_through(tmp_path: Path) -> None:
    def reject(packet: Packet) -> tuple[Code, list[Attribute]]:
        return Code.ACCESS_REJECT, [attribute("Reply-Message", "Non.")]

    async def scene(stage: Stage) -> None:
        place = await stage.open(reject)
        assert await place.box.log_in(claim()) == Refused("Non.")
        assert place.kernel.guests == {}

    play(tmp_path, scene)


def test_without_a_server_nobody_is_let_in(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        place.auth.deaf = 1_000
        assert await place.box.log_in(claim()) is Trouble.AWAY
        assert place.box.client.away
        assert len(set(place.auth.heard)) == 1
        assert len(place.auth.heard) == 3

    play(tmp_path, scene)


def test_a_kernel_that_refuses_costs_the_guest_nothing(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        place.kernel.broken = True
        assert await place.box.log_in(claim()) is Trouble.BROKEN
        assert place.box.guests == {}
        stop = (await reports(place, 2))[-1]
        assert (stop.integer(ACCT_STATUS_TYPE), stop.integer(ACCT_SESSION_TIME)) == (AcctStatusType.STOP, 0)

    play(tmp_path, scene)


def test_an_interim_is_sent_when_due_and_the_end_of_a_quota_is_said(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open(accepts(ChilliSpot_Max_Output_Octets=1_000, Acct_Interim_Interval=60))
        await place.box.log_in(claim())
        place.clock.pass_by(61)
        place.kernel.moved[DEVICE] = Traffic(900, 10, None)
        place.box.beat(place.clock.now)
        place.clock.pass_by(1)
        place.kernel.moved[DEVICE] = Traffic(1_000, 10, None)
        place.box.beat(place.clock.now)
        _start, stop = await reports(place, 2)
        # The Stop says all that the Interim, which was still waiting, would have said.
        assert stop.integer(ACCT_OUTPUT_OCTETS) == 1_000
        assert stop.vendor_integer(Vendor.CHILLISPOT, SESSION_STATE) == SessionState.OUT_DATA_LIMIT_REACHED

    play(tmp_path, scene)


def test_reports_wait_on_the_disk_and_say_how_long(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        await place.box.log_in(claim())
        place.clock.pass_by(3_600)
        place.box.log_off(DEVICE)
        place.clock.pass_by(40)
        start, stop = await reports(place, 2)
        assert (start.integer(ACCT_DELAY_TIME), stop.integer(ACCT_DELAY_TIME)) == (3_640, 40)
        assert (stop.integer(EVENT_TIMESTAMP) or 0) - (start.integer(EVENT_TIMESTAMP) or 0) == 3_600

    play(tmp_path, scene)


def test_an_unheard_report_is_repeated_byte_for_byte(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        await place.box.log_in(claim())
        place.acct.deaf = 1
        await reports(place, 2)
        assert len(place.acct.heard) == 2
        assert len(set(place.acct.heard)) == 1

    play(tmp_path, scene)


def test_after_a_killed_process_the_time_goes_on(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open(accepts(Session_Timeout=600))
        place.box.resume(NETWORK)
        await place.box.log_in(claim())
        place.clock.pass_by(21)
        place.box.beat(place.clock.now)
        place.clock.pass_by(9)
        again = stage.restart(place, place.clock)
        session = again.box.guests[DEVICE]
        assert (session.time(again.clock.now), session.seconds_left(again.clock.now)) == (30, 570)
        assert DEVICE in again.kernel.guests

    play(tmp_path, scene)


def test_after_a_reboot_the_time_without_service_is_not_charged(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open(accepts(Session_Timeout=600))
        place.box.resume(NETWORK)
        await place.box.log_in(claim())
        place.clock.pass_by(21)
        place.box.beat(place.clock.now)
        rebooted = Clock(now=5.0, wall=place.clock.wall + 100, boot="second")
        again = stage.restart(place, rebooted)
        session = again.box.guests[DEVICE]
        assert (session.time(5.0), session.seconds_left(5.0)) == (21, 479)

    play(tmp_path, scene)


def test_who_was_away_too_long_is_ended_for_what_he_had(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        place.box.resume(NETWORK)
        await place.box.log_in(claim())
        place.clock.pass_by(21)
        place.box.beat(place.clock.now)
        later = Clock(now=5.0, wall=place.clock.wall + LONGEST_ABSENCE + 1, boot="second")
        again = stage.restart(place, later)
        assert again.box.guests == again.kernel.guests == {}
        stop = (await reports(again, 3))[-1]
        assert stop.integer(ACCT_TERMINATE_CAUSE) == AcctTerminateCause.NAS_REBOOT
        assert stop.integer(ACCT_SESSION_TIME) == 21

    play(tmp_path, scene)


def test_a_box_without_guests_says_that_it_starts_and_one_with_guests_does_not(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        place.box.resume(NETWORK)
        (on,) = await reports(place, 1)
        assert on.integer(ACCT_STATUS_TYPE) == AcctStatusType.ACCOUNTING_ON
        await place.box.log_in(claim())
        again = stage.restart(place, place.clock)
        kinds = [packet.integer(ACCT_STATUS_TYPE) for packet in await reports(again, 2)]
        assert kinds == [AcctStatusType.ACCOUNTING_ON, AcctStatusType.START]

    play(tmp_path, scene)


def test_an_orderly_end_reports_everybody_and_keeps_them(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        place.box.resume(NETWORK)
        await place.box.log_in(claim())
        place.clock.pass_by(30)
        courier = asyncio.create_task(place.box.courier.run())
        await place.box.close()
        courier.cancel()
        last = place.acct.packets(Code.ACCOUNTING_REQUEST)[-1]
        assert (last.integer(ACCT_STATUS_TYPE), last.integer(ACCT_SESSION_TIME)) == (AcctStatusType.INTERIM_UPDATE, 30)
        assert place.kernel.closed
        again = stage.restart(place, Clock(now=1_040.0, wall=place.clock.wall + 10))
        session = again.box.guests[DEVICE]
        assert (session.time(1_040.0), session.unserved) == (30, 10)

    play(tmp_path, scene)


def test_what_is_missing_in_the_kernel_is_put_back_with_all_guests(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        await place.box.log_in(claim())
        place.kernel.faults, place.kernel.guests = (Fault.RULES,), {}
        place.box.beat(place.clock.now)
        assert list(place.kernel.guests) == [DEVICE]

    play(tmp_path, scene)


def test_an_order_to_end_reaches_one_who_is_on(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        await place.box.log_in(claim())
        assert place.box.end(DEVICE, End.DISCONNECTED)
        assert not place.box.end(DEVICE, End.DISCONNECTED)
        stop = (await reports(place, 2))[-1]
        assert stop.integer(ACCT_TERMINATE_CAUSE) == AcctTerminateCause.ADMIN_RESET
        assert stop.text(ACCT_SESSION_ID) == "0123456789abcdef"

    play(tmp_path, scene)


def test_no_code_of_a_guest_is_readable_on_the_disk(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        await place.box.log_in(claim("SECRETCODE"))
        place.box.log_off(DEVICE)
        await place.box.log_in(claim("SECRETCODE"))
        assert all(b"SECRETCODE" not in path.read_bytes() for path in tmp_path.iterdir())
        assert (tmp_path / "gateway.sqlite3").stat().st_mode & 0o077 == 0

    play(tmp_path, scene)


def _fill_the_disk(place: Place, *, full: bool) -> None:
    # SQLite's own way to meet a full disk.
    connection = place.box.memory._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0] if full else 1_000_000
    connection.execute(f"PRAGMA max_page_count = {pages}")


def test_on_a_full_disk_nobody_new_is_let_in_and_no_end_is_forgotten(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        place = await stage.open()
        await place.box.log_in(claim())
        _fill_the_disk(place, full=True)
        devices = [f"0200000002{number:02x}" for number in range(40)]
        outcomes = [
            await place.box.log_in(claim(session_id=f"{device}-session" * 8, device=device)) for device in devices
        ]
        assert outcomes[-1] is Trouble.BROKEN
        assert devices[-1] not in place.kernel.guests
        gone = [device for device in (*devices, DEVICE) if place.box.end(device, End.DISCONNECTED)]
        assert place.kernel.guests == {}
        _fill_the_disk(place, full=False)
        place.box.beat(place.clock.now)
        assert place.box.memory.guests(now=0.0) == []
        assert place.box.memory.count_waiting() == 2 * len(gone)

    play(tmp_path, scene)


def test_a_broken_memory_is_set_aside_and_all_log_in_again(tmp_path: Path) -> None:
    (tmp_path / "gateway.sqlite3").write_bytes(b"this is no database" * 300)

    async def scene(stage: Stage) -> None:
        place = await stage.open()
        place.box.resume(NETWORK)
        assert place.box.guests == {}
        assert isinstance(await place.box.log_in(claim()), Admitted)

    play(tmp_path, scene)
    assert (tmp_path / "gateway.sqlite3.broken").exists()
