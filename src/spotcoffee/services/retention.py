"""How long what tells of persons is kept (the law of France: one year), and its end.

RULES is the whole list. What lives for a day or less is forgotten by its own service: admissions
(services.controllers), answers (services.idempotency), asked replacements (services.devices). The audit log is
append-only, and what was sold is the establishment's own book: neither is touched here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import models

from spotcoffee.services.pacing import Pace
from spotcoffee.storage.models import Attempt, Order, PortalAcceptance, Session

KEPT: Final = timedelta(days=365)
# Sessions are numbered by month (storage.models.sessions).
_MONTH: Final = 10**12

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of a table whose instant is older than `kept` go. Numbers grow with the instant, roughly."""

    table: type[models.Model]
    instant: str
    kept: timedelta = KEPT

    @property
    def name(self) -> str:
        """As the log says it."""
        return self.table.__name__.lower()


RULES: Final = (
    # Ticket, device, assigned address, times: the technical data of a connection.
    Rule(Session, "ended_at"),
    # Every login, accepted or refused, with its device.
    Rule(Attempt, "at"),
    # Who was sent off, why, and by whom.
    Rule(Order, "created_at"),
    # That a guest accepted the conditions: device, address.
    Rule(PortalAcceptance, "at"),
)


def purge(*, pace: Pace) -> int:
    """Remove what was kept long enough, in steps; the log reports it. Answers how many rows."""
    before = pace.clock()
    removed = {rule.name: _purge(rule, before - rule.kept, pace) for rule in RULES}
    if any(removed.values()):
        log.info("purged", **removed)
    return sum(removed.values())


def _purge(rule: Rule, before: datetime, pace: Pace) -> int:
    removed = 0
    while due := _due(rule, before, pace.rows):
        with pace.step():
            rule.table._default_manager.filter(pk__in=due).delete()
        removed += len(due)
    return removed


def _due(rule: Rule, before: datetime, limit: int) -> list[int]:
    """The next rows to go, oldest numbers first. No index on the instant is worth its price on the way in."""
    rows = rule.table._default_manager.order_by("pk")
    if rule.table is Session:
        # Only months that began before: what is newer is not even looked at.
        found = rows.filter(pk__lt=(before.year * 100 + before.month + 1) * _MONTH, ended_at__lt=before)
        return list(found.values_list("pk", flat=True)[:limit])
    oldest = rows.values_list("pk", rule.instant)[:limit]
    return [number for number, at in oldest if at < before]
