"""`/stats`: what happened, by hour, day or month."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from spotcoffee.domain.permissions import Action
from spotcoffee.services import statistics as services
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.kinds import Instant
from spotcoffee.web.surroundings import now

router = Router(tags=["stats"])

_WITHOUT_FROM: Final = timedelta(days=30)


class Figures(Schema):
    """guests: different tickets. time: seconds that were charged. sold: tickets sold at the desk."""

    sessions: int
    guests: int
    time: int
    down: int
    up: int
    sold: int


class Step(Figures):
    """One hour, day or month of the organisation's calendar. at: its beginning."""

    at: Instant


class OfAccessPoint(Figures):
    """What happened at one access point. Sales have none."""

    access_point: int


class OfOffer(Figures):
    """What happened with one offer, as its tickets are bound today."""

    offer: int


class Statistics(Schema):
    """What happened from `from` until before `to`."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    by: str
    time_zone: str
    items: list[Step]
    access_points: list[OfAccessPoint]
    offers: list[OfOffer]


class Span(Schema):
    """Which time, and in which steps. Without `to`: until now; without `from`: 30 days."""

    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    by: Literal["hour", "day", "month"] = "day"


@router.get("", response=Statistics, by_alias=True, summary="Statistics")
@allowed(Action.SEE_STATISTICS)
def show_statistics(request: HttpRequest, filters: Query[Span]) -> dict[str, Any]:
    """Sessions count where they began."""
    end = filters.to or now()
    begin = filters.from_ or end - _WITHOUT_FROM
    found = services.sum_up(caller_of(request), begin=begin, end=end, by=filters.by)
    return {
        "from": begin,
        "to": end,
        "by": filters.by,
        "time_zone": found.zone,
        "items": [{"at": at, **asdict(figures)} for at, figures in found.steps],
        "access_points": [{"access_point": key, **asdict(one)} for key, one in found.access_points.items()],
        "offers": [{"offer": key, **asdict(one)} for key, one in found.offers.items()],
    }
