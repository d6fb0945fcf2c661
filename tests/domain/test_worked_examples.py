"""The worked examples of the rules (section 8), row by row; each docstring is the row: offer | ticket and now | answer.

Times are 2026-07-15 in Europe/Paris unless said. U = used_time.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.domain.desk import Desk, access_point, interim, later, origin, start, stop

from spotcoffee.domain.access_points import Capabilities
from spotcoffee.domain.accounting import EndCause, Oddity, Report, Status, Volume
from spotcoffee.domain.authorization import Accept, Decision, Reason, Reject, Request, authorize
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.orders import Change, Disconnect
from spotcoffee.domain.periods import Period, period_start
from spotcoffee.domain.tickets import PeriodSum, State, Usage, state
from spotcoffee.domain.units import DAY, HOUR, MINUTE, Seconds

PARIS = ZoneInfo("Europe/Paris")
HOURLY = Terms(period_limit=HOUR, period=Period.DAY)
IDLE = Terms(credit=HOUR, idle_timeout=10 * MINUTE)


def paris(clock: str, day: str = "2026-07-15", *, fold: int = 0) -> datetime:
    """An instant by the clock on the wall in Paris; fold 1: the second of two."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


def decide(terms: Terms, usage: Usage, now: datetime) -> Decision:
    """The answer to a login of a device that is alone on its ticket."""
    request = Request(device="phone", access_point=access_point(1))
    return authorize(terms, usage, request=request, offered_on={1}, presences=[], now=now)


def timeout_of(decision: Decision) -> Seconds | None:
    """The session_timeout of an Accept."""
    assert isinstance(decision, Accept)
    return decision.limits.session_timeout


def used_today(terms: Terms, seconds: Seconds, now: datetime, *, used_time: Seconds = 0) -> Usage:
    """A ticket on which this was spent in the period of `now`."""
    assert terms.period is not None
    starts_at = period_start(terms.period, terms.zone, now)
    kept = PeriodSum(period=terms.period, zone=terms.zone.key, starts_at=starts_at, seconds=seconds)
    return Usage(first_login_at=starts_at, used_time=used_time, period_sum=kept)


def test_row_1() -> None:
    """credit 2 h, session 1 h | virgin, 10:00 | Accept, session_timeout 3600"""
    assert timeout_of(decide(Terms(credit=2 * HOUR, session_duration=HOUR), Usage(), paris("10:00"))) == 3600


def test_row_2() -> None:
    """credit 2 h, session 1 h | U 5400 s | Accept, 1800"""
    terms = Terms(credit=2 * HOUR, session_duration=HOUR)
    assert timeout_of(decide(terms, Usage(used_time=5400), paris("10:00"))) == 1800


def test_row_3() -> None:
    """credit 2 h | U 7200 s | Reject credit_used_up; state consumed"""
    terms, usage = Terms(credit=2 * HOUR), Usage(used_time=7200)
    assert decide(terms, usage, paris("10:00")) == Reject(Reason.CREDIT_USED_UP)
    assert state(terms, usage, now=paris("10:00")) is State.CONSUMED


def test_row_4() -> None:
    """lifetime 24 h | first login 2026-07-14 10:30, now 10:00 | Accept, 1800"""
    usage = Usage(first_login_at=paris("10:30", "2026-07-14"))
    assert timeout_of(decide(Terms(lifetime=DAY), usage, paris("10:00"))) == 1800


def test_row_5() -> None:
    """lifetime 24 h | first login 2026-07-14 10:00, now 10:00 | Reject lifetime_ended; state expired"""
    terms, usage = Terms(lifetime=DAY), Usage(first_login_at=paris("10:00", "2026-07-14"))
    assert decide(terms, usage, paris("10:00")) == Reject(Reason.LIFETIME_ENDED)
    assert state(terms, usage, now=paris("10:00")) is State.EXPIRED


def test_row_6() -> None:
    """valid until 10:00:30, credit 2 h | virgin, 10:00:00 | Accept, 30"""
    terms = Terms(valid_until=paris("10:00:30"), credit=2 * HOUR)
    assert timeout_of(decide(terms, Usage(), paris("10:00:00"))) == 30


def test_row_7() -> None:
    """period_limit 1 h per day | used today 1800 s, 10:00 | Accept, 1800"""
    now = paris("10:00")
    assert timeout_of(decide(HOURLY, used_today(HOURLY, 1800, now), now)) == 1800


def test_row_8() -> None:
    """period_limit 1 h per day | used today 0, 23:30 | Accept, 1800 + 3600 = 5400"""
    now = paris("23:30")
    assert timeout_of(decide(HOURLY, used_today(HOURLY, 0, now), now)) == 5400


def test_row_9() -> None:
    """period_limit 1 h per day | used today 3000 s, 23:55 | left 600 >= 300: Accept, 300 + 3600 = 3900"""
    now = paris("23:55")
    assert timeout_of(decide(HOURLY, used_today(HOURLY, 3000, now), now)) == 3900


def test_row_10() -> None:
    """period_limit 1 h per day, credit 70 min | used today 0, U 0, 23:30 | period 5400, credit 4200:
    Accept, 4200"""
    terms = Terms(period_limit=HOUR, period=Period.DAY, credit=70 * MINUTE)
    now = paris("23:30")
    assert timeout_of(decide(terms, used_today(terms, 0, now), now)) == 4200


def test_row_11() -> None:
    """period_limit 1 h per day | used today 3600 s, 23:59:59 | Reject period_limit_reached, reopens at
    00:00"""
    now = paris("23:59:59")
    reopens_at = paris("00:00", "2026-07-16")
    assert decide(HOURLY, used_today(HOURLY, 3600, now), now) == Reject(Reason.PERIOD_LIMIT_REACHED, reopens_at)


def test_row_12() -> None:
    """credit 1 h, idle 10 min | session 25 min, Stop cause Idle-Timeout | charged 900 s"""
    assert _charged_when_idle(25 * MINUTE).usage.used_time == 900


def test_row_13() -> None:
    """credit 1 h, idle 10 min | session 8 min, Stop cause Idle-Timeout | another timer than ours: charged
    480 s, access point flagged"""
    desk = _charged_when_idle(8 * MINUTE)
    assert desk.usage.used_time == 480
    assert desk.oddities == [Oddity.OWN_IDLE_TIMER]


def test_row_13b() -> None:
    """credit 1 h, idle 10 min | session 595 s, Stop cause Idle-Timeout | charged 0 s"""
    assert _charged_when_idle(595).usage.used_time == 0


def _charged_when_idle(session_time: Seconds) -> Desk:
    desk = Desk(IDLE)
    desk.log_in("phone", at=paris("10:00"))
    desk.report(stop(later(paris("10:00"), session_time), session_time, EndCause.IDLE), origin())
    return desk


def test_row_14() -> None:
    """credit 1 h, idle 10 min | Interim at 1200 s, then Stop Idle-Timeout at 1500 s | charged 900 s in
    all: 300 s come back"""
    desk, began = Desk(IDLE), paris("10:00")
    desk.log_in("phone", at=began)
    desk.report(interim(later(began, 1200), 1200), origin())
    assert desk.usage.used_time == 1200
    desk.report(stop(later(began, 1500), 1500, EndCause.IDLE), origin())
    assert desk.usage.used_time == 900


def test_row_15() -> None:
    """period_limit 1 h per day | session 23:50 to 00:20, one Stop at 00:20 | 600 s to the 15th, 1200 s to
    the 16th"""
    desk, ended = Desk(HOURLY), paris("00:20", "2026-07-16")
    desk.log_in("phone", at=paris("23:50"))
    desk.report(stop(ended, 1800), origin())
    assert desk.usage.used_time == 1800
    assert desk.usage.period_sum == PeriodSum(
        period=Period.DAY, zone="Europe/Paris", starts_at=paris("00:00", "2026-07-16"), seconds=1200
    )


def test_row_16() -> None:
    """quota_down 1 GB | report Output-Octets 705032704, Output-Gigawords 1 | used_down 5,000,000,000:
    consumed, Disconnect"""
    desk, began = Desk(Terms(quota_down=10**9)), paris("10:00")
    desk.log_in("phone", at=began)
    now = later(began, 300)
    report = Report(status=Status.INTERIM, event_at=now, session_time=300, down=Volume(705032704, gigawords=1))
    session = desk.report(report, origin())
    assert desk.usage.used_down == 5_000_000_000
    assert state(desk.terms, desk.usage, now=now) is State.CONSUMED
    assert desk.redecide(session.id, at=now) == Disconnect(Reason.QUOTA_DOWN_USED_UP)


def test_row_17() -> None:
    """max_devices 1 | a second device while one session is open | Reject too_many_devices"""
    desk = _on_since_ten(Terms(max_devices=1))
    assert desk.decide("laptop", at=paris("10:30")) == Reject(Reason.TOO_MANY_DEVICES)


def test_row_18() -> None:
    """max_devices 1 | the same device logs in again | Accept"""
    desk = _on_since_ten(Terms(max_devices=1))
    assert isinstance(desk.decide("phone", at=paris("10:30")), Accept)


def _on_since_ten(terms: Terms, device: str = "phone") -> Desk:
    desk = Desk(terms)
    desk.log_in(device, at=paris("10:00"))
    desk.report(start(paris("10:00")), origin(device))
    return desk


def test_row_19() -> None:
    """any | Interim 600 s, Interim 300 s (late), Stop 900 s | charged 900 s, three answers"""
    desk, began = _on_since_ten(Terms()), paris("10:00")
    before = desk.answered
    desk.report(interim(later(began, 600), 600), origin())
    desk.report(interim(later(began, 610), 300), origin())
    desk.report(stop(later(began, 900), 900), origin())
    assert desk.usage.used_time == 900
    assert desk.answered - before == 3


def test_row_20() -> None:
    """any | Stop 900 s twice | charged 900 s"""
    desk, began = _on_since_ten(Terms()), paris("10:00")
    desk.report(stop(later(began, 900), 900), origin())
    desk.report(stop(later(began, 905), 900), origin())
    assert desk.usage.used_time == 900


def test_row_21() -> None:
    """period_limit 22 h 45 min per day | 2026-03-29 (spring change), used 0, now 00:30 local | until_next
    = 81,000 <= left 81,900: Accept, 162,900"""
    terms = Terms(period_limit=22 * HOUR + 45 * MINUTE, period=Period.DAY)
    now = paris("00:30", "2026-03-29")
    assert timeout_of(decide(terms, used_today(terms, 0, now), now)) == 162_900


def test_row_21b() -> None:
    """period_limit 15 min per hour | 2026-10-25, the first 02:50, used 0 | 600 + 900: Accept, 1500"""
    terms = Terms(period_limit=15 * MINUTE, period=Period.HOUR)
    now = paris("02:50", "2026-10-25")
    assert timeout_of(decide(terms, used_today(terms, 0, now), now)) == 1500


def test_row_21c() -> None:
    """period_limit 1 h per day | session 2026-03-29 01:50 to 03:10 local, one Stop | charged 1200 s, to
    the 29th"""
    desk, began, ended = Desk(HOURLY), paris("01:50", "2026-03-29"), paris("03:10", "2026-03-29")
    desk.log_in("phone", at=began)
    desk.report(stop(ended, int((ended - began).total_seconds())), origin())
    assert desk.usage.used_time == 1200
    assert desk.usage.period_sum == PeriodSum(
        period=Period.DAY, zone="Europe/Paris", starts_at=paris("00:00", "2026-03-29"), seconds=1200
    )


def test_row_22() -> None:
    """offer on access point A | login on B | Reject wrong_access_point"""
    desk = Desk(Terms(), points={1: access_point(1), 2: access_point(2)}, offered_on={1})
    assert desk.decide("phone", on=2, at=paris("10:00")) == Reject(Reason.WRONG_ACCESS_POINT)


def test_row_23() -> None:
    """credit 2 h, max_devices 5, access point that can't be ordered | virgin | Accept, 1440"""
    desk = Desk(Terms(credit=2 * HOUR, max_devices=5), points={1: access_point(1, coa_port=None)})
    assert timeout_of(desk.decide("phone", at=paris("10:00"))) == 1440


def test_row_24() -> None:
    """any, no Class echoed | Stop 3000 s; a new Accept; Start with the same session number, Stop 2500 s |
    charged 5500 s"""
    desk, began = _on_since_ten(Terms()), paris("10:00")
    desk.report(stop(later(began, 3000), 3000), origin())
    desk.log_in("phone", at=later(began, 4000))
    desk.report(start(later(began, 4000)), origin())
    desk.report(stop(later(began, 6500), 2500), origin())
    assert desk.usage.used_time == 5500


def test_row_25() -> None:
    """any | Start, Interim 300 s, the same Start again, Stop 600 s | charged 600 s"""
    desk, began = _on_since_ten(Terms()), paris("10:00")
    desk.report(interim(later(began, 300), 300), origin())
    desk.report(start(later(began, 310)), origin())
    desk.report(stop(later(began, 600), 600), origin())
    assert desk.usage.used_time == 600


def test_row_26() -> None:
    """credit 2 h, 2 devices | A reported 1800 s, 200 s ago; B logs in | Accept, 7200 - 1800 - 200 = 5200"""
    desk = _on_since_ten(Terms(credit=2 * HOUR, max_devices=2), "A")
    desk.report(interim(paris("10:30"), 1800), origin("A"))
    assert timeout_of(desk.decide("B", at=later(paris("10:30"), 200))) == 5200


def test_row_27() -> None:
    """valid until 18:30, on since 16:00 | at 17:30 valid_until moves to 20:00 | CoA, Session-Timeout 5400
    + 9000 = 14,400"""
    point = access_point(1, capabilities=Capabilities(change=True))
    desk = Desk(Terms(valid_until=paris("18:30")), points={1: point})
    desk.log_in("phone", at=paris("16:00"))
    session = desk.report(start(paris("16:00")), origin())
    desk.terms = Terms(valid_until=paris("20:00"))
    order = desk.redecide(session.id, at=paris("17:30"))
    assert isinstance(order, Change)
    assert order.grant.session_timeout == 14_400


def test_row_28() -> None:
    """credit 2 h | same device on A since 09:00, Accept on B at 10:00, A's Stop 7200 s at 11:00, B's Stop
    3600 s at 11:00 | charged 7200 s in all"""
    desk = Desk(Terms(credit=2 * HOUR), points={1: access_point(1), 2: access_point(2)})
    desk.log_in("phone", on=1, at=paris("09:00"))
    desk.report(start(paris("09:00")), origin(on=1))
    desk.log_in("phone", on=2, at=paris("10:00"))
    desk.report(stop(paris("11:00"), 7200), origin(on=1))
    desk.report(stop(paris("11:00"), 3600), origin(on=2))
    assert desk.usage.used_time == 7200
