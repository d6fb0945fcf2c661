"""The dashboard: how the place fares at this moment, and what needs care."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date
from django.http import HttpResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from spotcoffee.domain.periods import Period, period_start
from spotcoffee.domain.permissions import Action
from spotcoffee.services import access_point_health, access_points, desk, statistics
from spotcoffee.services.access_point_health import Health
from spotcoffee.services.access_points import AccessPointView
from spotcoffee.services.statistics import Sales
from spotcoffee.web.manage import cares
from spotcoffee.web.manage.charts import Chart, Series, draw
from spotcoffee.web.manage.cursors import choice_of
from spotcoffee.web.manage.pages import page, show
from spotcoffee.web.manage.traffic import step_names, volume_scale
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, now
from spotcoffee.wording.access_points import health_in_words
from spotcoffee.wording.quantities import amount, volume

_WEEK: Final = timedelta(days=7)


@require_safe
@page(Action.SEE_STATISTICS)
def dashboard(visit: Visit) -> HttpResponse:
    """Everything at a glance; every number leads to its list."""
    at, caller = now(), visit.visitor.caller
    views = access_points.list_all(caller, archived=False)
    healths, strangers = access_point_health.look(caller, views, interim_interval=interim_interval(), now=at)
    menu = desk.menu(caller, now=at)
    today, week = _sales(visit, at)
    context = {
        "date": format_date(at.astimezone(visit.visitor.zone), "EEEE d MMMM", locale=get_language() or "fr"),
        "online": sum(view.open_sessions for view in views),
        "today": today,
        "week": week,
        "stock": sum(item.left for item in menu),
        "has_more": any(item.is_plenty for item in menu),
        "menu": menu,
        "most": desk.MOST_COUNTED,
        "points": [_point(view, healths[view.id], at) for view in views],
        "strangers": strangers[:5],
        "cares": [
            *cares.of_installation(visit, now=at),
            *cares.of_access_points(views, healths, strangers, now=at),
            *cares.of_stock(menu),
        ],
    }
    return show(visit, "dashboard", context | _traffic(visit, at))


def _sales(visit: Visit, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    zone = visit.visitor.zone
    midnight = period_start(Period.DAY, zone, at)
    week = period_start(Period.DAY, zone, at - _WEEK + timedelta(days=1))
    of_week, of_today = statistics.takings(visit.visitor.caller, begins=[week, midnight], end=at + timedelta(seconds=1))
    return _sold(of_today), _sold(of_week)


def _sold(sales: Sales) -> dict[str, Any]:
    return {"count": sales.sold, "amounts": amounts_in_words(sales.amounts)}


def amounts_in_words(amounts: Mapping[str, Decimal]) -> str:
    """`168,00 €`; of several currencies each; empty where nothing was taken."""
    return ", ".join(amount(value, currency) for currency, value in sorted(amounts.items()))


def _point(view: AccessPointView, health: Health, at: datetime) -> dict[str, Any]:
    return {"view": view, "health": health, "said": health_in_words(health, now=at)}


def _traffic(visit: Visit, at: datetime) -> dict[str, Any]:
    """The chart of the last 24 hours, or of the last seven days."""
    span = choice_of(visit, "span", ("week",)) or "day"
    by = "hour" if span == "day" else "day"
    begin = at - (timedelta(hours=23) if span == "day" else _WEEK - timedelta(days=1))
    steps = statistics.traffic(visit.visitor.caller, begin=begin, end=at + timedelta(microseconds=1), by=by)
    starts = [start for start, _, _ in steps]
    chart = traffic_chart(starts, [down for _, down, _ in steps], [up for _, _, up in steps], by, visit)
    return {"span": span, **chart}


def traffic_chart(
    starts: Sequence[datetime], down: Sequence[int], up: Sequence[int], by: str, visit: Visit
) -> dict[str, Any]:
    """Volumes in both directions, and the unit of the axis."""
    full, short = step_names(starts, by, visit.visitor.zone)
    scale = volume_scale([*down, *up])
    said = [
        Series(gettext("Received by guests"), down, lambda value: volume(round(value))),
        Series(gettext("Sent"), up, lambda value: volume(round(value))),
    ]
    chart: Chart = draw(full, said, scale=scale.size, short_names=short)
    return {"chart": chart, "unit": scale.unit, "by": by}
