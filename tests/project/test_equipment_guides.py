"""The how-to pages of the equipment against the code that they are made from, and the links of all documents."""

import re
from pathlib import Path

import pytest
from tools.equipment_guides import pages

DOCS = Path(__file__).parents[2] / "docs"
PAGES = dict(pages())


@pytest.mark.parametrize("name", PAGES)
def test_each_kind_of_equipment_has_a_current_page_in_both_languages(name: str) -> None:
    written = (DOCS / "howto" / "equipment" / name).read_text()
    assert written == PAGES[name], "run: python -m tools.equipment_guides"


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(DOCS)}: {target}"
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
