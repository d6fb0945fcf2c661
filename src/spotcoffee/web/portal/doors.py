"""Guests who come by themselves: with the QR of a ticket, or to the portal's bare address. They have no visit yet.

On the Wi-Fi they are sent to their equipment, which sends them back with one; elsewhere they read what to join first.
"""

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from spotcoffee.documents.errors import DocumentError
from spotcoffee.documents.qr import qr_svg, wifi_join
from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals.visits import VisitError, is_nearby
from spotcoffee.services import portal_places
from spotcoffee.services.portal_places import Place
from spotcoffee.web import surroundings
from spotcoffee.web.portal import pages, refusals
from spotcoffee.web.portal.adapters import ADAPTERS
from spotcoffee.web.portal.guests import PASSWORD
from spotcoffee.web.portal.languages import PARAMETER
from spotcoffee.web.portal.requests import address_of, query_of

# Characters of an address that equipment is asked to bring back.
MOST_BACK: Final = 500


def door(request: HttpRequest) -> HttpResponse:
    """The portal's bare address."""
    return _without_visit(request, place_around(request), back="")


def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """The QR of a ticket: its code stands in the field once the equipment has sent the guest back."""
    back = request.build_absolute_uri(reverse("portal-scanned", args=[code]))
    password = _fields(request).get(PASSWORD)
    if password:
        back += "?" + urlencode({PASSWORD: password})
    return _without_visit(request, place_around(request), back=back if len(back) <= MOST_BACK else "")


def unifi(request: HttpRequest, site: str) -> HttpResponse:
    """UniFi's own path [mem]: it knows the portal's host alone, and the site."""
    keys, interval = surroundings.keys(), surroundings.interim_interval()
    place = portal_places.of_site(Equipment.UNIFI, site, keys=keys, interim_interval=interval)
    if place is None:
        return refusals.no_place(request)
    return pages.redirect(f"{reverse('portal-place', args=[place.number])}?{request.META.get('QUERY_STRING', '')}")


def without_visit(request: HttpRequest, place: Place, fields: dict[str, str]) -> HttpResponse:
    """A place's bare address."""
    return _without_visit(request, place, back="", fields=fields)


def _without_visit(
    request: HttpRequest, place: Place | None, *, back: str, fields: dict[str, str] | None = None
) -> HttpResponse:
    fields = _fields(request) if fields is None else fields
    knock = _knock(place, back)
    address = address_of(request)
    if knock and place is not None and PARAMETER not in fields and (place.is_at(address) or is_nearby(address)):
        return pages.redirect(knock)
    network = place.look.network if place is not None else ""
    around = refusals.alone(request, place, fields)
    return pages.page(around, "join", {"network": network, "qr": _join_qr(network), "knock": knock})


def _fields(request: HttpRequest) -> dict[str, str]:
    """The query; nothing where it is none that can be read."""
    try:
        return query_of(request)
    except VisitError:
        return {}


def _knock(place: Place | None, back: str) -> str:
    """Where the place's equipment gives a guest his visit; empty where we don't know its host."""
    adapter = None if place is None else ADAPTERS.get(place.access_point.equipment)
    if place is None or adapter is None or adapter.knock is None or not place.hosts:
        return ""
    return adapter.knock(place.hosts[0], back)


def place_around(request: HttpRequest) -> Place | None:
    """The place that a request without a visit comes from: the one there, or the only one that there is."""
    keys, interval = surroundings.keys(), surroundings.interim_interval()
    around = portal_places.around(address_of(request), keys=keys, interim_interval=interval)
    return around or portal_places.only_one(keys=keys, interim_interval=interval)


def _join_qr(network: str) -> str:
    """The QR that makes another phone join the Wi-Fi; empty without a name that can be joined."""
    try:
        return qr_svg(wifi_join(network), label=network) if network else ""
    except DocumentError:
        return ""
