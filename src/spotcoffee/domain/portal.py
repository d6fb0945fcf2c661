"""The guest's portal: its languages, its own colours, and how the look of a place is settled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from spotcoffee.domain.colours import is_readable, lightened, readable_on

# Of guests; staff and tickets speak fewer.
LANGUAGES: Final[Mapping[str, str]] = {
    "fr": "Français",
    "en": "English",
    "de": "Deutsch",
    "nl": "Nederlands",
    "es": "Español",
    "it": "Italiano",
}

TEXT: Final = "#221A14"
MUTED: Final = "#6B5D52"
PAGE: Final = "#FBF8F4"
ACCENT: Final = "#7A4A21"
DARK_PAGE: Final = "#17120E"
_ON_ACCENT: Final = ("#FFFFFF", "#17120E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a portal looks and reads. Empty texts and None: the product's own. Texts stand by language.

    logo: a digest of the picture, which is fetched by itself; None: none.
    """

    title: str = ""
    network: str = ""
    logo: str | None = None
    accent: str = ""
    page: str = ""
    welcome: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    must_accept: bool = False


def style_of(look: Look) -> str:
    """The custom properties that a look changes, as CSS; empty where it changes none."""
    light = {"--page": look.page} if look.page else {}
    dark = {}
    if look.accent:
        light |= {"--primary": look.accent, "--on": readable_on(look.accent, choices=_ON_ACCENT)}
        accent = lightened(look.accent, until_readable_on=DARK_PAGE)
        dark = {"--primary": accent, "--on": readable_on(accent, choices=_ON_ACCENT)}
    if not light:
        return ""
    # In the dark the page keeps the product's own colour: a light one would dazzle.
    if look.page:
        dark["--page"] = DARK_PAGE
    return f":root{{{_said(light)}}}@media(prefers-color-scheme:dark){{:root{{{_said(dark)}}}}}"


def unreadable(accent: str, page: str) -> list[str]:
    """Which of the two colours of a look make text that can't be read: "accent", "page". Empty: the product's own."""
    page, accent = page or PAGE, accent or ACCENT
    if not (is_readable(TEXT, page) and is_readable(MUTED, page)):
        return ["page"]
    on_accent = readable_on(accent, choices=_ON_ACCENT)
    return [] if is_readable(accent, page) and is_readable(on_accent, accent) else ["accent"]


def in_language(texts: Mapping[str, str], language: str, *, fallback: str) -> tuple[str, str]:
    """A text and the language that it is in: the guest's, else the place's, else the first; empty where there is none.

    A guest who reads neither still has to see what he is asked to accept.
    """
    for code in (language, fallback, "en", *texts):
        if texts.get(code):
            return texts[code], code
    return "", language


def _said(properties: Mapping[str, str]) -> str:
    return ";".join(f"{name}:{value}" for name, value in properties.items())
