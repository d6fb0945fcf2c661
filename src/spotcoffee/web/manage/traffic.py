"""Figures of a while as charts: which unit the axis has, and what its steps are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.translation import get_language, gettext

from spotcoffee.domain.units import HOUR, MINUTE
from spotcoffee.wording.quantities import NO_BREAK

_VOLUMES: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


@dataclass(frozen=True, slots=True)
class Scale:
    """What one on an axis is worth, and what it is called."""

    size: int
    unit: str


def volume_scale(values: Sequence[int]) -> Scale:
    """The unit of volumes in which the largest has the fewest digits before the comma."""
    most = max(values, default=0)
    size, unit = next((one for one in _VOLUMES if most >= one[0]), _VOLUMES[-1])
    return Scale(size, unit.replace("B", "o") if _language() == "fr" else unit)


def time_scale(values: Sequence[int]) -> Scale:
    """Hours, or minutes where there is less than an hour."""
    return Scale(HOUR, gettext("h")) if max(values, default=0) >= HOUR else Scale(MINUTE, gettext("min"))


def step_names(starts: Sequence[datetime], by: str, zone: ZoneInfo) -> tuple[list[str], list[str]]:
    """What each step is called: in full, and below its bar."""
    local = [start.astimezone(zone) for start in starts]
    match by:
        case "hour":
            spans_days = len({at.date() for at in local}) > 1
            short = [f"{at.hour}{NO_BREAK}{gettext('h')}" for at in local]
            until = [(at.astimezone(ZoneInfo("UTC")) + timedelta(hours=1)).astimezone(zone) for at in local]
            full = [
                gettext("%(begin)s to %(end)s") % {"begin": name, "end": f"{end.hour}{NO_BREAK}{gettext('h')}"}
                for name, end in zip(short, until, strict=True)
            ]
            if spans_days:
                full = [f"{_said(at, 'EEE d MMM')}, {name}" for at, name in zip(local, full, strict=True)]
            return full, short
        case "day":
            return [_said(at, "EEEE d MMMM") for at in local], [_said(at, "EEE d") for at in local]
        case _:
            return [_said(at, "MMMM y") for at in local], [_said(at, "MMM") for at in local]


def _said(at: datetime, pattern: str) -> str:
    return str(format_date(at, pattern, locale=_language()))


def _language() -> str:
    return (get_language() or "fr").partition("-")[0]
