"""The documents against the tree they speak of."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
DOCUMENTS = sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
    inside = [link for link in links if not link.startswith(("http://", "https://"))]

    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_both_languages_have_the_same_first_screen() -> None:
    english, french = ((HOUSE / name).read_text() for name in ("README.md", "LISEZMOI.md"))

    assert [re.findall(r"^make \w+", text, re.MULTILINE) for text in (english, french)] == [
        ["make setup", "make run"]
    ] * 2


def test_time_is_explained_with_the_same_examples_in_both_languages() -> None:
    folder = HOUSE / "docs" / "explanation"
    english, french = (
        (folder / name).read_text() for name in ("how-time-is-counted.md", "comment-le-temps-est-compte.md")
    )

    assert [len(re.findall(mark, english, re.MULTILINE)) for mark in (r"^## ", r"^\|")] == [
        len(re.findall(mark, french, re.MULTILINE)) for mark in (r"^## ", r"^\|")
    ]


@pytest.mark.parametrize("name", ["how-time-is-counted.md", "comment-le-temps-est-compte.md"])
def test_no_word_of_the_wire_reaches_a_manager(name: str) -> None:
    text = (HOUSE / "docs" / "explanation" / name).read_text()

    assert re.findall(r"RADIUS|\bNAS\b|Acct|Timeout|Interim|\bCoA\b|Accept\b|Gigaword|octet\b", text) == []
