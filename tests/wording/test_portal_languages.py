"""The portal speaks six languages, each complete."""

import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override, pgettext

import spotcoffee
from spotcoffee.domain.portal import LANGUAGES

PACKAGE = Path(spotcoffee.__file__).parent
_TEMPLATE = re.compile(r'{% translate "([^"]+)"(?: context "([^"]+)")? %}')
_CALLED = re.compile(r'(?<!n)(?<!p)gettext(?:_noop)?\(\s*"((?:[^"]|"\s*\n\s*")+)"')


def sentences() -> list[tuple[str, str]]:
    """What a guest may read: context and English."""
    found = {
        (context, said)
        for path in (PACKAGE / "web/templates/portal").glob("*.html")
        for said, context in _TEMPLATE.findall(path.read_text())
    }
    for path in ("web/portal/entry.py", "wording/portal.py", "wording/refusals.py"):
        called = _CALLED.findall((PACKAGE / path).read_text())
        found |= {("", re.sub(r'"\s*\n\s*"', "", said)) for said in called}
    return sorted(found)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_a_guest_reads_no_english_between(language: str) -> None:
    # Words that are the same in several languages.
    same = {"Code", "Password"}
    with override(language):
        untold = [
            said
            for context, said in sentences()
            if (pgettext(context, said) if context else gettext(said)) == said and said not in same
        ]

    assert untold == []


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_translation_has_the_figures_of_its_sentence(language: str) -> None:
    with override(language):
        for context, said in sentences():
            told = pgettext(context, said) if context else gettext(said)
            assert sorted(re.findall(r"%\((\w+)\)s", told)) == sorted(re.findall(r"%\((\w+)\)s", said)), said


def test_french_keeps_its_signs_together() -> None:
    # Reasons of a refusal are those of the RADIUS server too.
    own = [pair for pair in sentences() if not pair[1].startswith(("This ticket", "The time", "This code"))]
    with override("fr"):
        for context, said in own:
            told = pgettext(context, said) if context else gettext(said)
            assert not re.search(r" [?!;:]", told), told
