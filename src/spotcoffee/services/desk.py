"""What a receptionist has before her: the offers that can be sold, what is left of each in stock, the latest sales."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from spotcoffee.domain.tickets import State
from spotcoffee.services import idempotency, reach, sales
from spotcoffee.services.callers import Caller
from spotcoffee.services.idempotency import Stored
from spotcoffee.services.pacing import Pace
from spotcoffee.services.sales import CANCELLABLE, FORMAT
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Handout, Offer, Ticket, TicketList
from spotcoffee.storage.queries import states, stock

# Counting the stock of an offer stops here.
MOST_COUNTED: Final = 500
# Fewer than these are few, whatever the trade.
FEW: Final = 10
_PACE: Final = timedelta(days=7)
# A stock that lasts no longer than this runs short.
_AHEAD: Final = timedelta(days=3)
# Sales that the pace is reckoned from, at most.
_MOST_SALES: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForSale:
    """An offer on the menu. left: tickets in stock, MOST_COUNTED for that or more. sold: in the last seven days."""

    offer: Offer
    left: int
    sold: int

    @property
    def is_plenty(self) -> bool:
        """Whether there are more than were counted."""
        return self.left >= MOST_COUNTED

    @property
    def is_short(self) -> bool:
        """Whether the stock, where there is one, will soon be at its end."""
        return 0 < self.left < max(FEW, self.sold * _AHEAD // _PACE)

    def lasts_until(self, now: datetime) -> datetime | None:
        """When the stock ends if sales go on as in the last seven days; None where that is further off than a week."""
        if not self.left or self.left >= self.sold:
            return None
        return now + _PACE * (self.left / self.sold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A sale. offer: what it was called then. cancellable_until: None when that is over, or the ticket was used."""

    ticket: Ticket
    handout: Handout
    offer: str
    state: State
    cancellable_until: datetime | None


def menu(caller: Caller, *, now: datetime) -> list[ForSale]:
    """The offers that can be sold now, in the order in which they were added: a new one moves no other's key."""
    current = Offer.objects.filter(reach.offers(caller), archived=False).select_related("organisation").order_by("pk")
    offers = [offer for offer in current if offer.valid_until is None or now < offer.valid_until]
    left = stock.left([offer.pk for offer in offers], most=MOST_COUNTED, now=now)
    sold = _sold_lately(caller, now=now)
    return [ForSale(offer=offer, left=left[offer.pk], sold=sold[offer.pk]) for offer in offers]


def _sold_lately(caller: Caller, *, now: datetime) -> Counter[int]:
    """How many tickets of each offer were sold in the last seven days."""
    latest = _sales(caller).order_by("-pk").values_list("list_id", "at")[:_MOST_SALES]
    lists = Counter(list_id for list_id, at in latest if list_id is not None and now - at <= _PACE)
    offers = dict(TicketList.objects.filter(pk__in=lists).values_list("pk", "offer_id"))
    counted: Counter[int] = Counter()
    for list_id, count in lists.items():
        if list_id in offers:
            counted[offers[list_id]] += count
    return counted


def latest_sales(caller: Caller, *, most: int, now: datetime) -> list[Sold]:
    """The latest sales that were not taken back, newest first."""
    handouts = list(_sales(caller).order_by("-pk")[:most])
    tickets = {ticket.handout_id: ticket for ticket in Ticket.objects.filter(handout__in=handouts)}
    found = [(handout, tickets[handout.pk]) for handout in handouts if handout.pk in tickets]
    state_of = states.of_tickets([ticket.pk for _, ticket in found], now=now)
    return [_sold(ticket, handout, state_of[ticket.pk], now=now) for handout, ticket in found if ticket.pk in state_of]


def sale_of(ticket: Ticket, *, now: datetime) -> Sold | None:
    """The sale that a ticket in reach went out in; None where it was not sold, or the sale was taken back."""
    handout = ticket.handout
    state = states.of_tickets([ticket.pk], now=now).get(ticket.pk)
    if handout is None or handout.format != FORMAT or state is None:
        return None
    return _sold(ticket, handout, state, now=now)


def sell_once(caller: Caller, offer_id: int, *, account_id: int, key: str, keys: KeyRing, pace: Pace) -> int:
    """Sell a ticket; the same form sent again answers the same ticket. key: of the form. Raises as sales.sell does."""
    digest = idempotency.digest_of("SELL", str(offer_id), key.encode())
    with transaction.atomic():
        claimed = idempotency.claim(
            caller,
            account_id=account_id,
            # One form has a button for each offer.
            key=f"sell.{offer_id}.{key}",
            digest=digest,
            keys=keys,
            now=pace.clock(),
        )
        if isinstance(claimed, Stored):
            return int(claimed.body or 0)
        sold = sales.sell(caller, offer_id, keys=keys, pace=pace)
        claimed.conclude(201, str(sold))
    return sold


def _sales(caller: Caller) -> QuerySet[Handout]:
    return Handout.objects.filter(reach.handouts(caller), format=FORMAT, undone_at=None, ready=True)


def _sold(ticket: Ticket, handout: Handout, state: State, *, now: datetime) -> Sold:
    until = handout.at + CANCELLABLE
    can_be_cancelled = state is State.VIRGIN and now <= until
    return Sold(
        ticket=ticket,
        handout=handout,
        offer=str(handout.terms.get("offer", "")),
        state=state,
        cancellable_until=until if can_be_cancelled else None,
    )
