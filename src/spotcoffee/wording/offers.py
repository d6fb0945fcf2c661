"""Offers in words: the live sentence of one, what each of its fields says, what is odd or wrong about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import get_currency_name
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.domain.units import Seconds
from spotcoffee.wording.printed import span
from spotcoffee.wording.quantities import amount, rate, volume

# What each field is called, as on the memo.
LABELS: Final[Mapping[str, str]] = {
    "name": gettext_noop("Name"),
    "access_points": gettext_noop("Access points"),
    "valid_from": gettext_noop("Usable from"),
    "valid_until": gettext_noop("Usable until"),
    "lifetime": gettext_noop("Expiry after the first login"),
    "session_duration": gettext_noop("Duration of a session"),
    "credit": gettext_noop("Credit"),
    "period_limit": gettext_noop("Most connection time"),
    "period": gettext_noop("per period"),
    "idle_timeout": gettext_noop("Idle time allowed"),
    "rate_down": gettext_noop("Download rate (QoS)"),
    "rate_up": gettext_noop("Upload rate (QoS)"),
    "quota_down": gettext_noop("Data downloaded"),
    "quota_up": gettext_noop("Data uploaded"),
    "max_devices": gettext_noop("Devices at once"),
    "price": gettext_noop("Price"),
    "currency": gettext_noop("Currency"),
    "time_zone": gettext_noop("Time zone"),
    "archived": gettext_noop("Archived"),
    "offer": gettext_noop("Offer"),
    "login_format": gettext_noop("Codes"),
    "password_format": gettext_noop("Passwords"),
}
HINTS: Final[Mapping[str, str]] = {
    "name": gettext_noop("Renaming changes no list and no ticket: what was printed stays good."),
    "valid_from": gettext_noop("Left empty: at once."),
    "valid_until": gettext_noop("Can be moved at any time, without typing anything else again. Left empty: no end."),
    "lifetime": gettext_noop("The life of the ticket. Left empty: no expiry."),
    "session_duration": gettext_noop(
        "The guest is disconnected at the end of it, and may log in again at once by typing the code again. "
        "It keeps downloads short."
    ),
    "credit": gettext_noop("Connection time to be spent freely over the life of the ticket."),
    "period_limit": gettext_noop("Left empty: no limit."),
    "idle_timeout": gettext_noop("Without any traffic for so long, the guest is disconnected and gets this time back."),
    "rate_down": gettext_noop("Limits what is received. Left empty: no limit."),
    "rate_up": gettext_noop("Limits what is sent. Left empty: no limit."),
    "quota_down": gettext_noop("Limits the amount received over the life of the ticket. Left empty: no limit."),
    "quota_up": gettext_noop("Limits the amount sent over the life of the ticket. Left empty: no limit."),
}
WARNINGS: Final[Mapping[str, str]] = {
    "period_limit_above_period": gettext_noop("This is longer than the period itself: it limits nothing."),
    "session_above_credit": gettext_noop("This is longer than the credit, which ends first."),
    "idle_above_session": gettext_noop("This is longer than a session, which ends first."),
    "no_time_limit": gettext_noop("Nothing limits the time: such a ticket works for ever."),
}
_PER: Final[Mapping[str, str]] = {
    "hour": gettext_noop("an hour"),
    "day": gettext_noop("a day"),
    "week": gettext_noop("a week"),
    "month": gettext_noop("a month"),
}
_FORMATS: Final[Mapping[str, str]] = {
    "code8": gettext_noop("8 characters"),
    "code10": gettext_noop("10 characters"),
    "code12": gettext_noop("12 characters"),
    "digits8": gettext_noop("8 figures"),
    "digits10": gettext_noop("10 figures"),
    "none": gettext_noop("None: the code stands alone"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What values refer to: names of access points and of offers by id; the zone that instants are read in."""

    access_points: Mapping[int, str]
    offers: Mapping[int, str]
    zone: ZoneInfo
    currency: str


def label(field: str) -> str:
    """What a field is called."""
    return gettext(LABELS[field])


def hint(field: str) -> str:
    """What a field is for; empty where it needs no word."""
    return gettext(HINTS[field]) if field in HINTS else ""


def warning(code: str) -> str:
    """What is odd about a field."""
    return gettext(WARNINGS[code])


def per_period(period: str) -> str:
    """`par jour`."""
    return gettext(_PER[period])


def code_format(name: str) -> str:
    """What codes of a format are made of."""
    return gettext(_FORMATS[name])


def sentence(terms: Terms) -> str:
    """The whole offer: `Utilisable jusqu’au 30 septembre 2026 ; 2 heures de connexion, au plus 1 heure par jour …`."""
    granted = ", ".join(_granted(terms))
    validity = _validity(terms)
    said = gettext("%(validity)s; %(granted)s.") if validity else gettext("%(granted)s.")
    said = said % {"validity": validity, "granted": granted}
    return said[0].upper() + said[1:]


def _validity(terms: Terms) -> str:
    first = None if terms.valid_from is None else _begin(terms.valid_from, terms.zone)
    last = None if terms.valid_until is None else _end(terms.valid_until, terms.zone)
    values = {"first": first, "last": last}
    if first and last:
        return gettext("usable from %(first)s to %(last)s") % values
    if last:
        return gettext("usable until %(last)s") % values
    return gettext("usable from %(first)s on") % values if first else ""


def _granted(terms: Terms) -> Iterator[str]:
    if terms.credit is not None:
        yield gettext("%(duration)s online") % {"duration": span(terms.credit)}
    elif terms.period_limit is None:
        yield gettext("as much time online as one likes")
    if terms.period_limit is not None and terms.period is not None:
        yield _at_most(terms.period_limit, terms.period)
    if terms.lifetime is not None:
        yield _within(terms.lifetime)
    if terms.session_duration is not None:
        yield gettext("in sessions of %(duration)s") % {"duration": span(terms.session_duration)}
    if terms.idle_timeout is not None:
        yield gettext("cut off after %(duration)s without traffic") % {"duration": span(terms.idle_timeout)}
    yield from _traffic(terms)
    said = ngettext("on %(count)s device at a time", "on up to %(count)s devices at a time", terms.max_devices)
    yield said % {"count": terms.max_devices}


def _within(lifetime: Seconds) -> str:
    duration = span(lifetime)
    # "dans les 24 heures qui suivent", but "dans la semaine": the article and the verb go with the number.
    if duration.startswith("1 "):
        return gettext("for %(duration)s from the first login") % {"duration": duration}
    return gettext("within the %(duration)s after the first login") % {"duration": duration}


def _at_most(limit: Seconds, period: Period) -> str:
    values = {"duration": span(limit)}
    match period:
        case Period.HOUR:
            return gettext("at most %(duration)s an hour") % values
        case Period.DAY:
            return gettext("at most %(duration)s a day") % values
        case Period.WEEK:
            return gettext("at most %(duration)s a week") % values
        case Period.MONTH:
            return gettext("at most %(duration)s a month") % values


def _traffic(terms: Terms) -> Iterator[str]:
    if terms.rate_down is not None:
        yield gettext("received at %(rate)s at most") % {"rate": rate(terms.rate_down)}
    if terms.rate_up is not None:
        yield gettext("sent at %(rate)s at most") % {"rate": rate(terms.rate_up)}
    if terms.quota_down is not None:
        yield gettext("%(volume)s of downloads") % {"volume": volume(terms.quota_down)}
    if terms.quota_up is not None:
        yield gettext("%(volume)s of uploads") % {"volume": volume(terms.quota_up)}


def said_back(field: str, value: Any, names: Names) -> str:
    """What was understood of what a person typed; empty where nothing was, or nothing need be said."""
    if value is None or value == "":
        return ""
    match field:
        case "lifetime":
            return gettext("%(duration)s from the first login: the life of the ticket") % {"duration": span(value)}
        case "credit":
            return gettext("%(duration)s online, to be spent freely") % {"duration": span(value)}
        case "session_duration":
            return gettext("%(duration)s, then the code is typed again") % {"duration": span(value)}
        case "idle_timeout":
            return gettext("%(duration)s without traffic, then disconnected and given back") % {"duration": span(value)}
        case "period_limit":
            return gettext("%(duration)s at most") % {"duration": span(value)}
        case "valid_from" | "valid_until" | "rate_down" | "rate_up" | "quota_down" | "quota_up" | "price":
            return value_in_words(field, value, names)
        case _:
            return ""


def value_in_words(field: str, value: Any, names: Names) -> str:
    """The value of a field, as it stands in the table of a change. Instants may be text (ISO 8601)."""
    if value is None:
        return _nothing(field)
    match field:
        case "valid_from":
            return _begin(_instant(value), names.zone, weekday=True)
        case "valid_until":
            return _end(_instant(value), names.zone, weekday=True)
        case "lifetime" | "session_duration" | "credit" | "period_limit" | "idle_timeout":
            return span(value)
        case "period":
            return per_period(str(value))
        case "rate_down" | "rate_up":
            return rate(value)
        case "quota_down" | "quota_up":
            return volume(value)
        case "price":
            return amount(Decimal(value), names.currency)
        case "currency":
            return str(get_currency_name(str(value), locale=_language()))
        case "access_points":
            unknown = gettext("another access point")
            return ", ".join(names.access_points.get(key, unknown) for key in value)
        case "offer":
            return names.offers.get(value, "")
        case "login_format" | "password_format":
            return code_format(str(value))
        case "archived":
            return gettext("yes") if value else gettext("no")
        case _:
            return str(value)


def _nothing(field: str) -> str:
    match field:
        case "price" | "currency":
            return gettext("none")
        case "time_zone":
            return gettext("that of the place")
        case _:
            return gettext("no limit")


def _instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _begin(at: datetime, zone: ZoneInfo, *, weekday: bool = False) -> str:
    local = at.astimezone(zone)
    date = _date(local, weekday=weekday)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return date
    return gettext("%(date)s at %(time)s") % {"date": date, "time": f"{local:%H:%M}"}


def _end(at: datetime, zone: ZoneInfo, *, weekday: bool = False) -> str:
    """What ends at midnight lasts all of the day before."""
    local = at.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        said = _date(local - timedelta(hours=1), weekday=weekday)
        return gettext("%(date)s inclusive") % {"date": said} if weekday else said
    return gettext("%(date)s at %(time)s") % {"date": _date(local, weekday=weekday), "time": f"{local:%H:%M}"}


def _date(local: datetime, *, weekday: bool) -> str:
    """`mercredi 30 septembre 2026`, `1er mai 2026`."""
    language = _language()
    said = format_date(local, "d MMMM y", locale=language)
    if language == "fr" and local.day == 1:
        # What the locale data leaves to each program.
        said = said.replace("1", "1er", 1)
    return f"{format_date(local, 'EEEE', locale=language)} {said}" if weekday else str(said)


def _language() -> str:
    return (get_language() or "fr").partition("-")[0]
