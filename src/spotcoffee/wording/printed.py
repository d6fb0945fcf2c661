"""What a printed ticket says: what its offer granted when it was handed out, in one language or two."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.translation import gettext, ngettext, override

from spotcoffee.documents.layout import Field, Wording
from spotcoffee.documents.receipt import SaleLine
from spotcoffee.domain.units import DAY, HOUR, Seconds
from spotcoffee.services.printing import Words
from spotcoffee.wording.quantities import amount, duration_in_words, volume

# On tickets that are none, whoever reads them.
PREVIEW: Final = "APERÇU / PREVIEW"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One print. terms: as services.printed keeps them. fields: what is shown. network: the Wi-Fi's name."""

    terms: Mapping[str, Any]
    languages: tuple[str, ...]
    fields: frozenset[Field]
    has_password: bool
    network: str = ""


def words_on_tickets(occasion: Occasion) -> Words:
    """All that the tickets of a print say; the price as the first language writes it."""
    wordings = tuple(_wording(language, occasion) for language in occasion.languages)
    with override(occasion.languages[0]):
        return Words(wordings=wordings, price=_price(occasion.terms))


def sale_line(local: datetime, *, number: int, language: str) -> SaleLine:
    """When something was sold, in the place's own time, and under which number."""
    with override(language):
        return f"{_date(local, language)} {local:%H:%M}", gettext("no. %(number)s") % {"number": number}


def _price(terms: Mapping[str, Any]) -> str:
    price = terms.get("price")
    return "" if price is None else amount(Decimal(price), terms.get("currency") or "EUR")


def _wording(language: str, occasion: Occasion) -> Wording:
    terms = occasion.terms
    with override(language):
        return Wording(
            language=language,
            grant=_grant(terms),
            conditions=", ".join(_conditions(terms)),
            validity=_validity(terms, language),
            login_label=gettext("Login"),
            password_label=gettext("Password"),
            join_caption=gettext("Join the Wi-Fi"),
            login_caption=gettext("Log in"),
            steps=_steps(occasion),
            farewell=gettext("Keep this slip to log in again."),
        )


def _grant(terms: Mapping[str, Any]) -> str:
    """Credit, else time per period, to be used within the lifetime; else the lifetime; else time has no limit.

    The lifetime stands here, not among the conditions: these go first where room is short.
    """
    lifetime = span(terms["lifetime"]) if terms.get("lifetime") else None
    if terms.get("credit"):
        granted = gettext("%(duration)s online") % {"duration": span(terms["credit"])}
    elif terms.get("period_limit"):
        granted = _per_period(terms)
    elif lifetime:
        return gettext("%(duration)s of Wi-Fi from the first login") % {"duration": lifetime}
    else:
        return gettext("Wi-Fi without a limit of time")
    if lifetime is None:
        return granted
    return gettext("%(granted)s within %(duration)s") % {"granted": granted, "duration": lifetime}


def _per_period(terms: Mapping[str, Any]) -> str:
    values = {"duration": span(terms["period_limit"])}
    match terms["period"]:
        case "hour":
            return gettext("%(duration)s online an hour") % values
        case "day":
            return gettext("%(duration)s online a day") % values
        case "week":
            return gettext("%(duration)s online a week") % values
        case _:
            return gettext("%(duration)s online a month") % values


def _at_most(terms: Mapping[str, Any]) -> str:
    values = {"duration": span(terms["period_limit"])}
    match terms["period"]:
        case "hour":
            return gettext("at most %(duration)s an hour") % values
        case "day":
            return gettext("at most %(duration)s a day") % values
        case "week":
            return gettext("at most %(duration)s a week") % values
        case _:
            return gettext("at most %(duration)s a month") % values


def _conditions(terms: Mapping[str, Any]) -> list[str]:
    """The limits that the guest feels, beside what is granted, in few words: there is little room."""
    said: list[str] = []
    if terms.get("period_limit") and terms.get("credit"):
        said.append(_at_most(terms))
    if terms.get("session_duration"):
        said.append(gettext("%(duration)s at a time") % {"duration": span(terms["session_duration"])})
    if terms.get("quota_down"):
        said.append(gettext("%(volume)s received") % {"volume": volume(terms["quota_down"])})
    if terms.get("quota_up"):
        said.append(gettext("%(volume)s sent") % {"volume": volume(terms["quota_up"])})
    devices = terms.get("max_devices") or 1
    said.append(ngettext("on %(count)s device", "on up to %(count)s devices at once", devices) % {"count": devices})
    return said


def _validity(terms: Mapping[str, Any], language: str) -> str:
    zone = ZoneInfo(terms["time_zone"])
    first = _local(terms.get("valid_from"), zone)
    until = _local(terms.get("valid_until"), zone)
    if first and until:
        values = {"first": _begin(first, language), "last": _end(until, language)}
        return gettext("from %(first)s to %(last)s") % values
    if until:
        return gettext("until %(last)s") % {"last": _end(until, language)}
    return gettext("from %(first)s") % {"first": _begin(first, language)} if first else ""


def span(seconds: Seconds) -> str:
    """A duration. Up to two days in hours: from noon on, "1 day" might end at midnight."""
    hours, rest = divmod(seconds, HOUR)
    if rest == 0 and DAY <= seconds <= 2 * DAY:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return duration_in_words(seconds)


def _local(said: str | None, zone: ZoneInfo) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said).astimezone(zone)


def _begin(at: datetime, language: str) -> str:
    return _date(at, language) if _is_midnight(at) else f"{_date(at, language)} {at:%H:%M}"


def _end(at: datetime, language: str) -> str:
    """What ends at midnight lasts all of the day before."""
    return _date(at - timedelta(days=1), language) if _is_midnight(at) else f"{_date(at, language)} {at:%H:%M}"


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second) == (0, 0, 0)


def _date(at: datetime, language: str) -> str:
    """In figures in French, `30 Sept 2026` in English: 10/09 is in September here and in October there."""
    return format_date(at, "dd/MM/y", locale="fr") if language == "fr" else format_date(at, "d MMM y", locale="en_GB")


def _steps(occasion: Occasion) -> tuple[str, ...]:
    network = {"network": occasion.network}
    join = gettext("Join the Wi-Fi %(network)s.") % network if occasion.network else gettext("Join the Wi-Fi.")
    if Field.LOGIN_QR in occasion.fields:
        login = gettext("Scan the QR, or type login and password.")
        return join, login if occasion.has_password else gettext("Scan the QR, or type the code.")
    login = gettext("Type login and password when asked.")
    return join, login if occasion.has_password else gettext("Type the code when asked.")
