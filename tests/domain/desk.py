"""A desk that sells no coffee: what services do with the pure rules, in memory, for one ticket.

It loads nothing and stores nothing; every row of the ticket is at hand. What it decides, services decide the same way,
for a batch at once.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from spotcoffee.domain.access_points import AccessPoint, Accounting
from spotcoffee.domain.accounting import (
    Charge,
    EndCause,
    Meter,
    Oddity,
    Report,
    Status,
    Tariff,
    Volume,
    cap,
    charge,
)
from spotcoffee.domain.authorization import Accept, Decision, Presence, Request, authorize
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.orders import Redecision, redecide
from spotcoffee.domain.reservations import (
    is_capped_by,
    is_ended_by_restart,
    lapse,
    lapses_at,
    most_beside,
    most_without,
    restart,
    restore_first_login,
    supersede,
    take_back_first_login,
)
from spotcoffee.domain.sessions import (
    Continue,
    Open,
    Origin,
    Session,
    Take,
    advance,
    begin,
    grant_of,
    is_final,
    lose,
    lost_at,
    place,
)
from spotcoffee.domain.tickets import Usage, begin_lifetime, spend, sum_is_stale, sum_period
from spotcoffee.domain.units import EPOCH, Seconds


def access_point(key: int = 1, **settings: object) -> AccessPoint:
    """An access point that reports, obeys ours and takes orders, unless told otherwise."""
    point = AccessPoint(id=key, organisation_id=1, coa_port=3799)
    return replace(point, **settings)  # type: ignore[arg-type]


@dataclass
class Desk:
    """One ticket, its offer, and all that happens to it."""

    terms: Terms
    points: dict[int, AccessPoint] = field(default_factory=lambda: {1: access_point()})
    usage: Usage = field(default_factory=Usage)
    rows: dict[int, Session] = field(default_factory=dict)
    offered_on: set[int] | None = None
    oddities: list[Oddity] = field(default_factory=list)
    answered: int = 0
    now: datetime = EPOCH

    # Logins

    def log_in(self, device: str, *, on: int = 1, at: datetime) -> tuple[Decision, int | None]:
        """Answer a login: the decision, and the number that Class carries."""
        self._turn_to(at)
        decision = self.decide(device, on=on, at=at)
        if not isinstance(decision, Accept):
            return decision, None
        return decision, self._reserve(decision, device, on=on)

    def decide(self, device: str, *, on: int = 1, at: datetime) -> Decision:
        """Decide a login and leave nothing behind."""
        return authorize(
            self.terms,
            self.usage,
            request=Request(device=device, access_point=self.points[on]),
            offered_on=self._offered_on,
            presences=[self._presence(row) for row in self.live],
            now=at,
        )

    def _reserve(self, accept: Accept, device: str, *, on: int) -> int:
        at = self.now
        if self.usage.first_login_at is None:
            self.usage = begin_lifetime(self.usage, self.terms, at=at)
        self._supersede(device)
        reports = self.points[on].accounting is not Accounting.NONE
        key = len(self.rows) + 1
        reservation = Session(
            id=key,
            ticket_id=1,
            access_point_id=on,
            device=device,
            source=f"nas{on}",
            acct_session_id=None if reports else "",
            accept_id=key,
            accepted_at=at,
            began_at=None if reports else at,
            seen_at=at,
            grant=grant_of(accept.limits, Meter(), age=0),
        )
        followed = [row for row in self.live if self._cap(row, most_beside(row, [reservation]))]
        follows = max(followed, key=lambda row: (row.since, row.id), default=None)
        self.rows[key] = reservation._replace(follows_id=follows.id if follows else None)
        return key

    def _supersede(self, device: str) -> None:
        """A device that is accepted again leaves its older reservations, and what no report will end."""
        for row in self.live:
            if row.device != device:
                continue
            if row.is_reservation:
                self.rows[row.id] = supersede(row, at=self.now)
                self._uncap_followed(row)
            elif self.points[row.access_point_id].accounting is Accounting.NONE:
                self._end_by_clock(row, at=self.now)

    def _uncap_followed(self, reservation: Session) -> None:
        followed = self.rows.get(reservation.follows_id or 0)
        if followed is not None:
            self._cap(followed, most_without(followed, reservation))

    def _cap(self, row: Session, most: Seconds | None) -> bool:
        """Set the most that a session may be charged; whether that changed."""
        if row.is_reservation or most == row.meter.most:
            return False
        last_second_at = later(row.began_at or row.seen_at, row.meter.time)
        result = cap(row.meter, most, last_second_at=last_second_at)
        self.rows[row.id] = row._replace(meter=result.meter)
        self._pay(result)
        return True

    # Reports

    def report(self, report: Report, origin: Origin, *, now: datetime | None = None) -> Session:
        """Apply a report, and answer it: with the session that it belongs to."""
        self._turn_to(now or report.event_at)
        self.answered += 1
        row = self._session_of(report, origin)
        if is_final(row):
            self.rows[row.id] = row._replace(ignored=row.ignored + 1)
            return self.rows[row.id]
        result = charge(row.meter, report, self._tariff(row))
        self.rows[row.id] = advance(row, report, result.meter)
        self._pay(result)
        if result.oddity is not None:
            self.oddities.append(result.oddity)
        return self.rows[row.id]

    def _session_of(self, report: Report, origin: Origin) -> Session:
        match place(report, origin, self.rows.values()):
            case Continue(row):
                if row.ended_at is not None:
                    # It was not live when its device was accepted elsewhere since.
                    self._cap_beside_all(row)
                return self.rows[row.id]
            case Take(reservation):
                return self._begin(reservation, report, origin, accept=reservation)
            case Open(accept):
                device = origin.device or origin.acct_session_id
                row = Session(
                    id=len(self.rows) + 1,
                    ticket_id=1,
                    access_point_id=origin.access_point_id,
                    device=device,
                    source=origin.source,
                    seen_at=report.event_at,
                )
                return self._begin(row, report, origin, accept=accept)

    def _begin(self, row: Session, report: Report, origin: Origin, *, accept: Session | None) -> Session:
        new = begin(row, report, origin, accept=accept, framed_address="")
        self.rows[new.id] = new
        self.usage = restore_first_login(self.usage, new)
        for other in list(self.rows.values()):
            self._cap(other, most_beside(other, [new]))
        self._cap_beside_all(new)
        self._lose_older_here(new)
        return self.rows[new.id]

    def _cap_beside_all(self, late: Session) -> None:
        """Cap a session of which nothing was known when its device was accepted elsewhere."""
        self._cap(late, most_beside(late, self.rows.values()))
        for row in self.live:
            # One that still waits lifts its cap from the session that it follows, if nothing comes of it.
            if row.is_reservation and is_capped_by(late, row):
                followed = self.rows.get(row.follows_id or 0)
                if followed is None or followed.since < late.since:
                    self.rows[row.id] = row._replace(follows_id=late.id)

    def _lose_older_here(self, new: Session) -> None:
        for row in self.live:
            is_here = row.device == new.device and row.access_point_id == new.access_point_id
            if is_here and not row.is_reservation and row.id != new.id and row.since < new.since:
                self.rows[row.id] = lose(row, ended_at=max(row.seen_at, new.began_at or row.seen_at))

    def _tariff(self, row: Session) -> Tariff:
        point = self.points[row.access_point_id]
        knows_accept = row.accept_id is not None
        idle = row.grant.idle_timeout if knows_accept else self.terms.idle_timeout
        return Tariff(
            idle=idle if point.idle_timeout_own is None else point.idle_timeout_own,
            tail_excluded=point.idle_tail_excluded,
            rate_down=row.grant.rate_down,
            rate_up=row.grant.rate_up,
        )

    def _pay(self, result: Charge) -> None:
        self.usage = spend(self.usage, result, self.terms, now=self.now)

    def _turn_to(self, now: datetime) -> None:
        """Let it be `now`; make the sum of the period anew where its calendar changed."""
        self.now = now
        if sum_is_stale(self.terms, self.usage):
            spans = [(row.began_at, row.meter.charged) for row in self.rows.values() if row.began_at]
            self.usage = self.usage._replace(period_sum=sum_period(spans, self.terms, now=now))

    # What happens without the guest

    def restarted(self, on: int, *, at: datetime) -> None:
        """An Accounting-On or Off of this event time."""
        self._turn_to(max(self.now, at))
        for row in self.live:
            if row.access_point_id == on and is_ended_by_restart(row, source=f"nas{on}", at=at):
                self._end_waiting(row, restart(row, at=at))

    def sweep(self, now: datetime) -> None:
        """Lapse reservations that met no report; close sessions that fell silent."""
        self._turn_to(now)
        for row in self.live:
            point = self.points[row.access_point_id]
            if row.is_reservation:
                if now >= lapses_at(row):
                    self._end_waiting(row, lapse(row, at=now))
            elif now > lost_at(row, point):
                if point.accounting is Accounting.NONE:
                    self._end_by_clock(row, at=lost_at(row, point))
                else:
                    self.rows[row.id] = lose(row, ended_at=row.seen_at)

    def _end_waiting(self, before: Session, after: Session) -> None:
        self.rows[after.id] = after
        if before.is_reservation:
            self._uncap_followed(before)
            self.usage = take_back_first_login(self.usage, self.rows.values())

    def _end_by_clock(self, row: Session, *, at: datetime) -> None:
        timeout = row.grant.session_timeout
        age = int(row.age(at).total_seconds())
        stop = Report(status=Status.STOP, event_at=at, session_time=age if timeout is None else min(age, timeout))
        result = charge(row.meter, stop, Tariff())
        self.rows[row.id] = advance(row, stop, result.meter)
        self._pay(result)

    # What is to be seen

    def redecide(self, key: int, *, at: datetime) -> Redecision:
        """What an open session must be told now."""
        session = self.rows[key]
        return redecide(
            session,
            self.terms,
            self.usage,
            access_point=self.points[session.access_point_id],
            offered_on=self._offered_on,
            others=[(row, self._presence(row)) for row in self.live if row.id != key],
            own=self._presence(session),
            now=at,
        )

    @property
    def live(self) -> list[Session]:
        """The open sessions and live reservations."""
        return [row for row in self.rows.values() if row.ended_at is None]

    @property
    def _offered_on(self) -> set[int]:
        return set(self.points) if self.offered_on is None else self.offered_on

    def _presence(self, row: Session) -> Presence:
        return Presence(
            device=row.device,
            access_point=self.points[row.access_point_id],
            reserved=row.is_reservation,
            began_at=row.began_at or row.seen_at,
            seen_at=row.seen_at,
            charged=row.meter.charged,
            most=row.meter.most,
        )


def start(at: datetime) -> Report:
    """A Start."""
    return Report(status=Status.START, event_at=at)


def interim(at: datetime, time: Seconds, down: int | None = None) -> Report:
    """An Interim-Update."""
    return Report(status=Status.INTERIM, event_at=at, session_time=time, down=_volume(down))


def stop(at: datetime, time: Seconds, cause: EndCause = EndCause.USER, down: int | None = None) -> Report:
    """A Stop."""
    return Report(status=Status.STOP, event_at=at, session_time=time, end_cause=cause, down=_volume(down))


def _volume(octets: int | None) -> Volume | None:
    return None if octets is None else Volume(octets % 2**32, octets // 2**32)


def origin(device: str | None = "phone", *, on: int = 1, number: str = "1", accept: int | None = None) -> Origin:
    """Where a report comes from, and which session it names; accept: where Class is echoed."""
    return Origin(access_point_id=on, source=f"nas{on}", acct_session_id=number, device=device, accept_id=accept)


def later(at: datetime, seconds: Seconds) -> datetime:
    """So many seconds after an instant."""
    return at + timedelta(seconds=seconds)
