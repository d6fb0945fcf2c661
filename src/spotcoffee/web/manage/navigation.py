"""The places of the staff's pages, in the order in which they stand in the header."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_noop

from spotcoffee.domain.permissions import Action
from spotcoffee.web.manage.second_factor import passkeys_work
from spotcoffee.web.manage.visitors import visitor


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. view: the name of its address; action: who may see it sees the entry. desk: a receptionist's.

    also: other addresses that belong to this place.
    """

    label: str
    view: str
    action: Action
    desk: bool = False
    also: tuple[str, ...] = ()


PLACES: Final = (
    Place(gettext_noop("Sell"), "sell", Action.SELL, desk=True, also=("/sold/",)),
    Place(gettext_noop("Find"), "find", Action.SEE_TICKET, desk=True, also=("/tickets/",)),
    Place(gettext_noop("Online"), "online", Action.SEE_SESSION, desk=True),
    Place(gettext_noop("Dashboard"), "dashboard", Action.SEE_STATISTICS),
    Place(gettext_noop("Offers"), "offers", Action.ADD_OFFER),
    Place(gettext_noop("Lists"), "lists", Action.ADD_LIST),
    Place(gettext_noop("Printing"), "printing", Action.HAND_OUT, also=("/handouts/",)),
    Place(gettext_noop("Access points"), "access-points", Action.ADD_ACCESS_POINT),
    Place(gettext_noop("Statistics"), "statistics", Action.SEE_STATISTICS),
    Place(gettext_noop("Team"), "team", Action.SEE_STAFF),
    Place(gettext_noop("Log"), "log", Action.SEE_AUDIT),
    Place(gettext_noop("Settings"), "settings", Action.CHANGE_SETTINGS),
)


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """For every template: the visitor, and the places that he may go to."""
    who = visitor(request)
    if who is None:
        return {"visitor": None, "passkeys": passkeys_work(request)}
    places = [place for place in PLACES if who.may(place.action)]
    entries = [entry for place in places if (entry := _entry(place, request.path))]
    return {"visitor": who, "passkeys": passkeys_work(request), "places": entries}


def _entry(place: Place, path: str) -> dict[str, Any] | None:
    try:
        address = reverse(place.view)
    except NoReverseMatch:
        return None
    here = path == address or (address != "/" and path.startswith(address)) or path.startswith(place.also)
    return {"label": gettext(place.label), "address": address, "here": here, "desk": place.desk}
