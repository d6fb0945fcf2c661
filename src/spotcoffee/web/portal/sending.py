"""A right code on its way to the equipment, whose RADIUS request is the login itself."""

from dataclasses import replace
from typing import assert_never

from django.http import HttpResponse
from django.urls import reverse

from spotcoffee.domain.codes import normalise
from spotcoffee.protocols.portals.visits import Controller, Entry, Granted, Post, Redirect
from spotcoffee.services.portal_logins import Known
from spotcoffee.services.portal_tokens import StayToken
from spotcoffee.web.portal import pages, waiting
from spotcoffee.web.portal.guests import Guest, stay_url


def send_on(guest: Guest, stay: StayToken, known: Known) -> HttpResponse:
    """Bring a right code to the equipment; afterwards it sends the browser to the guest's own page."""
    # Its challenge is the newest that we know of.
    stay = replace(stay, visit=replace(stay.visit, state=guest.visit.state))
    back = guest.request.build_absolute_uri(stay_url(stay))
    return _brought(guest, Entry(login=known.login, password=known.password, back=back))


def pass_on(guest: Guest, typed: str, password: str) -> HttpResponse:
    """Bring what was typed to the equipment without a look at it."""
    code = typed if password else normalise(typed)
    back = guest.request.build_absolute_uri(reverse("portal-on", args=[guest.place.number]))
    entry = Entry(login=code, password=password or code, back=back)
    answer = guest.adapter.log_on(guest.visit, entry, guest.place.trust)
    return waiting.slowed(guest) if isinstance(answer, Controller) else _brought(guest, entry)


def _brought(guest: Guest, entry: Entry) -> HttpResponse:
    answer = guest.adapter.log_on(guest.visit, entry, guest.place.trust)
    match answer:
        case Redirect(url):
            return pages.redirect(url)
        case Post():
            let_in = reverse("portal-on", args=[guest.place.number])
            return pages.hand_over(guest.around, answer, let_in=let_in, refused=entry.back)
        case Granted():
            return pages.redirect(entry.back)
        case Controller():
            return waiting.let_in(guest, entry, answer)
        case unknown:
            assert_never(unknown)
