"""« Pourquoi ça ne marche pas ? »: a login replayed at an access point, and the refusals that guests met."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from spotcoffee.services import attempts, reach, rehearsal
from spotcoffee.services.attempts import AttemptView
from spotcoffee.services.callers import Caller
from spotcoffee.services.tickets import TicketView
from spotcoffee.storage.models import AccessPoint, Offer
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval, keys
from spotcoffee.wording.events import device_in_words
from spotcoffee.wording.explanations import Case, explain, refusal_at_the_desk

_REFUSED: Final = 5
# A guest who mistypes comes to the desk soon.
_MISTYPED: Final = timedelta(hours=1)
# An access point that asked nothing for so long is worth a look.
_QUIET: Final = timedelta(hours=1)


def why(visit: Visit, view: TicketView, offer: Offer, *, now: datetime) -> dict[str, Any]:
    """For the card: the choice of places, the explanation at the chosen one, the latest refusals."""
    caller = visit.visitor.caller
    places = list(AccessPoint.objects.filter(reach.access_points(caller), archived=False).order_by("name", "pk"))
    refused = attempts.refused_of(caller, view.id, most=_REFUSED)
    there = set(offer.access_points.values_list("pk", flat=True))
    chosen = _chosen(visit.GET.get("at", ""), places, refused, there)
    names = {place.pk: place.name for place in places}
    found: dict[str, Any] = {
        "points": places,
        "chosen": chosen,
        "refused": [
            {
                "at": attempt.at,
                "said": refusal_at_the_desk(attempt.reason or ""),
                "place": names.get(attempt.access_point, ""),
                "device": device_in_words(attempt.device),
            }
            for attempt in refused
        ],
    }
    found["alike"] = [
        {"at": attempt.at, "login": attempt.login, "place": names.get(attempt.access_point, "")}
        for attempt in attempts.like(caller, view.login, since=now - _MISTYPED, most=_REFUSED)
    ]
    if chosen is not None:
        offered_on = tuple(name for key, name in names.items() if key in there)
        case = _case(caller, view, offer, chosen, offered_on, now=now, zone=visit.visitor.zone)
        found["why"] = explain(case)
        found["quiet"] = chosen.last_seen_at is None or now - chosen.last_seen_at > _QUIET
    return found


def _case(
    caller: Caller,
    view: TicketView,
    offer: Offer,
    chosen: AccessPoint,
    offered_on: tuple[str, ...],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    decision = rehearsal.rehearse_login(
        caller, view.id, chosen.pk, keys=keys(), interim_interval=interim_interval(), now=now
    )
    return Case(
        decision=decision,
        ticket=view,
        terms=offer.as_terms(),
        access_point=chosen.name,
        offered_on=offered_on,
        online=view.open_sessions,
        zone=zone,
        now=now,
    )


def _chosen(typed: str, places: list[AccessPoint], refused: list[AttemptView], there: set[int]) -> AccessPoint | None:
    """The one that was asked for; else where it was refused last; else the offer's first."""
    by_id = {place.pk: place for place in places}
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else 0
    for key in (wanted, *(attempt.access_point for attempt in refused[:1]), *(p.pk for p in places if p.pk in there)):
        if key in by_id:
            return by_id[key]
    return places[0] if places else None
