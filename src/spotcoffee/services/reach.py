"""What lies in a caller's reach, as filters: his organisation, and within it his access points where he has some.

An offer is in reach with one of its access points; lists, tickets and hand-outs follow their offer. What is outside
does not exist for him.
"""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from spotcoffee.domain.permissions import BOUND_TO_ACCESS_POINTS
from spotcoffee.domain.staff import Role
from spotcoffee.services.callers import Caller
from spotcoffee.storage.models import AccessPoint, Offer, StaffAccount, TicketList


def caller_of(account: StaffAccount) -> Caller:
    """The caller that a staff account is."""
    own: frozenset[int] | None = None
    if Role(account.role) in BOUND_TO_ACCESS_POINTS:
        own = frozenset(account.access_points.values_list("pk", flat=True))
        own = own or (own if account.bound else None)
    return Caller(account.organisation_id, account.email, own)


def extended(caller: Caller, added: AccessPoint) -> Caller:
    """The caller once he has added an access point: it is his."""
    if caller.access_points is None:
        return caller
    StaffAccount.objects.get(email=caller.by).access_points.add(added)
    return replace(caller, access_points=caller.access_points | {added.pk})


def access_points(caller: Caller) -> Q:
    """Of access points: those in reach."""
    mine = Q(organisation_id=caller.organisation_id)
    return mine if caller.access_points is None else mine & Q(pk__in=caller.access_points)


def offers(caller: Caller) -> Q:
    """Of offers: those in reach."""
    mine = Q(organisation_id=caller.organisation_id)
    return mine if caller.access_points is None else mine & Q(pk__in=_offers_there(caller.access_points))


def ticket_lists(caller: Caller) -> Q:
    """Of ticket lists: those in reach."""
    mine = Q(organisation_id=caller.organisation_id)
    return mine if caller.access_points is None else mine & Q(offer__in=_offers_there(caller.access_points))


def tickets(caller: Caller) -> Q:
    """Of tickets: those in reach."""
    mine = Q(organisation_id=caller.organisation_id)
    if caller.access_points is None:
        return mine
    return mine & Q(ticket_list__offer__in=_offers_there(caller.access_points))


def handouts(caller: Caller) -> Q:
    """Of hand-outs: those in reach."""
    mine = Q(organisation_id=caller.organisation_id)
    if caller.access_points is None:
        return mine
    return mine & Q(list_id__in=TicketList.objects.filter(ticket_lists(caller)).values("pk"))


def by_access_point(caller: Caller) -> Q:
    """Of sessions and attempts: those in reach."""
    mine = Q(organisation_id=caller.organisation_id)
    return mine if caller.access_points is None else mine & Q(access_point_id__in=caller.access_points)


def jobs(caller: Caller) -> Q:
    """Of jobs: those in reach."""
    mine = Q(organisation_id=caller.organisation_id)
    return mine if caller.access_points is None else mine & Q(by=caller.by)


def unknown_access_points(caller: Caller, wanted: object) -> list[tuple[str, str]]:
    """A fault where access points are wanted that are out of reach."""
    if caller.access_points is None or not isinstance(wanted, list) or caller.access_points.issuperset(wanted):
        return []
    return [("access_points", "unknown")]


def is_whole(caller: Caller, offer: Offer) -> bool:
    """Whether all access points of an offer in reach are in reach too: else it is not for him to change."""
    if caller.access_points is None:
        return True
    there = Offer.access_points.through.objects.filter(offer_id=offer.pk)
    return not there.exclude(accesspoint_id__in=caller.access_points).exists()


def _offers_there(points: frozenset[int]) -> QuerySet[Any, Any]:
    return Offer.access_points.through.objects.filter(accesspoint_id__in=points).values("offer_id")
