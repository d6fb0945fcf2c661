"""Random lives of a ticket: what honest equipment reports over a bad network is charged as a plain model says.

The model knows what each session really did and which of its reports arrived. It knows nothing of reservations, rows,
caps or meters.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.desk import Desk, access_point, interim, origin, start, stop

from spotcoffee.domain.accounting import EndCause, Report, Status
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.domain.tickets import sum_period, used_in_period

OPENED = datetime(2026, 10, 24, 20, tzinfo=UTC)
END = 10**6
IDLE = 600
INTERVAL = 300
# How late a report may be that does not say so. One that is repeated is repeated at once then.
UNDECLARED = 110
TERMS = Terms(max_devices=10, idle_timeout=IDLE, period=Period.HOUR, period_limit=3600)
ENDINGS = ("logout", "idle", "unnoticed")


@dataclass(frozen=True)
class Equipment:
    """How one access point behaves.

    Without Class and with repeated numbers it keeps its reports in order. Where it leaves idle tails out its Start
    arrives: a Stop alone would not tell when the session began.
    """

    echoes_class: bool
    repeats_numbers: bool
    tail_excluded: bool

    @property
    def keeps_order(self) -> bool:
        return self.repeats_numbers and not self.echoes_class


@dataclass(frozen=True)
class Fate:
    """What becomes of one report on its way: how often it arrives, and how late."""

    times: int
    delay: int


@dataclass(frozen=True)
class Visit:
    """One login of a device: where, how long after the last one left, and how it goes. lasts 0: no session follows."""

    on: int
    pause: int
    latency: int
    lasts: int
    ending: str
    unnoticed: int
    rate: int


@dataclass
class Stay:
    """What one visit really was, and which of its reports arrived."""

    device: str
    on: int
    accepted: int
    began: int
    left: int
    ended: int
    ending: str
    rate: int
    number: str
    key: int | None = None
    heard: list[Report] = field(default_factory=list)

    def octets(self, at: int) -> int:
        return (min(at, self.left) - self.began) * self.rate

    def final_time(self, tail_excluded: bool) -> int:
        idle = self.ending == "idle"
        return (self.left if idle and tail_excluded else self.ended) - self.began


@dataclass
class Life:
    """All that happens, in order of arrival."""

    equipment: dict[int, Equipment]
    stays: list[Stay] = field(default_factory=list)
    events: list[tuple[int, int, str, Stay | int, Report | None]] = field(default_factory=list)
    step: tuple[int, int] = (END, 0)
    serial: Iterator[int] = field(default_factory=count)

    def happens(self, at: int, kind: str, what: Stay | int, report: Report | None = None) -> None:
        self.events.append((at, next(self.serial), kind, what, report))


def moment(at: int) -> datetime:
    return OPENED + timedelta(seconds=at)


# How lives are made

fates = st.lists(
    st.builds(Fate, st.sampled_from([1, 1, 1, 0, 2]), st.sampled_from([0, 0, 1, 5, 60, 130, 400, 2000])),
    min_size=1,
    max_size=8,
)
visits = st.lists(
    st.builds(
        Visit,
        on=st.integers(min_value=1, max_value=3),
        pause=st.integers(min_value=1, max_value=200) | st.just(3000),
        latency=st.integers(min_value=0, max_value=2),
        lasts=st.just(0) | st.integers(min_value=1, max_value=2500),
        ending=st.sampled_from(ENDINGS),
        unnoticed=st.integers(min_value=1, max_value=2000),
        rate=st.sampled_from([0, 1_000, 10_000_000]),
    ),
    max_size=5,
)
equipment = st.fixed_dictionaries(
    {key: st.builds(Equipment, st.booleans(), st.booleans(), st.booleans()) for key in (1, 2, 3)}
)
reboots = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 8000), st.sampled_from([None, 30, 500])), max_size=2)


@st.composite
def lives(draw: st.DrawFn, *, declared: bool = True, steps: bool = False) -> Life:
    """A life of up to three devices. declared: equipment says how late a report is (Acct-Delay-Time)."""
    life = Life(draw(equipment))
    falls = draw(reboots) if declared else []
    for device in ("phone", "laptop", "tablet"):
        _live(life, device, draw(visits), falls)
    for on, at, late in falls:
        if late is not None:
            life.happens(at + late, "restart", on, start(moment(at)))
    _send(life, cycle(draw(fates)), declared=declared)
    if steps:
        life.step = draw(st.tuples(st.integers(0, 8000), st.sampled_from([-7200, -400, 60, 90_000])))
    life.events.sort(key=lambda event: event[:2])
    return life


def _live(life: Life, device: str, planned: list[Visit], falls: list[tuple[int, int, int | None]]) -> None:
    now = 0
    for visit in planned:
        now += visit.pause
        accepted = now
        for stay in life.stays:
            # Equipment ends the older session of a device that logs in there again.
            if stay.device == device and stay.on == visit.on and visit.lasts and stay.ended > accepted:
                stay.ended, stay.ending = accepted, "logout"
        began = accepted + visit.latency
        now = left = began + visit.lasts
        ended = left + {"logout": 0, "idle": IDLE, "unnoticed": visit.unnoticed}[visit.ending]
        number = "1" if life.equipment[visit.on].repeats_numbers else str(len(life.stays))
        stay = Stay(device, visit.on, accepted, began, left, ended, visit.ending, visit.rate, number)
        life.happens(accepted, "login", stay)
        if visit.lasts:
            life.stays.append(stay)
    for stay in life.stays:
        for on, at, _ in falls:
            if stay.on == on and stay.began <= at < stay.ended:
                stay.ended, stay.ending = at, "power"


def _send(life: Life, fate: Iterator[Fate], *, declared: bool) -> None:
    """Put every report on its way."""
    arrived = dict.fromkeys(life.equipment, 0)
    sent = [(at, stay, report) for stay in life.stays for at, report in _reports(life, stay)]
    for at, stay, report in sorted(sent, key=lambda one: one[0]):
        equipment, how = life.equipment[stay.on], next(fate)
        if equipment.tail_excluded and report.status is Status.START:
            how = Fate(times=1, delay=0)
        arrival = at + (how.delay if declared else min(how.delay, UNDECLARED))
        if equipment.keeps_order:
            arrival = arrived[stay.on] = max(arrival, arrived[stay.on])
        seen = _at(report, moment(at if declared else arrival))
        for again in range(how.times):
            stay.heard.append(report)
            late = again * 50 if declared and not equipment.keeps_order else 0
            life.happens(arrival + late, "report", stay, seen)


def _at(report: Report, event_at: datetime) -> Report:
    return Report(
        status=report.status,
        event_at=event_at,
        session_time=report.session_time,
        down=report.down,
        end_cause=report.end_cause,
    )


def _reports(life: Life, stay: Stay) -> Iterator[tuple[int, Report]]:
    yield stay.began, start(moment(stay.began))
    for at in range(stay.began + INTERVAL, stay.ended, INTERVAL):
        yield at, interim(moment(at), at - stay.began, stay.octets(at))
    if stay.ending != "power":
        time = stay.final_time(life.equipment[stay.on].tail_excluded)
        cause = EndCause.IDLE if stay.ending == "idle" else EndCause.USER
        yield stay.ended, stop(moment(stay.ended), time, cause, stay.octets(stay.ended))


# How a life is lived at the desk


def lived(life: Life) -> Desk:
    points = {key: access_point(key, idle_tail_excluded=made.tail_excluded) for key, made in life.equipment.items()}
    desk = Desk(TERMS, points=points)
    for at, _, kind, what, report in life.events:
        stepped = timedelta(seconds=life.step[1] if at >= life.step[0] else 0)
        _happen(desk, life, kind, what, report, now=moment(at) + stepped, stepped=stepped)
        assert desk.usage.used_time == sum(row.meter.charged for row in desk.rows.values())
        assert all(row.meter.charged >= 0 for row in desk.rows.values())
    return desk


def ended(life: Life) -> Desk:
    """The desk when all that may still lapse or be lost has."""
    desk = lived(life)
    desk.sweep(moment(END))
    return desk


def _happen(
    desk: Desk,
    life: Life,
    kind: str,
    what: Stay | int,
    report: Report | None,
    *,
    now: datetime,
    stepped: timedelta,
) -> None:
    desk.sweep(now)
    if isinstance(what, int):
        assert report is not None
        desk.restarted(what, at=report.event_at + stepped)
    elif kind == "login":
        what.key = _free_login(desk, what, now)
    else:
        assert report is not None
        accept = what.key if life.equipment[what.on].echoes_class else None
        named = origin(what.device, on=what.on, number=what.number, accept=accept)
        desk.report(_at(report, report.event_at + stepped), named, now=now)


def _free_login(desk: Desk, stay: Stay, now: datetime) -> int | None:
    """Log in with nothing in the way: what is charged is looked at here, not what is refused."""
    limited, desk.terms = desk.terms, Terms(max_devices=10, idle_timeout=IDLE, period=Period.HOUR)
    _, key = desk.log_in(stay.device, on=stay.on, at=now)
    desk.terms = limited
    return key


# The plain model


def charged(life: Life, stay: Stay) -> int:
    """What a stay costs: what was heard of it, up to the device's next login elsewhere that a session followed."""
    if not stay.heard:
        return 0
    last = max(stay.heard, key=lambda report: (report.status is Status.STOP, report.session_time or 0))
    time = last.session_time or 0
    if last.end_cause is EndCause.IDLE and not life.equipment[stay.on].tail_excluded:
        time = max(0, time - IDLE)
    moved_on = [
        other.accepted
        for other in life.stays
        if other.device == stay.device and other.on != stay.on and other.heard and other.accepted > stay.accepted
    ]
    return min([time, *(max(0, at - stay.began) for at in moved_on)])


def reported(life: Life) -> int:
    """All the time that was heard of, whoever else was on."""
    return sum(max([r.session_time or 0 for r in stay.heard], default=0) for stay in life.stays)


def moved(life: Life) -> int:
    return sum(
        max([r.down.low + 2**32 * (r.down.gigawords or 0) for r in stay.heard if r.down], default=0)
        for stay in life.stays
    )


# What must hold

many = settings(max_examples=150)


@many
@given(lives())
def test_a_life_costs_what_the_plain_model_says(life: Life) -> None:
    desk = ended(life)
    assert desk.usage.used_time == sum(charged(life, stay) for stay in life.stays)


@many
@given(lives())
def test_octets_are_those_that_were_heard_of(life: Life) -> None:
    assert lived(life).usage.used_down == moved(life)


@many
@given(lives())
def test_no_device_spends_more_than_a_second_a_second(life: Life) -> None:
    desk = lived(life)
    for device in ("phone", "laptop", "tablet"):
        stays = [stay for stay in life.stays if stay.device == device]
        on = max([stay.ended for stay in stays], default=0) - min([stay.accepted for stay in stays], default=0)
        assert sum(row.meter.charged for row in desk.rows.values() if row.device == device) <= on


@many
@given(lives())
def test_the_sum_of_the_period_is_what_it_would_be_made_anew(life: Life) -> None:
    desk = lived(life)
    if life.events:
        now = moment(life.events[-1][0])
        spans = [(row.began_at, row.meter.charged) for row in desk.rows.values() if row.began_at]
        anew = sum_period(spans, TERMS, now=now)
        assert anew is not None
        assert used_in_period(TERMS, desk.usage, now=now) == anew.seconds


@many
@given(lives())
def test_in_the_end_nobody_is_on_and_a_lifetime_runs_only_where_somebody_was(life: Life) -> None:
    desk = ended(life)
    assert desk.live == []
    assert (desk.usage.first_login_at is not None) == any(stay.heard for stay in life.stays)


@many
@given(lives(declared=False))
def test_undeclared_delays_never_cost_more(life: Life) -> None:
    assert ended(life).usage.used_time <= sum(charged(life, stay) for stay in life.stays)


@many
@given(lives(steps=True))
def test_a_step_of_our_clock_never_charges_what_was_not_reported(life: Life) -> None:
    desk = lived(life)
    assert 0 <= desk.usage.used_time <= reported(life)
