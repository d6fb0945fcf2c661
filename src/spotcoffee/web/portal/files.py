"""Style, script and logo: what a login page fetches, at once and once."""

from django.http import HttpRequest, HttpResponse

from spotcoffee.domain.portal import Look
from spotcoffee.services import portal_look
from spotcoffee.web.portal import pages, refusals
from spotcoffee.web.portal.guests import place_of


def style(request: HttpRequest, number: int, digest: str) -> HttpResponse:
    """The stylesheet of a place; of the product for 0."""
    place = place_of(number) if number else None
    return pages.kept(pages.style(place.look if place else Look()), "text/css; charset=utf-8", digest=digest)


def script(request: HttpRequest, digest: str) -> HttpResponse:
    """The script that presses the button of a form."""
    return pages.kept(pages.script(), "text/javascript; charset=utf-8", digest=digest)


def logo(request: HttpRequest, number: int, digest: str) -> HttpResponse:
    """The logo of a place."""
    place = place_of(number)
    found = None if place is None else portal_look.logo_of(place.organisation_id, digest)
    return refusals.no_place(request) if found is None else pages.kept(*found)
