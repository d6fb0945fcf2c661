"""Chromium inside a namespace: a guest's phone, or the desk's computer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright
from tests.e2e.house import missing
from tests.lab.namespaces import Namespace

CHROMIUM: Final = Path("/usr/bin/chromium")
A_PHONE: Final = {"width": 360, "height": 740}


@contextmanager
def chromium_in(namespace: Namespace, playwright: Playwright, folder: Path) -> Iterator[Browser]:
    """A browser on this machine of the lab. folder: for the script that starts it there."""
    if not CHROMIUM.exists():
        missing("chromium")
    inside = folder / f"chromium-{namespace.name}"
    inside.write_text(f'#!/bin/sh\nexec ip netns exec {namespace.name} {CHROMIUM} "$@"\n')
    inside.chmod(0o755)
    browser = playwright.chromium.launch(executable_path=str(inside), args=["--no-sandbox"])
    try:
        yield browser
    finally:
        browser.close()
