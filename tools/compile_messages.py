"""Compile the translations: run by the build, and by hand with `python tools/compile_messages.py`."""

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "spotcoffee"


def compile_all(package: Path) -> int:
    """Write a .mo beside each .po of the package; answers how many."""
    sources = sorted(package.glob("**/locale/*/LC_MESSAGES/*.po"))
    for source in sources:
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return len(sources)


class CompileMessages(BuildHookInterface):  # type: ignore[type-arg]
    """Makes every wheel and every editable install carry its translations."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the files are gathered."""
        compile_all(PACKAGE)


if __name__ == "__main__":
    sys.stdout.write(f"{compile_all(PACKAGE)} catalogues\n")
