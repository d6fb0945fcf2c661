"""A ticket's card: what is left to it, who is on with it, what happened to it, and why it does or does not work."""

from typing import Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from spotcoffee.domain.codes import printed
from spotcoffee.domain.permissions import Action
from spotcoffee.services import handouts, reading, session_log
from spotcoffee.services import tickets as services
from spotcoffee.services.errors import Conflict, Invalid
from spotcoffee.services.paging import Window
from spotcoffee.services.print_options import RECEIPT
from spotcoffee.services.printed import printed_terms
from spotcoffee.storage.models import Ticket
from spotcoffee.web.manage import rolls, timelines, whys
from spotcoffee.web.manage.orders import outcome
from spotcoffee.web.manage.pages import faults_in_words, go, page, said_in_words, say, show, warn
from spotcoffee.web.manage.papers import granted
from spotcoffee.web.manage.remains import remains_of
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, keys, now, site
from spotcoffee.wording.documents import reprint

_MOST_DEVICES: Final = 20


@require_safe
@page(Action.SEE_TICKET)
def ticket(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """The card."""
    return _card(visit, id)


def _card(visit: Visit, ticket_id: int, *, status: int = 200, **more: Any) -> HttpResponse:
    caller, at = visit.visitor.caller, now()
    record = services.get(caller, ticket_id)
    (view,) = services.show(caller, [ticket_id], keys=keys(), interim_interval=interim_interval(), now=at)
    reading.record(caller, [ticket_id], now=at)
    offer = record.ticket_list.offer
    online = session_log.page(caller, Window(_MOST_DEVICES), is_open=True, ticket=ticket_id).items
    places = timelines.places_of(caller)
    context = {
        "ticket": view,
        "groups": _groups(view.login, record),
        "password": _groups(view.password or "", record),
        "offer": offer,
        "list": record.ticket_list,
        "words": granted(printed_terms(offer), visit.visitor.language),
        "remains": remains_of(view, offer.as_terms()),
        "online": [timelines.device_of(session, places) for session in online],
        "watched": outcome(visit, visit.GET.get("watch", ""), places),
        "can_print": record.handout is not None and visit.visitor.may(Action.SELL),
        **rolls.other(visit),
        "note": view.note,
        **timelines.timeline(visit, view, places, now=at),
        **whys.why(visit, view, offer, now=at),
        **more,
    }
    return show(visit, "ticket", context, status=status)


def _groups(code: str, record: Ticket) -> list[str]:
    if not code:
        return []
    return [code] if record.exact else printed(code).split("-")


@require_POST
@page(Action.NOTE_TICKET)
def note_ticket(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """What staff want to remember of it."""
    typed = visit.POST.get("note", "")
    try:
        services.set_note(visit.visitor.caller, id, typed.strip(), now=now())
    except Invalid as error:
        return _card(visit, id, status=422, note=typed, note_fault=faults_in_words(visit, error).get("note"))
    say(visit, gettext("The note is saved."))
    return go(f"/tickets/{id}/")


@require_POST
@page(Action.REVOKE_TICKET)
def revoke_ticket(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Refused from now on, and disconnected where the equipment takes orders."""
    services.revoke(visit.visitor.caller, [id], interim_interval=interim_interval(), now=now())
    say(visit, gettext("The ticket is revoked: nobody gets in with it any more."), undo=f"/tickets/{id}/restore/")
    return go(f"/tickets/{id}/")


@require_POST
@page(Action.RESTORE_TICKET)
def restore_ticket(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """As it was before."""
    services.restore(visit.visitor.caller, [id], interim_interval=interim_interval(), now=now())
    say(visit, gettext("The ticket is restored: it works as before."), undo=f"/tickets/{id}/revoke/")
    return go(f"/tickets/{id}/")


@require_safe
@page(Action.SELL)
def receipt(visit: Visit, id: int) -> StreamingHttpResponse:  # noqa: A002
    """The ticket on paper once more, as it was handed out."""
    record = services.get(visit.visitor.caller, id)
    if record.handout is None:
        raise Conflict("nothing_to_print")
    paper = rolls.chosen(visit)
    file = reprint(
        record.handout,
        record.ticket_list,
        [handouts.in_clear(record, keys=keys())],
        format=RECEIPT,
        options={"paper": paper} if paper else handouts.NO_OPTIONS,
        site=site(visit.visitor.organisation),
    )
    reading.record(visit.visitor.caller, [id], now=now())
    answer = StreamingHttpResponse(file.pieces, content_type=file.media_type)
    answer["Content-Disposition"] = f'inline; filename="{file.name}"'
    return answer


@require_POST
@page(Action.DISCONNECT)
def disconnect(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Order a session off; the page one came from then shows what truly becomes of it."""
    back = visit.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = "/online/"
    try:
        services.disconnect(visit.visitor.caller, id, interim_interval=interim_interval(), now=now())
    except Conflict as error:
        warn(visit, said_in_words(visit, error))
        return go(back)
    return go(f"{back}{'&' if '?' in back else '?'}watch={id}")


@require_safe
@page(Action.SEE_SESSION)
def watch(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """What became of the last order to a session: a part of a page, that asks again until it is known."""
    session_log.get(visit.visitor.caller, id)
    return show(visit, "_outcome", {"watched": outcome(visit, str(id), timelines.places_of(visit.visitor.caller))})
