"""Setting equipment up, in words: every text to copy has a title, every finding a sentence, in both languages."""

import re
from pathlib import Path
from typing import Final

import pytest
from django.utils.translation import override

import spotcoffee
from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.configuration.texts import configuration
from spotcoffee.protocols.configuration.values import Values
from spotcoffee.services.equipment_setup import Finding, Half, Verdict
from spotcoffee.wording.equipment_setup import FINDINGS, TITLES, in_words, title_of

VALUES: Final = Values(server="192.0.2.1", portal="https://x", number=1, secret="S", portal_secret="ABCDEFGH23")
SOURCE: Final = Path(spotcoffee.__file__).parent / "services" / "equipment_setup.py"


def test_every_text_to_copy_has_a_title() -> None:
    names = {name for equipment in Equipment for name, _ in configuration(equipment, VALUES)}

    assert names == set(TITLES)


def test_every_finding_has_a_sentence() -> None:
    found = re.findall(r"Finding\(Half\.(\w+), Verdict\.\w+, \"(\w+)\"", SOURCE.read_text())

    assert found
    assert {(Half[half], code) for half, code in found} - set(FINDINGS) == set()


@pytest.mark.parametrize("sentence", sorted({*TITLES.values(), *FINDINGS.values()}))
def test_each_is_said_in_french(sentence: str) -> None:
    name = next((name for name, title in TITLES.items() if title == sentence), None)
    half, code = next((key for key, said in FINDINGS.items() if said == sentence), (Half.HEARD, ""))
    with override("fr"):
        said = title_of(name) if name else in_words(Finding(half, Verdict.BROKEN, code, detail="10.0.0.7"))

    assert said != sentence % {"detail": "10.0.0.7"}


def test_what_has_no_sentence_of_its_own_still_says_something() -> None:
    with override("en"):
        assert in_words(Finding(Half.HEARD, Verdict.BROKEN, "bad_length")) == "This part does not work (bad_length)."
