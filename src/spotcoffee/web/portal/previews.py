"""The login page as staff are trying it: under an address that only services make, and that leads nowhere."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from spotcoffee.protocols.portals.visits import VisitError
from spotcoffee.services import portal_tokens
from spotcoffee.services.portal_places import Place
from spotcoffee.web import surroundings
from spotcoffee.web.portal import pages, refusals
from spotcoffee.web.portal.guests import place_of
from spotcoffee.web.portal.pages import Surroundings


def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The login page of a look; its button does nothing."""
    found = _opened(token)
    if found is None:
        return refusals.no_place(request)
    place, language = found
    around = Surroundings(request=request, language=language, place=place)
    context = {"is_preview": True, "style": reverse("portal-preview-style", args=[token])}
    return pages.page(around, "login", context)


def style(request: HttpRequest, token: str) -> HttpResponse:
    """Its stylesheet."""
    found = _opened(token)
    if found is None:
        return refusals.no_place(request)
    return pages.guarded(HttpResponse(pages.style(found[0].look), content_type="text/css; charset=utf-8"))


def _opened(token: str) -> tuple[Place, str] | None:
    try:
        held = portal_tokens.open_preview(token, keys=surroundings.keys(), now=surroundings.now())
    except VisitError:
        return None
    place = place_of(held.place)
    if place is None:
        return None
    return replace(place, look=held.look, title=held.look.title or place.title), held.language
