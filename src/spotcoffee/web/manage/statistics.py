"""Statistics: sessions, guests, time, volumes and sales of a while; each chart with its table, and a file of it all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from spotcoffee.documents.tables import Cell, Profile, csv_file
from spotcoffee.domain.permissions import Action
from spotcoffee.services import audit, reach
from spotcoffee.services import statistics as services
from spotcoffee.services.errors import Invalid
from spotcoffee.services.statistics import STEPS, Figures
from spotcoffee.storage.models import AccessPoint, Offer
from spotcoffee.web.manage.charts import Chart, Series, draw
from spotcoffee.web.manage.cursors import address, choice_of
from spotcoffee.web.manage.dates import day_begin, day_of
from spotcoffee.web.manage.pages import faults_in_words, page, show
from spotcoffee.web.manage.traffic import step_names, time_scale, volume_scale
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import now
from spotcoffee.wording.quantities import duration, number, volume

SPANS: Final = ("today", "week", "month", "year")
FIGURES: Final = ("sessions", "guests", "time", "down", "sold")
# Bars that still can be told apart.
_MOST_BARS: Final = 400
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class While:
    """What is looked at: from the first day to the last, both included, in steps."""

    first: date
    last: date
    by: str
    span: str

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its begin and its end."""
        return day_begin(self.first, zone), day_begin(self.last + _DAY, zone)


@require_safe
@page(Action.SEE_STATISTICS)
def statistics(visit: Visit) -> HttpResponse:
    """The figures of a while."""
    at = now()
    wanted, fault = _wanted(visit, at)
    what = choice_of(visit, "what", FIGURES) or "sessions"
    zone = visit.visitor.zone
    begin, end = wanted.instants(zone)
    try:
        found = services.sum_up(visit.visitor.caller, begin=begin, end=end, by=wanted.by)
    except Invalid as invalid:
        fault = next(iter(faults_in_words(visit, invalid).values()))
        wanted = _of_span("week", at.astimezone(zone).date())
        begin, end = wanted.instants(zone)
        found = services.sum_up(visit.visitor.caller, begin=begin, end=end, by=wanted.by)
    chart, unit = _chart(found.steps, what, wanted.by, zone)
    places = dict(AccessPoint.objects.filter(reach.access_points(visit.visitor.caller)).values_list("pk", "name"))
    offers = dict(Offer.objects.filter(reach.offers(visit.visitor.caller)).values_list("pk", "name"))
    context = {
        "wanted": wanted,
        "fault": fault,
        "what": what,
        "whats": [(key, _said(key)) for key in FIGURES],
        "title": _said(what),
        "unit": unit,
        "chart": chart,
        "totals": _total([figures for _, figures in found.steps]),
        "of_points": _rows(found.access_points, places, what),
        "of_offers": _rows(found.offers, offers, what),
        "file": address("/statistics/file/", **_query(wanted)),
        "said": _while_in_words(wanted),
        "spans": _spans(what),
        "steps": [("hour", gettext("hour")), ("day", gettext("day")), ("month", gettext("month"))],
    }
    return show(visit, "statistics", context)


@require_safe
@page(Action.SEE_STATISTICS)
def statistics_file(visit: Visit) -> HttpResponseBase:
    """The same as a table that a French Excel opens; taken along, so written down."""
    at = now()
    wanted, _ = _wanted(visit, at)
    zone = visit.visitor.zone
    begin, end = wanted.instants(zone)
    found = services.sum_up(visit.visitor.caller, begin=begin, end=end, by=wanted.by)
    audit.record_export(visit.visitor.caller, "statistics", now=at)
    headers = [
        gettext("Beginning"),
        gettext("Sessions"),
        gettext("Guests"),
        gettext("Time connected (hours)"),
        gettext("Received (MB)"),
        gettext("Sent (MB)"),
        gettext("Tickets sold"),
    ]
    file = csv_file(headers, _cells(found.steps), profile=Profile.EXCEL, zone=zone)
    answer = StreamingHttpResponse(file, content_type="text/csv; charset=utf-8")
    name = f"statistiques_{wanted.first:%Y-%m-%d}_{wanted.last:%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _cells(steps: list[tuple[datetime, Figures]]) -> Iterator[list[Cell]]:
    for at, one in steps:
        time, down, up = (_rounded(value) for value in (one.time / 3_600, one.down / 10**6, one.up / 10**6))
        yield [at, one.sessions, one.guests, time, down, up, one.sold]


def _rounded(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def _wanted(visit: Visit, at: datetime) -> tuple[While, str]:
    """What the address asks for, and what is wrong with it."""
    today = at.astimezone(visit.visitor.zone).date()
    span = choice_of(visit, "span", SPANS)
    first, last = day_of(visit, "from"), day_of(visit, "to")
    if span or not (first or last):
        return _of_span(span or "week", today), ""
    last = last or today
    first = first or last - timedelta(days=29)
    if last < first:
        return _of_span("week", today), gettext("The end comes before the beginning: here are the last seven days.")
    by = choice_of(visit, "by", tuple(STEPS)) or _usual_step(first, last)
    if (last - first).days * {"hour": 24, "day": 1, "month": 0}[by] > _MOST_BARS:
        by = _usual_step(first, last)
        return While(first, last, by, ""), gettext("For so long a time the steps are longer.")
    return While(first, last, by, ""), ""


def _usual_step(first: date, last: date) -> str:
    days = (last - first).days + 1
    return "hour" if days <= 2 else "day" if days <= 92 else "month"


def _of_span(span: str, today: date) -> While:
    match span:
        case "today":
            return While(today, today, "hour", span)
        case "month":
            return While(today - timedelta(days=29), today, "day", span)
        case "year":
            return While((today - timedelta(days=364)).replace(day=1), today, "month", span)
        case _:
            return While(today - timedelta(days=6), today, "day", "week")


def _query(wanted: While) -> dict[str, str]:
    return {"from": wanted.first.isoformat(), "to": wanted.last.isoformat(), "by": wanted.by}


def _spans(what: str) -> list[tuple[str, str, str]]:
    words = {
        "today": gettext("Today"),
        "week": gettext("7 days"),
        "month": gettext("30 days"),
        "year": gettext("12 months"),
    }
    return [(span, words[span], f"?span={span}&what={what}") for span in SPANS]


def _while_in_words(wanted: While) -> str:
    language = get_language() or "fr"
    first, last = (format_date(day, "d MMMM y", locale=language) for day in (wanted.first, wanted.last))
    return first if wanted.first == wanted.last else gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _chart(steps: list[tuple[datetime, Figures]], what: str, by: str, zone: ZoneInfo) -> tuple[Chart, str]:
    """The chart of one kind of figures, and the unit of its axis."""
    full, short = step_names([at for at, _ in steps], by, zone)
    values = [_value(figures, what) for _, figures in steps]
    in_words = _in_words(what)
    match what:
        case "down":
            up = [figures.up for _, figures in steps]
            scale = volume_scale([*values, *up])
            series = [Series(gettext("Received by guests"), values, in_words), Series(gettext("Sent"), up, in_words)]
            return draw(full, series, scale=scale.size, short_names=short), scale.unit
        case "time":
            scale = time_scale(values)
            return draw(full, [Series(_said(what), values, in_words)], scale=scale.size, short_names=short), scale.unit
        case _:
            return draw(full, [Series(_said(what), values, in_words)], short_names=short), ""


def _value(figures: Figures, what: str) -> int:
    return int(getattr(figures, what))


def _in_words(what: str) -> Callable[[float], str]:
    match what:
        case "down":
            return lambda value: volume(round(value))
        case "time":
            return lambda value: duration(round(value))
        case _:
            return lambda value: number(round(value))


def _said(what: str) -> str:
    match what:
        case "sessions":
            return gettext("Sessions")
        case "guests":
            return gettext("Guests")
        case "time":
            return gettext("Time connected")
        case "down":
            return gettext("Volumes")
        case _:
            return gettext("Tickets sold")


def _total(all_of: list[Figures]) -> Figures:
    """The sum; of guests there is none, for one who comes twice is one."""
    summed = ("sessions", "time", "down", "up", "sold")
    return Figures(**{name: sum(getattr(one, name) for one in all_of) for name in summed})


def _rows(found: dict[int, Figures], names: dict[int, str], what: str) -> list[dict[str, Any]]:
    """The largest first, each with the share that its bar shows."""
    known = [(key, figures) for key, figures in found.items() if key in names]
    known.sort(key=lambda entry: -_value(entry[1], what))
    most = max((_value(figures, what) for _, figures in known), default=0)
    return [
        {"id": key, "name": names[key], "figures": figures, "value": _value(figures, what), "most": max(1, most)}
        for key, figures in known
    ]
