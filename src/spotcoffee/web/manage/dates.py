"""Days in addresses, and the instants at which they begin."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from spotcoffee.web.manage.visitors import Visit

_YEARS: Final = range(1990, 2201)
_LONGEST: Final = len("2026-07-15")


def day_of(visit: Visit, name: str) -> date | None:
    """The day that the address says (ISO 8601); nonsense is none."""
    typed = visit.GET.get(name, "").strip()
    try:
        found = date.fromisoformat(typed) if len(typed) == _LONGEST else None
    except ValueError:
        return None
    return found if found is not None and found.year in _YEARS else None


def day_begin(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)
