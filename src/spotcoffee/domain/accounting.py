"""Charging: from what equipment reports of a session to what its ticket pays (rules.md, section 6).

A session's meter holds the highest totals seen; a report moves it, and the difference is the charge. Which session
a report belongs to is decided in `sessions`.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

from spotcoffee.domain.units import BitsPerSecond, Octets, Seconds

# An idle cut this much shorter than ours came from another timer.
IDLE_TOLERANCE: Final[Seconds] = 60
# The fastest a guest can be where no rate limit holds him: tells a wrapped counter from a restarted one.
FASTEST: Final[BitsPerSecond] = 10**9
WRAP: Final[Octets] = 2**32


class Status(Enum):
    """The kinds of report of one session (RFC 2866 5.1)."""

    START = "start"
    INTERIM = "interim"
    STOP = "stop"


class EndCause(Enum):
    """Why a session ended, in the words of the API."""

    USER = "user"
    IDLE = "idle"
    SESSION_TIMEOUT = "session_timeout"
    QUOTA = "quota"
    DISCONNECTED = "disconnected"
    LOST = "lost"
    ACCESS_POINT_RESTART = "access_point_restart"
    OTHER = "other"


class Oddity(Enum):
    """What a report shows about its access point. The value is a stable code."""

    OWN_IDLE_TIMER = "own_idle_timer"
    MORE_TIME_THAN_PASSED = "more_time_than_passed"
    # It reports otherwise than its setting says.
    CONTRADICTS_SETTING = "contradicts_setting"


class Volume(NamedTuple):
    """One direction's volume in a report. gigawords: None when the report has none (RFC 2869 5.1)."""

    low: Octets
    gigawords: int | None = None


class Report(NamedTuple):
    """One Start, Interim or Stop, in the guest's view of up and down.

    event_at: server time of arrival less Acct-Delay-Time. session_time, down, up: None where the report is silent.
    """

    status: Status
    event_at: datetime
    session_time: Seconds | None = None
    down: Volume | None = None
    up: Volume | None = None
    end_cause: EndCause = EndCause.OTHER


class Counter(NamedTuple):
    """What one direction of a session has moved.

    total: charged so far. raw: the equipment's last figure. wide: its session has shown Gigawords.
    estimated: a wrap was inferred.
    """

    total: Octets = 0
    raw: Octets = 0
    wide: bool = False
    estimated: bool = False

    def advance(self, volume: Volume, *, wide: bool, elapsed: Seconds, rate: BitsPerSecond | None) -> "Counter":
        """Read a newer figure, `elapsed` seconds after the last one, at most `rate` fast.

        wide: the session shows Gigawords, where equipment needs them: no fall is a wrap then.
        """
        if wide:
            value = volume.low + WRAP * (volume.gigawords or 0)
            return Counter(max(self.total, value), max(self.raw, value), True, self.estimated)
        if volume.low >= self.raw:
            return Counter(self.total + volume.low - self.raw, volume.low, False, self.estimated)
        wrapped = WRAP - self.raw + volume.low
        if wrapped * 8 <= (rate or FASTEST) * max(1, elapsed):
            return Counter(self.total + wrapped, volume.low, False, True)
        return Counter(self.total + volume.low, volume.low, False, self.estimated)


ZERO: Final = Counter()


class Meter(NamedTuple):
    """The totals of one session.

    time: the highest Acct-Session-Time seen. given_back: its idle tail, not charged. charged: what the ticket paid.
    most: the most it may pay, once its device was accepted elsewhere.
    """

    time: Seconds = 0
    given_back: Seconds = 0
    charged: Seconds = 0
    most: Seconds | None = None
    down: Counter = ZERO
    up: Counter = ZERO

    @property
    def payable(self) -> Seconds:
        """What the ticket owes for this session; `charged` once a charge was stored."""
        owed = self.time - self.given_back
        return owed if self.most is None else min(owed, self.most)


class Tariff(NamedTuple):
    """What holds for a session when a report of it is charged.

    idle: the idle time in force, None where nothing is given back. tail_excluded: the equipment leaves the idle tail
    out of its totals. rate_down, rate_up: the session's limits.
    """

    idle: Seconds | None = None
    tail_excluded: bool = False
    rate_down: BitsPerSecond | None = None
    rate_up: BitsPerSecond | None = None


class Charge(NamedTuple):
    """What a report, or a change of the cap, does to the ticket. Seconds may be negative: then they come back.

    begin, end: the wall-clock span of those seconds, for the period in which they were spent.
    """

    meter: Meter
    begin: datetime
    end: datetime
    seconds: Seconds = 0
    down: Octets = 0
    up: Octets = 0
    oddity: Oddity | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether the ticket pays and gets nothing."""
        return not (self.seconds or self.down or self.up)


def charge(meter: Meter, report: Report, tariff: Tariff) -> Charge:
    """Charge a report to its session's meter.

    A Start, a duplicate or a report with lower totals charges nothing; the Stop alone can give seconds back.
    """
    final = report.status is Status.STOP
    time = _time_of(report, meter)
    lower_is_final = final and tariff.tail_excluded
    highest = time if lower_is_final else max(meter.time, time)
    given_back, oddity = _idle_tail(meter, report, tariff, time=highest)
    moved = meter._replace(time=highest, given_back=given_back)
    if lower_is_final or time > meter.time or (final and time == meter.time):
        moved = _with_octets(moved, report, tariff, elapsed=time - meter.time)
    return _settle(meter, moved, last_second_at=_last_second_at(report, tariff), oddity=oddity)


def _time_of(report: Report, meter: Meter) -> Seconds:
    if report.session_time is None or report.status is Status.START:
        return meter.time
    return report.session_time


def _ended_idle(report: Report) -> bool:
    return report.status is Status.STOP and report.end_cause is EndCause.IDLE


def _idle_tail(meter: Meter, report: Report, tariff: Tariff, *, time: Seconds) -> tuple[Seconds, Oddity | None]:
    """What is given back after a report, and what its idle cut shows about the access point."""
    if tariff.idle is None or tariff.tail_excluded or not _ended_idle(report):
        return meter.given_back, None
    if time < tariff.idle - IDLE_TOLERANCE:
        return meter.given_back, Oddity.OWN_IDLE_TIMER
    return min(tariff.idle, time), None


def _last_second_at(report: Report, tariff: Tariff) -> datetime:
    """When the last second that a report counts was spent."""
    tail = tariff.idle or 0 if tariff.tail_excluded and _ended_idle(report) else 0
    return report.event_at - timedelta(seconds=tail)


def _with_octets(meter: Meter, report: Report, tariff: Tariff, *, elapsed: Seconds) -> Meter:
    volumes = [volume for volume in (report.down, report.up) if volume is not None]
    wide = meter.down.wide or meter.up.wide or any(volume.gigawords is not None for volume in volumes)
    down, up = meter.down, meter.up
    if report.down is not None:
        down = down.advance(report.down, wide=wide, elapsed=elapsed, rate=tariff.rate_down)
    if report.up is not None:
        up = up.advance(report.up, wide=wide, elapsed=elapsed, rate=tariff.rate_up)
    return meter._replace(down=down, up=up)


def cap(meter: Meter, most: Seconds | None, *, last_second_at: datetime) -> Charge:
    """Set, move or lift (None) the most that a session may be charged, and settle what that changes.

    last_second_at: when the last reported second was spent.
    """
    return _settle(meter, meter._replace(most=most), last_second_at=last_second_at)


def _settle(before: Meter, after: Meter, *, last_second_at: datetime, oddity: Oddity | None = None) -> Charge:
    owed = after.payable
    first, last = sorted((before.charged, owed))
    # The session's n-th second was spent as long before its last one as n is below the total.
    return Charge(
        meter=after._replace(charged=owed) if owed != after.charged else after,
        seconds=owed - before.charged,
        begin=last_second_at - timedelta(seconds=after.time - first),
        end=last_second_at - timedelta(seconds=after.time - last),
        down=after.down.total - before.down.total,
        up=after.up.total - before.up.total,
        oddity=oddity,
    )
