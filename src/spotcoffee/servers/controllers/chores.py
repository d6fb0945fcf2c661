"""What the worker does for equipment without RADIUS: the rounds, the sweep of its sessions, what can be forgotten."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.servers.controllers.rounds import Rounds
from spotcoffee.servers.worker import Chore
from spotcoffee.services import controllers
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.sweeps import START, Sweep, sweep_step

EVERY_ROUND: Final = 1.0
EVERY_SWEEP: Final = 15.0
EVERY_HOUR: Final = 3_600.0


def chores(rounds: Rounds, *, clock: Callable[[], datetime]) -> tuple[Chore, ...]:
    """The chores, to stand beside the worker's own."""
    began_at = clock()
    interval = rounds.settings.interim_interval
    return (
        Chore("controllers", EVERY_ROUND, lambda _pace: rounds.start()),
        Chore("sweep_controlled", EVERY_SWEEP, lambda pace: sweep(interval, able_since=began_at, now=pace.clock())),
        Chore("forget_admissions", EVERY_HOUR, lambda pace: controllers.forget_old(now=pace.clock())),
    )


def sweep(interim_interval: int, *, able_since: datetime, now: datetime) -> int:
    """Close the sessions and reservations that no RADIUS server watches. Answers how many."""
    points = all_access_points(interim_interval)
    watched = {
        key: able_since for key, point in points.items() if point.controlled or point.equipment is Equipment.OPENNDS
    }
    after, closed = (START, 0) if watched else (None, 0)
    while after is not None:
        after, more = sweep_step(Sweep(access_points=points, able_since=watched, now=now), after)
        closed += more
    return closed
