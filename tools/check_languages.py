"""Every sentence of the product in every language of its face: none missing, none fuzzy, none left over.

`python tools/check_languages.py` prints what is wrong and exits 1; English is in the code itself.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final, TypeAlias

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE: Final = Path(__file__).resolve().parent.parent / "src" / "spotcoffee"
STAFF: Final = ("fr",)
GUESTS: Final = ("de", "nl", "es", "it")
_PORTAL: Final = ("web/portal", "web/templates/portal", "wording/portal.py")
# A catalogue's place, the folders whose sentences it holds, its languages beside English. What guests and staff both
# read stands in French where staff read it.
FACES: Final = (
    ("wording", ("wording", "servers", "web/api", "services", "cli"), STAFF),
    ("web/manage", ("web/manage", "web/templates"), STAFF),
    ("web/portal", _PORTAL, STAFF),
    ("web/portal", (*_PORTAL, "wording/quantities.py", "wording/refusals.py"), GUESTS),
)
KEYWORDS: Final = {
    "gettext": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_HOLE: Final = re.compile(r"%\((\w+)\)[sd]")

# Context and the one or two forms of a sentence.
Sentence: TypeAlias = tuple[str | None, tuple[str, ...]]


def sentences(face: str, folders: tuple[str, ...]) -> dict[Sentence, Path]:
    """What a face says in English, with a file that says it."""
    found: dict[Sentence, Path] = {}
    for path in sorted(file for folder in folders for file in _files(PACKAGE / folder, face)):
        for sentence in _of_file(path):
            found.setdefault(sentence, path)
    return found


def _files(folder: Path, face: str) -> Iterator[Path]:
    for path in (
        [folder] if folder.is_file() else (*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt"))
    ):
        if face == "web/portal" or not {"portal", "portal.py"}.intersection(path.relative_to(PACKAGE).parts):
            yield path


def _of_file(path: Path) -> Iterator[Sentence]:
    text = path.read_text()
    if path.suffix != ".py":
        text = templatize(text, origin=str(path))
    for _, message, _, context in extract("python", BytesIO(text.encode()), KEYWORDS):
        forms = message if isinstance(message, tuple) else (message,)
        yield context, tuple(form for form in forms if form)


def faults(face: str, language: str, said: dict[Sentence, Path]) -> Iterator[str]:
    """What is wrong with one catalogue."""
    path = PACKAGE / face / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        yield f"{face} {language}: there is no catalogue"
        return
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    known: set[tuple[str | None, str]] = set()
    for (context, forms), source in said.items():
        known.add((context, forms[0]))
        for fault in _faults_of(catalogue, context, forms):
            yield f"{face} {language}: {fault}: {forms[0]!r} ({source.relative_to(PACKAGE)})"
    for message in catalogue:
        first = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        if first and (message.context, first) not in known:
            yield f"{face} {language}: nobody says this any more: {first!r}"


def _faults_of(catalogue: Catalog, context: str | None, forms: tuple[str, ...]) -> Iterator[str]:
    message = catalogue.get(forms[0], context)
    if message is None:
        yield "not translated"
        return
    translations = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if message.fuzzy:
        yield "fuzzy"
    if len(forms) != (2 if message.pluralizable else 1):
        yield "one form here, two forms there"
    if not all(translations):
        yield "empty"
    wanted = {hole for form in forms for hole in _HOLE.findall(form)}
    if any(set(_HOLE.findall(str(translation))) - wanted for translation in translations):
        yield "a placeholder that the English does not have"
    if len(forms) == 1 and any(wanted - set(_HOLE.findall(str(translation))) for translation in translations):
        yield "a placeholder is lost"


def main() -> int:
    """Check all faces in all their languages."""
    settings.configure(USE_I18N=True)
    django.setup()
    found = [
        fault
        for face, folders, languages in FACES
        for said in [sentences(face, folders)]
        for language in languages
        for fault in faults(face, language, said)
    ]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
