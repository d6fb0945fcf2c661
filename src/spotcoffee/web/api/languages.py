"""In which language an answer's sentences are."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from spotcoffee.domain.languages import LANGUAGES

_LONGEST_HEADER = 500


def language_of(request: HttpRequest) -> str:
    """What the request asks for; else the organisation's language, else the product's."""
    asked = request.headers.get("Accept-Language", "")[:_LONGEST_HEADER]
    for tag, _ in parse_accept_lang_header(asked):
        primary = tag.partition("-")[0]
        if primary in LANGUAGES:
            return primary
    asker = getattr(request, "auth", None)
    return str(getattr(asker, "language", None) or settings.LANGUAGE_CODE)
