"""Django's SQLite backend; each text of a statement is put into SQLite's style once, not at every execution."""

import contextlib
import os
from functools import lru_cache
from typing import Any, Final

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

# Longer ones stand for hundreds of rows, come in few lengths, and cost the most to write anew.
_REMEMBERED: Final = 512


@lru_cache(maxsize=_REMEMBERED)
def _with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class Cursor(SQLiteCursorWrapper):
    """A cursor that remembers."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """The text as SQLite reads it."""
        if param_names is None:
            return _with_question_marks(query)
        return str(super().convert_query(query, param_names=param_names))


class DatabaseWrapper(base.DatabaseWrapper):
    """What Django finds by ENGINE."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the database. Its file, and so those that SQLite puts beside it, are their owner's alone."""
        # Where that fails SQLite says why.
        with contextlib.suppress(OSError):
            os.close(os.open(conn_params["database"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: Any = None) -> Cursor:
        """A cursor of ours."""
        made: Cursor = self.connection.cursor(factory=Cursor)
        return made
