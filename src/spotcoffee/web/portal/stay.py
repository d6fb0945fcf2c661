"""A guest's own page once his code was right: what is left, and how to leave."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from spotcoffee.domain.authorization import Reject
from spotcoffee.protocols.portals.visits import Fault, Post, Redirect, VisitError
from spotcoffee.services import devices, portal_logins, portal_tokens
from spotcoffee.services.portal_logins import Standing
from spotcoffee.services.portal_tokens import StayToken
from spotcoffee.web import surroundings
from spotcoffee.web.portal import pages, refusals
from spotcoffee.web.portal.guests import Guest, guest_who_stays, new_stay, place_of
from spotcoffee.web.portal.requests import fields_of, is_from_elsewhere
from spotcoffee.web.portal.sending import send_on
from spotcoffee.wording import portal as words

log = structlog.get_logger()

ACTION: Final = "do"


@csrf_exempt
def stay(request: HttpRequest, token: str) -> HttpResponse:
    """What is left of the ticket; by a form: leave, replace a device, try again."""
    try:
        held = portal_tokens.open_stay(token, keys=surroundings.keys(), now=surroundings.now())
    except VisitError:
        return refusals.no_place(request)
    place = place_of(held.place)
    if place is None:
        return refusals.no_place(request)
    try:
        guest = guest_who_stays(request, place, held)
        stands = refusals.standing_of(guest, held)
        if stands is None:
            return refusals.no_place(request)
        if request.method == "POST":
            return _asked_for(guest, held, stands, fields_of(request).get(ACTION, ""))
        return _shown(guest, held, stands)
    except VisitError as refused:
        log.debug("visit_refused", access_point=place.number, code=refused.code.value, field=refused.field)
        return refusals.not_a_visit(request, place, {})


def on(request: HttpRequest, number: int) -> HttpResponse:
    """For a guest whose equipment let him in, though we did not look at his code."""
    place = place_of(number)
    return refusals.no_place(request) if place is None else pages.page(refusals.alone(request, place), "on")


def _shown(guest: Guest, held: StayToken, stands: Standing) -> HttpResponse:
    if not stands.is_on:
        if isinstance(stands.decision, Reject):
            return refusals.refused(guest, held, stands.decision)
        return refusals.after_login(guest, held) if held.is_proof(now=guest.now) else _off(guest)
    with translation.override(guest.language):
        left = words.left_in_words(
            stands.balance, stands.terms, devices=stands.devices, zone=stands.known.zone, now=guest.now
        )
        context = {"left": left, "idle_note": words.idle_note(stands.terms), "wanted": guest.visit.wanted}
    # The page in another language is found under the same address.
    around = replace(guest.around, carried={})
    return pages.page(around, "connected", context, leads_to=pages.origins(guest.visit))


def _off(guest: Guest) -> HttpResponse:
    """He is not connected any more. Where the equipment can be asked for a new visit, there is a way to it."""
    again = guest.adapter.ask_again(guest.visit, guest.visit.wanted or "") if guest.adapter.ask_again else None
    url = again.url if isinstance(again, Redirect) else ""
    return pages.page(replace(guest.around, carried={}), "off", {"again": url})


def _asked_for(guest: Guest, held: StayToken, stands: Standing, action: str) -> HttpResponse:
    if is_from_elsewhere(guest.request):
        raise VisitError(Fault.FOREIGN_HOST, ACTION)
    do = _ACTIONS.get(action)
    if do is None:
        raise VisitError(Fault.UNKNOWN_WORD, ACTION)
    return do(guest, held, stands)


def _leave(guest: Guest, held: StayToken, _stands: Standing) -> HttpResponse:
    answer = guest.adapter.log_off(guest.visit)
    match answer:
        case Redirect(url):
            return pages.redirect(url)
        case Post():
            return pages.hand_over(guest.around, answer)
        case _:
            ordered = portal_logins.log_off(guest.asked, held.ticket_id)
            return pages.page(replace(guest.around, carried={}), "goodbye" if ordered else "cannot_leave")


def _replace(guest: Guest, held: StayToken, stands: Standing) -> HttpResponse:
    """Let this device in instead of the oldest. Only for one who typed the code just now."""
    if not held.is_proof(now=guest.now):
        return refusals.refused(guest, held, stands.decision) if isinstance(stands.decision, Reject) else _off(guest)
    too_often = devices.let_new_device_in(held.ticket_id, now=guest.now)
    if too_often is not None:
        return refusals.too_often(guest, too_often.again_at)
    return send_on(guest, new_stay(guest, held.ticket_id), stands.known)


def _again(guest: Guest, held: StayToken, stands: Standing) -> HttpResponse:
    """Once more to the equipment, with a code that was typed just now."""
    if not held.is_proof(now=guest.now):
        return _off(guest)
    if isinstance(stands.decision, Reject):
        return refusals.refused(guest, held, stands.decision)
    return send_on(guest, replace(held, again=True), stands.known)


_ACTIONS: Final[dict[str, Callable[[Guest, StayToken, Standing], HttpResponse]]] = {
    "leave": _leave,
    "replace": _replace,
    "again": _again,
}
