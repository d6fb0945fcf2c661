"""How the guest's portal looks and reads: of the organisation, and of an access point where it differs."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from spotcoffee.documents.logo import HEAVIEST
from spotcoffee.domain.permissions import Action
from spotcoffee.domain.portal import ACCENT, LANGUAGES, PAGE, Look
from spotcoffee.services import access_points, offers, portal_look
from spotcoffee.services.errors import Invalid
from spotcoffee.web.manage.cursors import number_of
from spotcoffee.web.manage.forms import Field, first_wrong, typed
from spotcoffee.web.manage.pages import faults_in_words, go, page, say, show
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import keys, now

_LINES: Final = ("title", "network", "accent", "page", "must_accept")
_TEXTS: Final = tuple(f"{what}-{language}" for what in ("welcome", "conditions") for language in LANGUAGES)
_MOST: Final = portal_look.MOST_CONDITIONS + 1


@require_http_methods(["GET", "HEAD", "POST"])
@page(Action.CHANGE_SETTINGS)
def portal_settings(visit: Visit) -> HttpResponse:
    """The form; `place`: of one access point alone."""
    place = number_of(visit.GET.get("place", ""))
    look = portal_look.get(visit.visitor.caller, place)
    if visit.method != "POST":
        return _form_page(visit, place, look, _texts_of(look), {})
    texts = _typed(visit)
    try:
        if "preview" in visit.POST:
            return go(_preview(visit, place, texts) or _address(place))
        values = _values(texts) | _logo(visit)
        portal_look.save(visit.visitor.caller, values, place, now=now())
    except Invalid as invalid:
        return _form_page(visit, place, look, texts, faults_in_words(visit, invalid), status=422)
    say(visit, gettext("The portal's look is saved: guests see it at once."))
    return go(_address(place))


def _address(place: int | None) -> str:
    return reverse("portal-settings") + ("" if place is None else f"?place={place}")


def _typed(visit: Visit) -> dict[str, str]:
    texts = typed(visit.POST, _LINES)
    # A text of several lines comes with the line ends of browsers.
    return texts | {name: visit.POST.get(name, "")[:_MOST].replace("\r\n", "\n") for name in _TEXTS}


def _texts_of(look: Look) -> dict[str, str]:
    lines = {name: str(getattr(look, name)) for name in _LINES if name != "must_accept"}
    texts = {f"welcome-{language}": text for language, text in look.welcome.items()}
    texts |= {f"conditions-{language}": text for language, text in look.conditions.items()}
    return lines | texts | {"must_accept": "1" if look.must_accept else ""}


def _values(texts: Mapping[str, str]) -> dict[str, object]:
    return {
        **{name: texts[name] for name in ("title", "network", "accent", "page")},
        **{what: {code: texts[f"{what}-{code}"] for code in LANGUAGES} for what in ("welcome", "conditions")},
        "must_accept": bool(texts["must_accept"]),
    }


def _logo(visit: Visit) -> dict[str, object]:
    """The picture that was sent; nothing where it stays as it is."""
    if "remove_logo" in visit.POST:
        return {"logo": None}
    file = visit.FILES.get("logo")
    if not isinstance(file, UploadedFile):
        return {}
    if (file.size or 0) > HEAVIEST:
        raise Invalid([("logo", "logo_too_heavy")])
    return {"logo": bytes(file.read())}


def _preview(visit: Visit, place: int | None, texts: Mapping[str, str]) -> str | None:
    return portal_look.preview_address(
        visit.visitor.caller, _values(texts), place, language=visit.visitor.language, keys=keys(), now=now()
    )


def _form_page(
    visit: Visit,
    place: int | None,
    look: Look,
    texts: Mapping[str, str],
    faults: Mapping[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    fields = _fields(texts, faults)
    points = offers.access_points(visit.visitor.caller)
    context: dict[str, Any] = {
        "fields": fields,
        "welcome": _areas("welcome", gettext("Welcome"), texts, faults, most=portal_look.MOST_WELCOME),
        "conditions": _areas("conditions", gettext("Conditions"), texts, faults, most=portal_look.MOST_CONDITIONS),
        "must_accept": Field(
            name="must_accept",
            label=gettext("Guests must accept the conditions before they log in"),
            kind="check",
            text=texts.get("must_accept", ""),
        ),
        "logo": look.logo,
        "logo_fault": faults.get("logo", ""),
        "text_faults": {name: faults[name] for name in ("welcome", "conditions") if name in faults},
        "said": first_wrong(fields, {k: v for k, v in faults.items() if k not in ("welcome", "conditions", "logo")}),
        "points": points,
        "place": place,
        "name": "" if place is None else access_points.get(visit.visitor.caller, place).name,
        "heaviest": HEAVIEST // 1_000_000,
    }
    return show(visit, "portal_settings", context, status=status)


def _fields(texts: Mapping[str, str], faults: Mapping[str, str]) -> list[Field]:
    said = {
        "title": (gettext("Title"), gettext("At the top of the page. Empty: the name of the establishment.")),
        "network": (gettext("Name of the Wi-Fi"), gettext("As phones show it: for the QR that joins it.")),
        "accent": (
            gettext("Colour of buttons and links"),
            gettext("Written like %(usual)s, which it is when left empty.") % {"usual": ACCENT},
        ),
        "page": (
            gettext("Colour of the page"),
            gettext("A light one, written like %(usual)s, which it is when left empty.") % {"usual": PAGE},
        ),
    }
    most = {"title": 80, "network": 32, "accent": 7, "page": 7}
    return [
        Field(name=name, label=label, hint=hint, text=texts.get(name, ""), fault=faults.get(name, ""), most=most[name])
        for name, (label, hint) in said.items()
    ]


def _areas(what: str, label: str, texts: Mapping[str, str], faults: Mapping[str, str], *, most: int) -> list[Field]:
    """One text for each language of guests."""
    return [
        Field(
            name=f"{what}-{code}",
            label=f"{label} ({word})",
            kind="area",
            text=texts.get(f"{what}-{code}", ""),
            most=most,
        )
        for code, word in LANGUAGES.items()
    ]
