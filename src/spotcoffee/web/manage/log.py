"""The log: who did what, when, before and after; as a file; and whether it is whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_POST, require_safe

from spotcoffee.documents.tables import Cell, Profile, csv_file
from spotcoffee.domain.permissions import Action
from spotcoffee.services import audit
from spotcoffee.services.audit import Wanted
from spotcoffee.services.paging import Window
from spotcoffee.storage.models import AccessPoint, AuditEntry, Offer, StaffAccount, TicketList
from spotcoffee.web.manage.cursors import address, after_of, choice_of
from spotcoffee.web.manage.dates import day_begin, day_of
from spotcoffee.web.manage.pages import go, page, say, show, warn
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import now
from spotcoffee.wording.acts import NOUNS, act_in_words, changes_in_words, export_headers, noun_in_words
from spotcoffee.wording.offers import Names

_ROWS: Final = 50
_LONGEST_NAME: Final = 254
_VIEWS: Final = {"ticket": "ticket", "offer": "offer", "ticket_list": "list", "access_point": "access-point"}


@dataclass(frozen=True, slots=True)
class _Words:
    """What numbers and addresses in entries mean: people by address, things by noun and number."""

    people: Mapping[str, str]
    things: Mapping[tuple[str, str], str]
    names: Names


@require_safe
@page(Action.SEE_AUDIT)
def log(visit: Visit) -> HttpResponse:
    """Entries, newest first."""
    wanted, asked = _wanted(visit)
    found = audit.page(visit.visitor.caller, Window(_ROWS, after_of(visit)), wanted)
    words = _words(visit)
    context = {
        "rows": [_row(entry, words) for entry in found.items],
        "people": _choice(visit, words, asked["by"]),
        "nouns": [(noun, noun_in_words(noun)) for noun in NOUNS],
        "asked": asked,
        "first_day": asked["from"],
        "is_filtered": any(asked.values()),
        "next": None if found.next is None else address("/log/", **asked, after=found.next),
        "first": address("/log/", **asked) if after_of(visit) else None,
        "file": address("/log/file/", **asked),
    }
    return show(visit, "log", context)


def _choice(visit: Visit, words: _Words, asked: str) -> list[tuple[str, str]]:
    """Whom the filter offers: the latest who did something, and the colleagues; nobody else to who is bound."""
    caller = visit.visitor.caller
    colleagues = set(words.people) if caller.access_points is None else set()
    found = {*audit.people(caller), *colleagues, *({asked} if asked else ())}
    return sorted(((by, words.people.get(by, by)) for by in found), key=lambda one: one[1].casefold())


@require_safe
@page(Action.SEE_AUDIT)
def log_file(visit: Visit) -> HttpResponseBase:
    """The same entries as a file, oldest first; taken along, so written down."""
    caller, at = visit.visitor.caller, now()
    wanted, _ = _wanted(visit)
    audit.record_export(caller, "audit", now=at)
    rows = _cells(audit.each(caller, wanted), _words(visit), visit.visitor.language)
    file = csv_file(export_headers(), rows, profile=Profile.EXCEL, zone=visit.visitor.zone)
    answer = StreamingHttpResponse(file, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="journal_{at.astimezone(visit.visitor.zone):%Y-%m-%d}.csv"'
    return answer


def _cells(entries: Iterable[AuditEntry], words: _Words, language: str) -> Iterator[list[Cell]]:
    for entry in entries:
        # While a file is sent, the language of the request is no longer set.
        with override(language):
            changes = changes_in_words(entry, words.names)
            before = "\n".join(f"{one.label}: {one.before}" for one in changes if one.before)
            after = "\n".join(f"{one.label}: {one.after}" for one in changes if one.after)
            cells: list[Cell] = [entry.at, _who(entry, words), act_in_words(entry), _thing(entry, words)]
        yield [*cells, entry.noun_id, before, after, entry.hash]


@require_POST
@page(Action.SEE_AUDIT)
def check_log(visit: Visit) -> HttpResponse:
    """Whether every entry still fits the one before it."""
    broken = audit.verify_chain(visit.visitor.caller.organisation_id)
    if broken is None:
        say(visit, gettext("The log is whole: no entry was changed or taken out."))
    else:
        said = gettext("The log is broken at entry %(number)s: it, or the one before it, was changed or taken out.")
        warn(visit, said % {"number": broken})
    return go(reverse("log"))


def _wanted(visit: Visit) -> tuple[Wanted, dict[str, str]]:
    """What the address asks for, as the service takes it and as the address says it."""
    by = "".join(one for one in visit.GET.get("by", "") if one.isprintable())[:_LONGEST_NAME]
    noun = choice_of(visit, "noun", tuple(NOUNS))
    first, last = day_of(visit, "from"), day_of(visit, "to")
    zone = visit.visitor.zone
    wanted = Wanted(by=by or None, noun=noun or None, begin=_begin(first, zone), end=_end(last, zone))
    return wanted, {"by": by, "noun": noun, "from": _iso(first), "to": _iso(last)}


def _begin(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else day_begin(day, zone)


def _end(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else day_begin(day + timedelta(days=1), zone)


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _words(visit: Visit) -> _Words:
    owner = visit.visitor.organisation
    accounts = list(StaffAccount.objects.filter(organisation=owner))
    points = dict(AccessPoint.objects.filter(organisation=owner).values_list("pk", "name"))
    offers = dict(Offer.objects.filter(organisation=owner).values_list("pk", "name"))
    lists = dict(TicketList.objects.filter(organisation=owner).values_list("pk", "name"))
    things = {
        (noun, str(key)): name
        for noun, names in (("access_point", points), ("offer", offers), ("ticket_list", lists))
        for key, name in names.items()
    }
    things |= {("staff", str(account.pk)): str(account) for account in accounts}
    people = {account.email: str(account) for account in accounts}
    return _Words(people, things, Names(points, offers, visit.visitor.zone, owner.currency))


def _row(entry: AuditEntry, words: _Words) -> dict[str, Any]:
    return {
        "entry": entry,
        "who": _who(entry, words),
        "act": act_in_words(entry),
        "thing": _thing(entry, words),
        "address": _address(entry, words),
        "changes": changes_in_words(entry, words.names),
    }


def _who(entry: AuditEntry, words: _Words) -> str:
    return words.people.get(entry.by, entry.by)


def _thing(entry: AuditEntry, words: _Words) -> str:
    """What it was done to, by its name; what is gone, by the name that it had."""
    known = words.things.get((entry.noun, entry.noun_id))
    gone = entry.before.get("name") if isinstance(entry.before, dict) else None
    return known or (gone if isinstance(gone, str) else "")


def _address(entry: AuditEntry, words: _Words) -> str:
    """Where it can be looked at; empty where it is gone, or has no page."""
    view = _VIEWS.get(entry.noun)
    is_there = entry.noun == "ticket" or (entry.noun, entry.noun_id) in words.things
    if view is None or not is_there or not (entry.noun_id.isascii() and entry.noun_id.isdigit()):
        return ""
    try:
        return reverse(view, args=[int(entry.noun_id)])
    except NoReverseMatch:
        return ""
