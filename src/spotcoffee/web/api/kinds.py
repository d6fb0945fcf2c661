"""The kinds of values that requests and answers are made of, and how a partial request is told from a full one."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

from ninja import Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from spotcoffee.services.paging import Page, Window

MOST_WHOLE: Final = 2**63 - 1


def _instant(value: Any) -> Any:
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str) or len(value) < 19:
        # A number or a date alone would be read as one.
        raise PydanticCustomError("not_an_instant", "not an instant")
    return value


def _printable(value: str) -> str:
    if any(not character.isprintable() for character in value):
        raise PydanticCustomError("control_character", "a character that can't be printed")
    return value


def _in_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _money(amount: Decimal) -> str:
    """Two decimals, three where there are three."""
    return format(amount.quantize(Decimal("0.01")) if amount == amount.quantize(Decimal("0.01")) else amount, "f")


Id = Annotated[int, Field(ge=1, le=MOST_WHOLE)]
Whole = Annotated[int, Strict()]
Text = Annotated[str, Strict()]
Flag = Annotated[bool, Strict()]
Instant = Annotated[datetime, BeforeValidator(_instant), PlainSerializer(_in_utc, return_type=str)]
Money = Annotated[
    Decimal,
    PlainSerializer(_money, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,9}(\.\d{1,3})?$"}),
]
# What is typed into a search.
Search = Annotated[str, Field(max_length=253), AfterValidator(_printable)]

Item = TypeVar("Item")


class Request(Schema):
    """A body. A field that no one knows is a fault."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields that were sent, None among them."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Filters(Schema):
    """Which page of a list. Lists with more filters add their own."""

    limit: Annotated[int, Field(ge=1, le=1000, description="how many at once")] = 50
    cursor: Annotated[
        str | None,
        Field(pattern=r"^[0-9]{1,18}$", description="`next` of the page before"),
    ] = None

    @property
    def window(self) -> Window:
        """The window that is asked for."""
        return Window(self.limit, None if self.cursor is None else int(self.cursor))


def listed(page: Page[Any]) -> dict[str, Any]:
    """A page as it is answered."""
    return {"items": page.items, "count": page.count, "next": None if page.next is None else str(page.next)}


def list_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of these."""
    made: type[Schema] = create_model(
        f"{item.__name__}Page",
        __base__=Schema,
        items=(list[item], ...),  # type: ignore[valid-type]
        count=(int, Field(description="how many there are in all")),
        next=(str | None, Field(description="cursor of the next page; null: this is the last")),
    )
    return made


def left_out() -> Any:
    """The default of a field that may be left out, which is not null: the document promises no value for it."""
    return Field(default_factory=lambda: None)
