"""What commands print: tables for people, JSON with the API's names and units for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from spotcoffee.domain.units import write_duration

_DURATIONS: Final = (
    "lifetime",
    "session_duration",
    "credit",
    "period_limit",
    "idle_timeout",
    "idle_timeout_own",
    "interim_interval",
    "used_time",
    "left_time",
    "credit_left",
    "period_left",
)
_RATES: Final = ("rate_down", "rate_up")
_VOLUMES: Final = ("quota_down", "quota_up", "used_down", "used_up", "left_down", "left_up")
_SCALES: Final = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def as_json(value: object) -> str:
    """A value as the API writes it."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def record(view: Any, *, more: Mapping[str, object] | None = None) -> dict[str, Any]:
    """A view of the services, a dataclass, with the API's names. more: fields that only this answer has."""
    return {**asdict(view), **(more or {})}


def show_record(values: Mapping[str, object], *, as_json_text: bool, zone: ZoneInfo) -> None:
    """Print one record. zone: of the instants that people read."""
    if as_json_text:
        print(as_json(values))
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in values.items():
        table.add_row(f"[dim]{name}[/]", _cell(name, value, zone))
    _console().print(table)


def show_records(
    records: Sequence[Mapping[str, object]], columns: Iterable[str], *, as_json_text: bool, zone: ZoneInfo
) -> None:
    """Print several records; people see these columns."""
    if as_json_text:
        print(as_json({"items": list(records), "count": len(records), "next": None}))
        return
    shown = list(columns)
    table = Table(*shown, box=None, pad_edge=False, header_style="dim")
    for values in records:
        table.add_row(*(_cell(name, values[name], zone) for name in shown))
    _console().print(table)


def say(line: str) -> None:
    """A line for the person at the terminal, beside the output."""
    sys.stderr.write(line + "\n")


def _console() -> Console:
    # A pipe has no width: nothing is cut there.
    return Console() if sys.stdout.isatty() else Console(width=10_000, highlight=False)


def _cell(name: str, value: object, zone: ZoneInfo) -> str:
    return escape(_written(name, value, zone))


def _written(name: str, value: object, zone: ZoneInfo) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int() if name in _DURATIONS:
            return write_duration(value)
        case int() if name in _RATES:
            return _scaled(value, "bit/s")
        case int() if name in _VOLUMES:
            return _scaled(value, "B")
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        case Decimal():
            return format(value.normalize(), "f")
        case list():
            return ", ".join(_written("", one, zone) for one in value) or "-"
        case dict():
            return ", ".join(f"{key} {_written(key, one, zone)}" for key, one in value.items()) or "-"
        case _:
            return str(value)


def _scaled(value: int, unit: str) -> str:
    for scale, letter in _SCALES:
        if value >= scale:
            return f"{value / scale:.3f}".rstrip("0").rstrip(".") + f" {letter}{unit}"
    return f"{value} {unit}"


def _plain(value: object) -> object:
    writers: list[tuple[type, Callable[[Any], object]]] = [
        (datetime, lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z")),
        (Decimal, lambda amount: format(amount.normalize(), "f")),
    ]
    for kind, write in writers:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(type(value).__name__)
