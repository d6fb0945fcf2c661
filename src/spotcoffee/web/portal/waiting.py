"""Guests whose equipment speaks no RADIUS: the server lets them in itself, and their browser waits until it has."""

from django.http import HttpRequest, HttpResponse
from django.urls import path as route
from django.urls import reverse

from spotcoffee.domain.authorization import Reject
from spotcoffee.protocols.portals.visits import Controller, Entry, Redirect, VisitError
from spotcoffee.services import controllers, portal_tokens
from spotcoffee.services.controllers import Progress
from spotcoffee.services.errors import Conflict
from spotcoffee.web import surroundings
from spotcoffee.web.portal import pages, refusals
from spotcoffee.web.portal.guests import Guest, guest_who_stays, place_of, stay_url

# Seconds until the browser looks again.
LOOK_AGAIN = "2"


def let_in(guest: Guest, entry: Entry, answer: Controller) -> HttpResponse:
    """Bring a right code, as its ticket holds it, to the equipment. entry.back: the guest's own page."""
    asked = controllers.Guest(
        access_point=guest.place.access_point,
        login=entry.login,
        password=entry.password,
        device=guest.device,
        controller=answer,
        secret=guest.place.trust.secret,
    )
    keys, interval = surroundings.keys(), surroundings.interim_interval()
    try:
        admitted = controllers.admit(asked, keys=keys, interim_interval=interval, now=guest.now)
    except Conflict:
        return _not_let_in(guest)
    if isinstance(admitted.decision, Reject):
        # It was right a moment ago: another device was quicker. The next try says so.
        return _not_let_in(guest)
    if isinstance(admitted.answer, Redirect):
        return pages.redirect(admitted.answer.url)
    token = entry.back.partition("?")[0].rstrip("/").rpartition("/")[2]
    return pages.redirect(reverse("portal-wait", args=[token]))


def slowed(guest: Guest) -> HttpResponse:
    """Too many wrong codes: where no RADIUS server knows the true device, nobody but we can decide and slow."""
    return pages.page(guest.around, "slowed", {"visit": guest.token}, status=429)


def wait(request: HttpRequest, token: str) -> HttpResponse:
    """Until the equipment has let the guest in, then his own page."""
    now = surroundings.now()
    try:
        held = portal_tokens.open_stay(token, keys=surroundings.keys(), now=now)
        place = place_of(held.place)
        if place is None:
            return refusals.no_place(request)
        guest = guest_who_stays(request, place, held)
    except VisitError:
        return refusals.no_place(request)
    match controllers.progress(place.number, guest.device, now=now):
        case Progress.THROUGH:
            return pages.redirect(stay_url(held))
        case Progress.FAILED:
            return refusals.after_login(guest, held)
        case Progress.WAITING:
            answer = pages.page(guest.around, "waiting")
            answer.headers["Refresh"] = LOOK_AGAIN
            return answer


def _not_let_in(guest: Guest) -> HttpResponse:
    return pages.page(guest.around, "not_let_in", {"visit": guest.token, "again": ""})


urlpatterns = [route("portal/w/<str:token>/", wait, name="portal-wait")]
