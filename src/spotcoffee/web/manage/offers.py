"""Offers: the cards, the form that says back what it understood, and changes that are shown before they are saved."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from spotcoffee.domain.permissions import Action
from spotcoffee.services import impact, reach
from spotcoffee.services import offers as services
from spotcoffee.services.errors import Forbidden, Invalid
from spotcoffee.services.impact import Impact
from spotcoffee.services.offers import OfferView
from spotcoffee.services.paging import Window
from spotcoffee.storage.models import Offer
from spotcoffee.web.manage import changes, offer_form
from spotcoffee.web.manage.cursors import after_of, flag_of, number_of, search_of
from spotcoffee.web.manage.offer_form import Reading, Typed
from spotcoffee.web.manage.offer_panel import panel, said_of, terms_of
from spotcoffee.web.manage.pages import go, page, say, show, warn
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, now
from spotcoffee.wording.offers import sentence

PER_PAGE: Final = 24


@require_safe
@page(Action.SEE_OFFER)
def offers(visit: Visit) -> HttpResponse:
    """The cards."""
    caller, search, archived = visit.visitor.caller, search_of(visit), flag_of(visit, "archived")
    window = Window(PER_PAGE, after_of(visit))
    found = services.page(caller, window, search=search or None, archived=archived)
    names = {point.pk: point.name for point in services.access_points(caller)}
    return show(
        visit,
        "offers",
        {
            "cards": [_card(visit, view, names) for view in found.items],
            "found": found,
            "q": search,
            "archived": archived,
            "is_first": window.after is None,
        },
    )


def _card(visit: Visit, view: OfferView, names: dict[int, str]) -> dict[str, Any]:
    zone = ZoneInfo(view.time_zone or visit.visitor.organisation.time_zone)
    form = offer_form.form_of(view, zone=zone)
    return {
        "offer": view,
        "sentence": sentence(terms_of(view, zone)),
        "points": [names[key] for key in view.access_points if key in names],
        "until": form.texts["valid_until"],
        "is_over": view.valid_until is not None and view.valid_until <= now(),
        "warnings": said_of(view.warnings),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.ADD_OFFER)
def new_offer(visit: Visit) -> HttpResponse:
    """A new offer; `from`: the one that it begins as a copy of."""
    zone = visit.visitor.zone
    if visit.method != "POST":
        return _form_page(visit, None, _beginning(visit), zone)
    form = offer_form.typed(visit.POST)
    reading = offer_form.read(form, zone=_zone(visit, form))
    faults = _faults(visit, None, reading)
    if not faults:
        try:
            added = services.add(visit.visitor.caller, reading.values, now=now())
        except Invalid as invalid:
            faults = invalid.faults
    if faults:
        return _form_page(visit, None, form, zone, faults=faults)
    say(visit, gettext("The offer “%(name)s” is made.") % {"name": added.name})
    return go(reverse("offer", args=[added.pk]))


def _beginning(visit: Visit) -> Typed:
    points = services.access_points(visit.visitor.caller)
    copied = number_of(visit.GET.get("from", ""))
    if copied is None:
        # The one that can't be forgotten: where there is one alone, it is it.
        return offer_form.empty(points=tuple(point.pk for point in points) if len(points) == 1 else ())
    view = services.show(visit.visitor.caller, copied)
    form = offer_form.form_of(view, zone=ZoneInfo(view.time_zone or visit.visitor.organisation.time_zone))
    mine = {point.pk for point in points}
    name = gettext("%(name)s (copy)") % {"name": view.name}
    return Typed({**form.texts, "name": name[:200]}, tuple(key for key in form.points if key in mine))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.SEE_OFFER)
def offer(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """One offer, to be seen and changed."""
    view = services.show(visit.visitor.caller, id)
    zone = ZoneInfo(view.time_zone or visit.visitor.organisation.time_zone)
    if visit.method != "POST":
        return _form_page(visit, view, offer_form.form_of(view, zone=zone), zone)
    form, before = offer_form.typed(visit.POST), offer_form.shown(visit.POST)
    return _change(visit, view, form, before, zone=_zone(visit, form))


@require_POST
@page(Action.CHANGE_OFFER)
def extend_offer(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Move the end of the validity, and nothing else."""
    view = services.show(visit.visitor.caller, id)
    zone = ZoneInfo(view.time_zone or visit.visitor.organisation.time_zone)
    before = offer_form.form_of(view, zone=zone)
    end = {"valid_until": visit.POST.get("valid_until", "")[:40], "valid_until_time": ""}
    return _change(visit, view, Typed({**before.texts, **end}, before.points), before, zone=zone)


def _change(visit: Visit, view: OfferView, form: Typed, before: Typed | None, *, zone: ZoneInfo) -> HttpResponse:
    """Save what was touched; first the page that says what it does, where it does something to tickets."""
    _may_change(visit, view.id)
    reading = offer_form.read(form, zone=zone, before=before)
    faults = reading.faults
    try:
        found = _impact(visit, view.id, reading.values)
    except Invalid as invalid:
        faults = [*faults, *invalid.faults]
    if faults or "again" in visit.POST:
        return _form_page(visit, view, form, zone, faults=faults, before=before)
    return _save(visit, view, reading.values, found)


def _may_change(visit: Visit, offer_id: int) -> None:
    if not visit.visitor.may(Action.CHANGE_OFFER):
        raise Forbidden(role=visit.visitor.role.value)
    record = services.get(visit.visitor.caller, offer_id)
    if not reach.is_whole(visit.visitor.caller, record):
        raise Forbidden("offer_elsewhere_too", offer=record.name)


def _impact(visit: Visit, offer_id: int, values: dict[str, object]) -> Impact:
    return impact.of_offer(visit.visitor.caller, offer_id, values, interim_interval=interim_interval(), now=now())


def _save(visit: Visit, view: OfferView, values: dict[str, object], found: Impact) -> HttpResponse:
    here = reverse("offer", args=[view.id])
    if not found.fields:
        say(visit, gettext("Nothing was changed."))
        return go(here)
    if not changes.is_confirmed(visit, found):
        zone = ZoneInfo(view.time_zone or visit.visitor.organisation.time_zone)
        names = changes.names_of(visit, visit.visitor.organisation, zone=zone)
        return changes.confirm(visit, found, title=view.name, back=here, names=names)
    changed = services.change(visit.visitor.caller, view.id, values, now=now())
    token = changes.undo_token("offer", view.id, list(found.fields))
    say(visit, _done(changed.offer.name, found), undo=reverse("undo-offer", args=[view.id, token]))
    return go(here)


def _done(name: str, found: Impact) -> str:
    if {one.field for one in found.fields} == {"name"}:
        return gettext("The offer is now called “%(name)s”. No list and no ticket has changed.") % {"name": name}
    if not found.tickets:
        return gettext("The offer “%(name)s” is saved.") % {"name": name}
    said = ngettext(
        "The offer “%(name)s” is saved: %(count)s ticket follows.",
        "The offer “%(name)s” is saved: %(count)s tickets follow.",
        found.tickets,
    )
    return said % {"name": name, "count": found.tickets}


@require_POST
@page(Action.CHANGE_OFFER)
def undo_offer(visit: Visit, id: int, token: str) -> HttpResponse:  # noqa: A002
    """Give an offer the values back that it had before a change, unless someone changed them again."""
    undo = changes.undo_of(token, "offer", id)
    values: dict[str, object] = {name: _value(name, said) for name, said in undo.before.items()}
    _may_change(visit, id)
    found = _impact(visit, id, values)
    if changes.has_changed_since(undo, found):
        warn(visit, gettext("This was changed again since: nothing was taken back."))
    else:
        services.change(visit.visitor.caller, id, values, now=now())
        say(visit, gettext("The change is taken back."))
    return go(reverse("offer", args=[id]))


def _value(name: str, said: Any) -> object:
    return datetime.fromisoformat(said) if name in offer_form.INSTANTS and said else said


@require_POST
@page(Action.CHANGE_OFFER)
def archive_offer(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Take an offer off the menu; its tickets go on."""
    changed = services.change(visit.visitor.caller, id, {"archived": True}, now=now())
    said = gettext("The offer “%(name)s” is archived: nothing more is sold of it, its tickets go on.")
    say(visit, said % {"name": changed.offer.name}, undo=reverse("unarchive-offer", args=[id]))
    return go(reverse("offers"))


@require_POST
@page(Action.CHANGE_OFFER)
def unarchive_offer(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Put an offer on the menu again."""
    changed = services.change(visit.visitor.caller, id, {"archived": False}, now=now())
    say(visit, gettext("The offer “%(name)s” is sold again.") % {"name": changed.offer.name})
    return go(reverse("offers"))


@require_POST
@page(Action.DELETE_OFFER)
def delete_offer(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Delete an offer that nothing refers to."""
    name = services.get(visit.visitor.caller, id).name
    services.delete(visit.visitor.caller, id, now=now())
    say(visit, gettext("The offer “%(name)s” is deleted.") % {"name": name})
    return go(reverse("offers"))


@require_POST
@page(Action.ADD_OFFER)
def check_offer(visit: Visit) -> HttpResponse:
    """What the form means so far: the part of the page beside it, and what stands below each field."""
    form = offer_form.typed(visit.POST)
    number = number_of(visit.POST.get("offer", ""))
    view = None if number is None else services.show(visit.visitor.caller, number)
    zone = _zone(visit, form)
    reading = offer_form.read(form, zone=zone)
    faults = _faults(visit, view, reading)
    shown = panel(visit, view, form, reading.values, faults=faults, zone=zone, is_live=True)
    return show(visit, "_offer_live", {"panel": shown})


def _zone(visit: Visit, form: Typed) -> ZoneInfo:
    """In which dates are typed; a zone that does not exist is a fault of its own field."""
    try:
        return ZoneInfo(form.texts["time_zone"].strip() or visit.visitor.organisation.time_zone)
    except (ValueError, KeyError, OSError):
        return visit.visitor.zone


def _faults(visit: Visit, view: OfferView | None, reading: Reading) -> list[tuple[str, str]]:
    """All that keeps a form from being saved; nothing is."""
    caller = visit.visitor.caller
    record = Offer(organisation=visit.visitor.organisation) if view is None else services.get(caller, view.id)
    try:
        services.draft(record, reading.values)
    except Invalid as invalid:
        return [*reading.faults, *invalid.faults]
    return reading.faults


def _form_page(
    visit: Visit,
    view: OfferView | None,
    form: Typed,
    zone: ZoneInfo,
    *,
    faults: list[tuple[str, str]] | None = None,
    before: Typed | None = None,
) -> HttpResponse:
    """The form. faults: None where nothing was sent yet."""
    reading = offer_form.read(form, zone=zone)
    found = [] if faults is None else [*faults, *_faults(visit, view, reading)]
    may_change = visit.visitor.may(Action.ADD_OFFER)
    if view is not None:
        record = services.get(visit.visitor.caller, view.id)
        may_change = visit.visitor.may(Action.CHANGE_OFFER) and reach.is_whole(visit.visitor.caller, record)
    context = {
        "panel": panel(visit, view, form, reading.values, faults=found, zone=zone),
        "offer": view,
        "may_change": may_change,
        "kept": offer_form.kept(before or form),
    }
    return show(visit, "offer", context, status=422 if found else 200)
