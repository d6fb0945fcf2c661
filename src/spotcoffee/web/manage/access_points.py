"""Access points: how each fares, adding one and waiting for its first message, changing, archiving, deleting."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings as configuration
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from spotcoffee.domain.permissions import Action
from spotcoffee.services import access_point_health, equipment_setup, reach
from spotcoffee.services import access_points as services
from spotcoffee.services.access_points import AccessPointView
from spotcoffee.services.errors import Forbidden, Invalid
from spotcoffee.web.manage import access_point_form as form
from spotcoffee.web.manage import once
from spotcoffee.web.manage.cursors import flag_of
from spotcoffee.web.manage.forms import first_wrong
from spotcoffee.web.manage.pages import faults_in_words, go, page, say, show
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, keys, now, own_address
from spotcoffee.wording.access_points import equipment_in_words, health_in_words, trouble_in_words
from spotcoffee.wording.equipment_setup import in_words, title_of

# What leads to whoever says it.
_OURSELVES: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})


@require_safe
@page(Action.SEE_ACCESS_POINT)
def access_points(visit: Visit) -> HttpResponse:
    """All of them, and the equipment that knocks without being one."""
    archived = flag_of(visit, "archived")
    at, caller = now(), visit.visitor.caller
    views = [view for view in services.list_all(caller) if view.archived == archived]
    healths, strangers = access_point_health.look(caller, views, interim_interval=interim_interval(), now=at)
    rows = [_row(view, healths[view.id], at) for view in views]
    return show(visit, "access_points", {"rows": rows, "strangers": strangers, "archived": archived})


def _row(view: AccessPointView, health: access_point_health.Health, at: datetime) -> dict[str, Any]:
    return {
        "view": view,
        "health": health,
        "said": health_in_words(health, now=at),
        "equipment": equipment_in_words(view.equipment),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.ADD_ACCESS_POINT)
def new_access_point(visit: Visit) -> HttpResponse:
    """A new access point: its secret is shown on the page that waits for its first message."""
    if visit.method != "POST":
        texts = {"address": visit.GET.get("address", "")[:64], "equipment": "generic", "message_authenticator": "auto"}
        return _form_page(visit, None, texts | {"language": visit.visitor.organisation.language}, {})
    texts = form.read(visit.POST)
    try:
        saved = equipment_setup.add(visit.visitor.caller, given(texts), keys=keys(), now=now())
    except Invalid as invalid:
        return _form_page(visit, None, texts, faults_in_words(visit, invalid), status=422)
    reach.extended(visit.visitor.caller, saved.access_point)
    if saved.secret is not None:
        once.keep(visit, f"secret.{saved.access_point.pk}", saved.secret)
    say(visit, gettext("The access point “%(name)s” is added.") % {"name": saved.access_point.name})
    return go(reverse("access-point", args=[saved.access_point.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.SEE_ACCESS_POINT)
def access_point(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """One access point: how it fares, what to copy into its equipment, its settings."""
    view = services.show(visit.visitor.caller, id)
    before = form.texts_of(view, services.get(visit.visitor.caller, id))
    if visit.method != "POST":
        return _form_page(visit, view, before, {})
    if not visit.visitor.may(Action.CHANGE_ACCESS_POINT):
        raise Forbidden(role=visit.visitor.role.value)
    texts = form.read(visit.POST)
    touched = {name: text for name, text in texts.items() if text != before.get(name)}
    if not touched:
        say(visit, gettext("Nothing was changed."))
        return go(reverse("access-point", args=[id]))
    try:
        equipment_setup.change(visit.visitor.caller, id, form.values(touched), keys=keys(), now=now())
    except Invalid as invalid:
        return _form_page(visit, view, before | texts, faults_in_words(visit, invalid), status=422)
    say(visit, gettext("The access point is saved. It holds within a second."))
    return go(reverse("access-point", args=[id]))


def given(texts: dict[str, str]) -> dict[str, object]:
    """The values of a new one: of its controller only what was typed; orders go to its equipment's usual port."""
    found = form.values({name: text for name, text in texts.items() if text.strip() or name not in form.EXTRA})
    if found.get("coa_port") is None:
        found["coa_port"] = form.usual_port(texts.get("equipment", ""))
    return found


@require_POST
@page(Action.CHANGE_ACCESS_POINT)
def set_up_access_point(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """The texts to copy into its equipment, with its secrets in them; that they were read is written down."""
    view = services.show(visit.visitor.caller, id)
    texts = equipment_setup.setup_texts(visit.visitor.caller, id, _addresses(visit), keys=keys(), now=now())
    named = [{"title": title_of(text.name), "text": text.text} for text in texts]
    return show(visit, "access_point_setup", {"texts": named, **watched(visit, view)})


def _addresses(visit: Visit) -> equipment_setup.Addresses:
    """Where equipment reaches this installation: as the pages are reached, unless settings say otherwise."""
    own = configuration.SPOTCOFFEE
    browsed = urlsplit(f"//{visit.get_host()}").hostname or ""
    name = own_address() if browsed in _OURSELVES else browsed
    host = f"[{name}]" if ":" in name else name
    is_plain = bool(own.portal_bind) or own.web_tls == "off"
    portal = f"{'http' if is_plain else 'https'}://{host}:{_port(own.portal_bind or own.web_bind)}"
    return equipment_setup.Addresses(
        radius=name,
        portal=own.portal_address or portal,
        auth_port=_port(own.radius_auth_bind),
        acct_port=_port(own.radius_acct_bind),
    )


def _port(bind: str) -> int:
    return int(bind.rpartition(":")[2])


def _form_page(
    visit: Visit, view: AccessPointView | None, texts: dict[str, str], faults: dict[str, str], *, status: int = 200
) -> HttpResponse:
    groups = form.fields(texts, faults, is_new=view is None)
    context: dict[str, Any] = {
        "view": view,
        "groups": groups,
        "said": first_wrong([field for fields in groups.values() for field in fields], faults),
        "opens_rest": any(field.fault for field in groups["rest"]),
        "opens_controller": any(field.fault or field.text for field in groups["controller"]),
    }
    if view is not None:
        context |= watched(visit, view)
        context["secret"] = once.take(visit, f"secret.{view.id}")
    return show(visit, "access_point", context, status=status)


@require_safe
@page(Action.SEE_ACCESS_POINT)
def watch_access_point(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """How one fares at this moment: a part of a page, that asks again every few seconds."""
    return show(visit, "_access_point_health", watched(visit, services.show(visit.visitor.caller, id)))


def watched(visit: Visit, view: AccessPointView) -> dict[str, Any]:
    """What the part of a page shows that says how one fares."""
    at = now()
    healths, _ = access_point_health.look(visit.visitor.caller, [view], interim_interval=interim_interval(), now=at)
    health = healths[view.id]
    return {
        "view": view,
        "health": health,
        "health_said": health_in_words(health, now=at),
        "findings": [
            {"finding": one, "said": in_words(one)}
            for one in equipment_setup.live_test(visit.visitor.caller, view.id, now=at)
        ],
        "oddities": [{"said": trouble_in_words(odd.code), "odd": odd} for odd in (*health.troubles, *health.oddities)],
    }


@require_POST
@page(Action.CHANGE_ACCESS_POINT)
def archive_access_point(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Take one out of use; what happened there stays."""
    saved = services.change(visit.visitor.caller, id, {"archived": True}, keys=keys(), now=now())
    said = gettext("The access point “%(name)s” is archived: nobody connects there any more.")
    undo = reverse("unarchive-access-point", args=[id])
    say(visit, said % {"name": saved.access_point.name}, undo=undo)
    return go(reverse("access-points"))


@require_POST
@page(Action.CHANGE_ACCESS_POINT)
def unarchive_access_point(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Take one into use again."""
    saved = services.change(visit.visitor.caller, id, {"archived": False}, keys=keys(), now=now())
    say(visit, gettext("The access point “%(name)s” is in use again.") % {"name": saved.access_point.name})
    return go(reverse("access-point", args=[id]))


@require_POST
@page(Action.DELETE_ACCESS_POINT)
def delete_access_point(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Delete one that no guest has used and that is no offer's last."""
    name = services.get(visit.visitor.caller, id).name
    services.delete(visit.visitor.caller, id, now=now())
    say(visit, gettext("The access point “%(name)s” is deleted.") % {"name": name})
    return go(reverse("access-points"))
