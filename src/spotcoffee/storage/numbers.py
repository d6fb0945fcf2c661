"""Numbers that name rows: on SQLite the row's own address, so that no index stands between a number and its row."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class RowNumberField(models.BigIntegerField):  # type: ignore[type-arg]
    """A primary key that we number ourselves."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """SQLite makes `integer` alone its rowid; `bigint` would be a column with an index of its own."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)
