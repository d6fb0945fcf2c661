"""The how-to pages of the equipment, written by hand, against the code whose texts and sentences they hold."""

import pytest
from tools.equipment_guide_words import DOUBTS_FR
from tools.equipment_guides import LANGUAGES, filled, marks, path_of, values_of
from tools.equipment_page import UNVERIFIED
from tools.equipment_visits import UNVERIFIED as ON_THE_ROAD

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.configuration.texts import configuration

PAGES = [(kind, language) for kind in Equipment for language in LANGUAGES]
each_page = pytest.mark.parametrize(("kind", "language"), PAGES, ids=lambda value: getattr(value, "value", value))


@each_page
def test_each_kind_has_a_page_that_says_what_the_code_says(kind: Equipment, language: str) -> None:
    page = path_of(kind, language).read_text()

    assert page == filled(page, kind, language), "run: python -m tools.fill_equipment_guides"


@each_page
def test_a_page_shows_every_text_of_the_staffs_page_once(kind: Equipment, language: str) -> None:
    shown = [argument for what, argument in marks(path_of(kind, language).read_text()) if what == "text"]

    assert shown == [text.name for text in configuration(kind, values_of(kind))]


@each_page
def test_a_page_says_what_to_do_how_to_check_what_is_kept_and_what_is_unverified(
    kind: Equipment, language: str
) -> None:
    made = [what for what, _ in marks(path_of(kind, language).read_text()) if what != "text"]

    assert made == ["steps", "check", "abilities", "doubts"]


@pytest.mark.parametrize("kind", Equipment)
def test_both_languages_have_the_same_parts(kind: Equipment) -> None:
    english, french = (path_of(kind, language).read_text() for language in LANGUAGES)

    assert marks(english) == marks(french)
    assert english.count("\n## ") == french.count("\n## ")


def test_every_doubt_is_said_in_french() -> None:
    said = {doubt for table in (UNVERIFIED, ON_THE_ROAD) for doubts in table.values() for doubt in doubts}

    assert set(DOUBTS_FR) == said


def test_a_mark_that_nothing_is_made_for_is_an_error() -> None:
    with pytest.raises(KeyError):
        filled("<!-- made: nonsense -->\n<!-- end -->\n", Equipment.GENERIC, "en")
