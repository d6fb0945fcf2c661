"""The worked examples of the rules (section 8) on the running server, its clock in our hands.

Row by row as in tests/domain/test_worked_examples.py; each docstring is the row: offer | ticket and now | answer.
Times are 2026-07-15 in Europe/Paris unless said. U = used_time.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from tests.domain import test_worked_examples as on_paper
from tests.e2e.house import Clock, House, Server, until
from tests.e2e.stage import LAPTOP, PHONE, Accepted, Rejected, Stage, paris
from tests.radius_peer import OrderTaker

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.packet import Code

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400
GIGABYTE: Final = 10**9
TEN: Final = paris("10:00")

HOURLY: Final = {"period_limit": HOUR, "period": "day"}
IDLE: Final = {"credit": HOUR, "idle_timeout": 10 * MINUTE}

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    made = Clock(tmp_path_factory.mktemp("clock"))
    made.set(TEN)
    return made


@pytest.fixture(scope="module")
def server(shared_house: House, clock: Clock) -> Server:
    return shared_house.start(clock=clock)


@pytest.fixture
def stage(shared_house: House, server: Server, clock: Clock) -> Iterator[Stage]:
    with Stage(shared_house, server, clock, next(_numbers)) as made:
        yield made
    assert server.logged("request_failed") == []


def used(seconds: int, since: datetime, calendar: str = "day Europe/Paris", **columns: Any) -> dict[str, Any]:
    """A ticket on which this was spent in the period that began at `since`."""
    return {
        "first_login_at": since,
        "period_calendar": calendar,
        "period_start": since,
        "period_seconds": seconds,
        "used_time": seconds,
        **columns,
    }


def after(began: datetime, seconds: int) -> datetime:
    """An instant of the same day."""
    return began + timedelta(seconds=seconds)


def test_every_row_on_paper_is_played() -> None:
    """The rows here are the rows there, in the same words."""

    def rows(module: dict[str, Any]) -> dict[str, str]:
        return {name: " ".join(test.__doc__.split()) for name, test in module.items() if name.startswith("test_row_")}

    assert rows(globals()) == rows(vars(on_paper))


def test_row_1(stage: Stage) -> None:
    """credit 2 h, session 1 h | virgin, 10:00 | Accept, session_timeout 3600"""
    stage.sells(credit=2 * HOUR, session_duration=HOUR)
    assert stage.log_in(at=TEN) == Accepted(3600)


def test_row_2(stage: Stage) -> None:
    """credit 2 h, session 1 h | U 5400 s | Accept, 1800"""
    stage.sells(credit=2 * HOUR, session_duration=HOUR)
    stage.holds(used_time=5400)
    assert stage.log_in(at=TEN) == Accepted(1800)


def test_row_3(stage: Stage) -> None:
    """credit 2 h | U 7200 s | Reject credit_used_up; state consumed"""
    stage.sells(credit=2 * HOUR)
    stage.holds(used_time=7200)
    assert stage.log_in(at=TEN) == Rejected("credit_used_up", "Le temps de connexion de ce ticket est épuisé.")


def test_row_4(stage: Stage) -> None:
    """lifetime 24 h | first login 2026-07-14 10:30, now 10:00 | Accept, 1800"""
    stage.sells(lifetime=DAY)
    stage.holds(first_login_at=paris("10:30", "2026-07-14"))
    assert stage.log_in(at=TEN) == Accepted(1800)


def test_row_5(stage: Stage) -> None:
    """lifetime 24 h | first login 2026-07-14 10:00, now 10:00 | Reject lifetime_ended; state expired"""
    stage.sells(lifetime=DAY)
    stage.holds(first_login_at=paris("10:00", "2026-07-14"))
    assert stage.log_in(at=TEN) == Rejected(
        "lifetime_ended", "Ce ticket est expiré : sa durée de vie depuis la première connexion est écoulée."
    )


def test_row_6(stage: Stage) -> None:
    """valid until 10:00:30, credit 2 h | virgin, 10:00:00 | Accept, 30"""
    stage.sells(valid_until=paris("10:00:30"), credit=2 * HOUR)
    assert stage.log_in(at=paris("10:00:00")) == Accepted(30)


def test_row_7(stage: Stage) -> None:
    """period_limit 1 h per day | used today 1800 s, 10:00 | Accept, 1800"""
    stage.sells(**HOURLY)
    stage.holds(**used(1800, paris("00:00")))
    assert stage.log_in(at=TEN) == Accepted(1800)


def test_row_8(stage: Stage) -> None:
    """period_limit 1 h per day | used today 0, 23:30 | Accept, 1800 + 3600 = 5400"""
    stage.sells(**HOURLY)
    stage.holds(**used(0, paris("00:00")))
    assert stage.log_in(at=paris("23:30")) == Accepted(5400)


def test_row_9(stage: Stage) -> None:
    """period_limit 1 h per day | used today 3000 s, 23:55 | left 600 >= 300: Accept, 300 + 3600 = 3900"""
    stage.sells(**HOURLY)
    stage.holds(**used(3000, paris("00:00")))
    assert stage.log_in(at=paris("23:55")) == Accepted(3900)


def test_row_10(stage: Stage) -> None:
    """period_limit 1 h per day, credit 70 min | used today 0, U 0, 23:30 | period 5400, credit 4200:
    Accept, 4200"""
    stage.sells(credit=70 * MINUTE, **HOURLY)
    stage.holds(**used(0, paris("00:00")))
    assert stage.log_in(at=paris("23:30")) == Accepted(4200)


def test_row_11(stage: Stage) -> None:
    """period_limit 1 h per day | used today 3600 s, 23:59:59 | Reject period_limit_reached, reopens at
    00:00"""
    stage.sells(**HOURLY)
    stage.holds(**used(3600, paris("00:00")))
    assert stage.log_in(at=paris("23:59:59")) == Rejected(
        "period_limit_reached", "Le temps autorisé pour cette période est épuisé. Il rouvre le 16 juillet à 00:00."
    )
    assert stage.log_in(at=paris("00:00", "2026-07-16")) == Accepted(3600)


def test_row_12(stage: Stage) -> None:
    """credit 1 h, idle 10 min | session 25 min, Stop cause Idle-Timeout | charged 900 s"""
    _cut_for_idleness(stage, 25 * MINUTE)
    assert stage.used_time == 900


def test_row_13(stage: Stage) -> None:
    """credit 1 h, idle 10 min | session 8 min, Stop cause Idle-Timeout | another timer than ours: charged
    480 s, access point flagged"""
    _cut_for_idleness(stage, 8 * MINUTE)
    assert stage.used_time == 480
    stage.becomes_flagged("own_idle_timer")


def test_row_13b(stage: Stage) -> None:
    """credit 1 h, idle 10 min | session 595 s, Stop cause Idle-Timeout | charged 0 s"""
    _cut_for_idleness(stage, 595)
    assert stage.used_time == 0
    assert stage.flags() == []


def _cut_for_idleness(stage: Stage, seconds: int) -> None:
    stage.sells(**IDLE)
    assert stage.log_in(at=TEN) == Accepted(3600)
    stage.report("Start", at=TEN)
    stage.report("Stop", seconds, at=after(TEN, seconds), Acct_Terminate_Cause="Idle-Timeout")


def test_row_14(stage: Stage) -> None:
    """credit 1 h, idle 10 min | Interim at 1200 s, then Stop Idle-Timeout at 1500 s | charged 900 s in
    all: 300 s come back"""
    stage.sells(**IDLE)
    stage.log_in(at=TEN)
    stage.report("Interim-Update", 1200, at=after(TEN, 1200))
    assert stage.used_time == 1200
    stage.report("Stop", 1500, at=after(TEN, 1500), Acct_Terminate_Cause="Idle-Timeout")
    assert stage.used_time == 900


def test_row_15(stage: Stage) -> None:
    """period_limit 1 h per day | session 23:50 to 00:20, one Stop at 00:20 | 600 s to the 15th, 1200 s to
    the 16th"""
    stage.sells(**HOURLY)
    stage.log_in(at=paris("23:50"))
    stage.report("Start", at=paris("23:50"))
    stage.report("Stop", 1800, at=paris("00:20", "2026-07-16"))
    assert stage.used_time == 1800
    assert _period_sum(stage) == ("day Europe/Paris", paris("00:00", "2026-07-16"), 1200)


def _period_sum(stage: Stage) -> tuple[str, datetime, int]:
    ticket = stage.ticket
    starts_at = datetime.fromtimestamp(ticket["period_start"] / 1e6, paris("00:00").tzinfo)
    return ticket["period_calendar"], starts_at, ticket["period_seconds"]


def test_row_16(stage: Stage) -> None:
    """quota_down 1 GB | report Output-Octets 705032704, Output-Gigawords 1 | used_down 5,000,000,000:
    consumed, Disconnect"""
    with OrderTaker(stage.address()) as equipment:
        stage.access_point("A", coa_port=equipment.port)
        stage.sells(quota_down=GIGABYTE)
        stage.log_in(at=TEN)
        stage.report("Start", at=TEN)
        five_past = paris("10:05")
        stage.report("Interim-Update", 300, at=five_past, Acct_Output_Octets=705032704, Acct_Output_Gigawords=1)
        assert stage.ticket["used_down"] == 5_000_000_000
        order = equipment.take()
    assert order.code is Code.DISCONNECT_REQUEST
    assert order.text(assigned.ACCT_SESSION_ID) == "session of 01"
    assert order.integer(assigned.EVENT_TIMESTAMP) == int(five_past.timestamp())
    until(lambda: stage.orders == [("disconnect", "quota_down_used_up", "acknowledged")], "the order's end")
    assert stage.log_in(at=five_past) == Rejected(
        "quota_down_used_up", "Le volume de téléchargement de ce ticket est épuisé."
    )


def test_row_17(stage: Stage) -> None:
    """max_devices 1 | a second device while one session is open | Reject too_many_devices"""
    _on_since_ten(stage, max_devices=1)
    assert stage.log_in(LAPTOP, at=paris("10:30")) == Rejected(
        "too_many_devices", "Ce ticket est utilisé sur un autre appareil."
    )


def test_row_18(stage: Stage) -> None:
    """max_devices 1 | the same device logs in again | Accept"""
    _on_since_ten(stage, max_devices=1)
    assert stage.log_in(PHONE, at=paris("10:30")) == Accepted(None)


def _on_since_ten(stage: Stage, **terms: Any) -> None:
    stage.sells(**terms)
    stage.log_in(at=TEN)
    stage.report("Start", at=TEN)


def test_row_19(stage: Stage) -> None:
    """any | Interim 600 s, Interim 300 s (late), Stop 900 s | charged 900 s, three answers"""
    _on_since_ten(stage)
    answers = [
        stage.report("Interim-Update", 600, at=after(TEN, 600)),
        stage.report("Interim-Update", 300, at=after(TEN, 610)),
        stage.report("Stop", 900, at=after(TEN, 900)),
    ]
    assert [answer.code for answer in answers] == [Code.ACCOUNTING_RESPONSE] * 3
    assert stage.used_time == 900


def test_row_20(stage: Stage) -> None:
    """any | Stop 900 s twice | charged 900 s"""
    _on_since_ten(stage)
    stage.report("Stop", 900, at=after(TEN, 900))
    stage.report("Stop", 900, at=after(TEN, 905))
    assert stage.used_time == 900


def test_row_21(stage: Stage) -> None:
    """period_limit 22 h 45 min per day | 2026-03-29 (spring change), used 0, now 00:30 local | until_next
    = 81,000 <= left 81,900: Accept, 162,900"""
    stage.sells(period_limit=22 * HOUR + 45 * MINUTE, period="day")
    stage.holds(**used(0, paris("00:00", "2026-03-29")))
    assert stage.log_in(at=paris("00:30", "2026-03-29")) == Accepted(162_900)


def test_row_21b(stage: Stage) -> None:
    """period_limit 15 min per hour | 2026-10-25, the first 02:50, used 0 | 600 + 900: Accept, 1500"""
    stage.sells(period_limit=15 * MINUTE, period="hour")
    stage.holds(**used(0, paris("02:00", "2026-10-25", fold=0), "hour Europe/Paris"))
    assert stage.log_in(at=paris("02:50", "2026-10-25", fold=0)) == Accepted(1500)


def test_row_21c(stage: Stage) -> None:
    """period_limit 1 h per day | session 2026-03-29 01:50 to 03:10 local, one Stop | charged 1200 s, to
    the 29th"""
    stage.sells(**HOURLY)
    stage.log_in(at=paris("01:50", "2026-03-29"))
    stage.report("Start", at=paris("01:50", "2026-03-29"))
    stage.report("Stop", 1200, at=paris("03:10", "2026-03-29"))
    assert stage.used_time == 1200
    assert stage.flags() == []
    assert _period_sum(stage) == ("day Europe/Paris", paris("00:00", "2026-03-29"), 1200)


def test_row_22(stage: Stage) -> None:
    """offer on access point A | login on B | Reject wrong_access_point"""
    stage.access_point("B")
    stage.sells(on="A")
    assert stage.log_in(on="B", at=TEN) == Rejected("wrong_access_point", "Ce ticket est prévu pour un autre lieu.")


def test_row_23(stage: Stage) -> None:
    """credit 2 h, max_devices 5, access point that can't be ordered | virgin | Accept, 1440"""
    stage.access_point("A", coa_port=None)
    stage.sells(credit=2 * HOUR, max_devices=5)
    assert stage.log_in(at=TEN) == Accepted(1440)


def test_row_24(stage: Stage) -> None:
    """any, no Class echoed | Stop 3000 s; a new Accept; Start with the same session number, Stop 2500 s |
    charged 5500 s"""
    stage.sells()
    stage.log_in(at=TEN)
    stage.report("Start", at=TEN, echo=False)
    stage.report("Stop", 3000, at=after(TEN, 3000), echo=False)
    stage.log_in(at=after(TEN, 4000))
    stage.report("Start", at=after(TEN, 4000), echo=False)
    stage.report("Stop", 2500, at=after(TEN, 6500), echo=False)
    assert stage.used_time == 5500


def test_row_25(stage: Stage) -> None:
    """any | Start, Interim 300 s, the same Start again, Stop 600 s | charged 600 s"""
    _on_since_ten(stage)
    stage.report("Interim-Update", 300, at=after(TEN, 300))
    stage.report("Start", at=after(TEN, 310))
    stage.report("Stop", 600, at=after(TEN, 600))
    assert stage.used_time == 600


def test_row_26(stage: Stage) -> None:
    """credit 2 h, 2 devices | A reported 1800 s, 200 s ago; B logs in | Accept, 7200 - 1800 - 200 = 5200"""
    with OrderTaker(stage.address()) as equipment:
        stage.access_point("A", coa_port=equipment.port)
        _on_since_ten(stage, credit=2 * HOUR, max_devices=2)
        stage.report("Interim-Update", 1800, at=paris("10:30"))
        assert stage.log_in(LAPTOP, at=after(paris("10:30"), 200)) == Accepted(5200)


def test_row_27(stage: Stage) -> None:
    """valid until 18:30, on since 16:00 | at 17:30 valid_until moves to 20:00 | CoA, Session-Timeout 5400
    + 9000 = 14,400"""
    with OrderTaker(stage.address()) as equipment:
        stage.access_point("A", coa_port=equipment.port)
        stage.sells(valid_until=paris("18:30"))
        assert stage.log_in(at=paris("16:00")) == Accepted(9000)
        stage.report("Start", at=paris("16:00"))
        stage.changes(at=paris("17:30"), valid_until=paris("20:00"))
        order = equipment.take()
    assert order.code is Code.COA_REQUEST
    assert order.text(assigned.ACCT_SESSION_ID) == "session of 01"
    assert order.integer(assigned.SESSION_TIMEOUT) == 14_400
    until(lambda: stage.orders == [("change", "limits_changed", "acknowledged")], "the order's end")


def test_row_28(stage: Stage) -> None:
    """credit 2 h | same device on A since 09:00, Accept on B at 10:00, A's Stop 7200 s at 11:00, B's Stop
    3600 s at 11:00 | charged 7200 s in all"""
    stage.sells(credit=2 * HOUR, on="AB")
    stage.log_in(on="A", at=paris("09:00"))
    stage.report("Start", on="A", at=paris("09:00"))
    stage.log_in(on="B", at=TEN)
    stage.report("Stop", 7200, on="A", at=paris("11:00"))
    stage.report("Stop", 3600, on="B", at=paris("11:00"))
    assert stage.used_time == 7200
