"""Pages for what does not work: a code, a ticket, an address. Each says the plain reason and the next step."""

from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from spotcoffee.domain.authorization import Accept, Reason, Reject
from spotcoffee.services.portal_logins import Standing, standing
from spotcoffee.services.portal_places import Place
from spotcoffee.services.portal_tokens import StayToken
from spotcoffee.web import surroundings
from spotcoffee.web.portal import pages
from spotcoffee.web.portal.guests import Guest, stay_url
from spotcoffee.web.portal.languages import language_of
from spotcoffee.web.portal.pages import Surroundings
from spotcoffee.wording import portal as words
from spotcoffee.wording.refusals import refusal

WRONG: Final = Reject(Reason.UNKNOWN_TICKET)


def wrong_code(guest: Guest, typed: str) -> HttpResponse:
    """The code is not right; nothing more is said."""
    with translation.override(guest.language):
        step = words.next_step(WRONG, None, None, zone=guest.place.zone, now=guest.now)
    return _refusal(guest, WRONG, [step], typed=typed)


def refused(guest: Guest, stay: StayToken, reject: Reject) -> HttpResponse:
    """The code is right and its ticket may not connect."""
    stands = standing_of(guest, stay)
    if stands is None:
        return wrong_code(guest, "")
    with translation.override(guest.language):
        steps = [
            words.next_step(reject, stands.balance, stands.terms, zone=stands.known.zone, now=guest.now),
            _other_device(guest, stands) if reject.reason is Reason.TOO_MANY_DEVICES else "",
        ]
    offered = stay_url(stay) if reject.reason is Reason.TOO_MANY_DEVICES else ""
    return _refusal(guest, reject, steps, replace=offered, stands=stands)


def too_often(guest: Guest, again_at: datetime) -> HttpResponse:
    """Devices were replaced too often."""
    with translation.override(guest.language):
        step = words.too_often(again_at, zone=guest.place.zone, now=guest.now)
    return _refusal(guest, Reject(Reason.TOO_MANY_DEVICES), [step])


def after_login(guest: Guest, stay: StayToken) -> HttpResponse:
    """The equipment did not let a right code in: the ticket's own decision says why."""
    stands = standing_of(guest, stay)
    if stands is None:
        return wrong_code(guest, "")
    if isinstance(stands.decision, Accept):
        offered = stay_url(stay) if stay.is_proof(now=guest.now) else ""
        return _page(guest, "not_let_in", {"again": offered})
    return refused(guest, stay, stands.decision)


def standing_of(guest: Guest, stay: StayToken) -> Standing | None:
    """How the ticket of a token stands for this guest now."""
    return standing(guest.asked, stay.ticket_id, keys=surroundings.keys())


def _other_device(guest: Guest, stands: Standing) -> str:
    if stands.other_since is None or stands.other_access_point_id is None:
        return ""
    place = guest.place.names.get(stands.other_access_point_id, "")
    return words.other_device(stands.other_since, place, zone=stands.known.zone, now=guest.now)


def _refusal(
    guest: Guest,
    reject: Reject,
    steps: list[str],
    *,
    typed: str = "",
    replace: str = "",
    stands: Standing | None = None,
) -> HttpResponse:
    zone = guest.place.zone if stands is None else stands.known.zone
    said = refusal(reject, language=guest.language, zone=zone, now=guest.now)
    context: dict[str, object] = {
        "said": said,
        "steps": [step for step in steps if step],
        "typed": typed,
        "replace": replace,
    }
    return _page(guest, "refused", context)


def _page(guest: Guest, template: str, context: dict[str, object]) -> HttpResponse:
    full = {"visit": guest.token, **context}
    return pages.page(guest.around, template, full, leads_to=pages.origins(guest.visit))


# Without a visit


def no_place(request: HttpRequest) -> HttpResponse:
    """There is no such place."""
    return pages.page(alone(request), "nowhere", status=404)


def not_a_visit(request: HttpRequest, place: Place, fields: dict[str, str]) -> HttpResponse:
    """What came with the browser is no visit; nothing of it is shown."""
    return pages.page(alone(request, place, fields), "not_a_visit", status=400)


def alone(request: HttpRequest, place: Place | None = None, fields: dict[str, str] | None = None) -> Surroundings:
    """What a page without a visit has around it."""
    fallback = "en" if place is None else place.language
    return Surroundings(request=request, language=language_of(request, fields or {}, fallback=fallback), place=place)


# Before a view has its say, where the portal stands alone


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return pages.page(alone(request), "not_a_visit", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return no_place(request)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500. Needs no database."""
    return pages.page(alone(request), "trouble", status=500)
