"""Instants in the database: microseconds since 1970 in a BigInteger, aware datetimes in Python.

Integers compare the same through the ORM and a raw cursor, on SQLite and PostgreSQL; datetime texts do not.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from spotcoffee.domain.units import EPOCH, MICROSECOND


def to_micros(at: datetime) -> int:
    """The stored form of an aware instant."""
    return (at - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware instant, in UTC, of a stored one."""
    return EPOCH + timedelta(microseconds=micros)


def maybe_to_micros(at: datetime | None) -> int | None:
    """`to_micros`, None for None."""
    return None if at is None else (at - EPOCH) // MICROSECOND


def maybe_from_micros(micros: int | None) -> datetime | None:
    """`from_micros`, None for None."""
    return None if micros is None else EPOCH + timedelta(microseconds=micros)


class InstantField(models.Field):  # type: ignore[type-arg]
    """A column of instants."""

    # What mypy's Django plugin reads.
    _pyi_private_set_type: datetime
    _pyi_private_get_type: datetime
    _pyi_lookup_exact_type: datetime

    def get_internal_type(self) -> str:
        """The column's type."""
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *_: object) -> datetime | None:
        """Read a stored instant."""
        return maybe_from_micros(value)

    def to_python(self, value: Any) -> Any:
        """Take datetimes as they are; fixtures carry the integer."""
        return value if value is None or isinstance(value, datetime) else from_micros(int(value))

    def get_prep_value(self, value: Any) -> Any:
        """Write an aware instant."""
        return to_micros(value) if isinstance(value, datetime) else super().get_prep_value(value)
