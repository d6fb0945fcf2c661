"""The documents against the product: every setting, command and button that they name is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from spotcoffee.cli.__main__ import COMMANDS
from spotcoffee.project.environment import Settings, load_settings
from spotcoffee.servers.gateway.settings import GatewaySettings, load_gateway_settings
from spotcoffee.wording.access_points import equipment_in_words

HOUSE = Path(__file__).parents[2]
SOURCES = HOUSE / "src" / "spotcoffee"
DOCUMENTS = sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")])
# Those that lead through the staff's pages: what is bold in them stands on the screen.
GUIDES = [
    path
    for path in DOCUMENTS
    if path.name.startswith(("first-ticket", "mini-pc", "portal")) or path.parent.name == "equipment"
]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
OTHER_VARIABLES = {"SPOTCOFFEE_CONFIG", "SPOTCOFFEE_TEST_DATABASE"}


def named(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def blocks(path: Path, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(path.read_text()) if kind == language]


def code(path: Path) -> Iterator[str]:
    """What stands in code: in blocks and between back quotes."""
    text = path.read_text()
    yield from (block for _, block in FENCE.findall(text))
    yield from re.findall(r"`([^`\n]+)`", FENCE.sub("", text))


def on_the_screen(language: str) -> set[str]:
    """Every sentence of the staff's pages in one language."""
    said = set()
    for folder in ("wording", "web/manage"):
        with (SOURCES / folder / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
            for message in read_po(file):
                for text in [message.id if language == "en" else message.string]:
                    said.update([text] if isinstance(text, str) else text)
    return {" ".join(text.split()) for text in said}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_variable_is_a_setting(document: Path) -> None:
    known = {f"SPOTCOFFEE_{name.upper()}" for name in Settings.model_fields}
    known |= {f"SPOTCOFFEE_GATEWAY_{name.upper()}" for name in GatewaySettings.model_fields} | OTHER_VARIABLES
    found = set(re.findall(r"SPOTCOFFEE_[A-Z0-9_]*[A-Z0-9]", document.read_text()))

    assert found - known - {"SPOTCOFFEE_GATEWAY"} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_settings_file_is_taken_as_it_stands(document: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(document, "toml")):
        if "[gateway]" in block and "guest_interface" not in block:
            continue
        path = tmp_path / f"{number}.toml"
        path.write_text(block)
        load_settings(path, {})


@pytest.mark.parametrize("name", ["mini-pc.md", "mini-pc.fr.md"])
def test_the_gateways_settings_of_the_tutorial_are_taken_as_they_stand(name: str) -> None:
    page = (HOUSE / "docs" / "tutorial" / name).read_text()
    variables = dict(re.findall(r"^(SPOTCOFFEE_GATEWAY_\w+)='(.*)'$", page, re.MULTILINE))

    settings = load_gateway_settings({}, variables)

    assert (settings.guest_interface, settings.open_ports) == ("enp2s0", [8080])


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_is_one(document: Path) -> None:
    unknown = [
        command
        for text in code(document)
        for line in text.splitlines()
        if "systemctl" not in line
        for command in re.findall(r"(?:^|[/\s])spotcoffee (?:--config \S+ )?([a-z][a-z-]+)", line)
        if command not in COMMANDS
    ]

    assert unknown == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_target_of_make_is_one(document: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (HOUSE / "Makefile").read_text(), re.MULTILINE))
    found = {target for text in code(document) for target in re.findall(r"(?:^|&& )make ([\w-]+)", text, re.MULTILINE)}

    assert found - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_tool_is_one(document: Path) -> None:
    found = {module for text in code(document) for module in re.findall(r"python -m tools\.(\w+)", text)}

    assert [module for module in found if not (HOUSE / "tools" / f"{module}.py").exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_every_button_and_field_of_a_guide_is_on_the_screen(guide: Path) -> None:
    language = "fr" if guide.name.endswith(".fr.md") else "en"
    prose = FENCE.sub("", guide.read_text())
    bold = {" ".join(words.split()) for words in re.findall(r"\*\*([^*]+)\*\*", prose)}
    kind = guide.name.partition(".")[0]
    known = on_the_screen(language)
    if guide.parent.name == "equipment" and kind != "README":
        known.add(equipment_in_words(kind))

    # A text to copy has its title before it, with a colon.
    assert {words for words in bold if words.rstrip(" :") not in known} == set()
