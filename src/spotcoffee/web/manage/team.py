"""The team: who has an account, what each may do and where; inviting, changing, suspending, restoring."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from spotcoffee.domain.permissions import BOUND_TO_ACCESS_POINTS, Action
from spotcoffee.domain.staff import Role
from spotcoffee.services import invitations, offers, staff
from spotcoffee.services.errors import Forbidden, Invalid
from spotcoffee.services.invitations import LIFE
from spotcoffee.services.staff import AccountView
from spotcoffee.web.manage import once
from spotcoffee.web.manage.forms import Field, first_wrong, numbers, typed
from spotcoffee.web.manage.pages import faults_in_words, go, page, say, show
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import now
from spotcoffee.wording.staff import role_in_words

_TEXTS: Final = ("email", "name", "role", "needs_second_factor", "reach")
_SOME: Final = "some"


@require_safe
@page(Action.SEE_STAFF)
def team(visit: Visit) -> HttpResponse:
    """The accounts."""
    caller, at = visit.visitor.caller, now()
    places = _places(visit)
    waiting = invitations.awaited(caller, now=at)
    rows = [
        {
            "view": view,
            "role": role_in_words(view.role),
            "places": None if view.access_points is None else [places.get(key, "") for key in view.access_points],
            "link_until": waiting.get(view.id),
            "is_me": view.id == visit.visitor.account.pk,
        }
        for view in staff.list_all(caller)
    ]
    return show(visit, "team", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.CHANGE_STAFF)
def invite(visit: Visit) -> HttpResponse:
    """A new colleague: an account without a password, and the link with which its owner chooses one."""
    if visit.method != "POST":
        return _form_page(visit, None, {"role": Role.RECEPTION.value, "reach": ""}, [], {})
    texts, points = typed(visit.POST, _TEXTS), numbers(visit.POST, "access_points")
    faults = _reach_faults(texts)
    try:
        if faults:
            raise Invalid(faults)
        made = invitations.invite(visit.visitor.caller, _values(texts, points), now=now())
    except Invalid as invalid:
        return _form_page(visit, None, texts, points, faults_in_words(visit, invalid), status=422)
    once.keep(visit, f"link.{made.account.pk}", made.token)
    say(visit, gettext("Invitation made for %(name)s: hand over the link.") % {"name": made.account})
    return go(reverse("colleague", args=[made.account.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.CHANGE_STAFF)
def colleague(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """One account, to be changed."""
    view = _view(visit, id)
    if visit.method != "POST":
        return _form_page(visit, view, _texts_of(view), view.access_points or [], {})
    texts, points = typed(visit.POST, _TEXTS), numbers(visit.POST, "access_points")
    values = _values(texts, points)
    values.pop("email")
    faults = _reach_faults(texts)
    try:
        if faults:
            raise Invalid(faults)
        changed = staff.change(visit.visitor.caller, id, values, now=now())
    except Invalid as invalid:
        texts["email"] = view.email
        return _form_page(visit, view, texts, points, faults_in_words(visit, invalid), status=422)
    say(visit, gettext("The account of %(name)s is saved.") % {"name": changed})
    return go(reverse("team"))


def _view(visit: Visit, account_id: int) -> AccountView:
    record = staff.get(visit.visitor.caller, account_id)
    return next(view for view in staff.list_all(visit.visitor.caller) if view.id == record.pk)


def _texts_of(view: AccountView) -> dict[str, str]:
    return {
        "email": view.email,
        "name": view.name,
        "role": view.role.value,
        "needs_second_factor": "1" if view.needs_second_factor else "",
        "reach": "all" if view.access_points is None else _SOME,
    }


def _values(texts: Mapping[str, str], points: list[int]) -> dict[str, object]:
    is_bound = texts["reach"] == _SOME
    return {
        "email": texts["email"],
        "name": texts["name"],
        "role": texts["role"],
        "needs_second_factor": bool(texts["needs_second_factor"]),
        "bound": is_bound,
        "access_points": points if is_bound else [],
    }


def _reach_faults(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where someone may work is a choice that nobody makes for the administrator."""
    bound = {role.value for role in BOUND_TO_ACCESS_POINTS}
    return [("reach", "required")] if texts["role"] in bound and texts["reach"] not in ("all", _SOME) else []


def _form_page(
    visit: Visit,
    view: AccountView | None,
    texts: Mapping[str, str],
    points: list[int],
    faults: dict[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    fields = _fields(texts, faults, is_new=view is None)
    token = None if view is None else once.take(visit, f"link.{view.id}")
    places = _places(visit)
    context = {
        "view": view,
        "fields": fields,
        "second": Field(
            name="needs_second_factor",
            label=gettext("A second factor is required"),
            kind="check",
            text=texts.get("needs_second_factor", ""),
            hint=gettext("An app's code or a passkey beside the password; set up at the next sign-in."),
        ),
        "reach": texts.get("reach", ""),
        "reach_fault": faults.get("reach") or faults.get("access_points", ""),
        "choices": [{"id": key, "name": name, "ticked": key in points} for key, name in places.items()],
        "said": first_wrong(fields, {k: v for k, v in faults.items() if k not in ("reach", "access_points")}),
        "link": None if token is None else visit.build_absolute_uri(reverse("invitation", args=[token])),
        "days": LIFE.days,
        "is_me": view is not None and view.id == visit.visitor.account.pk,
        "roles": [(role_in_words(role), _role_says(role)) for role in Role],
    }
    return show(visit, "colleague", context, status=status)


def _fields(texts: Mapping[str, str], faults: Mapping[str, str], *, is_new: bool) -> list[Field]:
    found = []
    if is_new:
        hint = gettext("It is the name of the account, with which one signs in. No message is sent there.")
        found.append(_field("email", gettext("E-mail address"), texts, faults, kind="email", hint=hint, required=True))
    found.append(_field("name", gettext("Name"), texts, faults, hint=gettext("As colleagues say it.")))
    roles = [(role.value, role_in_words(role)) for role in Role]
    found.append(_field("role", gettext("Role"), texts, faults, kind="select", choices=roles))
    return found


def _field(name: str, label: str, texts: Mapping[str, str], faults: Mapping[str, str], **more: Any) -> Field:
    return Field(name=name, label=label, text=texts.get(name, ""), fault=faults.get(name, ""), **more)


def _role_says(role: Role) -> str:
    match role:
        case Role.ADMINISTRATOR:
            return gettext("everything, the team and the settings too")
        case Role.MANAGER:
            return gettext("offers, lists, prints, access points and statistics")
        case Role.RECEPTION:
            return gettext("sells, finds, disconnects, prints again")
        case Role.AUDITOR:
            return gettext("reads all, changes nothing")


def _places(visit: Visit) -> dict[int, str]:
    return {point.pk: point.name for point in offers.access_points(visit.visitor.caller)}


@require_POST
@page(Action.CHANGE_STAFF)
def suspend(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Close an account: whoever uses it is out at the next click."""
    changed = staff.change(visit.visitor.caller, id, {"is_active": False}, now=now())
    said = gettext("The account of %(name)s is suspended: it opens nothing any more, nor do its API tokens.")
    say(visit, said % {"name": changed}, undo=reverse("restore-colleague", args=[id]))
    return go(reverse("team"))


@require_POST
@page(Action.CHANGE_STAFF)
def restore(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Open a suspended account again."""
    changed = staff.change(visit.visitor.caller, id, {"is_active": True}, now=now())
    say(visit, gettext("The account of %(name)s is open again.") % {"name": changed})
    return go(reverse("team"))


@require_POST
@page(Action.CHANGE_STAFF)
def make_link(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """A new link to choose a password, shown once."""
    account = staff.get(visit.visitor.caller, id)
    if not account.is_active:
        raise Forbidden("account_suspended")
    made = invitations.link(visit.visitor.caller, id, now=now())
    once.keep(visit, f"link.{id}", made.token)
    return go(reverse("colleague", args=[id]))


@require_POST
@page(Action.CHANGE_STAFF)
def remove_factor(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Take away a second factor that was lost."""
    account = staff.get(visit.visitor.caller, id)
    staff.remove_second_factor(visit.visitor.caller, id, now=now())
    say(visit, gettext("The second factor of %(name)s is removed.") % {"name": account})
    return go(reverse("colleague", args=[id]))
