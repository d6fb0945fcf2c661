"""The first run: an establishment and its administrator, its equipment, three ready offers, a test ticket.

The first step is behind the link that `spotcoffee run` prints while nobody has set the installation up; the others are
pages like all others, each of which can be left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.domain.permissions import Action
from spotcoffee.domain.units import DAY, HOUR, WEEK
from spotcoffee.services import (
    access_point_health,
    access_points,
    equipment_setup,
    generation,
    invitations,
    offers,
    ticket_lists,
    tickets,
)
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.services.invitations import Beginning
from spotcoffee.services.printed import printed_terms
from spotcoffee.storage.models import Organisation, Ticket
from spotcoffee.web.manage import access_point_form, once
from spotcoffee.web.manage.access_points import given, watched
from spotcoffee.web.manage.cursors import number_of
from spotcoffee.web.manage.forms import Field, typed
from spotcoffee.web.manage.pages import faults_in_words, go, page, say, show
from spotcoffee.web.manage.papers import paper_of
from spotcoffee.web.manage.settings import organisation_fields
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, keys, now, pace
from spotcoffee.wording.problems import fault_in_words

_BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
_FIELDS: Final = ("organisation", "time_zone", "name", "email", "password", "again", "language")
_TEST_LIST: Final = gettext_noop("Trials")


@dataclass(frozen=True, slots=True)
class _Ready:
    """An offer that only needs a price."""

    key: str
    name: str
    says: str
    terms: Mapping[str, object]


_READY: Final = (
    _Ready(
        "hours",
        gettext_noop("2 hours"),
        gettext_noop("2 hours to spend within a day"),
        {"credit": 2 * HOUR, "lifetime": DAY},
    ),
    _Ready("day", gettext_noop("The day"), gettext_noop("24 hours from the first login"), {"lifetime": DAY}),
    _Ready(
        "week",
        gettext_noop("The week"),
        gettext_noop("7 days from the first login, two devices at once"),
        {"lifetime": WEEK, "max_devices": 2},
    ),
)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """The first step, for whoever holds the link: language and zone, establishment, administrator."""
    asked = request.POST.get("language") or request.GET.get("language") or translation.get_language() or ""
    language = asked if asked in LANGUAGES else "fr"
    with translation.override(language):
        try:
            invitations.opens_setup(token, now=now())
            if request.method != "POST":
                return _first_page(request, {"language": language, "time_zone": "Europe/Paris"}, {})
            return _set_up(request, token, language)
        except NotFound:
            return render(request, "manage/invitation_over.html", status=404)


def _set_up(request: HttpRequest, token: str, language: str) -> HttpResponse:
    texts = typed(request.POST, _FIELDS)
    texts["password"] = request.POST.get("password", "")
    if texts["password"] != request.POST.get("again", ""):
        return _first_page(request, texts, {"password": gettext("The two are not the same.")})
    beginning = Beginning(
        organisation=texts["organisation"],
        language=language,
        zone=texts["time_zone"].strip(),
        email=texts["email"],
        name=texts["name"],
        password=texts["password"],
    )
    try:
        account = invitations.set_up(token, beginning, now=now())
    except Invalid as invalid:
        faults: dict[str, str] = {}
        for field, code in invalid.faults:
            faults.setdefault(field, fault_in_words(code, language=language))
        return _first_page(request, texts, faults)
    login(request, account, backend=_BACKEND)
    return go(reverse("begin-equipment"))


def _first_page(request: HttpRequest, texts: Mapping[str, str], faults: Mapping[str, str]) -> HttpResponse:
    zone = next(field for field in organisation_fields(texts, faults) if field.name == "time_zone")
    place = Field(
        name="organisation",
        label=gettext("Name of the establishment"),
        text=texts.get("organisation", ""),
        fault=faults.get("organisation", ""),
        hint=gettext("It stands at the top of the pages and on the tickets."),
        required=True,
    )
    context = {
        "language": texts.get("language", "fr"),
        "place": [place, zone],
        "person": [
            Field(name="name", label=gettext("Your name"), text=texts.get("name", ""), autocomplete="name",
                  fault=faults.get("name", "")),
            Field(name="email", label=gettext("E-mail address"), text=texts.get("email", ""), kind="email",
                  fault=faults.get("email", ""), autocomplete="username", required=True,
                  hint=gettext("It is the name of the account, with which one signs in. No message is sent there.")),
            Field(name="password", label=gettext("Password"), kind="password", fault=faults.get("password", ""),
                  autocomplete="new-password", required=True, most=1024,
                  hint=gettext("At least 10 characters: a few words that only you put together are best.")),
            Field(name="again", label=gettext("Once more"), kind="password", autocomplete="new-password",
                  required=True, most=1024),
        ],
    }  # fmt: skip
    return render(request, "manage/wizard_begin.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.CHANGE_SETTINGS)
def equipment(visit: Visit) -> HttpResponse:
    """The first access point, and the wait for its first message."""
    made = number_of(visit.GET.get("made", ""))
    if visit.method == "POST":
        texts = access_point_form.read(visit.POST)
        try:
            saved = equipment_setup.add(visit.visitor.caller, given(texts), keys=keys(), now=now())
        except Invalid as invalid:
            return _equipment_page(visit, texts, faults_in_words(visit, invalid), status=422)
        if saved.secret is not None:
            once.keep(visit, f"secret.{saved.access_point.pk}", saved.secret)
        return go(f"{reverse('begin-equipment')}?made={saved.access_point.pk}")
    if made is not None:
        view = access_points.show(visit.visitor.caller, made)
        secret = once.take(visit, f"secret.{made}")
        return show(visit, "wizard_equipment", {"secret": secret, **watched(visit, view)})
    _, strangers = access_point_health.look(visit.visitor.caller, [], interim_interval=interim_interval(), now=now())
    heard = strangers[0].source if strangers else ""
    texts = {"name": gettext("Reception"), "address": heard, "equipment": "generic"}
    return _equipment_page(visit, texts, {}, heard=heard)


def _equipment_page(
    visit: Visit, texts: dict[str, str], faults: dict[str, str], *, heard: str = "", status: int = 200
) -> HttpResponse:
    groups = access_point_form.fields(texts, faults, is_new=True)
    context = {
        "fields": groups["first"],
        "controller": groups["controller"],
        "opens_controller": any(field.fault or field.text for field in groups["controller"]),
        "heard": heard,
    }
    return show(visit, "wizard_equipment", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.CHANGE_SETTINGS)
def ready_offers(visit: Visit) -> HttpResponse:
    """Three offers that only need a price, on all access points."""
    points = [point.pk for point in offers.access_points(visit.visitor.caller)]
    if visit.method != "POST" or not points:
        return _offers_page(visit, {one.key: gettext(one.name) for one in _READY}, {}, {}, has_points=bool(points))
    names = {one.key: visit.POST.get(f"name-{one.key}", "")[:200] for one in _READY if f"take-{one.key}" in visit.POST}
    prices = {key: visit.POST.get(f"price-{key}", "")[:20] for key in names}
    faults = _add_offers(visit, names, prices, points)
    if faults:
        return _offers_page(visit, names, prices, faults, has_points=True)
    return go(reverse("begin-ticket"))


def _add_offers(visit: Visit, names: Mapping[str, str], prices: Mapping[str, str], points: list[int]) -> dict[str, str]:
    """Make those that were taken; answers what is wrong with each, and then none is made."""
    wanted = {
        one.key: {"name": names[one.key], "access_points": points, **one.terms, "price": _price(prices[one.key])}
        for one in _READY
        if one.key in names
    }
    try:
        offers.add_all(visit.visitor.caller, wanted, now=now())
    except Invalid as invalid:
        return {field.partition(".")[0]: said for field, said in faults_in_words(visit, invalid).items()}
    return {}


def _price(text: str) -> object:
    line = text.strip().rstrip("€").strip().replace(",", ".")
    return line or None


def _offers_page(
    visit: Visit, names: Mapping[str, str], prices: Mapping[str, str], faults: Mapping[str, str], *, has_points: bool
) -> HttpResponse:
    rows = [
        {
            "key": one.key,
            "name": names.get(one.key, gettext(one.name)),
            "says": gettext(one.says),
            "taken": one.key in names,
            "price": prices.get(one.key, ""),
            "fault": faults.get(one.key, ""),
        }
        for one in _READY
    ]
    context = {"rows": rows, "has_points": has_points, "currency": visit.visitor.organisation.currency}
    return show(visit, "wizard_offers", context, status=422 if faults else 200)


@require_safe
@page(Action.CHANGE_SETTINGS)
def test_ticket(visit: Visit) -> HttpResponse:
    """A ticket to try: its code, and what becomes of it."""
    number = number_of(visit.GET.get("ticket", ""))
    context: dict[str, Any] = {"has_offers": bool(offers.list_all(visit.visitor.caller, archived=False))}
    if number is not None:
        record = tickets.get(visit.visitor.caller, number)
        context |= _tried(visit, record)
        context["paper"] = paper_of(record, printed_terms(record.ticket_list.offer), visit.visitor.organisation)
    return show(visit, "wizard_ticket", context)


@require_POST
@page(Action.CHANGE_SETTINGS)
def make_test_ticket(visit: Visit) -> HttpResponse:
    """One ticket of the first offer, in a list of its own."""
    caller = visit.visitor.caller
    first = next(iter(offers.list_all(caller, archived=False)), None)
    if first is None:
        return go(reverse("begin-offers"))
    into = _trials(caller, first.id, visit.visitor.organisation)
    batch = generation.generate(caller, into, 1, keys=keys(), pace=pace())
    return go(f"{reverse('begin-ticket')}?ticket={Ticket.objects.get(batch=batch).pk}")


def _trials(caller: Caller, offer_id: int, owner: Organisation) -> int:
    with translation.override(owner.language):
        name = gettext(_TEST_LIST)
    own = next((one for one in ticket_lists.list_all(caller, now=now()) if one.name == name), None)
    return own.id if own is not None else ticket_lists.add(caller, {"name": name, "offer": offer_id}, now=now()).pk


@require_safe
@page(Action.CHANGE_SETTINGS)
def watch_test_ticket(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """What became of it: a part of a page, that asks again until it was used."""
    return show(visit, "_wizard_tried", _tried(visit, tickets.get(visit.visitor.caller, id)))


def _tried(visit: Visit, record: Ticket) -> dict[str, Any]:
    views = tickets.show(visit.visitor.caller, [record.pk], keys=keys(), interim_interval=interim_interval(), now=now())
    return {"view": views[0]}


@require_POST
@page(Action.CHANGE_SETTINGS)
def finish(visit: Visit) -> HttpResponse:
    """To the desk."""
    say(visit, gettext("All is set up. One click on an offer sells a ticket."))
    return go("/")
