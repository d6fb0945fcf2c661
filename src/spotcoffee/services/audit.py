"""The audit log: who did what, before and after, in the same transaction as the act itself.

Each entry carries the hash of the one before it in its organisation, so that none can be changed or taken out unseen.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from spotcoffee.services.callers import Caller
from spotcoffee.services.paging import Page, Window
from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.models import AuditEntry, Organisation

FIRST: Final = "0" * 64
_LATEST: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: of one person, one noun, one while (begin <= at < end). None: all."""

    by: str | None = None
    noun: str | None = None
    begin: datetime | None = None
    end: datetime | None = None


def record(
    caller: Caller,
    action: str,
    *,
    noun: str,
    noun_id: object,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write an entry. Belongs at the end of the transaction of the act; never a secret or a code in it."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an act and its entry belong into one transaction")
    # One writer at a time in each organisation; not FOR UPDATE, which would wait for every insert that refers to it.
    Organisation.objects.select_for_update(no_key=True).get(pk=caller.organisation_id)
    last = AuditEntry.objects.filter(organisation_id=caller.organisation_id).order_by("-pk").first()
    entry = AuditEntry(
        organisation_id=caller.organisation_id,
        at=now,
        by=caller.by,
        action=action,
        noun=noun,
        noun_id=str(noun_id),
        before=plain(before),
        after=plain(after),
        previous_hash=last.hash if last else FIRST,
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 over the entry and the hash before it, in hexadecimal."""
    said = [
        entry.previous_hash,
        entry.organisation_id,
        to_micros(entry.at),
        entry.by,
        entry.action,
        entry.noun,
        entry.noun_id,
        entry.before,
        entry.after,
    ]
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify_chain(organisation_id: int) -> int | None:
    """The id of the first entry that does not fit the one before it, or its own hash; None when all do."""
    previous = FIRST
    for entry in AuditEntry.objects.filter(organisation_id=organisation_id).order_by("pk").iterator():
        if entry.previous_hash != previous or entry.hash != hash_of(entry):
            return int(entry.pk)
        previous = entry.hash
    return None


def page(caller: Caller, window: Window, wanted: Wanted) -> Page[AuditEntry]:
    """Entries, newest first. Whoever is bound to access points sees what he did himself."""
    entries = _entries(caller, wanted)
    if window.after is not None:
        entries = entries.filter(pk__lt=window.after)
    found = list(entries.order_by("-pk")[: window.limit + 1])
    items: Sequence[AuditEntry] = found[: window.limit]
    # Nobody needs to know how many there are, and counting them would read them all.
    return Page(items, len(items), items[-1].pk if len(found) > window.limit else None)


def each(caller: Caller, wanted: Wanted) -> Iterator[AuditEntry]:
    """The same entries, oldest first, one by one."""
    return _entries(caller, wanted).order_by("pk").iterator(chunk_size=1_000)


def people(caller: Caller) -> list[str]:
    """Everyone who stands in the latest entries: to find all who ever did would be to read the whole log."""
    latest = _entries(caller, Wanted()).order_by("-pk").values_list("by", flat=True)[:_LATEST]
    return sorted(set(latest))


def _entries(caller: Caller, wanted: Wanted) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(organisation_id=caller.organisation_id)
    if caller.access_points is not None:
        entries = entries.filter(by=caller.by)
    if wanted.by is not None:
        entries = entries.filter(by=wanted.by)
    if wanted.noun is not None:
        entries = entries.filter(noun=wanted.noun)
    if wanted.begin is not None:
        entries = entries.filter(at__gte=wanted.begin)
    if wanted.end is not None:
        entries = entries.filter(at__lt=wanted.end)
    return entries


def record_export(caller: Caller, noun: str, *, now: datetime, action: str = "export", size: int | None = None) -> None:
    """Write down that someone took a file of something along. size: its octets, where that says something."""
    with transaction.atomic():
        record(caller, action, noun=noun, noun_id="", after=None if size is None else {"size": size}, now=now)


def plain(values: Mapping[str, object] | None) -> dict[str, object] | None:
    """Values as they stand in JSON: instants in ISO 8601, amounts as text."""
    return None if values is None else {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case Enum():
            return value.value
        case list() | tuple():
            return [_plain(one) for one in value]
        case _:
            return value
