"""Requests for other hosts: a captive network sends the phones' probes here (portals.md, section 9).

Before a login each is led to the portal, and the phone opens its login window. After it each gets what it hopes for, so
that the window says "Done". Only the portal that stands alone answers them, over plain HTTP.
"""

from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import reverse

from spotcoffee.services import portal_places
from spotcoffee.web import surroundings
from spotcoffee.web.portal import pages
from spotcoffee.web.portal.doors import place_around
from spotcoffee.web.portal.requests import address_of

# A server that listens on every address knows none.
_ANY: Final = ("", "0.0.0.0", "::")  # noqa: S104
_APPLE: Final = b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
_FIREFOX: Final = b'<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>'
# Path of a probe to what its system takes for the open internet: status, type, octets.
HOPED_FOR: Final[Mapping[str, tuple[int, str, bytes]]] = {
    "/hotspot-detect.html": (200, "text/html", _APPLE),
    "/library/test/success.html": (200, "text/html", _APPLE),
    "/generate_204": (204, "text/plain", b""),
    "/gen_204": (204, "text/plain", b""),
    "/connecttest.txt": (200, "text/plain", b"Microsoft Connect Test"),
    "/ncsi.txt": (200, "text/plain", b"Microsoft NCSI"),
    "/canonical.html": (200, "text/html", _FIREFOX),
    "/success.txt": (200, "text/plain", b"success\n"),
    "/check_network_status.txt": (200, "text/plain", b"NetworkManager is online"),
}


class Intercepted:
    """Middleware: answers what was asked of a host that is not ours; the rest is the portal's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        try:
            request.get_host()
        except DisallowedHost:
            if not _is_ours(request):
                return intercepted(request)
        return self._get_response(request)


def intercepted(request: HttpRequest) -> HttpResponse:
    """What a guest gets who asked for another host."""
    place = place_around(request)
    if place is not None and portal_places.online_at(place, address_of(request)) is not None:
        status, media_type, octets = HOPED_FOR.get(request.path, (404, "text/plain", b""))
        return pages.guarded(HttpResponse(octets, status=status, content_type=media_type))
    answer = HttpResponse(status=302)
    answer.headers["Location"] = _own_address(request) + _path(place)
    return pages.guarded(answer)


def _path(place: portal_places.Place | None) -> str:
    return reverse("portal-door") if place is None else reverse("portal-place", args=[place.number])


def _is_ours(request: HttpRequest) -> bool:
    """Whether what was asked for is the address at which we are reached from there: leading there would never end.

    This machine may have got it since we started, or have it on the guests' side alone. From then on it is known.
    """
    host, _ = split_domain_port(str(request.META.get("HTTP_HOST", "")).lower())
    if not host or host != _reached_at(request):
        return False
    settings.ALLOWED_HOSTS.append(host)
    return True


def _own_address(request: HttpRequest) -> str:
    """Where the portal itself is reached: its name, else the address at which it was asked."""
    configured = surroundings.portal_address()
    if configured:
        return configured.rstrip("/")
    return f"http://{_reached_at(request)}:{request.META.get('SERVER_PORT', '')}"


def _reached_at(request: HttpRequest) -> str:
    """The address of this machine towards whoever asks, as it stands in a URL."""
    listening, asking = str(request.META.get("SERVER_NAME", "")), address_of(request)
    host = surroundings.address_towards(asking) if listening in _ANY else listening
    return f"[{host}]" if ":" in host else host
