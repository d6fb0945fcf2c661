"""A ticket's history and its devices, with the names of places and people."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from spotcoffee.services import histories, reach
from spotcoffee.services.callers import Caller
from spotcoffee.services.histories import EventView
from spotcoffee.services.outbox import DISCONNECT
from spotcoffee.services.session_log import SessionView
from spotcoffee.services.tickets import TicketView
from spotcoffee.storage.models import AccessPoint, StaffAccount
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.wording.events import device_in_words, event_in_words, order_in_words
from spotcoffee.wording.quantities import day

_FIRST: Final = 40


def places_of(caller: Caller) -> dict[int, str]:
    """The access points in reach by id, archived ones too."""
    return dict(AccessPoint.objects.filter(reach.access_points(caller)).values_list("pk", "name"))


def device_of(session: SessionView, places: Mapping[int, str]) -> dict[str, Any]:
    """A device that is on, as a row shows it."""
    order = session.orders[-1] if session.orders else None
    return {
        "session": session,
        "device": device_in_words(session.device),
        "place": places.get(session.access_point, ""),
        "order": "" if order is None else order_in_words(order.kind, order.state),
        "is_pending": order is not None and order.finished_at is None and order.kind == DISCONNECT,
    }


def timeline(visit: Visit, ticket: TicketView, places: Mapping[int, str], *, now: datetime) -> dict[str, Any]:
    """The history by days, newest first; the first forty events unless all are asked for."""
    events = [event for event in histories.history(visit.visitor.caller, ticket.id) if not _is_told_twice(event)]
    events.reverse()
    shown = events if "all" in visit.GET else events[:_FIRST]
    people = _people(visit.visitor.caller, shown)
    zone = visit.visitor.zone
    days = [
        {
            "day": day(of_day[0].at, zone, now=now),
            "events": [
                {
                    "event": event,
                    "time": event.at.astimezone(zone),
                    "words": event_in_words(
                        event,
                        place=places.get(event.access_point or 0, ""),
                        by=people.get(event.by, event.by),
                        first_login_at=ticket.first_login_at,
                    ),
                }
                for event in of_day
            ],
        }
        for of_day in (list(group) for _, group in groupby(shown, key=lambda event: event.at.astimezone(zone).date()))
    ]
    return {"days": days, "earlier": len(events) - len(shown)}


def _is_told_twice(event: EventView) -> bool:
    """A sale is a hand-out too."""
    return event.kind in {"handout", "undo_handout"} and event.reason == "sale"


def _people(caller: Caller, events: list[EventView]) -> dict[str, str]:
    emails = {event.by for event in events if event.by}
    accounts = StaffAccount.objects.filter(organisation_id=caller.organisation_id, email__in=emails)
    return {account.email: str(account) for account in accounts}
