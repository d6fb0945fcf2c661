"""Parameters as a relation, so that one statement serves a whole batch.

`(VALUES (?, ?), …)` on SQLite, `unnest(bigint[], text[])` on PostgreSQL: there the text is then the same for every
size of batch, which halves the time a row takes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, TypeAlias

from django.db import connection

BIGINT: Final = "bigint"
TEXT: Final = "text"
BYTES: Final = "bytea"

# SQLite takes 32,766 parameters in one statement.
_MOST_PARAMETERS: Final = 32_000
Row: TypeAlias = tuple[Any, ...]
Parameter: TypeAlias = int | str | bytes | None


def is_postgresql() -> bool:
    """Whether the database is PostgreSQL; else it is SQLite."""
    return connection.vendor == "postgresql"


def fetch(sql: str, types: Sequence[str], rows: Sequence[Row], *parameters: Parameter) -> list[Row]:
    """Run a statement that starts with `WITH v(…) AS ({rows})` and answer its rows.

    types: BIGINT or TEXT for each column of `rows`. parameters: what `%s` stand for after the relation.
    No rows: nothing is run. RETURNING's order is not promised.
    """
    if not rows:
        return []
    answers: list[Row] = []
    for part in _parts(rows, len(types)):
        with connection.cursor() as cursor:
            cursor.execute(*_statement(sql, tuple(types), part, parameters))
            answers.extend(cursor.fetchall())
    return answers


def run(sql: str, types: Sequence[str], rows: Sequence[Row], *parameters: Parameter) -> int:
    """Run a statement that starts with `WITH v(…) AS ({rows})`, or an `INSERT … {rows}`; answers how many rows."""
    touched = 0
    for part in _parts(rows, len(types)):
        with connection.cursor() as cursor:
            cursor.execute(*_statement(sql, tuple(types), part, parameters))
            touched += int(cursor.rowcount)
    return touched


def query(sql: str, *parameters: Parameter) -> list[Row]:
    """Run a plain statement and answer its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def execute(sql: str, *parameters: Parameter) -> int:
    """Run a plain statement and answer how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


@contextmanager
def together() -> Iterator[None]:
    """On PostgreSQL, send the block's statements one after another without waiting for each: nobody reads answers here.

    Raises what a statement raises, at the end of the block at the latest.
    """
    if not is_postgresql():
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def _parts(rows: Sequence[Row], width: int) -> list[Sequence[Row]]:
    """The rows in parts of few different lengths: each length is a statement that SQLite keeps prepared."""
    most = _MOST_PARAMETERS // width
    if is_postgresql():
        return [rows[start : start + most] for start in range(0, len(rows), most)]
    parts, start = [], 0
    while start < len(rows):
        length = _usual_length(min(most, len(rows) - start))
        parts.append(rows[start : start + length])
        start += length
    return parts


def _usual_length(count: int) -> int:
    """As many as there are up to 16, else the power of two below."""
    return count if count <= 16 else 1 << count.bit_length() - 1


def _statement(
    sql: str, types: tuple[str, ...], rows: Sequence[Row], parameters: tuple[Parameter, ...]
) -> tuple[str, list[Any]]:
    if is_postgresql():
        columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
        return _with_arrays(sql, types), [*columns, *parameters]
    flat = [value for row in rows for value in row]
    return _with_values(sql, len(types), len(rows)), [*flat, *parameters]


@lru_cache(maxsize=256)
def _with_arrays(sql: str, types: tuple[str, ...]) -> str:
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    return sql.replace("{rows}", f"SELECT * FROM unnest({arrays})")


@lru_cache(maxsize=1024)
def _with_values(sql: str, width: int, count: int) -> str:
    row = f"({', '.join(['%s'] * width)})"
    return sql.replace("{rows}", f"VALUES {', '.join([row] * count)}")
