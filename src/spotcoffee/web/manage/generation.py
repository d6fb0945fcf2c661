"""Generating tickets into a list: a few at once, many as a job with a bar."""

from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from spotcoffee.domain.codes import FORMATS, CodeFormat, printed
from spotcoffee.domain.permissions import Action
from spotcoffee.services import generation, job_kinds, ticket_lists
from spotcoffee.services.errors import Invalid
from spotcoffee.storage.models import TicketBatch
from spotcoffee.web.manage.pages import faults_in_words, go, page, say, show
from spotcoffee.web.manage.sent_twice import form_key, once
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import keys, now, pace
from spotcoffee.wording.offers import code_format

# More than these are a job for the worker.
MOST_AT_ONCE: Final = 2_000
_SAMPLE: Final = "7KMP2RT9XWQ4HV3D"
_FIGURES: Final = "4820571936284750"


def example(name: str) -> str:
    """A code of a format, as it would be printed."""
    return _example(FORMATS[name])


def _example(drawn: CodeFormat) -> str:
    return printed((_FIGURES if drawn.is_weak else _SAMPLE)[: drawn.length])


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.GENERATE)
def generate(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """How many; the codes they will have."""
    into = ticket_lists.get(visit.visitor.caller, id)
    count, faults, status = "", {}, 200
    if visit.method == "POST":
        count = visit.POST.get("count", "")[:20]
        try:
            wanted = count_of(count)
            return go(once(visit, f"generate.{id}", lambda conclude: generate_into(visit, id, wanted, conclude)))
        except Invalid as invalid:
            faults, status = faults_in_words(visit, invalid), 422
    view = ticket_lists.show(visit.visitor.caller, id, now=now())
    drawn = generation.formats(into, 1)
    context = {
        "list": view,
        "offer": into.offer,
        "count": count,
        "faults": faults,
        "format": code_format(into.login_format),
        "example": _example(drawn.login),
        "password": None if drawn.password is None else _example(drawn.password),
        "is_weak": drawn.login.is_weak,
        "most": generation.MOST_TICKETS,
        "form_key": form_key(),
    }
    return show(visit, "generate", context, status=status)


def count_of(typed: str) -> int:
    """How many tickets were asked for. Raises Invalid."""
    line = "".join(typed.split())
    if not (line.isascii() and line.isdigit() and len(line) <= 9):
        raise Invalid([("count", "not_a_count")])
    return int(line)


def generate_into(visit: Visit, list_id: int, count: int, conclude: Callable[[str], None]) -> str:
    """Generate tickets; answers where that is to be seen. Raises Invalid, Conflict."""
    caller = visit.visitor.caller
    generation.formats(ticket_lists.get(caller, list_id), count)
    if count > MOST_AT_ONCE:
        with transaction.atomic():
            job = job_kinds.add_generation(caller, list_id, count, now=now())
            address = reverse("job", args=[job.pk])
            conclude(address)
        return address
    address = reverse("list", args=[list_id])

    def show_it(_batch: TicketBatch) -> bool:
        conclude(address)
        return True

    generation.generate(caller, list_id, count, keys=keys(), pace=pace(), conclude=show_it)
    said = ngettext("%(count)s ticket is generated.", "%(count)s tickets are generated.", count)
    say(visit, said % {"count": count} + " " + gettext("Print or export what was never handed out."))
    return address
