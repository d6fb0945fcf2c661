"""Colours of a portal, and whether they can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotcoffee.domain.colours import contrast, is_colour, is_readable, lightened
from spotcoffee.domain.portal import DARK_PAGE, Look, in_language, style_of, unreadable

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == 1
    # The example that tools agree on: just short of enough.
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert not is_readable("#777777", "#FFFFFF")
    assert is_readable("#767676", "#FFFFFF")


@pytest.mark.parametrize("text", ["", "#FFF", "#FFFFFG", "red", "#FFFFFF;x", "FFFFFF", "#FFFFFF\n"])
def test_what_is_no_colour(text: str) -> None:
    assert not is_colour(text)


@given(COLOURS)
def test_any_colour_becomes_readable_in_the_dark(colour: str) -> None:
    assert is_readable(lightened(colour, until_readable_on=DARK_PAGE), DARK_PAGE)


@given(COLOURS, COLOURS)
def test_a_style_is_made_of_colours_alone(accent: str, page: str) -> None:
    style = style_of(Look(accent=accent, page=page))

    assert style.startswith(":root{--page:#")
    assert not set(style) - set(":root{}-#;()@ABCDEFabcdefghijklmnopqrstuvwxyz0123456789")


def test_the_products_own_colours_can_be_read() -> None:
    assert unreadable("", "") == []
    assert style_of(Look()) == ""


def test_a_light_accent_or_a_dark_page_can_not() -> None:
    assert unreadable("#F0C060", "") == ["accent"]
    assert unreadable("", "#202020") == ["page"]
    assert unreadable("#004D40", "#FFFFFF") == []


def test_texts_fall_back_to_the_places_language() -> None:
    texts = {"de": "Hallo", "fr": "Bonjour"}

    assert in_language(texts, "de", fallback="fr") == ("Hallo", "de")
    assert in_language(texts, "es", fallback="fr") == ("Bonjour", "fr")
    assert in_language({"de": "Hallo"}, "es", fallback="fr") == ("Hallo", "de")
    assert in_language({}, "es", fallback="fr") == ("", "es")
