"""Settings: the organisation, its logo, API tokens, backups."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from django.conf import settings as configuration
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from spotcoffee.documents.logo import HEAVIEST
from spotcoffee.domain.permissions import Action
from spotcoffee.services import audit, backup, organisations, staff, tokens
from spotcoffee.services import settings as services
from spotcoffee.services.errors import Forbidden, Invalid, NotFound
from spotcoffee.web.manage import once
from spotcoffee.web.manage.cursors import number_of
from spotcoffee.web.manage.forms import Field, typed
from spotcoffee.web.manage.pages import faults_in_words, go, page, say, show
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import keys, now

_FIELDS: Final = ("name", "language", "time_zone", "currency")
_MADE: Final = "made"
_PIECE: Final = 1 << 18
# What this part of the world lives in comes first.
_FIRST_ZONES: Final = ("Europe/Paris", "Europe/Brussels", "Europe/Zurich", "Indian/Reunion", "America/Martinique")


@require_safe
@page(Action.CHANGE_SETTINGS)
def settings(visit: Visit) -> HttpResponse:
    """All of them on one page."""
    return _page(visit, _texts_of(visit), {})


def _texts_of(visit: Visit) -> dict[str, str]:
    return {name: str(getattr(visit.visitor.organisation, name)) for name in _FIELDS}


def _page(visit: Visit, texts: Mapping[str, str], faults: Mapping[str, str], *, status: int = 200) -> HttpResponse:
    caller = visit.visitor.caller
    is_alone = services.is_alone()
    context: dict[str, Any] = {
        "fields": organisation_fields(texts, faults),
        "logo": services.logo_digest(caller.organisation_id),
        "logo_fault": faults.get("logo", ""),
        "heaviest": HEAVIEST // 1_000_000,
        "tokens": tokens.list_all(caller),
        "accounts": [view for view in staff.list_all(caller) if view.is_active],
        "token": once.take(visit, _MADE),
        "token_fault": faults.get("account", ""),
        "token_name": visit.POST.get("token_name", "")[:100],
        "token_name_fault": faults.get("token_name", ""),
        "is_alone": is_alone,
        "backup": services.last_backup() if is_alone else None,
        "data": configuration.SPOTCOFFEE.data,
    }
    return show(visit, "settings", context, status=status)


def organisation_fields(texts: Mapping[str, str], faults: Mapping[str, str]) -> list[Field]:
    """The fields of an organisation."""
    zones = [*_FIRST_ZONES, *sorted(available_timezones() - set(_FIRST_ZONES))]
    return [
        Field(
            name="name",
            label=gettext("Name of the establishment"),
            text=texts.get("name", ""),
            fault=faults.get("name", ""),
            hint=gettext("It stands at the top of the pages and on the tickets."),
            required=True,
        ),
        Field(
            name="language",
            label=gettext("Language"),
            text=texts.get("language", ""),
            fault=faults.get("language", ""),
            kind="select",
            choices=[("fr", "Français"), ("en", "English")],
            hint=gettext("Of the pages and of the tickets; each colleague can choose another for the pages."),
        ),
        Field(
            name="time_zone",
            label=gettext("Time zone"),
            text=texts.get("time_zone", ""),
            fault=faults.get("time_zone", ""),
            choices=[(zone, zone) for zone in zones],
            hint=gettext("It says when a day begins: for limits per day, statistics and dates."),
        ),
        Field(
            name="currency",
            label=gettext("Currency of new offers"),
            text=texts.get("currency", ""),
            fault=faults.get("currency", ""),
            choices=[(code, code) for code in sorted(list_currencies())],
            most=3,
        ),
    ]


@require_POST
@page(Action.CHANGE_SETTINGS)
def change_organisation(visit: Visit) -> HttpResponse:
    """Name, language, time zone, currency."""
    texts = typed(visit.POST, _FIELDS)
    values = texts | {"currency": texts["currency"].strip().upper(), "time_zone": texts["time_zone"].strip()}
    try:
        organisations.change(visit.visitor.caller, values, now=now())
    except Invalid as invalid:
        return _page(visit, texts, faults_in_words(visit, invalid), status=422)
    say(visit, gettext("The settings are saved."))
    return go(reverse("settings"))


@require_POST
@page(Action.CHANGE_SETTINGS)
def change_logo(visit: Visit) -> HttpResponse:
    """Upload a picture, or take it away."""
    if "remove" in visit.POST:
        services.remove_logo(visit.visitor.caller, now=now())
        say(visit, gettext("The logo is taken away."))
        return go(reverse("settings"))
    file = visit.FILES.get("logo")
    try:
        services.set_logo(visit.visitor.caller, _octets(file), now=now())
    except Invalid as invalid:
        return _page(visit, _texts_of(visit), faults_in_words(visit, invalid), status=422)
    say(visit, gettext("The logo is saved: it stands on what is printed from now on."))
    return go(reverse("settings"))


def _octets(file: object) -> bytes:
    if not isinstance(file, UploadedFile):
        raise Invalid([("logo", "required")])
    if (file.size or 0) > HEAVIEST:
        raise Invalid([("logo", "logo_too_heavy")])
    return bytes(file.read())


@require_safe
@page(Action.CHANGE_SETTINGS)
def logo(visit: Visit, digest: str) -> HttpResponse:
    """The picture itself."""
    owner = visit.visitor.caller.organisation_id
    octets = services.logo_of(owner) if services.logo_digest(owner) == digest else None
    if octets is None:
        raise NotFound("no_such_logo")
    kind = "image/png" if octets.startswith(b"\x89PNG") else "image/jpeg"
    return HttpResponse(octets, content_type=kind)


@require_POST
@page(Action.CHANGE_SETTINGS)
def add_token(visit: Visit) -> HttpResponse:
    """A new API token, shown once."""
    account = number_of(visit.POST.get("account", ""))
    try:
        if account is None:
            raise NotFound("no_such_account")
        made = tokens.add(visit.visitor.caller, account, name=visit.POST.get("token_name", ""), now=now())
    except NotFound:
        return _page(visit, _texts_of(visit), {"account": gettext("Choose an account.")}, status=422)
    except Invalid as invalid:
        return _page(visit, _texts_of(visit), faults_in_words(visit, invalid), status=422)
    once.keep(visit, _MADE, made)
    return go(f"{reverse('settings')}#tokens")


@require_POST
@page(Action.CHANGE_SETTINGS)
def revoke_token(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Make a token open nothing any more."""
    tokens.revoke(visit.visitor.caller, id, now=now())
    say(visit, gettext("The API token is revoked: it opens nothing any more."))
    return go(f"{reverse('settings')}#tokens")


@require_POST
@page(Action.CHANGE_SETTINGS)
def download_backup(visit: Visit) -> HttpResponseBase:
    """Make a backup now and take it along. It holds the whole installation: only where there is one organisation."""
    if not services.is_alone():
        raise Forbidden("not_alone")
    at, caller = now(), visit.visitor.caller
    folder = tempfile.TemporaryDirectory(dir=configuration.SPOTCOFFEE.data, prefix="backup-")
    try:
        path = Path(folder.name) / "backup"
        manifest = backup.back_up(path, keys=keys(), now=at)
        file = path.open("rb")
    finally:
        # The open file stays readable until it has been sent.
        folder.cleanup()
    services.note_backup(caller.by, size=manifest.size, now=at)
    audit.record_export(caller, "backup", action="make", size=manifest.size, now=at)
    answer = StreamingHttpResponse(_pieces(file), content_type="application/octet-stream")
    name = f"spotcoffee_{at.astimezone(visit.visitor.zone):%Y-%m-%d_%H%M}.backup"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
