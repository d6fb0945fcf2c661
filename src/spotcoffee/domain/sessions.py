"""Which session a report belongs to, and how sessions and reservations begin and end (rules.md, sections 4 and 6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.accounting import EndCause, Meter, Report, Status
from spotcoffee.domain.authorization import RESERVATION_LIFE, Limits
from spotcoffee.domain.units import DAY, BitsPerSecond, Octets, Seconds

# Acct-Session-Time counts whole seconds: a session may seem to have begun this much before its Accept.
ROUNDING: Final = timedelta(seconds=1)
# A report may be this late without saying so (Acct-Delay-Time): then its session seems to have begun so much later.
LATENESS: Final = timedelta(minutes=2)


class Ending(Enum):
    """How a session, or a reservation that no report took, came to its end."""

    STOPPED = "stopped"
    LOST = "lost"
    RESTARTED = "restarted"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


class Grant(NamedTuple):
    """The limits that the equipment holds for a session. down_end, up_end: session totals at which it stops."""

    session_timeout: Seconds | None = None
    idle_timeout: Seconds | None = None
    rate_down: BitsPerSecond | None = None
    rate_up: BitsPerSecond | None = None
    down_end: Octets | None = None
    up_end: Octets | None = None


def grant_of(limits: Limits, meter: Meter, *, age: Seconds) -> Grant:
    """What the limits of a decision mean for a session of this age that has moved this much."""
    timeout, down, up = limits.session_timeout, limits.down_left, limits.up_left
    return Grant(
        session_timeout=None if timeout is None else age + timeout,
        idle_timeout=limits.idle_timeout,
        rate_down=limits.rate_down,
        rate_up=limits.rate_up,
        down_end=None if down is None else meter.down.total + down,
        up_end=None if up is None else meter.up.total + up,
    )


# A tuple: with its many fields a frozen dataclass takes seven times as long to change one, on every report.
class Session(NamedTuple):
    """One opening of a device on an access point, or the reservation that an Accept left for it.

    accept_id: the row of the Accept that it came from (its own, unless one Accept led to several openings); None: no
    Accept is known. acct_session_id: None while it is a reservation. follows_id: the device's session elsewhere that
    this Accept capped. accepted_at, began_at: None where unknown. seen_at: event time of the last report, or Accept.
    user_name_sealed: what the equipment calls the guest, as services seal it; None where no order will say it.
    """

    id: int
    ticket_id: int
    access_point_id: int
    device: str
    source: str
    seen_at: datetime
    acct_session_id: str | None = None
    accept_id: int | None = None
    follows_id: int | None = None
    accepted_at: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    end_cause: EndCause | None = None
    grant: Grant = Grant()
    meter: Meter = Meter()
    reports: int = 0
    ignored: int = 0
    framed_address: str = ""
    user_name_sealed: bytes | None = None

    @property
    def is_reservation(self) -> bool:
        """Whether no report has taken it yet."""
        return self.acct_session_id is None

    @property
    def since(self) -> datetime:
        """Its Accept, or its beginning where no Accept is known: the order in which sessions came."""
        return self.accepted_at or self.began_at or self.seen_at

    def age(self, now: datetime) -> timedelta:
        """How long it has been on, never negative."""
        return max(now - (self.began_at or now), timedelta(0))


class Origin(NamedTuple):
    """Where a report comes from, and which session it names.

    device: None where the report does not say. accept_id: from its Class, tag verified; None without.
    """

    access_point_id: int
    source: str
    acct_session_id: str
    device: str | None
    accept_id: int | None = None


@dataclass(frozen=True, slots=True)
class Continue:
    """The report belongs to this opening."""

    session: Session


@dataclass(frozen=True, slots=True)
class Take:
    """The report turns this reservation into a session."""

    reservation: Session


@dataclass(frozen=True, slots=True)
class Open:
    """The report begins another opening; accept: the Accept that it came from, None where none is known."""

    accept: Session | None


Placement: TypeAlias = Continue | Take | Open


def place(report: Report, origin: Origin, sessions: Iterable[Session]) -> Placement:
    """Find the session of a report among a ticket's.

    sessions: the ticket's open ones, the one that Class names, and the last ones with this Acct-Session-Id or that
    nothing has taken.
    """
    here = [s for s in sessions if s.access_point_id == origin.access_point_id]
    accept = next((s for s in here if s.id == origin.accept_id), None)
    if accept is not None:
        if accept.is_reservation:
            return Take(accept)
        last = _opening(report, origin, [s for s in here if s.accept_id == accept.id])
        return _continue_or_open(report, last, accept)
    last = _opening(report, origin, here)
    newest = _newest_reservation(report, origin, here)
    if newest is not None and (last is None or _belongs_to(report, newest, last)):
        return Take(newest)
    return _continue_or_open(report, last, None)


def _opening(report: Report, origin: Origin, sessions: Sequence[Session]) -> Session | None:
    """The last opening of the session that a report names; of a running total, the one it began with."""
    same = [
        s
        for s in sessions
        if s.acct_session_id == origin.acct_session_id
        and s.source == origin.source
        and (origin.device is None or s.device == origin.device)
    ]
    same.sort(key=lambda s: (_began(s), s.id), reverse=True)
    if report.status is Status.START:
        return same[0] if same else None
    began_at = _began_at(report)
    newest = same[0] if same else None
    if newest is None or began_at >= _began(newest) - LATENESS:
        return newest
    # Equipment that repeats session numbers may send a report of an older opening after the next one's Start. Where no
    # older one began then, the report is believed: it claims more time than has passed, and is of the newest.
    older = (s for s in same if _began(s) - ROUNDING <= began_at <= _began(s) + LATENESS)
    return min(older, key=lambda s: abs(_began(s) - began_at), default=newest)


def continues(report: Report, origin: Origin, session: Session) -> bool:
    """Whether a report is plainly of this opening, so that no older one with its number need be looked at."""
    same = session.acct_session_id == origin.acct_session_id and session.source == origin.source
    here = session.access_point_id == origin.access_point_id
    return same and here and _began_at(report) >= _began(session) - LATENESS


def _began(session: Session) -> datetime:
    return session.began_at or session.seen_at


def _newest_reservation(report: Report, origin: Origin, sessions: Sequence[Session]) -> Session | None:
    untaken = [s for s in sessions if s.is_reservation and (origin.device is None or s.device == origin.device)]
    # An Accept that came after the session began is not its own, unless there is no other.
    latest = _began_at(report) + ROUNDING
    return max(untaken, key=lambda s: (s.since <= latest, s.since, s.id), default=None)


def _belongs_to(report: Report, reservation: Session, last: Session) -> bool:
    """Whether a report without Class is of a newer Accept than the last opening with its session number.

    Openings with one number do not overlap: what began before the last one was heard of is the last one's.
    """
    began_at = _began_at(report)
    newer = (reservation.since, reservation.id) > (last.since, last.id)
    if not newer or began_at < reservation.since - ROUNDING:
        return False
    if report.status is Status.START or last.ending in (Ending.STOPPED, Ending.RESTARTED):
        return began_at >= last.seen_at
    # Where idle tails are left out, an idle Stop does not tell when its session began. Others tell, lateness apart.
    soonest, latest = last.seen_at + LATENESS, reservation.since + timedelta(seconds=RESERVATION_LIFE) + LATENESS
    return report.end_cause is not EndCause.IDLE and soonest <= began_at <= latest


def _continue_or_open(report: Report, last: Session | None, accept: Session | None) -> Placement:
    if last is None:
        return Open(accept)
    if last.ending not in (Ending.STOPPED, Ending.RESTARTED) or last.ended_at is None:
        return Continue(last)
    if report.status is Status.START:
        return Open(accept) if report.event_at >= last.ended_at else Continue(last)
    if last.ending is Ending.RESTARTED and _began_at(report) >= last.ended_at:
        return Open(accept)
    return Continue(last)


def _began_at(report: Report) -> datetime:
    return report.event_at - timedelta(seconds=report.session_time or 0)


def begin(row: Session, report: Report, origin: Origin, *, accept: Session | None, framed_address: str) -> Session:
    """The session that a reservation, or a new row, becomes at its first report. Nothing is charged yet."""
    return row._replace(
        source=origin.source,
        acct_session_id=origin.acct_session_id,
        device=row.device if origin.device is None else origin.device,
        accept_id=accept.id if accept is not None else None,
        accepted_at=accept.accepted_at if accept is not None else None,
        grant=accept.grant if accept is not None else row.grant,
        began_at=_began_at(report),
        seen_at=report.event_at,
        ended_at=None,
        ending=None,
        end_cause=None,
        framed_address=framed_address,
    )


def advance(session: Session, report: Report, meter: Meter) -> Session:
    """The session after one more report of it was charged."""
    seen_at, ended_at = max(session.seen_at, report.event_at), session.ended_at
    ending, end_cause = session.ending, session.end_cause
    match report.status:
        case Status.START:
            # The first one was seen when the session began; any other is a copy.
            seen_at = session.seen_at
        case Status.STOP:
            ended_at, ending, end_cause = report.event_at, Ending.STOPPED, report.end_cause
        case Status.INTERIM if ending is Ending.LOST and _reopens(session, report):
            ended_at, ending, end_cause = None, None, None
    return session._replace(
        meter=meter,
        seen_at=seen_at,
        reports=session.reports + 1,
        ended_at=ended_at,
        ending=ending,
        end_cause=end_cause,
    )


def _reopens(session: Session, report: Report) -> bool:
    return session.ended_at is not None and report.event_at > session.ended_at


def is_final(session: Session) -> bool:
    """Whether later reports of this opening change nothing."""
    return session.ending is Ending.STOPPED


def lose(session: Session, *, ended_at: datetime) -> Session:
    """Close a session of which nothing more is heard, charged up to its last report."""
    return session._replace(ended_at=ended_at, ending=Ending.LOST, end_cause=EndCause.LOST)


def lost_at(session: Session, access_point: AccessPoint) -> datetime:
    """The instant after which a silent session counts as lost."""
    if access_point.accounting is Accounting.FULL:
        return session.seen_at + timedelta(seconds=access_point.silence_allowed)
    timeout = session.grant.session_timeout
    if access_point.accounting is Accounting.NONE:
        return (session.began_at or session.seen_at) + timedelta(
            seconds=timeout if timeout is not None else 36_500 * DAY
        )
    return (session.began_at or session.seen_at) + timedelta(
        seconds=RESERVATION_LIFE + (timeout if timeout is not None else DAY)
    )
