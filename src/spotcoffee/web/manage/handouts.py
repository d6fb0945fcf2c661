"""What was handed out: prints, exports; who, when, with which parameters; their files again, and their undoing."""

from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from spotcoffee.domain.permissions import Action
from spotcoffee.services import handouts as services
from spotcoffee.services import print_options, reading, ticket_lists
from spotcoffee.services.errors import Conflict, NotFound
from spotcoffee.services.paging import Window
from spotcoffee.services.printed import TERMS, is_stale
from spotcoffee.storage.models import Handout, TicketList
from spotcoffee.web.manage import changes, print_form
from spotcoffee.web.manage.cursors import after_of, number_of
from spotcoffee.web.manage.pages import go, page, say, show
from spotcoffee.web.manage.printing import attachment, inline
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import keys, now, pace, site
from spotcoffee.wording.documents import handout_file
from spotcoffee.wording.offers import label, value_in_words

PER_PAGE: Final = 25


@require_safe
@page(Action.SEE_HANDOUT)
def handouts(visit: Visit) -> HttpResponse:
    """Prints and exports, the newest first. Sales stand on their tickets."""
    caller, of_list = visit.visitor.caller, number_of(visit.GET.get("list", ""))
    source = None if of_list is None else ticket_lists.get(caller, of_list)
    window = Window(PER_PAGE, after_of(visit))
    found = services.page(caller, window, ticket_list=of_list, formats=services.FORMATS)
    rows = [{"handout": one, "kind": kind_of(one)} for one in found.items]
    context = {"rows": rows, "found": found, "source": source, "is_first": window.after is None}
    return show(visit, "handouts", context)


@require_safe
@page(Action.SEE_HANDOUT)
def handout(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """One of them: its file, what stood on its tickets, who made it."""
    record = services.get(visit.visitor.caller, id)
    source = _source(visit, record)
    names = changes.names_of(visit, record.organisation)
    said = [
        (label(name), value_in_words(name, record.terms[name], names))
        for name in TERMS
        if record.terms.get(name) is not None and name != "currency"
    ]
    context = {
        "handout": record,
        "kind": kind_of(record),
        "source": source,
        "said": said,
        "has_file": record.format in services.FORMATS and record.undone_at is None and source is not None,
        "is_paper": record.format in (print_options.PDF, print_options.RECEIPT),
        "is_stale": source is not None and record.undone_at is None and is_stale(record.terms, source.offer),
    }
    return show(visit, "handout", context)


def _source(visit: Visit, record: Handout) -> TicketList | None:
    """The list that it was taken from; None where that is gone."""
    try:
        return ticket_lists.get(visit.visitor.caller, record.list_id or 0)
    except NotFound:
        return None


@require_safe
@page(Action.READ_HANDOUT)
def handout_again(visit: Visit, id: int) -> HttpResponseBase:  # noqa: A002
    """Its file; `show`: in the browser, to be printed from there. Each reading is written into the log."""
    caller = visit.visitor.caller
    record = services.get(caller, id)
    if record.undone_at is not None:
        raise Conflict("handout_undone", id=id)
    if record.format not in services.FORMATS:
        raise Conflict("no_file_of_sale", id=id)
    source = ticket_lists.get(caller, record.list_id or 0)
    file = handout_file(record, source, keys=keys(), site=site(source.organisation))
    reading.record_handout(caller, record.pk, record.count, now=now())
    return inline(file) if "show" in visit.GET else attachment(file)


@require_POST
@page(Action.UNDO_HANDOUT)
def undo_handout(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Give its tickets back, as if it had never been."""
    record = services.get(visit.visitor.caller, id)
    services.undo(visit.visitor.caller, id, pace=pace())
    said = ngettext(
        "%(count)s ticket is back in stock. Destroy what was printed or exported.",
        "%(count)s tickets are back in stock. Destroy what was printed or exported.",
        record.count,
    )
    say(visit, said % {"count": record.count})
    return go(reverse("handout", args=[id]))


def kind_of(record: Handout) -> str:
    """What came out, in words."""
    options: dict[str, Any] = record.options
    match record.format:
        case "pdf":
            return print_form.kind_in_words(options.get("layout", "3x8"))
        case "receipt":
            return print_form.kind_in_words(options.get("paper", "80"))
        case "csv":
            return print_form.kind_in_words(record.profile or "rfc4180")
        case "xlsx":
            return print_form.kind_in_words("xlsx")
        case _:
            return gettext("Sale at the desk")
