"""In which language a guest reads: what he chose, else what his browser asks for, else the place's own."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from spotcoffee.domain.portal import LANGUAGES

PARAMETER: Final = "lang"


def chosen(fields: Mapping[str, str]) -> str:
    """The language that he switched to; empty where he did not."""
    language = fields.get(PARAMETER, "")
    return language if language in LANGUAGES else ""


def language_of(request: HttpRequest, fields: Mapping[str, str], *, fallback: str) -> str:
    """One of the portal's languages."""
    return chosen(fields) or _accepted(request.headers.get("Accept-Language", "")) or fallback


def _accepted(header: str) -> str:
    # Longer ones are no browser's, and none of them needs to be parsed.
    for tag, _ in parse_accept_lang_header(header) if len(header) <= 500 else ():
        language = tag.partition("-")[0]
        if language in LANGUAGES:
            return language
    return ""
