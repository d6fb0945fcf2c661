"""A guest who is on: what the server allowed, what he has used, and when he must go. No clock, no I/O.

Two clocks: `now` is monotonic seconds; what is kept on disk is in seconds since 1970.
"""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from spotcoffee.domain.units import BitsPerSecond, Octets, Seconds
from spotcoffee.servers.gateway.enforcement import Address, Device, Guest, Traffic

# The kernel's own limits are a little wider than ours: it stops what we, having died, can't.
SPARE_SECONDS: Final = 5
# More than the largest packet that the kernel counts as one: what it stops, we have seen pass our limit.
SPARE_OCTETS: Final = 70_000
LEAST_RATE: Final[BitsPerSecond] = 8_000


class End(Enum):
    """Why a session ended."""

    USER = "user"
    IDLE = "idle"
    TIME = "time"
    QUOTA_DOWN = "quota_down"
    QUOTA_UP = "quota_up"
    DISCONNECTED = "disconnected"
    # Another login of the same device took its place.
    REPLACED = "replaced"
    # The box was away for too long.
    REBOOT = "reboot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the server allows. None: no limit. Times and volumes count from the session's start."""

    session_timeout: Seconds | None = None
    idle_timeout: Seconds | None = None
    rate_down: BitsPerSecond | None = None
    rate_up: BitsPerSecond | None = None
    quota_down: Octets | None = None
    quota_up: Octets | None = None
    interim: Seconds | None = None


@dataclass(slots=True, kw_only=True)
class Session:
    """One guest's session.

    address: with which he logged in; others: that he was heard with then. started_at: wall clock. served: seconds that
    he was let through, up to `since` (monotonic). unserved: seconds that the box was off meanwhile: they count towards
    the end, not towards the charge. down, up: octets so far. seen: when he last sent something (monotonic). reported:
    when last said (monotonic).
    """

    session_id: str
    device: Device
    address: Address
    others: tuple[Address, ...] = ()
    login: str = field(repr=False)
    classes: tuple[bytes, ...] = ()
    limits: Limits
    started_at: float
    served: float = 0.0
    unserved: float = 0.0
    since: float
    down: Octets = 0
    up: Octets = 0
    seen: float
    reported: float

    def time(self, now: float) -> float:
        """Seconds that he was let through (Acct-Session-Time)."""
        return self.served + max(0.0, now - self.since)

    def age(self, now: float) -> float:
        """Seconds since the login."""
        return self.time(now) + self.unserved

    def idle(self, now: float) -> float:
        """Seconds since he last sent something."""
        return max(0.0, now - self.seen)

    def seconds_left(self, now: float) -> float | None:
        """Until his time is over; None: never. Below 0: it is."""
        timeout = self.limits.session_timeout
        return None if timeout is None else timeout - self.age(now)

    def octets_left(self) -> Octets | None:
        """Until the nearer of his quotas; None: he has none."""
        limits = self.limits
        lefts = [
            max(0, quota - used)
            for quota, used in ((limits.quota_down, self.down), (limits.quota_up, self.up))
            if quota is not None
        ]
        return min(lefts, default=None)

    def observe(self, traffic: Traffic) -> None:
        """Take in what the kernel counted."""
        if traffic.up > self.up and traffic.last_seen is not None:
            self.seen = max(self.seen, traffic.last_seen)
        self.down = max(self.down, traffic.down)
        self.up = max(self.up, traffic.up)

    def ending(self, now: float) -> End | None:
        """Why he must go now; None: he may stay."""
        left = self.seconds_left(now)
        if left is not None and left <= 0:
            return End.TIME
        limits = self.limits
        if limits.quota_down is not None and self.down >= limits.quota_down:
            return End.QUOTA_DOWN
        if limits.quota_up is not None and self.up >= limits.quota_up:
            return End.QUOTA_UP
        if limits.idle_timeout is not None and self.idle(now) >= limits.idle_timeout:
            return End.IDLE
        return None

    def next_end(self, now: float) -> float | None:
        """Seconds until time or silence can end it; None: neither can."""
        waits = [self.seconds_left(now)]
        if self.limits.idle_timeout is not None:
            waits.append(self.limits.idle_timeout - self.idle(now))
        return min((wait for wait in waits if wait is not None), default=None)

    def is_interim_due(self, now: float) -> bool:
        """Whether the server waits for a report."""
        return self.limits.interim is not None and now - self.reported >= self.limits.interim

    def end(self, end: End, now: float) -> None:
        """Settle the time served for good: a timer that rang late costs nothing."""
        late = 0.0
        if end is End.TIME:
            late = -(self.seconds_left(now) or 0.0)
        elif end is End.IDLE and self.limits.idle_timeout is not None:
            late = self.idle(now) - self.limits.idle_timeout
        self.settle(now - max(0.0, late))

    def settle(self, now: float) -> None:
        """Write the time served up to now into the figures that are kept."""
        self.served, self.since = self.time(now), now

    def guest(self, now: float) -> Guest:
        """What the kernel is told of him."""
        left = self.seconds_left(now)
        limits = self.limits
        return Guest(
            device=self.device,
            addresses=(self.address, *(other for other in self.others if other != self.address)),
            rate_down=_rate(limits.rate_down),
            rate_up=_rate(limits.rate_up),
            quota_down=_left(limits.quota_down, self.down),
            quota_up=_left(limits.quota_up, self.up),
            seconds_left=None if left is None else max(1, int(left) + SPARE_SECONDS),
            counted_down=self.down,
            counted_up=self.up,
        )


def changed(limits: Limits, change: dict[str, int]) -> Limits:
    """The limits after an order; what it leaves out stays, 0 lifts a limit."""
    return replace(limits, **{name: value or None for name, value in change.items()})


def _rate(rate: BitsPerSecond | None) -> BitsPerSecond | None:
    return None if rate is None else max(LEAST_RATE, rate)


def _left(quota: Octets | None, used: Octets) -> Octets | None:
    return None if quota is None else max(0, quota - used) + SPARE_OCTETS
