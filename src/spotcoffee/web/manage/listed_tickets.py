"""The tickets of one list: counted, filtered, a page at a time; some or all that match revoked, printed, exported."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from spotcoffee.domain.permissions import Action
from spotcoffee.domain.tickets import State
from spotcoffee.services import job_kinds, jobs, reading, revocations, ticket_lists, ticket_pages, tickets
from spotcoffee.services.errors import Conflict, Forbidden, NotFound
from spotcoffee.services.paging import Window
from spotcoffee.storage.instants import from_micros, to_micros
from spotcoffee.web.manage.counters import counters
from spotcoffee.web.manage.cursors import LONGEST_SEARCH, address, after_of, number_of
from spotcoffee.web.manage.pages import go, page, say, show
from spotcoffee.web.manage.tags import state_in_words
from spotcoffee.web.manage.ticket_lists import can_be_deleted
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, keys, now, pace
from spotcoffee.wording.offers import sentence

PER_PAGE: Final = 50
# More than these are revoked by the worker.
_MOST_AT_ONCE: Final = 200
_STATES: Final = tuple(state.value for state in State)
_HANDED_OUT: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tickets of a list are shown. Empty: any."""

    state: str
    q: str
    handed_out: str
    stale: bool

    @classmethod
    def of(cls, sent: QueryDict) -> "Filters":
        """As they stand in an address or a form; nonsense is left out."""
        state, handed_out = sent.get("state", ""), sent.get("handed_out", "")
        return cls(
            state=state if state in _STATES else "",
            q="".join(one for one in sent.get("q", "") if one.isprintable()).strip()[:LONGEST_SEARCH],
            handed_out=handed_out if handed_out in _HANDED_OUT else "",
            stale=sent.get("stale", "") == "1",
        )

    @property
    def chosen(self) -> dict[str, Any]:
        """As ticket_pages and jobs take them."""
        return {
            "state": self.state or None,
            "search": self.q or None,
            "handed_out": _HANDED_OUT.get(self.handed_out),
            "stale": self.stale,
        }

    def address(self, list_id: int) -> str:
        """The page that shows them."""
        path = reverse("list", args=[list_id])
        return address(path, state=self.state, q=self.q, handed_out=self.handed_out, stale=self.stale)


@require_safe
@page(Action.SEE_LIST)
def ticket_list(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """One list."""
    caller, at, filters = visit.visitor.caller, now(), Filters.of(visit.GET)
    record = ticket_lists.get(caller, id)
    view = ticket_lists.show(caller, id, now=at)
    window = Window(PER_PAGE, after_of(visit))
    asked = filters.chosen | {"state": State(filters.state) if filters.state else None}
    found = ticket_pages.page(
        caller, window, keys=keys(), interim_interval=interim_interval(), now=at, ticket_list=id, **asked
    )
    reading.record(caller, [ticket.id for ticket in found.items], now=at)
    context = {
        "list": view,
        "offer": record.offer,
        "sentence": sentence(record.offer.as_terms()),
        "counters": counters(view),
        "filters": filters,
        "states": [(state.value, state_in_words(state)) for state in State],
        "found": found,
        "is_first": window.after is None,
        "is_filtered": any((filters.state, filters.q, filters.handed_out, filters.stale)),
        "jobs": jobs.unfinished_of_list(caller, id),
        "can_be_deleted": can_be_deleted(view),
    }
    return show(visit, "list", context)


@require_POST
@page(Action.SEE_LIST)
def act_on_tickets(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Do something to the tickets that are ticked, or to all that match the filters."""
    ticket_lists.get(visit.visitor.caller, id)
    match visit.POST.get("do", ""):
        case "revoke":
            _require(visit, Action.REVOKE_TICKET)
            return _revoke(visit, id)
        case "print":
            return go(_to_printing(visit, id, what=""))
        case "export":
            return go(_to_printing(visit, id, what="excel"))
        case _:
            raise NotFound


def _require(visit: Visit, action: Action) -> None:
    if not visit.visitor.may(action):
        raise Forbidden(role=visit.visitor.role.value)


def _ticked(visit: Visit) -> list[int]:
    sent = [number_of(one) for one in visit.POST.getlist("ticket")[: tickets.MOST_AT_ONCE]]
    return sorted({one for one in sent if one is not None})


def _revoke(visit: Visit, list_id: int) -> HttpResponse:
    caller, at, filters = visit.visitor.caller, now(), Filters.of(visit.POST)
    if "everything" in visit.POST:
        return _revoke_everything(visit, list_id, filters, at)
    ticked = _ticked(visit)
    if not ticked:
        raise Conflict("no_ticket_chosen")
    revoked = tickets.revoke(caller, ticked, interim_interval=interim_interval(), now=at)
    _say_revoked(visit, list_id, revoked, at)
    return go(filters.address(list_id))


def _revoke_everything(visit: Visit, list_id: int, filters: Filters, at: datetime) -> HttpResponse:
    caller = visit.visitor.caller
    many = ticket_pages.of_list(caller, list_id, filters.chosen, after=0, limit=_MOST_AT_ONCE + 1, keys=keys(), now=at)
    if len(many) <= _MOST_AT_ONCE:
        revoked = revocations.revoke_chosen(
            caller, list_id, filters.chosen, keys=keys(), interim_interval=interim_interval(), pace=pace(), at=at
        )
        _say_revoked(visit, list_id, revoked, at)
        return go(filters.address(list_id))
    total = ticket_pages.count_of_list(caller, list_id, filters.chosen, keys=keys(), now=at)
    asked = {"list": list_id, "chosen": filters.chosen, "at": to_micros(at)}
    with transaction.atomic():
        job = jobs.add(caller, job_kinds.REVOKE, asked, total=total, now=at)
    return go(reverse("job", args=[job.pk]))


def _say_revoked(visit: Visit, list_id: int, revoked: int, at: datetime) -> None:
    if not revoked:
        say(visit, gettext("These tickets were revoked already."))
        return
    said = ngettext(
        "%(count)s ticket is revoked: it connects no more, and whoever was on with it is disconnected.",
        "%(count)s tickets are revoked: they connect no more, and whoever was on with them is disconnected.",
        revoked,
    )
    say(visit, said % {"count": revoked}, undo=reverse("restore-tickets", args=[list_id, to_micros(at)]))


@require_POST
@page(Action.RESTORE_TICKET)
def restore_tickets(visit: Visit, id: int, at: int) -> HttpResponse:  # noqa: A002
    """Take a revocation back, by its instant."""
    caller = visit.visitor.caller
    instant = _instant(at)
    many = revocations.count_revoked_at(caller, id, instant)
    if many > _MOST_AT_ONCE:
        with transaction.atomic():
            job = jobs.add(caller, job_kinds.RESTORE, {"list": id, "at": at}, total=many, now=now())
        return go(reverse("job", args=[job.pk]))
    restored = revocations.restore_revoked(caller, id, instant, interim_interval=interim_interval(), pace=pace())
    said = ngettext("%(count)s ticket is restored.", "%(count)s tickets are restored.", restored)
    say(visit, said % {"count": restored})
    return go(reverse("list", args=[id]))


def _instant(micros: int) -> datetime:
    try:
        return from_micros(micros)
    except (OverflowError, ValueError) as never:
        raise NotFound from never


def _to_printing(visit: Visit, list_id: int, *, what: str) -> str:
    """Where hand-outs are made, with the tickets that were chosen."""
    if "everything" in visit.POST:
        filters = Filters.of(visit.POST)
        caller, most = visit.visitor.caller, tickets.MOST_AT_ONCE + 1
        matching = ticket_pages.of_list(caller, list_id, filters.chosen, after=0, limit=most, keys=keys(), now=now())
        every = filters == Filters.of(QueryDict())
        chosen = [] if every or len(matching) > tickets.MOST_AT_ONCE else matching
    else:
        chosen = _ticked(visit)
        if not chosen:
            raise Conflict("no_ticket_chosen")
    return address(reverse("printing"), list=list_id, what=what, tickets=",".join(map(str, chosen)))
