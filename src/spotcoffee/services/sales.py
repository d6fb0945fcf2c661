"""Selling a ticket at the desk: from stock, else made on the spot; and taking the sale back while it is unused."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from spotcoffee.domain.tickets import State
from spotcoffee.services import audit, generation, offers, ticket_lists, tickets
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid
from spotcoffee.services.pacing import Pace
from spotcoffee.services.printed import printed_terms
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Handout, Offer, Ticket, TicketBatch, TicketList
from spotcoffee.storage.queries import sales as queries
from spotcoffee.storage.queries import states
from spotcoffee.storage.queries.tickets import lock

FORMAT: Final = "sale"
# The list that tickets made at the desk go to.
LIST_NAME: Final = "Ventes"
CANCELLABLE: Final = timedelta(seconds=30)


def sell(caller: Caller, offer_id: int, *, keys: KeyRing, pace: Pace) -> int:
    """Hand one ticket of an offer out; answers its id. Raises NotFound, Conflict: archived, or ended."""
    offer = offers.get(caller, offer_id)
    if offer.archived:
        raise Conflict("offer_archived", offer=offer.name)
    if offer.valid_until is not None and pace.clock() >= offer.valid_until:
        raise Conflict("offer_ended", offer=offer.name)
    with transaction.atomic():
        sold = _from_stock(offer, now=pace.clock())
        if sold is not None:
            _mark(caller, offer, sold, now=pace.clock())
            return sold
    return _make(caller, offer, keys=keys, pace=pace)


def _from_stock(offer: Offer, *, now: datetime) -> int | None:
    lists = TicketList.objects.filter(offer=offer, archived=False).order_by("pk").values_list("pk", flat=True)
    return next((key for key in (queries.next_in_stock(one, now=now) for one in lists) if key is not None), None)


def _make(caller: Caller, offer: Offer, *, keys: KeyRing, pace: Pace) -> int:
    """One ticket more, which nobody sees before it is sold."""
    into = _sales_list(caller, offer, now=pace.clock())
    made: list[int] = []

    def conclude(batch: TicketBatch) -> bool:
        one = Ticket.objects.get(ticket_list=into, batch=batch)
        _mark(caller, offer, one.pk, now=pace.clock())
        made.append(one.pk)
        return True

    generation.generate(caller, into.pk, 1, keys=keys, pace=pace, conclude=conclude)
    return made[0]


def _sales_list(caller: Caller, offer: Offer, *, now: datetime) -> TicketList:
    """The offer's list of sales, made where it is missing; a second offer's bears the offer's name too."""
    names = [LIST_NAME, f"{LIST_NAME} – {offer.name}"[:200], f"{LIST_NAME} – {offer.pk}"]
    for name in names:
        own = TicketList.objects.filter(offer=offer, name=name, archived=False).first()
        if own is not None:
            return own
    for name in names:
        try:
            return ticket_lists.add(caller, {"name": name, "offer": offer.pk}, now=now)
        except Invalid as taken:
            if taken.faults != [("name", "taken")]:
                raise
    raise Conflict("list_archived", list=names[-1])


def _mark(caller: Caller, offer: Offer, ticket_id: int, *, now: datetime) -> None:
    ticket = Ticket.objects.get(pk=ticket_id)
    handout = Handout.objects.create(
        organisation_id=offer.organisation_id,
        list_id=ticket.ticket_list_id,
        format=FORMAT,
        count=1,
        terms=printed_terms(offer),
        at=now,
        by=caller.by,
        touched_at=now,
    )
    Ticket.objects.filter(pk=ticket_id).update(handout=handout, handed_out_at=now)
    after = {"offer": offer.pk, "handout": handout.pk}
    audit.record(caller, "sell", noun="ticket", noun_id=ticket_id, after=after, now=now)


def cancel(caller: Caller, ticket_id: int, *, now: datetime) -> None:
    """Take a sale back. Raises NotFound, Conflict: not sold, more than 30 s ago, or used meanwhile."""
    tickets.get(caller, ticket_id)
    with transaction.atomic():
        # Whoever logs in with it at this instant comes before or after.
        lock([ticket_id])
        ticket = Ticket.objects.select_related("handout").get(pk=ticket_id)
        sale = ticket.handout
        if sale is None or sale.format != FORMAT:
            raise Conflict("not_sold", id=ticket_id)
        if now - sale.at > CANCELLABLE:
            raise Conflict("sale_too_old", id=ticket_id)
        if states.of_tickets([ticket_id], now=now).get(ticket_id) is not State.VIRGIN:
            raise Conflict("sale_used", id=ticket_id)
        Ticket.objects.filter(pk=ticket_id).update(handout=None, handed_out_at=None)
        Handout.objects.filter(pk=sale.pk).update(undone_at=now)
        audit.record(caller, "cancel_sale", noun="ticket", noun_id=ticket_id, now=now)
