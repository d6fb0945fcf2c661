"""The page that the gateway itself shows while the server is away."""

import pytest

from spotcoffee.wording.gateway import language_of, repair_page


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CH,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB", "en"),
        ("ja,en;q=0.1,fr;q=0.2", "fr"),
        ("ja", "fr"),
        ("", "fr"),
        ("en;q=x, fr;q=0.5", "fr"),
    ],
)
def test_the_browsers_wish_is_followed_where_we_speak_it(accepted: str, language: str) -> None:
    assert language_of(accepted, default="fr") == language


def test_it_says_plainly_what_is_the_matter_in_both_languages() -> None:
    assert "Le service Wi-Fi est en cours de réparation" in repair_page("fr", is_online=False, look_again=20)
    page = repair_page("en", is_online=True, look_again=20)
    assert "The Wi-Fi service is being repaired" in page
    assert "you stay connected" in page
    assert 'content="20"' in page
