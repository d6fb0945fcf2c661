"""How the portal answers: pages without script, cookie or outside resource, each forbidden to be kept.

The stylesheet is one small file, the place's colours within it, whose address changes with its content.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from spotcoffee.domain.portal import LANGUAGES, Look, in_language, style_of
from spotcoffee.protocols.portals.visits import Post, Visit, origin_of
from spotcoffee.services.portal_places import Place
from spotcoffee.web.portal.languages import PARAMETER

_STATIC: Final = Path(__file__).resolve().parent.parent / "static" / "portal"
NOTHING: Final[Mapping[str, object]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every page has around it. carried: what links to other languages must not lose."""

    request: HttpRequest
    language: str
    place: Place | None = None
    carried: Mapping[str, str] | None = None

    @property
    def look(self) -> Look:
        """The look of the place, or the product's own."""
        return Look() if self.place is None else self.place.look


def page(
    around: Surroundings,
    template: str,
    context: Mapping[str, object] = NOTHING,
    *,
    status: int = 200,
    leads_to: Iterable[str] = (),
    script: bool = False,
) -> HttpResponse:
    """A page in the guest's language. leads_to: the origins that its forms may lead to, beside the portal's own."""
    with translation.override(around.language):
        text = render_to_string(f"portal/{template}.html", {**_frame(around), **context})
    answer = HttpResponse(text, status=status)
    answer.headers["Content-Security-Policy"] = _policy(leads_to, script=script)
    answer.headers["Content-Language"] = around.language
    answer.headers["Vary"] = "Accept-Language"
    return guarded(answer)


def guarded(answer: HttpResponse) -> HttpResponse:
    """The same answer, with what every answer of the portal says."""
    answer.headers.setdefault("Content-Security-Policy", _policy(()))
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["Content-Length"] = str(len(answer.content))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def redirect(url: str) -> HttpResponse:
    """The browser goes on by GET. url: ours, or of an adapter's answer."""
    answer = HttpResponse(status=303)
    answer.headers["Location"] = url
    return guarded(answer)


def hand_over(around: Surroundings, post: Post, *, let_in: str = "", refused: str = "") -> HttpResponse:
    """A page whose form the browser sends to the equipment, by itself where it runs scripts.

    let_in, refused: where the script leads, of equipment that answers with data.
    """
    context = {"post": post, "script": script_url(), "let_in": let_in, "refused": refused}
    answer = page(around, "hand_over", context, leads_to=[origin_of(post.url)], script=True)
    if post.marks_success:
        answer.headers["Content-Security-Policy"] += f"; connect-src {origin_of(post.url)}"
    return answer


def origins(visit: Visit) -> set[str]:
    """Where a login of this visit may lead."""
    return {origin_of(value) for _, value in visit.state if value.startswith(("http://", "https://"))}


def _policy(leads_to: Iterable[str], *, script: bool = False) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            *(("script-src 'self'",) if script else ()),
            "img-src 'self' data:",
            " ".join(("form-action 'self'", *sorted(leads_to))),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _frame(around: Surroundings) -> dict[str, object]:
    look, place, language = around.look, around.place, around.language
    fallback, carried = "en" if place is None else place.language, _switch(around)
    welcome, welcome_language = in_language(look.welcome, language, fallback=fallback)
    conditions, conditions_language = in_language(look.conditions, language, fallback=fallback)
    return {
        "language": language,
        "languages": [(code, name, carried + code) for code, name in LANGUAGES.items()],
        "place": place,
        "asks_password": place is not None and place.asks_password,
        "needs_password": place is not None and place.needs_password,
        "title": place.title if place else "Wi-Fi",
        "style": style_url(place),
        "logo": None if place is None or look.logo is None else logo_url(place),
        "welcome": welcome,
        "welcome_language": welcome_language,
        "conditions": conditions,
        "conditions_language": conditions_language,
        "must_accept": look.must_accept and bool(conditions),
    }


def _switch(around: Surroundings) -> str:
    """The address of the same page in another language, up to that language."""
    return "?" + urlencode({**(around.carried or {}), PARAMETER: ""})


# Style, script and logo: named by what they contain, so that browsers may keep them.


def style_url(place: Place | None) -> str:
    """The stylesheet of a place."""
    number = 0 if place is None else place.number
    look = Look() if place is None else place.look
    return _reversed("portal-style", number, _digest(style(look)))


def style(look: Look) -> bytes:
    """The stylesheet with the look's colours."""
    return _file("portal.css") + style_of(look).encode()


def script_url() -> str:
    """The one script: it presses a button that can also be pressed by hand."""
    return _reversed("portal-script", _digest(script()))


def script() -> bytes:
    """The script."""
    return _file("send.js")


def logo_url(place: Place) -> str:
    """The logo of a place."""
    return _reversed("portal-logo", place.number, place.look.logo)


def kept(octets: bytes, media_type: str, *, digest: str | None = None) -> HttpResponse:
    """A file that browsers may keep for good. digest: what its address says of it.

    While a new release or a new look spreads, an address may say another: what is answered then is kept nowhere.
    """
    answer = HttpResponse(octets, content_type=media_type)
    if digest is None or digest == _digest(octets):
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return guarded(answer)


@lru_cache(maxsize=8)
def _file(name: str) -> bytes:
    return (_STATIC / name).read_bytes()


@lru_cache(maxsize=256)
def _digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()[:12]


@lru_cache(maxsize=256)
def _reversed(name: str, *arguments: object) -> str:
    return reverse(name, args=arguments)
