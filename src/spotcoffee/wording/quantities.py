"""Durations, volumes, rates, amounts and instants as people read them; in the language that is active."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language, gettext, ngettext

from spotcoffee.domain.units import DAY, HOUR, MINUTE, WEEK, BitsPerSecond, Octets, Seconds

# Between a number and its unit, and before the colon in French: never at the end of a line.
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
# A day of a month, where it is not "15 July".
_DAYS: Final = {"de": "d. MMMM", "es": "d 'de' MMMM"}
_VOLUMES: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
_RATES: Final = ((10**9, "Gbit/s"), (10**6, "Mbit/s"), (10**3, "kbit/s"))


def duration_in_words(seconds: Seconds) -> str:
    """`2 heures`, `1 jour et 12 heures`: the two largest units that matter."""
    parts = [_counted(count, size) for count, size in _split(seconds)]
    if not parts:
        return _counted(0, 1)
    if len(parts) == 1:
        return parts[0]
    return gettext("%(first)s and %(second)s") % {"first": parts[0], "second": parts[1]}


def _split(seconds: Seconds) -> list[tuple[int, int]]:
    if seconds and seconds % WEEK == 0:
        return [(seconds // WEEK, WEEK)]
    found = []
    for size in (DAY, HOUR, MINUTE, 1):
        count, seconds = divmod(seconds, size)
        if count:
            found.append((count, size))
    return found[:2]


def _counted(count: int, size: int) -> str:
    match size:
        case 604_800:
            said = ngettext("%(count)s week", "%(count)s weeks", count)
        case 86_400:
            said = ngettext("%(count)s day", "%(count)s days", count)
        case 3_600:
            said = ngettext("%(count)s hour", "%(count)s hours", count)
        case 60:
            said = ngettext("%(count)s minute", "%(count)s minutes", count)
        case _:
            said = ngettext("%(count)s second", "%(count)s seconds", count)
    return said % {"count": count}


def duration(seconds: Seconds) -> str:
    """Short, for tables: `1 h 35`, `45 min`, `2 j 3 h`, `30 s`."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, left = divmod(rest, MINUTE)
    values: dict[str, object] = {"days": days, "hours": hours, "minutes": minutes, "seconds": left}
    if days:
        said = gettext("%(days)s d %(hours)s h") if hours else gettext("%(days)s d")
    elif hours:
        values["minutes"] = f"{minutes:02}"
        said = gettext("%(hours)s h %(minutes)s") if minutes else gettext("%(hours)s h")
    elif minutes:
        said = gettext("%(minutes)s min")
    else:
        said = gettext("%(seconds)s s")
    return said.replace(" ", NO_BREAK) % values


def duration_to_type(seconds: Seconds) -> str:
    """As a person would type it into a field: `2 h`, `1 h 30 min`, `1 j`."""
    parts = []
    for count, size in _exact(seconds):
        unit = {WEEK: gettext("wk"), DAY: gettext("d"), HOUR: "h", MINUTE: "min", 1: "s"}[size]
        parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"


def _exact(seconds: Seconds) -> list[tuple[int, int]]:
    if seconds and seconds % WEEK == 0:
        return [(seconds // WEEK, WEEK)]
    found = []
    for size in (DAY, HOUR, MINUTE, 1):
        count, seconds = divmod(seconds, size)
        if count:
            found.append((count, size))
    return found


def volume(octets: Octets) -> str:
    """`5,0 Go`, `850 Mo`."""
    for size, unit in _VOLUMES:
        if octets >= size:
            return _scaled(octets, size, unit)
    return f"{octets}{NO_BREAK}{_unit('B')}"


def rate(bits_per_second: BitsPerSecond) -> str:
    """`2 Mbit/s`."""
    for size, unit in _RATES:
        if bits_per_second >= size:
            return _scaled(bits_per_second, size, unit)
    return f"{bits_per_second}{NO_BREAK}bit/s"


def _scaled(value: int, size: int, unit: str) -> str:
    number = Decimal(value) / size
    digits = "#,##0.#" if number < 100 else "#,##0"
    return f"{format_decimal(number, digits, locale=_locale())}{NO_BREAK}{_unit(unit)}"


def _unit(unit: str) -> str:
    """French counts in octets."""
    return unit.replace("B", "o") if _locale() == "fr" else unit


def amount(price: Decimal | None, currency: str) -> str:
    """`3,50 €`; empty without a price."""
    return "" if price is None else format_currency(price, currency, locale=_locale())


def number(value: int | float) -> str:
    """`1 200`."""
    return format_decimal(value, locale=_locale())


def day(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """`15 juillet`, with the year where it is another one."""
    local = at.astimezone(zone)
    pattern = _DAYS.get(_locale(), "d MMMM")
    if local.year != now.astimezone(zone).year:
        pattern += " 'de' y" if _locale() == "es" else " y"
    said = format_date(local, pattern, locale=_locale())
    # What the locale data leaves to each program: "1er août".
    return said.replace("1", "1er", 1) if _locale() == "fr" and local.day == 1 else said


def moment(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """`14:31` today, `hier 18:02`, `15 juillet, 14:31` else."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = format_time(local, "HH:mm", locale=_locale())
    if local.date() == today:
        return time
    if local.date() == today - timedelta(days=1):
        return gettext("yesterday %(time)s") % {"time": time}
    if local.date() == today + timedelta(days=1):
        return gettext("tomorrow %(time)s") % {"time": time}
    return gettext("%(date)s, %(time)s") % {"date": day(at, zone, now=now), "time": time}


def ago(at: datetime, *, now: datetime) -> str:
    """`il y a 3 min`, `à l'instant`."""
    seconds = int((now - at).total_seconds())
    if seconds < 10:
        return gettext("just now")
    return gettext("%(duration)s ago") % {"duration": duration(seconds)}


def _locale() -> str:
    return (get_language() or "fr").partition("-")[0]
