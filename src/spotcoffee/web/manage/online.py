"""Who is connected now: since when, what was used and what is left, and how long ago that was heard."""

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from spotcoffee.domain.codes import tail
from spotcoffee.domain.permissions import Action
from spotcoffee.services import searches, session_log, tickets
from spotcoffee.services.paging import Page, Window
from spotcoffee.services.session_log import SessionView
from spotcoffee.storage.models import Offer
from spotcoffee.web.manage.orders import outcome
from spotcoffee.web.manage.pages import page, show
from spotcoffee.web.manage.timelines import device_of, places_of
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, keys, now

_ROWS: Final = 50
_LONGEST_NUMBER: Final = 18


@require_safe
@page(Action.SEE_SESSION)
def online(visit: Visit) -> HttpResponse:
    """The page; for htmx the table alone, which asks again every ten seconds."""
    places = places_of(visit.visitor.caller)
    searched = visit.GET.get("q", "").strip()[: searches.LONGEST]
    place = _number(visit.GET.get("place", ""))
    found = _found(visit, searched, place)
    asked = {"place": place or "", "q": searched}
    context: dict[str, Any] = {
        "points": sorted(places.items(), key=lambda entry: entry[1].casefold()),
        "place": place,
        "q": searched,
        "rows": _rows(visit, found, places),
        "count": found.count,
        "is_filtered": bool(searched or place),
        "here": f"{visit.path}?{urlencode(asked | {'after': visit.GET.get('after', '')})}",
        "next": None if found.next is None else f"?{urlencode(asked | {'after': found.next})}",
        "first": f"?{urlencode(asked)}" if visit.GET.get("after") else None,
    }
    if visit.headers.get("HX-Request"):
        return show(visit, "_online_rows", context)
    return show(visit, "online", context | {"watched": outcome(visit, visit.GET.get("watch", ""), places)})


def _found(visit: Visit, searched: str, place: int | None) -> Page[SessionView]:
    caller = visit.visitor.caller
    window = Window(_ROWS, _number(visit.GET.get("after", "")))
    if not searched:
        return session_log.page(caller, window, is_open=True, access_point=place)
    meant = searches.find_online(caller, searched, keys=keys())
    return session_log.page(
        caller, window, is_open=True, access_point=place, tickets=meant.tickets, device=meant.device
    )


def _rows(visit: Visit, found: Page[SessionView], places: dict[int, str]) -> list[dict[str, Any]]:
    ids = sorted({session.ticket for session in found.items})
    # A session in reach may be of a ticket whose offer has left it since: it shows without what is left.
    seen = tickets.in_reach(visit.visitor.caller, ids)
    shown = (
        tickets.show(visit.visitor.caller, seen, keys=keys(), interim_interval=interim_interval(), now=now())
        if seen
        else []
    )
    views = {view.id: view for view in shown}
    offers = dict(Offer.objects.filter(pk__in={view.offer for view in shown}).values_list("pk", "name"))
    rows = []
    for session in found.items:
        view = views.get(session.ticket)
        rows.append(
            {
                **device_of(session, places),
                "ticket": view,
                "tail": "" if view is None else tail(view.login),
                "offer": "" if view is None else offers.get(view.offer, ""),
            }
        )
    return rows


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER else None
