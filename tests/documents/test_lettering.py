"""Words on paper: what the faces can show, and how wide it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics

from spotcoffee.documents.lettering import LONGEST_TEXT, cut, measure, showable, wrap
from spotcoffee.documents.typefaces import ALL, ENCODING, SANS, Typeface


@pytest.mark.parametrize("face", ALL, ids=lambda face: face.name)
def test_characters_are_as_wide_as_another_library_says(face: Typeface) -> None:
    assert list(face.widths[32:]) == pdfmetrics.getFont(face.name).widths[32:]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hôtel du Cœur, 3,00 €", "Hôtel du Cœur, 3,00 €"),
        ("e\u0301te\u0301", "été"),
        ("3\u202f000\u202f€", "3\u00a0000\u00a0€"),
        ("Łódź, Győr, Ñuñoa, İstanbul", "Lódz, Gyor, Ñuñoa, Istanbul"),
        ("ﬁn ① Ａ", "fin 1 A"),
        ("Café ☕🌴 bar", "Café bar"),
        ("Καφές Paris", "? Paris"),
        ("\u202eabc\u202c\x00\x1b\u00ad", "abc"),
        (" a\t\r\nb  c ", "a b c"),
        ("🌴", ""),
        ("", ""),
    ],
)
def test_what_the_faces_can_not_show_is_replaced_or_left_out(text: str, shown: str) -> None:
    assert showable(text) == shown


@given(st.text(max_size=2 * LONGEST_TEXT))
def test_any_text_becomes_one_that_can_be_shown(text: str) -> None:
    shown = showable(text)

    shown.encode(ENCODING)
    assert all(character.isprintable() or character == "\u00a0" for character in shown)
    assert showable(shown) == shown


@given(
    st.text(st.sampled_from("abW é·"), max_size=120).map(showable),
    st.floats(20, 300),
    st.integers(1, 5),
)
def test_no_line_is_wider_than_the_room(text: str, width: float, most_lines: int) -> None:
    lines = wrap(text, SANS, 10, width=width, most_lines=most_lines)

    assert len(lines) <= most_lines
    assert all(measure(line, SANS, 10) <= width + 0.01 for line in lines)


def test_what_is_cut_off_ends_in_an_ellipsis() -> None:
    assert cut("Camping des Deux Rives", SANS, 10, width=70) == "Camping des…"
