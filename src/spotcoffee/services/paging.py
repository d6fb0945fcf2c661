"""Pages of records in the order of their ids: one added meanwhile moves no page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

Item = TypeVar("Item")
Record = TypeVar("Record", bound=Model)


@dataclass(frozen=True, slots=True)
class Window:
    """Which page. after: the last id of the page before; None: the first page."""

    limit: int
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of many. count: how many there are in all. next: what the window after this one comes after, if any."""

    items: Sequence[Item]
    count: int
    next: int | None


def page_of(records: QuerySet[Record], window: Window, *, newest_first: bool = False) -> Page[Record]:
    """A page of records in the order of their ids."""
    beyond: Any = records
    if window.after is not None:
        beyond = records.filter(**{"pk__lt" if newest_first else "pk__gt": window.after})
    found: list[Record] = list(beyond.order_by("-pk" if newest_first else "pk")[: window.limit + 1])
    return cut(found, window, count=records.count(), last=lambda record: int(record.pk))


def cut(found: Sequence[Item], window: Window, *, count: int, last: Any) -> Page[Item]:
    """A page of what was found, one more than fits where there are more. last: the id of an item."""
    items = found[: window.limit]
    return Page(items, count, last(items[-1]) if len(found) > window.limit else None)
