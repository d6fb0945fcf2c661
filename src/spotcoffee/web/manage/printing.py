"""Printing and exporting: which tickets, on which paper, a preview that takes nothing, and the hand-out itself."""

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from spotcoffee.domain.permissions import Action
from spotcoffee.services import handouts as services
from spotcoffee.services import job_kinds, jobs, offers, print_options, ticket_lists, ticket_pages
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.paging import Window
from spotcoffee.services.printed import printed_terms
from spotcoffee.services.ticket_lists import TicketListView
from spotcoffee.storage.models import Handout, TicketList
from spotcoffee.web.manage import print_form
from spotcoffee.web.manage.cursors import after_of, number_of, search_of
from spotcoffee.web.manage.pages import faults_in_words, go, page, said_in_words, show
from spotcoffee.web.manage.papers import granted
from spotcoffee.web.manage.print_form import PrintForm
from spotcoffee.web.manage.sent_twice import form_key, once
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import now, pace, site
from spotcoffee.wording.documents import MadeFile, preview_file

# More tickets than these are a job for the worker.
MOST_AT_ONCE: Final = 2_000
_MOST_PREVIEWED: Final = 80
_LISTS: Final = 25


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.HAND_OUT)
def printing(visit: Visit) -> HttpResponse:
    """The form for one list; without a list, the lists to choose from. POST: the form anew, nothing is taken."""
    sent = visit.POST if visit.method == "POST" else visit.GET
    list_id = number_of(sent.get("list", ""))
    if list_id is None:
        return _choose(visit)
    language = visit.visitor.organisation.language
    form = (print_form.filled_in if visit.method == "POST" else print_form.fresh)(sent, language=language)
    return _form_page(visit, list_id, form)


def _choose(visit: Visit) -> HttpResponse:
    caller, search, window = visit.visitor.caller, search_of(visit), Window(_LISTS, after_of(visit))
    found = ticket_lists.page(caller, window, now=now(), search=search or None, archived=False)
    bound = offers.by_id(caller, {view.offer for view in found.items})
    rows = [{"list": view, "offer": bound.get(view.offer)} for view in found.items]
    context = {"rows": rows, "found": found, "q": search, "is_first": window.after is None}
    return show(visit, "printing_lists", context)


@require_POST
@page(Action.HAND_OUT)
def hand_out(visit: Visit) -> HttpResponse:
    """Take the tickets and mark them; then look at the hand-out."""
    list_id, form = _sent(visit)
    try:
        return go(once(visit, "hand-out", lambda conclude: _take(visit, list_id, form, conclude)))
    except Invalid as invalid:
        return _form_page(visit, list_id, form, invalid)
    except Conflict as refused:
        if refused.code != "nothing_to_hand_out":
            raise
        return _form_page(visit, list_id, form, said=said_in_words(visit, refused))


def _sent(visit: Visit) -> tuple[int, PrintForm]:
    list_id = number_of(visit.POST.get("list", ""))
    if list_id is None:
        raise NotFound("no_such_list")
    ticket_lists.get(visit.visitor.caller, list_id)
    return list_id, print_form.filled_in(visit.POST, language=visit.visitor.organisation.language)


def _take(visit: Visit, list_id: int, form: PrintForm, conclude: Callable[[str], None]) -> str:
    caller = visit.visitor.caller
    services.check(only=form.only, format=form.format, profile=form.profile, options=form.options)
    if not form.chosen and _how_many(visit, list_id, form) > MOST_AT_ONCE:
        return _take_later(visit, list_id, form, conclude)

    def remember(taken: Handout) -> bool:
        conclude(reverse("handout", args=[taken.pk]))
        return True

    taken = services.take(
        caller,
        list_id,
        pace=pace(),
        only=form.only,
        chosen=form.chosen or None,
        format=form.format,
        profile=form.profile,
        options=form.options,
        conclude=remember,
    )
    return reverse("handout", args=[taken.pk])


def _take_later(visit: Visit, list_id: int, form: PrintForm, conclude: Callable[[str], None]) -> str:
    asked = {
        "list": list_id,
        "only": form.only,
        "format": form.format,
        "profile": form.profile,
        "options": form.options,
    }
    with transaction.atomic():
        total = _how_many(visit, list_id, form)
        job = jobs.add(visit.visitor.caller, job_kinds.HAND_OUT, asked, total=total, now=now())
        address = reverse("job", args=[job.pk])
        conclude(address)
    return address


@require_POST
@page(Action.HAND_OUT)
def preview(visit: Visit) -> HttpResponseBase:
    """The file as it would look, with dots for codes: nothing is taken."""
    list_id, form = _sent(visit)
    source = ticket_lists.get(visit.visitor.caller, list_id)
    try:
        services.check(only=form.only, format=form.format, profile=form.profile, options=form.options)
    except Invalid as invalid:
        return _form_page(visit, list_id, form, invalid)
    count = min(max(1, _how_many(visit, list_id, form)), _MOST_PREVIEWED)
    file = preview_file(
        source,
        services.blanks(source, count),
        format=form.format,
        profile=form.profile,
        options=form.options,
        now=now(),
        site=site(source.organisation),
    )
    return inline(file) if form.is_paper else attachment(file)


def inline(file: MadeFile) -> StreamingHttpResponse:
    """A file that the browser shows, to be printed from there."""
    answer = StreamingHttpResponse(file.pieces, content_type=file.media_type)
    answer["Content-Disposition"] = f'inline; filename="{file.name}"'
    return answer


def attachment(file: MadeFile) -> StreamingHttpResponse:
    """A file to be saved."""
    answer = inline(file)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


def _how_many(visit: Visit, list_id: int, form: PrintForm) -> int:
    """How many tickets would be taken."""
    at = now()
    if form.chosen:
        found = ticket_pages.count_among(visit.visitor.caller, list_id, form.chosen, only=form.only, now=at)
        return found
    return _counted(ticket_lists.show(visit.visitor.caller, list_id, now=at), form.only)


def _counted(view: TicketListView, only: str) -> int:
    return {"not_handed_out": view.not_handed_out, "unused": view.virgin}.get(only, view.tickets)


def _form_page(
    visit: Visit, list_id: int, form: PrintForm, invalid: Invalid | None = None, *, said: str = ""
) -> HttpResponse:
    caller = visit.visitor.caller
    source = ticket_lists.get(caller, list_id)
    view = ticket_lists.show(caller, list_id, now=now())
    count = _how_many(visit, list_id, form) if form.chosen else _counted(view, form.only)
    invalid = invalid or _fault(form)
    faults = {} if invalid is None else faults_in_words(visit, invalid)
    context: dict[str, Any] = {
        "list": view,
        "source": source,
        "form": form,
        "count": count,
        "faults": {name.removeprefix("options."): why for name, why in faults.items()},
        "said": said,
        "papers": [(name, print_form.kind_in_words(name)) for name in print_form.PAPERS],
        "files": [(name, print_form.kind_in_words(name)) for name in print_form.FILES],
        "onlys": [(name, print_form.only_in_words(name), _counted(view, name)) for name in services.ONLY],
        "fields": [(name, print_form.field_in_words(name)) for name in print_options.FIELDS],
        "languages": print_form.languages_in_words(),
        "sample": _sample(source, form),
        "sheet": _sheet(form, count),
        "form_key": form_key(),
    }
    is_part = visit.method == "POST" and visit.headers.get("HX-Request")
    status = 200 if is_part or (invalid is None and not said) else 422
    return show(visit, "_printing_shown" if is_part else "printing", context, status=status)


def _fault(form: PrintForm) -> Invalid | None:
    """What is wrong with a form that is shown anew."""
    try:
        services.check(only=form.only, format=form.format, profile=form.profile, options=form.options)
    except Invalid as invalid:
        return invalid
    return None


def _sample(source: TicketList, form: PrintForm) -> dict[str, Any]:
    """What a ticket says, in the languages of the form."""
    (blank,) = services.blanks(source, 1)
    terms = printed_terms(source.offer)
    words = [granted(terms, language) for language in form.options.get("languages", [])]
    return {"code": blank.login, "password": blank.password, "words": words}


def _sheet(form: PrintForm, count: int) -> dict[str, Any] | None:
    """A small drawing of the first sheet: which cells are used. Lengths in millimetres."""
    layout, first = form.sheet, form.first_cell
    if layout is None or not 1 <= first <= layout.cells:
        return None
    width, height = 210 / layout.columns, 297 / layout.rows
    cells = [
        {
            "x": f"{width * (number % layout.columns) + 3:.1f}",
            "y": f"{height * (number // layout.columns) + 3:.1f}",
            "used": first - 1 <= number < first - 1 + count,
        }
        for number in range(layout.cells)
    ]
    return {
        "cells": cells,
        "width": f"{width - 6:.1f}",
        "height": f"{height - 6:.1f}",
        "sheets": -(-(count + first - 1) // layout.cells) if count else 0,
    }
