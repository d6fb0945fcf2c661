"""Finding a ticket: one hit goes straight to its card."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from spotcoffee.domain.codes import tail
from spotcoffee.domain.permissions import Action
from spotcoffee.services import searches, tickets
from spotcoffee.services.searches import Found
from spotcoffee.storage.models import Offer
from spotcoffee.web.manage.pages import page, show
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, keys, now
from spotcoffee.wording.events import device_in_words


@require_safe
@page(Action.SEE_TICKET)
def find(visit: Visit) -> HttpResponse:
    """What was searched for, or where to."""
    searched = visit.GET.get("q", "").strip()
    found = searches.find(visit.visitor.caller, searched, keys=keys())
    if len(found.tickets) == 1:
        return redirect("ticket", id=found.tickets[0])
    context = {
        "searched": searched[: searches.LONGEST],
        "too_long": len(searched) > searches.LONGEST,
        "device": device_in_words(found.device) if found.device else "",
        "looked_at": searches.SESSIONS_LOOKED_AT,
        "found": _rows(visit, found),
        "is_full": len(found.tickets) == searches.MOST_FOUND,
    }
    return show(visit, "find", context)


def _rows(visit: Visit, found: Found) -> list[dict[str, object]]:
    if not found.tickets:
        return []
    views = tickets.show(
        visit.visitor.caller, found.tickets, keys=keys(), interim_interval=interim_interval(), now=now()
    )
    offers = dict(Offer.objects.filter(pk__in={view.offer for view in views}).values_list("pk", "name"))
    # Enough to tell them apart; the whole code is on the card, and reading it is written down.
    return [{"ticket": view, "tail": tail(view.login), "offer": offers.get(view.offer, "")} for view in views]
