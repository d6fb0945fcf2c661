"""A guest arrives from his access point's equipment, types his code, and is sent on to the equipment with it."""

import hashlib
import time
from dataclasses import replace
from typing import Final, assert_never

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt

from spotcoffee.domain.authorization import Accept, Reject
from spotcoffee.domain.portal import in_language
from spotcoffee.protocols.portals.visits import Fault, Outcome, VisitError
from spotcoffee.services import portal_acceptances
from spotcoffee.services.portal_logins import Known, find_known, raise_alarm, rehearse, was_let_in
from spotcoffee.services.portal_tokens import StayToken
from spotcoffee.web import surroundings
from spotcoffee.web.portal import doors, pages, refusals
from spotcoffee.web.portal.guesses import GUESSES, Guesser, Verdict
from spotcoffee.web.portal.guests import (
    PASSWORD,
    VISIT,
    Guest,
    guest_of,
    new_stay,
    own_stay,
    place_of,
    scanned_of,
    stay_url,
)
from spotcoffee.web.portal.languages import PARAMETER
from spotcoffee.web.portal.requests import address_of, fields_of, is_from_elsewhere
from spotcoffee.web.portal.sending import pass_on, send_on

log = structlog.get_logger()

CODE: Final = "code"
ACCEPTED: Final = "accepted"
# Seconds that the answer to a wrong code takes at least: whether its ticket exists must not show in the time.
WRONG_TAKES: Final = 0.04
MOST_TYPED: Final = 253

NO_CODE: Final = gettext_noop("Type the code of your ticket.")
NOT_ACCEPTED: Final = gettext_noop("Please accept the conditions first.")
SLOWED: Final = gettext_noop("Too many wrong codes. Wait a minute, then try again.")
NOT_LET_IN: Final = gettext_noop("The access point did not let you in. Try again.")


@csrf_exempt
def arrive(request: HttpRequest, number: str) -> HttpResponse:
    """The login page of a place, or what its equipment says became of a login."""
    place = place_of(int(number))
    if place is None:
        return refusals.no_place(request)
    fields: dict[str, str] = {}
    try:
        fields = fields_of(request)
        if not fields.keys() - {PARAMETER}:
            return doors.without_visit(request, place, fields)
        guest = guest_of(request, place, fields)
        if VISIT not in fields:
            return _arrived(guest)
        return _log_in(guest, fields) if request.method == "POST" else login_page(guest)
    except VisitError as refused:
        log.debug("visit_refused", access_point=number, code=refused.code.value, field=refused.field)
        return refusals.not_a_visit(request, place, fields)


def _arrived(guest: Guest) -> HttpResponse:
    """What the equipment says."""
    stay = own_stay(guest)
    if stay is not None and stay.language:
        guest = replace(guest, language=stay.language, chosen=stay.language)
    match guest.visit.outcome:
        case Outcome.NOT_YET:
            return login_page(guest) if stay is None else _once_more(guest, stay)
        case Outcome.FAILED:
            return login_page(guest, message=NOT_LET_IN) if stay is None else refusals.after_login(guest, stay)
        case Outcome.SUCCESS | Outcome.ALREADY:
            stay = stay or _proven_stay(guest)
            return pages.page(guest.around, "on") if stay is None else pages.redirect(stay_url(stay))
        case Outcome.LOGGED_OFF:
            return pages.page(guest.around, "goodbye")
        case unknown:
            assert_never(unknown)


def _once_more(guest: Guest, stay: StayToken) -> HttpResponse:
    """The challenge had grown old while the guest typed: his right code goes on under the new one, once."""
    # Wanted is the page that he asked for before our own.
    guest = replace(guest, visit=replace(guest.visit, wanted=stay.visit.wanted))
    if not stay.is_proof(now=guest.now) or stay.again:
        return login_page(guest)
    stands = refusals.standing_of(guest, stay)
    # One who was let in and left again types his code again.
    if (
        stands is None
        or not isinstance(stands.decision, Accept)
        or was_let_in(guest.asked, stay.ticket_id, since=stay.made_at)
    ):
        return login_page(guest)
    return send_on(guest, replace(stay, again=True), stands.known)


def _proven_stay(guest: Guest) -> StayToken | None:
    """For a guest whose equipment proves who is on, though it brings nothing of ours back."""
    if not guest.is_proven or guest.visit.login is None:
        return None
    ticket_id = find_known(guest.asked, guest.visit.login, keys=surroundings.keys())
    return None if ticket_id is None else new_stay(guest, ticket_id, again=True)


def login_page(guest: Guest, *, message: str = "", typed: str = "") -> HttpResponse:
    """One code, or login and password where tickets of this place have one."""
    code, password = scanned_of(guest.visit)
    context = {"message": message, "typed": typed or code, "password": password, "visit": guest.token}
    return pages.page(guest.around, "login", context, leads_to=pages.origins(guest.visit))


def _log_in(guest: Guest, fields: dict[str, str]) -> HttpResponse:
    """What the guest typed."""
    if is_from_elsewhere(guest.request):
        raise VisitError(Fault.FOREIGN_HOST, VISIT)
    typed, password = fields.get(CODE, "").strip(), fields.get(PASSWORD, "").strip()
    if max(len(typed.encode()), len(password.encode())) > MOST_TYPED:
        raise VisitError(Fault.TOO_LONG, CODE)
    if not typed:
        return login_page(guest, message=NO_CODE)
    if _must_accept(guest) and fields.get(ACCEPTED) != "yes":
        return login_page(guest, message=NOT_ACCEPTED, typed=typed)
    point, address = guest.place.number, address_of(guest.request)
    guesser = Guesser(access_point_id=point, device=guest.device, address=address, is_proven=guest.is_proven)
    match GUESSES.verdict(guesser, now=time.monotonic()):
        case Verdict.REFUSE:
            return login_page(guest, message=SLOWED, typed=typed)
        case Verdict.PASS_ON:
            return pass_on(guest, typed, password)
        case Verdict.LOOK:
            try:
                return _look_at(guest, guesser, typed, password)
            finally:
                GUESSES.looked(guesser)
        case unknown:
            assert_never(unknown)


def _look_at(guest: Guest, guesser: Guesser, typed: str, password: str) -> HttpResponse:
    began = time.monotonic()
    rehearsal = rehearse(guest.asked, typed, password, keys=surroundings.keys())
    if rehearsal.known is None:
        if GUESSES.failed(guesser, now=time.monotonic()):
            raise_alarm(guest.asked)
        time.sleep(max(0.0, began + WRONG_TAKES - time.monotonic()))
        return refusals.wrong_code(guest, typed)
    stay = new_stay(guest, rehearsal.known.ticket_id)
    if isinstance(rehearsal.decision, Reject):
        return refusals.refused(guest, stay, rehearsal.decision)
    if _must_accept(guest):
        _record_acceptance(guest, rehearsal.known)
    return send_on(guest, stay, rehearsal.known)


def _must_accept(guest: Guest) -> bool:
    return guest.place.look.must_accept and bool(guest.place.look.conditions)


def _record_acceptance(guest: Guest, known: Known) -> None:
    look = guest.place.look
    text, language = in_language(look.conditions, guest.language, fallback=guest.place.language)
    portal_acceptances.record(
        guest.asked,
        address=guest.visit.address or address_of(guest.request),
        ticket_id=known.ticket_id,
        language=language,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
