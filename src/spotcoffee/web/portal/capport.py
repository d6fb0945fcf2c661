"""RFC 8908: what a phone asks instead of probing; its address was told by DHCP (RFC 8910)."""

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from spotcoffee.domain.authorization import Accept
from spotcoffee.domain.devices import device_of
from spotcoffee.protocols.portals.visits import Visit
from spotcoffee.services import portal_places, portal_tokens
from spotcoffee.services.portal_logins import Standing, standing
from spotcoffee.services.portal_places import Place
from spotcoffee.services.portal_tokens import StayToken
from spotcoffee.web import surroundings
from spotcoffee.web.portal import pages
from spotcoffee.web.portal.guests import asked_at, place_of
from spotcoffee.web.portal.requests import address_of

MEDIA_TYPE: Final = "application/captive+json"


def captive(request: HttpRequest, number: int) -> HttpResponse:
    """Whether the device that asks is captive, and what is left to it."""
    place = place_of(number)
    if place is None:
        return pages.guarded(JsonResponse({"title": "Not Found", "status": 404}, status=404))
    document = _online(request, place) or _captive(request, place)
    answer = JsonResponse(document, content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "private, no-store"
    return pages.guarded(answer)


def _captive(request: HttpRequest, place: Place) -> dict[str, object]:
    path = reverse("portal-place", args=[place.number])
    return {"captive": True, **_portal(request, path)}


def _online(request: HttpRequest, place: Place) -> dict[str, object] | None:
    """What is left to the session of this address; None without one. A guest with another ticket can always go on."""
    session = portal_places.online_at(place, address_of(request))
    if session is None:
        return None
    now, keys = surroundings.now(), surroundings.keys()
    stands = standing(asked_at(place, session.device, now=now), session.ticket_id, keys=keys)
    if stands is None:
        return None
    visit = Visit(
        equipment=place.access_point.equipment,
        device=session.device if device_of(session.device, "", access_point_id=place.number) else None,
        address=session.framed_address,
    )
    token = StayToken(place=place.number, ticket_id=session.ticket_id, visit=visit, made_at=now, again=True)
    path = reverse("portal-stay", args=[portal_tokens.seal_stay(token, keys=keys)])
    return {"captive": False, **_portal(request, path), "can-extend-session": True, **_left(stands)}


def _left(stands: Standing) -> dict[str, object]:
    """Seconds until the session is cut, and octets of the direction that ends first; left out without a limit."""
    seconds = stands.decision.limits.session_timeout if isinstance(stands.decision, Accept) else 0
    volumes = [volume for volume in (stands.balance.down, stands.balance.up) if volume is not None]
    left: dict[str, object] = {} if seconds is None else {"seconds-remaining": seconds}
    return left | ({"bytes-remaining": min(volumes)} if volumes else {})


def _portal(request: HttpRequest, path: str) -> dict[str, object]:
    """The page for the guest; left out where it is not on TLS, as the RFC asks."""
    base = surroundings.portal_address().rstrip("/")
    url = f"{base}{path}" if base else request.build_absolute_uri(path)
    return {"user-portal-url": url} if url.startswith("https://") else {}
