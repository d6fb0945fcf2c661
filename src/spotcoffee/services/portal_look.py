"""Look and text of the guest's portal: of an organisation, and of an access point where it differs.

What an access point leaves empty is its organisation's; what that leaves empty is the product's own.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction

from spotcoffee.documents.errors import DocumentError
from spotcoffee.documents.portal_logo import MEDIA_TYPE, portal_logo
from spotcoffee.domain.colours import is_colour
from spotcoffee.domain.portal import LANGUAGES, Look, unreadable
from spotcoffee.services import access_points, audit, portal_tokens
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid
from spotcoffee.services.fields import Check, Faults, Unfit, Values, flag, read_fields, text
from spotcoffee.services.portal_tokens import PreviewToken
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import AccessPoint, PortalLook

MOST_WELCOME: Final = 300
MOST_CONDITIONS: Final = 4_000
NO_LOOK: Final = Look()


def _colour(value: object) -> str:
    line = text(value, most=7, least=0)
    if line and not is_colour(line):
        raise Unfit("not_a_colour")
    return line.upper()


def _texts(value: object, *, most: int) -> dict[str, str]:
    """Texts by language; several lines, empty ones left out."""
    if not isinstance(value, Mapping) or not all(isinstance(said, str) for said in value.values()):
        raise Unfit("wrong_type")
    if not set(value) <= set(LANGUAGES):
        raise Unfit("unknown_choice")
    texts = {language: unicodedata.normalize("NFC", said).strip() for language, said in value.items()}
    if any(len(said) > most for said in texts.values()):
        raise Unfit("too_long")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" for said in texts.values() for sign in said):
        raise Unfit("control_character")
    return {language: texts[language] for language in LANGUAGES if texts.get(language)}


def _logo(value: object) -> bytes | None:
    """The octets of a PNG or JPEG; None takes the logo away."""
    if value is None:
        return None
    if not isinstance(value, bytes):
        raise Unfit("wrong_type")
    try:
        return portal_logo(value)
    except DocumentError as unfit:
        raise Unfit(unfit.code.value) from unfit


CHECKS: Final[Mapping[str, Check]] = {
    "title": partial(text, most=80, least=0),
    "network": partial(text, most=32, least=0),
    "logo": _logo,
    "accent": _colour,
    "page": _colour,
    "welcome": partial(_texts, most=MOST_WELCOME),
    "conditions": partial(_texts, most=MOST_CONDITIONS),
    "must_accept": flag,
}


def get(caller: Caller, access_point_id: int | None = None) -> Look:
    """The look as it was saved, for its form: of an access point, or of the organisation. Raises NotFound."""
    if access_point_id is not None:
        access_points.get(caller, access_point_id)
    return _own(_record(caller.organisation_id, access_point_id))


def shown(organisation_id: int, access_point_id: int | None = None) -> Look:
    """The look that guests see."""
    records = PortalLook.objects.filter(organisation_id=organisation_id).defer("logo")
    found = {record.access_point_id: record for record in records.filter(access_point_id=access_point_id)}
    if access_point_id is not None:
        found |= {record.access_point_id: record for record in records.filter(access_point__isnull=True)}
    general = _own(found.get(None))
    own = _own(found.get(access_point_id)) if access_point_id is not None else general
    return merged(own, general)


def merged(own: Look, general: Look) -> Look:
    """An access point's look over its organisation's. The two colours go together: their contrast was checked so."""
    colours = own if own.accent or own.page else general
    conditions = own if own.conditions else general
    return Look(
        title=own.title or general.title,
        network=own.network or general.network,
        logo=own.logo or general.logo,
        accent=colours.accent,
        page=colours.page,
        welcome=own.welcome or general.welcome,
        conditions=conditions.conditions,
        must_accept=conditions.must_accept,
    )


def preview(caller: Caller, values: Values, access_point_id: int | None = None) -> Look:
    """The look that guests would see with these values. Raises NotFound, Invalid."""
    read, changed = _changed(caller, values, access_point_id)
    if "logo" in read:
        logo = read["logo"]
        changed.logo_digest = _mark(logo) if isinstance(logo, bytes) else ""
    own = _own(changed)
    return own if access_point_id is None else merged(own, _own(_record(caller.organisation_id, None)))


def preview_address(
    caller: Caller,
    values: Values,
    access_point_id: int | None = None,
    *,
    language: str,
    keys: KeyRing,
    now: datetime,
) -> str | None:
    """Where staff can look at the login page as these values would make it; a new logo shows once it is saved.

    None where there is no access point yet, and so no portal. Raises NotFound, Invalid.
    """
    look = preview(caller, values, access_point_id)
    saved = shown(caller.organisation_id, access_point_id).logo
    points = AccessPoint.objects.filter(organisation_id=caller.organisation_id, archived=False)
    place = access_point_id or points.order_by("pk").values_list("pk", flat=True).first()
    if place is None:
        return None
    token = PreviewToken(place=place, language=language, look=replace(look, logo=saved))
    return f"/portal/preview/{portal_tokens.seal_preview(token, keys=keys, now=now)}/"


def save(caller: Caller, values: Values, access_point_id: int | None = None, *, now: datetime) -> Look:
    """Change any of the fields. Raises NotFound, Invalid with the fault of each field; contrast too low is one."""
    before = _plain(get(caller, access_point_id))
    read, changed = _changed(caller, values, access_point_id)
    if "logo" in read:
        logo = read["logo"]
        changed.logo_digest = _mark(logo) if isinstance(logo, bytes) else ""
    changed.changed_at = now
    with transaction.atomic():
        changed.save()
        after = _plain(_own(changed))
        noun_id = "organisation" if access_point_id is None else access_point_id
        audit.record(caller, "change", noun="portal_look", noun_id=noun_id, before=before, after=after, now=now)
    return _own(changed)


def logo_of(organisation_id: int, digest: str) -> tuple[bytes, str] | None:
    """The picture of one of an organisation's logos by its digest, and its media type."""
    found = PortalLook.objects.filter(organisation_id=organisation_id, logo_digest=digest).exclude(logo=None).first()
    return None if found is None or found.logo is None else (bytes(found.logo), MEDIA_TYPE)


def _changed(caller: Caller, values: Values, access_point_id: int | None) -> tuple[dict[str, object], PortalLook]:
    if access_point_id is not None:
        access_points.get(caller, access_point_id)
    read, faults = read_fields(values, CHECKS)
    record = _record(caller.organisation_id, access_point_id) or PortalLook(
        organisation_id=caller.organisation_id, access_point_id=access_point_id
    )
    for name, value in read.items():
        setattr(record, name, value)
    faults += _contrast_faults(record)
    if record.must_accept and not record.conditions:
        faults.append(("conditions", "required"))
    if faults:
        raise Invalid(faults)
    return read, record


def _contrast_faults(record: PortalLook) -> Faults:
    return [(name, "contrast_too_low") for name in unreadable(record.accent, record.page)]


def _record(organisation_id: int, access_point_id: int | None) -> PortalLook | None:
    return PortalLook.objects.filter(organisation_id=organisation_id, access_point_id=access_point_id).first()


def _own(record: PortalLook | None) -> Look:
    if record is None:
        return NO_LOOK
    return Look(
        title=record.title,
        network=record.network,
        logo=record.logo_digest or None,
        accent=record.accent,
        page=record.page,
        welcome=record.welcome,
        conditions=record.conditions,
        must_accept=record.must_accept,
    )


def _mark(logo: bytes) -> str:
    return hashlib.sha256(logo).hexdigest()[:16]


def _plain(look: Look) -> dict[str, object]:
    return asdict(look)
