"""Lists of tickets: all of them with their counters; made, renamed, bound to another offer, archived."""

from typing import Any, Final

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from spotcoffee.domain.codes import FORMATS
from spotcoffee.domain.permissions import Action
from spotcoffee.services import impact, offers
from spotcoffee.services import ticket_lists as services
from spotcoffee.services.errors import Invalid
from spotcoffee.services.generation import formats
from spotcoffee.services.impact import Impact
from spotcoffee.services.paging import Window
from spotcoffee.services.ticket_lists import TicketListView
from spotcoffee.storage.models import TicketList
from spotcoffee.web.manage import changes
from spotcoffee.web.manage.counters import counters
from spotcoffee.web.manage.cursors import after_of, flag_of, number_of, search_of
from spotcoffee.web.manage.generation import count_of, example, generate_into
from spotcoffee.web.manage.pages import faults_in_words, go, page, say, show, warn
from spotcoffee.web.manage.sent_twice import form_key, once
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, now
from spotcoffee.wording.offers import code_format, sentence

PER_PAGE: Final = 25
_FIELDS: Final = ("name", "login_format", "password_format")
_LOGINS: Final = ("code10", "code8", "code12", "digits8", "digits10")


@require_safe
@page(Action.SEE_LIST)
def lists(visit: Visit) -> HttpResponse:
    """The lists with their counters by state."""
    caller, search, archived = visit.visitor.caller, search_of(visit), flag_of(visit, "archived")
    of_offer, window = number_of(visit.GET.get("offer", "")), Window(PER_PAGE, after_of(visit))
    found = services.page(caller, window, now=now(), search=search or None, offer=of_offer, archived=archived)
    chosen = {view.offer for view in found.items} | ({of_offer} if of_offer else set())
    bound = offers.by_id(caller, chosen)
    rows = [{"list": view, "offer": bound.get(view.offer), "counters": counters(view)} for view in found.items]
    return show(
        visit,
        "lists",
        {
            "rows": rows,
            "found": found,
            "q": search,
            "archived": archived,
            "of_offer": bound.get(of_offer or 0),
            "is_first": window.after is None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.ADD_LIST)
def new_list(visit: Visit) -> HttpResponse:
    """A new list; `count`: tickets to be generated into it at once."""
    choice = _choice(visit)
    if visit.method != "POST":
        asked = number_of(visit.GET.get("offer", ""))
        only = choice[0]["id"] if len(choice) == 1 else None
        form = {"name": "", "offer": asked or only, "login_format": "code10", "password_format": "none", "count": ""}
        return _form_page(visit, None, form, choice)
    form = _typed(visit) | {"count": visit.POST.get("count", "")[:20]}
    try:
        address = once(visit, "new-list", lambda conclude: _add(visit, form, conclude))
    except Invalid as invalid:
        return _form_page(visit, None, form, choice, invalid)
    return go(address)


def _add(visit: Visit, form: dict[str, Any], conclude: Any) -> str:
    count = count_of(form["count"]) if form["count"].strip() else None
    if count is not None and form["login_format"] in FORMATS:
        organisation = visit.visitor.organisation
        formats(TicketList(organisation=organisation, **{name: form[name] for name in _FIELDS}), count)
    with transaction.atomic():
        added = services.add(visit.visitor.caller, _values(form), now=now())
        here = reverse("list", args=[added.pk])
        conclude(here)
    say(visit, gettext("The list “%(name)s” is made.") % {"name": added.name})
    return here if count is None else generate_into(visit, added.pk, count, conclude)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.CHANGE_LIST)
def change_list(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Rename a list, bind it to another offer, choose how its next codes look."""
    record = services.get(visit.visitor.caller, id)
    choice = _choice(visit, record)
    if visit.method != "POST":
        form = {"offer": record.offer_id, **{name: getattr(record, name) for name in _FIELDS}}
        return _form_page(visit, record, form, choice)
    form = _typed(visit)
    try:
        found = _impact(visit, id, _values(form))
        if "again" in visit.POST:
            return _form_page(visit, record, form, choice)
        if not changes.is_confirmed(visit, found):
            named = changes.names_of(visit, record.organisation, offer_names={one["id"]: one["name"] for one in choice})
            return changes.confirm(visit, found, title=record.name, back=reverse("list", args=[id]), names=named)
        return _save(visit, record, _values(form), found)
    except Invalid as invalid:
        return _form_page(visit, record, form, choice, invalid)


def _impact(visit: Visit, list_id: int, values: dict[str, object]) -> Impact:
    return impact.of_list(visit.visitor.caller, list_id, values, interim_interval=interim_interval(), now=now())


def _save(visit: Visit, record: TicketList, values: dict[str, object], found: Impact) -> HttpResponse:
    here = reverse("list", args=[record.pk])
    own = [one for one in found.fields if one.field in services.CHECKS]
    if not own:
        say(visit, gettext("Nothing was changed."))
        return go(here)
    changed = services.change(visit.visitor.caller, record.pk, {one.field: values[one.field] for one in own}, now=now())
    undo = reverse("undo-list", args=[record.pk, changes.undo_token("list", record.pk, own)])
    if any(one.field == "offer" for one in own):
        offer = offers.get(visit.visitor.caller, changed.ticket_list.offer_id)
        said = gettext("The list “%(name)s” is now bound to the offer “%(offer)s”.")
        say(visit, said % {"name": changed.ticket_list.name, "offer": offer.name}, undo=undo)
    else:
        said = gettext("The list “%(name)s” is saved. No ticket has changed.")
        say(visit, said % {"name": changed.ticket_list.name}, undo=undo)
    return go(here)


@require_POST
@page(Action.CHANGE_LIST)
def undo_list(visit: Visit, id: int, token: str) -> HttpResponse:  # noqa: A002
    """Give a list back what it was before a change, unless someone changed it again."""
    undo = changes.undo_of(token, "list", id)
    values: dict[str, object] = dict(undo.before)
    if changes.has_changed_since(undo, _impact(visit, id, values)):
        warn(visit, gettext("This was changed again since: nothing was taken back."))
    else:
        services.change(visit.visitor.caller, id, values, now=now())
        say(visit, gettext("The change is taken back."))
    return go(reverse("list", args=[id]))


@require_POST
@page(Action.CHANGE_LIST)
def archive_list(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """No more tickets for a list; those it has go on."""
    changed = services.change(visit.visitor.caller, id, {"archived": True}, now=now())
    said = gettext("The list “%(name)s” is archived: its tickets go on, none is added.")
    say(visit, said % {"name": changed.ticket_list.name}, undo=reverse("unarchive-list", args=[id]))
    return go(reverse("lists"))


@require_POST
@page(Action.CHANGE_LIST)
def unarchive_list(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """A list that takes tickets again."""
    changed = services.change(visit.visitor.caller, id, {"archived": False}, now=now())
    say(visit, gettext("The list “%(name)s” is in use again.") % {"name": changed.ticket_list.name})
    return go(reverse("list", args=[id]))


@require_POST
@page(Action.DELETE_LIST)
def delete_list(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Delete a list none of whose tickets was handed out or used."""
    name = services.get(visit.visitor.caller, id).name
    services.delete(visit.visitor.caller, id, now=now())
    say(visit, gettext("The list “%(name)s” is deleted.") % {"name": name})
    return go(reverse("lists"))


def can_be_deleted(view: TicketListView) -> bool:
    """Whether a button for it makes sense: the services have the last word."""
    return view.tickets <= services.MOST_DELETED and view.tickets == view.not_handed_out + view.revoked


def _choice(visit: Visit, record: TicketList | None = None) -> list[dict[str, Any]]:
    """The offers that a list can be bound to, in words."""
    current = offers.list_all(visit.visitor.caller, archived=False)
    found = offers.by_id(visit.visitor.caller, [view.id for view in current])
    if record is not None:
        found.setdefault(record.offer_id, record.offer)
    ordered = sorted(found.values(), key=lambda offer: (offer.name.casefold(), offer.pk))
    return [{"id": offer.pk, "name": offer.name, "sentence": sentence(offer.as_terms())} for offer in ordered]


def _typed(visit: Visit) -> dict[str, Any]:
    form: dict[str, Any] = {name: visit.POST.get(name, "")[:500] for name in _FIELDS}
    return {**form, "offer": number_of(visit.POST.get("offer", ""))}


def _values(form: dict[str, Any]) -> dict[str, object]:
    """What the services check. An offer that was not chosen is missing."""
    values = {name: form[name] for name in _FIELDS}
    return values if form["offer"] is None else {**values, "offer": form["offer"]}


def _form_page(
    visit: Visit,
    record: TicketList | None,
    form: dict[str, Any],
    choice: list[dict[str, Any]],
    invalid: Invalid | None = None,
) -> HttpResponse:
    context = {
        "record": record,
        "form": form,
        "choice": choice,
        "faults": {} if invalid is None else faults_in_words(visit, invalid),
        "logins": [(name, code_format(name), example(name)) for name in _LOGINS],
        "passwords": [(name, code_format(name)) for name in (services.NO_PASSWORD, *_LOGINS)],
        "form_key": form_key(),
    }
    return show(visit, "list_form", context, status=200 if invalid is None else 422)
