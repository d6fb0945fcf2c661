"""Style and script of the pages: served by the web process itself, named by what they contain."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class NamedByContent(StaticFilesStorage):
    """Adds a digest to each address, so that browsers may keep a file for good and never show a stale one."""

    def url(self, name: str | None) -> str:
        """The address of a file."""
        return f"{super().url(name)}?{_digest(name or '')}"


@cache
def _digest(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise ValueError(f"no such static file: {name}")
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12]
