"""The reference page of the equipment against the tables that it is made from."""

from pathlib import Path

import pytest
from tools.equipment_page import NAMES, UNVERIFIED, render

from spotcoffee.domain.access_points import Equipment

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "equipment.md"


def test_the_page_is_current() -> None:
    mend = "run: python -m tools.equipment_page > docs/reference/equipment.md"

    assert PAGE.read_text(encoding="utf-8") == render(), mend


@pytest.mark.parametrize("equipment", Equipment)
def test_every_kind_has_its_section_and_says_what_is_unverified(equipment: Equipment) -> None:
    assert f"\n## {equipment.value}\n" in render()
    assert equipment in NAMES
    assert equipment in UNVERIFIED
