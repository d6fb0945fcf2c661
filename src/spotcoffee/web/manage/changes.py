"""A change that touches generated tickets: shown with all it does before it is saved; one button takes it back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.core import signing
from django.http import HttpResponse

from spotcoffee.services import offers
from spotcoffee.services.errors import NotFound
from spotcoffee.services.impact import FieldChange, Impact
from spotcoffee.storage.models import Organisation
from spotcoffee.web.manage.pages import show
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.wording.offers import Names, label, value_in_words

# The currency goes with the price.
_UNSAID: Final = frozenset({"currency"})
_SALT: Final = "manage.changes"
_UNDONE_WITHIN: Final = timedelta(days=1)
_NOT_SENT_BACK: Final = frozenset({"csrfmiddlewaretoken", "seen", "again"})


@dataclass(frozen=True, slots=True)
class Undo:
    """What takes a change back. before, after: the values of its fields, as in JSON."""

    noun: str
    id: int
    before: dict[str, Any]
    after: dict[str, Any]


def is_confirmed(visit: Visit, found: Impact) -> bool:
    """Whether a change may be saved: it touches no ticket, or exactly this was seen and confirmed."""
    return not found.tickets or visit.POST.get("seen") == _fingerprint(found)


def confirm(visit: Visit, found: Impact, *, title: str, back: str, names: Names) -> HttpResponse:
    """The page that shows what a change does; its button sends the same form again. back: where it is dropped."""
    stuck = [
        {"name": names.access_points.get(key, ""), "count": count} for key, count in found.not_enforceable_at.items()
    ]
    sent = [(name, value) for name, values in visit.POST.lists() if name not in _NOT_SENT_BACK for value in values]
    shown = {
        "title": title,
        "impact": found,
        "rows": rows(found.fields, names),
        "stuck": stuck,
        "sent": sent,
        "seen": _fingerprint(found),
        "back": back,
    }
    return show(visit, "impact", shown)


def rows(fields: tuple[FieldChange, ...] | Any, names: Names) -> list[dict[str, str]]:
    """Field by field: what it is called, before, after."""
    return [
        {
            "label": label(one.field),
            "before": value_in_words(one.field, one.before, names),
            "after": value_in_words(one.field, one.after, names),
        }
        for one in fields
        if one.field not in _UNSAID or len(fields) == 1
    ]


def names_of(
    visit: Visit, owner: Organisation, *, zone: Any = None, offer_names: Mapping[int, str] | None = None
) -> Names:
    """What ids in a change mean to people."""
    caller = visit.visitor.caller
    points = {point.pk: point.name for point in offers.access_points(caller)}
    return Names(points, offer_names or {}, zone or visit.visitor.zone, owner.currency)


def undo_token(noun: str, key: int, changes: list[FieldChange]) -> str:
    """Signed, for an address."""
    said = {
        "noun": noun,
        "id": key,
        "before": {one.field: one.before for one in changes},
        "after": {one.field: one.after for one in changes},
    }
    return signing.dumps(said, salt=_SALT, compress=True)


def undo_of(token: str, noun: str, key: int) -> Undo:
    """What a token takes back. Raises NotFound where it is none of ours, of something else, or of long ago."""
    try:
        said = signing.loads(token, salt=_SALT, max_age=_UNDONE_WITHIN)
    except signing.BadSignature as wrong:
        raise NotFound from wrong
    undo = Undo(said["noun"], said["id"], said["before"], said["after"])
    if (undo.noun, undo.id) != (noun, key):
        raise NotFound
    return undo


def has_changed_since(undo: Undo, found: Impact) -> bool:
    """Whether someone changed one of the fields again. found: what going back would do."""
    return any(one.field in undo.after and one.before != undo.after[one.field] for one in found.fields)


def _fingerprint(found: Impact) -> str:
    """Of what was shown. Guests come and go: how many are online is told, and not held against anyone."""
    seen = [[one.field, one.before, one.after] for one in found.fields]
    said = json.dumps([seen, found.tickets, found.printed_tickets_now_wrong], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
