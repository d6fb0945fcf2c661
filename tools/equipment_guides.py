"""What comes from the code in the pages of docs/howto/equipment/; `tools.fill_equipment_guides` puts it in.

The pages are written by hand, in English (KIND.md) and French (KIND.fr.md). Between `<!-- made: WHAT -->` and
`<!-- end -->` stands what the staff's pages say and show: the steps with the names of their fields and buttons, each
text to copy (`text NAME`), the live test's sentences, who keeps which limit, what nobody has checked. A test holds
them current.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from django.utils.translation import gettext, override
from tools import equipment_guide_words as words
from tools.equipment_page import UNVERIFIED
from tools.equipment_visits import CONTROLLED
from tools.equipment_visits import UNVERIFIED as ON_THE_ROAD

from spotcoffee.domain.access_points import CAPABILITIES, AccessPoint, Equipment, reports_of
from spotcoffee.domain.enforcement import keepers
from spotcoffee.domain.offers import Terms
from spotcoffee.protocols.configuration.texts import configuration
from spotcoffee.protocols.configuration.values import Values
from spotcoffee.services.equipment_setup import Half
from spotcoffee.wording.equipment_setup import FINDINGS, title_of
from spotcoffee.wording.offer_faults import enforcement, offer_fault

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "howto" / "equipment"
LANGUAGES: Final = ("en", "fr")
EXAMPLE: Final = Values(
    server="192.0.2.10",
    portal="https://wifi.example.org",
    number=7,
    secret="SECRET-OF-THE-ACCESS-POINT",  # noqa: S106 - an example
    portal_secret="SECRETOFTHEPORTAL2345",  # noqa: S106
    nas_identifier="reception",
    idle_timeout=600,
)
# An offer with everything; equipment whose use nobody counts takes no offer with quotas.
OFFER: Final = Terms(credit=7_200, idle_timeout=600, rate_down=8_000_000, rate_up=1_500_000, quota_down=5 * 10**9)
UNCOUNTED: Final = Terms(credit=7_200, idle_timeout=600, rate_down=8_000_000, rate_up=1_500_000)
# The space before a French sign of two parts, and inside French quotation marks.
HIGH_SIGN: Final = re.compile("(?<=«) | (?=[:;?!»])")
MARK: Final = re.compile(r"(<!-- made: (\w+)(?: (\w+))? -->\n).*?(<!-- end -->)", re.DOTALL)


def path_of(kind: Equipment, language: str) -> Path:
    """Where the page of a kind stands."""
    return FOLDER / f"{kind.value}{'' if language == 'en' else f'.{language}'}.md"


def filled(page: str, kind: Equipment, language: str) -> str:
    """The page with everything between its marks made anew. Raises KeyError for a mark that nothing is made for."""

    def made(mark: re.Match[str]) -> str:
        with override(language):
            lines = "\n".join(_made(kind, language, mark[2], mark[3]))
        if language == "fr" and mark[2] != "text":
            lines = HIGH_SIGN.sub("\N{NO-BREAK SPACE}", lines)
        return f"{mark[1]}{lines}\n{mark[4]}"

    return MARK.sub(made, page)


def marks(page: str) -> list[tuple[str, str]]:
    """What a page has made: kind of part, and its argument or an empty text."""
    return [(mark[2], mark[3] or "") for mark in MARK.finditer(page)]


def _made(kind: Equipment, language: str, what: str, argument: str | None) -> Iterator[str]:
    match what, argument:
        case "steps", None:
            yield from _steps(kind, language)
        case "text", str():
            yield from _text(kind, language, argument)
        case "check", None:
            yield from _check(kind, language)
        case "abilities", None:
            yield from _abilities(kind, language)
        case "doubts", None:
            yield from _doubts(kind, language)
        case _:
            raise KeyError(what, argument)


def _steps(kind: Equipment, language: str) -> Iterator[str]:
    for number, step in enumerate(words.steps(kind, language), 1):
        yield f"{number}. {step}"


def values_of(kind: Equipment) -> Values:
    """The example values, with what this kind has."""
    return replace(EXAMPLE, coa_port=CAPABILITIES[kind].disconnect_port)


def _text(kind: Equipment, language: str, name: str) -> Iterator[str]:
    text = {one.name: one.text for one in configuration(kind, values_of(kind))}[name]
    colon = "\N{NO-BREAK SPACE}:" if language == "fr" else ":"
    yield f"**{title_of(name)}{colon}**\n"
    yield f"```\n{text.rstrip()}\n```"


def _check(kind: Equipment, language: str) -> Iterator[str]:
    head = words.CHECK_HEAD[language]
    yield f"| {head[0]} | {head[1]} | {head[2]} |\n|---|---|---|"
    for half in Half:
        well, otherwise = words.findings(kind, half.value)
        said = [gettext(FINDINGS[half, code]) % {"detail": "192.0.2.99"} for code in (*well, *otherwise)]
        good, bad = said[: len(well)], said[len(well) :]
        yield f"| {words.HALVES[language][half.value]} | {'<br>'.join(good) or '-'} | {'<br>'.join(bad) or '-'} |"


def example(kind: Equipment) -> AccessPoint:
    """An access point of a kind, connected as its page says."""
    can, controlled = CAPABILITIES[kind], kind in CONTROLLED
    return AccessPoint(
        id=1,
        organisation_id=1,
        equipment=kind,
        coa_port=can.disconnect_port,
        capabilities=can,
        controlled=controlled,
        accounting=reports_of(kind, controlled=controlled, linked=controlled),
    )


def _abilities(kind: Equipment, language: str) -> Iterator[str]:
    point = example(kind)
    counts = point.accounting.value != "none"
    for _, said in enforcement(keepers(OFFER if counts else UNCOUNTED, point), own_idle=None):
        yield f"* {said}"
    if not counts:
        yield f"* {offer_fault('quota_not_counted', '', uncounted=[words.name_of(kind)])}"
    if kind in words.READ:
        yield f"* {words.READ[kind][language == 'fr']}"
    else:
        yield f"* {words.LEAST_INTERIM[language].format(seconds=CAPABILITIES[kind].least_interim)}"


def _doubts(kind: Equipment, language: str) -> Iterator[str]:
    # The pages of UniFi and Omada lead to their controllers; what is open of their RADIUS is the reference's.
    doubts = (*(() if kind in words.BY_CONTROLLER else UNVERIFIED[kind]), *ON_THE_ROAD[kind])
    yield words.DOUBTS[language] if doubts else words.NO_DOUBTS[language]
    if doubts:
        yield ""
    for doubt in doubts:
        yield f"* {words.DOUBTS_FR[doubt] if language == 'fr' else doubt}"


def all_pages() -> Iterator[tuple[Path, str]]:
    """Each page's place, and what is to stand in it."""
    for kind in Equipment:
        for language in LANGUAGES:
            path = path_of(kind, language)
            yield path, filled(path.read_text(), kind, language)
