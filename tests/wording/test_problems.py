"""Why something can't be done: every code that the services know has a sentence in both languages."""

import re
from pathlib import Path

import pytest

import spotcoffee
from spotcoffee.domain.offers import Fault
from spotcoffee.web.api.problems import BY_STATUS
from spotcoffee.wording.problems import DETAILS, FAULTS, TITLES, fault_in_words, problem_in_words

SOURCES = Path(spotcoffee.__file__).parent
# What only a terminal can meet.
AT_A_TERMINAL = {"several_tickets", "several_organisations"}


def codes(pattern: str, *folders: str) -> set[str]:
    texts = [file.read_text() for folder in folders for file in (SOURCES / folder).rglob("*.py")]
    return {code for text in texts for code in re.findall(pattern, text)}


def test_every_refusal_of_the_services_has_a_sentence() -> None:
    raised = codes(r"\b(?:Conflict|Forbidden|NotFound)\(\s*\"(\w+)\"", "services", "web")

    assert raised - set(DETAILS) - AT_A_TERMINAL == set()


def test_every_fault_of_a_field_has_a_sentence() -> None:
    raised = codes(r"\bUnfit\(\"(\w+)\"\)", "services") | codes(r"\(\"\w+\", \"(\w+)\"\)\]", "services")

    assert (raised | {fault.value for fault in Fault}) - set(FAULTS) == set()


@pytest.mark.parametrize("status", BY_STATUS)
def test_every_status_has_a_title_and_a_detail(status: int) -> None:
    french = problem_in_words(BY_STATUS[status], status, {}, language="fr")
    english = problem_in_words(BY_STATUS[status], status, {}, language="en")

    assert status in TITLES
    assert french.title != english.title
    assert french.detail != english.detail


def test_all_sentences_differ_between_the_languages() -> None:
    fields = {"offer": "2 heures"}
    for code in DETAILS:
        said = {problem_in_words(code, 409, fields, language=language).detail for language in ("fr", "en")}
        assert len(said) == 2, code
    for code in FAULTS:
        assert fault_in_words(code, language="fr") != fault_in_words(code, language="en"), code


def test_what_is_meant_is_named() -> None:
    said = problem_in_words("last_access_point_of_offer", 409, {"offer": "100 % Wi-Fi"}, language="en")

    assert said.detail == (
        "It is the only access point of the offer 100 % Wi-Fi: give this offer another one first, or archive it."
    )


def test_an_unknown_code_still_says_something() -> None:
    assert problem_in_words("never_heard_of", 409, {}, language="fr").detail
    assert fault_in_words("never_heard_of", language="fr")
