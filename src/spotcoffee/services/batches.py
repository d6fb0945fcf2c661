"""One batch of RADIUS work: logins, reports and restarts, decided in order of arrival and committed at once.

Answers may leave only after this returned: a crash before the commit must not have promised anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db import transaction

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.services.accounting import (
    Arrival,
    Receipt,
    apply_report,
    decide_again,
    find_reported,
    load_recent,
)
from spotcoffee.services.authorization import Login, LoginAnswer, authorize_login, find_keys
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.keys import KeyRing

Item: TypeAlias = Login | Arrival
Answer: TypeAlias = LoginAnswer | Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Requests in order of arrival, and what they are decided with. access_points: all that there are, by id."""

    items: Sequence[Item]
    access_points: Mapping[int, AccessPoint]
    keys: KeyRing
    now: datetime


def decide(batch: Batch) -> list[Answer]:
    """Decide and store a batch; the answers stand in the order of the items.

    Raises django.db.DatabaseError when nothing could be stored: then nothing may be answered.
    """
    with transaction.atomic():
        sheet, answers = rehearse(batch)
        sheet.store()
    return answers


def rehearse(batch: Batch) -> tuple[Worksheet, list[Answer]]:
    """Decide a batch without storing it, inside the caller's transaction."""
    sheet = Worksheet(access_points=batch.access_points, now=batch.now, size=len(batch.items))
    arrivals = [item for item in batch.items if isinstance(item, Arrival)]
    accepts = {a.origin.accept_id for a in arrivals if a.origin.accept_id is not None}
    sheet.find(accepts)
    # What its Class names needs no login to be found.
    found_by = [
        ()
        if isinstance(item, Arrival) and sheet.is_accept_of(item.origin.accept_id, item.access_point.id)
        else find_keys(item.access_point.organisation_id, item.login, keys=batch.keys)
        for item in batch.items
    ]
    sheet.load(login_keys={key for keys in found_by for key in keys}, session_ids=accepts)
    reported = {
        index: find_reported(sheet, item, keys=batch.keys, found_by=found_by[index])
        for index, item in enumerate(batch.items)
        if isinstance(item, Arrival)
    }
    load_recent(sheet, arrivals, list(reported.values()))
    answers: list[Answer] = []
    for index, item in enumerate(batch.items):
        if isinstance(item, Login):
            answers.append(authorize_login(sheet, item, keys=batch.keys, found_by=found_by[index]))
        else:
            answers.append(apply_report(sheet, item, reported[index], keys=batch.keys))
    decide_again(sheet, {ticket.id for ticket in reported.values() if ticket is not None})
    return sheet, answers
