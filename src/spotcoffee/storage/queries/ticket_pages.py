"""Pages of tickets, filtered by what the state's CASE computes: the page is found in SQL, and shown by the rule."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries import notes
from spotcoffee.storage.queries.rows import Parameter, query
from spotcoffee.storage.queries.states import SEEN, STATE

_PAGE = "SELECT t.id FROM {seen} WHERE {where} ORDER BY t.id LIMIT %s"
_COUNT = "SELECT COUNT(*) FROM {seen} WHERE {where}"
_BATCHES = """SELECT COALESCE(SUM(b.count), 0) FROM hotspot_ticketbatch b
    JOIN hotspot_ticketlist l ON l.id = b.ticket_list_id WHERE b.ready AND {where}"""
_PRINTED = "SELECT DISTINCT CAST(h.terms AS text) FROM hotspot_handout h WHERE h.list_id = %s AND h.ready"
_OF_PRINTS = "t.handout_id IN (SELECT h.id FROM hotspot_handout h WHERE h.list_id = %s AND {among})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which tickets. offers: None: all. ids: found by their logins; note: a part of it; either is enough.

    printed: with list_id alone.
    """

    organisation_id: int
    offers: Collection[int] | None = None
    list_id: int | None = None
    offer_id: int | None = None
    state: str | None = None
    handed_out: bool | None = None
    handout_id: int | None = None
    batch_id: int | None = None
    ids: Collection[int] | None = None
    note: str | None = None
    # What stands on the prints that are looked for, as `printed_on` gives it; None: any.
    printed: Collection[str] | None = None


Terms = list[tuple[str, Sequence[Parameter]]]


def page(which: Filter, *, now: datetime, after: int, limit: int) -> list[int]:
    """The next tickets, in order of their ids."""
    # The ticket's own columns: its list's index, or the order of ids, then finds the page without sorting all.
    own: Terms = [("t.organisation_id = %s", [which.organisation_id])]
    if which.list_id is not None:
        own.append(("t.ticket_list_id = %s", [which.list_id]))
    # The first of these is the list's organisation, which the ticket's own column says as well.
    where, parameters = _joined([*_where(which, now)[1:], *own, ("t.id > %s", [after])])
    return [row[0] for row in query(_PAGE.format(seen=SEEN, where=where), *parameters, limit)]


def count(which: Filter, *, now: datetime) -> int:
    """How many there are. Where no filter looks at single tickets, the batches' own counts are added up."""
    coarse = _of_lists(which)
    fine = _where(which, now)[len(coarse) :]
    if not fine:
        where, parameters = _joined(coarse)
        return int(query(_BATCHES.format(where=where), *parameters)[0][0])
    where, parameters = _joined([*coarse, *fine])
    return int(query(_COUNT.format(seen=SEEN, where=where), *parameters)[0][0])


def printed_on(list_id: int) -> list[str]:
    """What stands on the hand-outs of a list, each once, as the text of its JSON."""
    return [row[0] for row in query(_PRINTED, list_id)]


def _of_lists(which: Filter) -> Terms:
    terms: Terms = [("l.organisation_id = %s", [which.organisation_id])]
    if which.offers is not None:
        terms.append(_among("l.offer_id", which.offers))
    if which.list_id is not None:
        terms.append(("l.id = %s", [which.list_id]))
    if which.offer_id is not None:
        terms.append(("l.offer_id = %s", [which.offer_id]))
    return terms


def _where(which: Filter, now: datetime) -> Terms:
    terms = _of_lists(which)
    if which.state is not None:
        terms.append((f"{STATE} = %s", [to_micros(now), to_micros(now), which.state]))
    if which.handed_out is not None:
        terms.append((f"t.handed_out_at IS {'NOT ' if which.handed_out else ''}NULL", []))
    if which.handout_id is not None:
        terms.append(("t.handout_id = %s", [which.handout_id]))
    if which.batch_id is not None:
        # There is an index of the tickets of a list, and none of those of a batch.
        of_batch = "(SELECT x.ticket_list_id FROM hotspot_ticketbatch x WHERE x.id = %s)"
        terms.append((f"t.batch_id = %s AND t.ticket_list_id = {of_batch}", [which.batch_id, which.batch_id]))
    if which.printed is not None:
        among, texts = _among("CAST(h.terms AS text)", which.printed)
        terms.append((_OF_PRINTS.format(among=among), [which.list_id or 0, *texts]))
    if which.ids is not None:
        term, parameters = _among("t.id", which.ids)
        if which.note:
            term = f"({term} OR t.id IN ({notes.NOTED}))"
            parameters = [*parameters, *notes.parameters(which.organisation_id, which.note)]
        terms.append((term, parameters))
    return terms


def _among(column: str, keys: Collection[int] | Collection[str]) -> tuple[str, Sequence[Parameter]]:
    if not keys:
        return "1 = 0", []
    return f"{column} IN ({', '.join(['%s'] * len(keys))})", list(keys)


def _joined(terms: Terms) -> tuple[str, list[Parameter]]:
    return " AND ".join(term for term, _ in terms), [value for _, values in terms for value in values]
