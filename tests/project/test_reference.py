"""The reference page of the settings against the table that it is made from."""

from pathlib import Path

from spotcoffee.project.environment import Settings
from spotcoffee.project.reference import render

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_the_page_is_current() -> None:
    mend = "run: python -m spotcoffee.project.reference > docs/reference/settings.md"

    assert PAGE.read_text() == render(), mend


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
