"""Tickets, a page at a time, as staff look for them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from spotcoffee.domain.tickets import State
from spotcoffee.services import reach, ticket_lists, tickets
from spotcoffee.services.callers import Caller
from spotcoffee.services.paging import Page, Window
from spotcoffee.services.printed import is_stale
from spotcoffee.services.tickets import TicketView
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Offer, Ticket, TicketBatch
from spotcoffee.storage.queries import ticket_pages as queries


def page(
    caller: Caller,
    window: Window,
    *,
    keys: KeyRing,
    interim_interval: int,
    now: datetime,
    state: State | None = None,
    ticket_list: int | None = None,
    offer: int | None = None,
    handed_out: bool | None = None,
    handout: int | None = None,
    batch: int | None = None,
    search: str | None = None,
    stale: bool = False,
) -> Page[TicketView]:
    """Tickets in reach, oldest first. search: a login, the last four characters of one, or a part of the note.

    stale: of a list, those alone whose print shows something else than the offer has now.
    """
    offers = None
    if caller.access_points is not None:
        offers = list(Offer.objects.filter(reach.offers(caller)).values_list("pk", flat=True))
    which = queries.Filter(
        organisation_id=caller.organisation_id,
        printed=_stale_prints(caller, ticket_list) if stale and ticket_list is not None else None,
        offers=offers,
        list_id=ticket_list,
        offer_id=offer,
        state=None if state is None else state.value,
        handed_out=handed_out,
        handout_id=handout,
        batch_id=batch,
        ids=None if search is None else tickets.find(caller, search, keys=keys),
        note=search,
    )
    found = queries.page(which, now=now, after=window.after or 0, limit=window.limit + 1)
    shown = found[: window.limit]
    views = tickets.show(caller, shown, keys=keys, interim_interval=interim_interval, now=now) if shown else []
    next_after = shown[-1] if len(found) > window.limit else None
    return Page(views, queries.count(which, now=now), next_after)


def of_list(
    caller: Caller, list_id: int, chosen: Mapping[str, Any], *, after: int, limit: int, keys: KeyRing, now: datetime
) -> list[int]:
    """The next tickets of a list, by their ids. chosen: filters as `page` has them, all plain: state is its word.

    Raises NotFound.
    """
    which = _chosen(caller, list_id, chosen, keys)
    return queries.page(which, now=now, after=after, limit=limit)


def count_of_list(caller: Caller, list_id: int, chosen: Mapping[str, Any], *, keys: KeyRing, now: datetime) -> int:
    """How many tickets of a list match. Raises NotFound."""
    return queries.count(_chosen(caller, list_id, chosen, keys), now=now)


def count_among(caller: Caller, list_id: int, ids: Sequence[int], *, only: str, now: datetime) -> int:
    """How many of these tickets of a list a hand-out would take (handouts.ONLY). Raises NotFound."""
    ticket_lists.get(caller, list_id)
    which = queries.Filter(
        organisation_id=caller.organisation_id,
        list_id=list_id,
        state=None if only == "all" else State.VIRGIN.value,
        handed_out=False if only == "not_handed_out" else None,
        ids=ids,
    )
    return queries.count(which, now=now)


def _chosen(caller: Caller, list_id: int, chosen: Mapping[str, Any], keys: KeyRing) -> queries.Filter:
    ticket_lists.get(caller, list_id)
    search = chosen.get("search")
    return queries.Filter(
        organisation_id=caller.organisation_id,
        list_id=list_id,
        state=chosen.get("state"),
        handed_out=chosen.get("handed_out"),
        ids=None if search is None else tickets.find(caller, search, keys=keys),
        note=search,
        printed=_stale_prints(caller, list_id) if chosen.get("stale") else None,
    )


def _stale_prints(caller: Caller, list_id: int) -> list[str]:
    offer = ticket_lists.get(caller, list_id).offer
    return [terms for terms in queries.printed_on(list_id) if is_stale(json.loads(terms), offer)]


def of_batch(caller: Caller, batch_id: int, *, keys: KeyRing, interim_interval: int, now: datetime) -> list[TicketView]:
    """All tickets that were generated at once."""
    batch = TicketBatch.objects.get(pk=batch_id)
    # There is an index of the tickets of a list, and none of those of a batch.
    made = Ticket.objects.filter(ticket_list_id=batch.ticket_list_id, batch_id=batch_id)
    ids = list(made.order_by("pk").values_list("pk", flat=True))
    views: list[TicketView] = []
    for start in range(0, len(ids), tickets.MOST_AT_ONCE):
        part = ids[start : start + tickets.MOST_AT_ONCE]
        views += tickets.show(caller, part, keys=keys, interim_interval=interim_interval, now=now)
    return views
