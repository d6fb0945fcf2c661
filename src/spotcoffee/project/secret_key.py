"""Django's secret key: a file of its own in the data folder, mode 0600, made when it is first needed."""

import os
import secrets
from pathlib import Path

from django.utils.functional import SimpleLazyObject


class LazySecretKey(SimpleLazyObject):  # type: ignore[type-arg]
    """The key, read or made at its first use: commands that need none touch no disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(lambda: read_or_make(path))


def read_or_make(path: Path) -> str:
    """The key in this file; made if it is missing. Of two first starts at once both use the one that was first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
