"""What a change of an offer or of a list's binding would do (rules.md, section 7). Changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from spotcoffee.domain.orders import Change, Disconnect
from spotcoffee.services import offers, ticket_lists
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.audit import plain
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid
from spotcoffee.services.fields import Values, read_fields
from spotcoffee.services.follow_ups import STEP
from spotcoffee.services.orders import decided_now
from spotcoffee.services.printed import TERMS, printed_terms
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.models import Offer
from spotcoffee.storage.queries import impact as queries
from spotcoffee.storage.queries import open_sessions
from spotcoffee.storage.queries.offers import OfferFacts

# What a change of these alone does to no ticket.
_DISPLAY_ONLY: Final = frozenset({"name", "archived"})
Stuck: TypeAlias = tuple[int, Counter[int]]
_NO_SESSION_HANGS_ON: Final = _DISPLAY_ONLY | {"price", "currency"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that would change; values as in JSON."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """tickets: take new values. open_sessions: guests of these. not_enforceable_now: of these, until the next login.

    not_enforceable_at: how many of these on each access point; for pages alone.
    """

    tickets: int = 0
    printed_tickets_now_wrong: int = 0
    open_sessions: int = 0
    not_enforceable_now: int = 0
    not_enforceable_at: Mapping[int, int] = field(default_factory=dict)
    fields: Sequence[FieldChange] = field(default_factory=tuple)


def of_offer(caller: Caller, offer_id: int, values: Values, *, interim_interval: int, now: datetime) -> Impact:
    """What changing an offer would do. Raises NotFound, Invalid."""
    offer = offers.get(caller, offer_id)
    before = _shown(offer, sorted(offer.access_points.values_list("pk", flat=True)))
    changed, points, _ = offers.draft(offer, values)
    keys = sorted(point.pk for point in points)
    fields = _differences(before, _shown(changed, keys))
    touched = {one.field for one in fields} - _DISPLAY_ONLY
    if not touched:
        return Impact(fields=fields)
    online, stuck = 0, Counter[int]()
    if not touched <= _NO_SESSION_HANGS_ON:
        facts = OfferFacts(changed.as_terms(), frozenset(keys))
        pages = _pages(open_sessions.tickets_of_offer, offer_id)
        online, stuck = _sessions(pages, facts, interim_interval, now)
    return Impact(
        tickets=queries.tickets_of_offer(offer_id),
        printed_tickets_now_wrong=_wrong(queries.prints_of_offer(offer_id), changed, touched),
        open_sessions=online,
        not_enforceable_now=stuck.total(),
        not_enforceable_at=dict(stuck),
        fields=fields,
    )


def of_list(caller: Caller, list_id: int, values: Values, *, interim_interval: int, now: datetime) -> Impact:
    """What changing a list would do: only another offer does anything. Raises NotFound, Invalid."""
    bound = ticket_lists.get(caller, list_id)
    read, faults = read_fields(values, ticket_lists.CHECKS)
    faults += ticket_lists.offer_faults(caller, bound, read)
    if faults:
        raise Invalid(faults)
    own = _list_fields(bound, read)
    if "offer" not in read or read["offer"] == bound.offer_id:
        return Impact(fields=own)
    to = offers.get(caller, int(str(read["offer"])))
    there = sorted(to.access_points.values_list("pk", flat=True))
    here = sorted(bound.offer.access_points.values_list("pk", flat=True))
    fields = [one for one in _differences(_shown(bound.offer, here), _shown(to, there)) if one.field != "archived"]
    facts = OfferFacts(to.as_terms(), frozenset(there))
    online, stuck = _sessions(_pages(open_sessions.tickets_of_list, list_id), facts, interim_interval, now)
    return Impact(
        tickets=queries.tickets_of_list(list_id),
        printed_tickets_now_wrong=_wrong(queries.prints_of_list(list_id), to, {one.field for one in fields}),
        open_sessions=online,
        not_enforceable_now=stuck.total(),
        not_enforceable_at=dict(stuck),
        fields=[*own, *(one for one in fields if one.field != "name")],
    )


def _list_fields(bound: Any, read: dict[str, object]) -> list[FieldChange]:
    columns = {name: getattr(bound, "offer_id" if name == "offer" else name) for name in read}
    return _differences(columns, read)


def _shown(offer: Offer, points: list[int]) -> dict[str, object]:
    columns = {name: getattr(offer, name) for name in offers.CHECKS if name != "access_points"}
    return plain({**columns, "access_points": points}) or {}


def _differences(before: dict[str, object], after: dict[str, object]) -> list[FieldChange]:
    return [FieldChange(name, before[name], after[name]) for name in before if before[name] != after[name]]


def _wrong(prints: Iterable[tuple[dict[str, Any], int]], offer: Offer, touched: set[str]) -> int:
    """How many prints would show something else than the offer says, in a field that the change touches."""
    said = printed_terms(offer)
    looked_at = [name for name in TERMS if name in touched]
    return sum(count for terms, count in prints if any(terms.get(name) != said[name] for name in looked_at))


def _pages(next_tickets: Callable[..., list[int]], key: int) -> Iterable[list[int]]:
    after = 0
    while found := next_tickets(key, after=after, limit=STEP):
        after = found[-1]
        yield found


def _sessions(pages: Iterable[list[int]], facts: OfferFacts, interim_interval: int, now: datetime) -> Stuck:
    """How many sessions are open, and how many of each access point can't be told what the change means to them."""
    points = all_access_points(interim_interval)
    online, stuck = 0, Counter[int]()
    for ticket_ids in pages:
        sheet = Worksheet(access_points=points, now=now)
        sheet.load(ticket_ids=ticket_ids)
        sheet.offers = dict.fromkeys(sheet.offers, facts)
        for ticket in sheet.tickets.values():
            for session in sheet.live_of(ticket.id):
                if session.is_reservation:
                    continue
                online += 1
                access_point = sheet.access_point(session.access_point_id, ticket.organisation_id)
                match decided_now(sheet, ticket, session, access_point):
                    case Disconnect():
                        stuck[access_point.id] += not access_point.can_disconnect
                    case Change():
                        stuck[access_point.id] += not access_point.can_change
                    case _:
                        pass
    return online, +stuck
