"""The form of an offer: what people type, read into the values that services check, and back.

It reads shapes only (durations, volumes, dates); what is allowed is the services' to say.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import QueryDict

from spotcoffee.domain.units import UnreadableQuantity, parse_duration, parse_rate, parse_volume
from spotcoffee.services.errors import Invalid
from spotcoffee.services.offers import OfferView
from spotcoffee.wording import offer_faults as words
from spotcoffee.wording.quantities import duration_to_type
from spotcoffee.wording.to_type import price_to_type, rate_to_type, volume_to_type

DURATIONS: Final = ("lifetime", "session_duration", "credit", "period_limit", "idle_timeout")
RATES: Final = ("rate_down", "rate_up")
VOLUMES: Final = ("quota_down", "quota_up")
INSTANTS: Final = ("valid_from", "valid_until")
LINES: Final = ("name", "period", "currency", "time_zone")
_LONGEST: Final = 500
_LONGEST_SHOWN: Final = 20_000
_MOST_POINTS: Final = 1_000
_BLANKS: Final = re.compile(r"[\s\u00a0\u202f]+")
_DATE: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Unreadable(Exception):
    """What was typed has not the shape of its field. code: of wording.offer_faults."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed, whether it can be read or not. points: the access points that were ticked."""

    texts: Mapping[str, str]
    points: tuple[int, ...]


@dataclass(slots=True)
class Reading:
    """What a form means: the values of the fields that can be read, and (field, code) of those that can't."""

    values: dict[str, object] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


def typed(sent: QueryDict) -> Typed:
    """What was typed. Raises Invalid where no browser could have sent it."""
    texts = {name: sent.get(name, "")[:_LONGEST] for name in _TEXTS}
    points = sent.getlist("access_points")[:_MOST_POINTS]
    if not all(point.isascii() and point.isdigit() and len(point) <= 18 for point in points):
        raise Invalid([("access_points", "unknown")])
    return Typed(texts, tuple(sorted({int(point) for point in points})))


def shown(sent: QueryDict) -> Typed | None:
    """What the form held before anything was typed; None where that is not said."""
    said = sent.get("shown", "")
    if not said or len(said) > _LONGEST_SHOWN:
        return None
    try:
        kept = json.loads(said)
        return Typed({name: str(kept["texts"][name]) for name in _TEXTS}, tuple(map(int, kept["points"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def kept(form: Typed) -> str:
    """What a form holds, to be sent along with what is typed."""
    return json.dumps({"texts": dict(form.texts), "points": form.points}, separators=(",", ":"))


def read(form: Typed, *, zone: ZoneInfo, before: Typed | None = None) -> Reading:
    """The values of the fields; with `before`, of those alone that were touched."""
    reading = Reading()
    for name, inputs in _INPUTS.items():
        if before is not None and all(form.texts[one] == before.texts[one] for one in inputs):
            continue
        try:
            reading.values[name] = _READERS[name](form.texts, zone)
        except Unreadable as unreadable:
            reading.faults.append((name, unreadable.code))
    if before is None or form.points != before.points:
        reading.values["access_points"] = list(form.points)
    return reading


def form_of(view: OfferView, *, zone: ZoneInfo) -> Typed:
    """The form of an offer as it is."""
    texts = dict.fromkeys(_TEXTS, "")
    for name in LINES:
        texts[name] = getattr(view, name) or ""
    for name in DURATIONS:
        texts[name] = _text(getattr(view, name), duration_to_type)
    for name in RATES:
        texts[name] = _text(getattr(view, name), rate_to_type)
    for name in VOLUMES:
        texts[name] = _text(getattr(view, name), volume_to_type)
    for name in INSTANTS:
        texts[name], texts[f"{name}_time"] = _local(getattr(view, name), zone, ends=name == "valid_until")
    texts["price"] = _text(view.price, price_to_type)
    texts["max_devices"] = str(view.max_devices)
    return Typed(texts, tuple(view.access_points))


def empty(*, points: tuple[int, ...]) -> Typed:
    """The form of a new offer."""
    return Typed({**dict.fromkeys(_TEXTS, ""), "max_devices": "1"}, points)


def _text(value: Any, write: Callable[[Any], str]) -> str:
    return "" if value is None else write(value)


def _local(at: datetime | None, zone: ZoneInfo, *, ends: bool) -> tuple[str, str]:
    """An instant as a date and a time of the day; without a time: all of that day."""
    if at is None:
        return "", ""
    local = at.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return ((local.date() - timedelta(days=1)) if ends else local.date()).isoformat(), ""
    return local.date().isoformat(), f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


# Reading


def _from(texts: Mapping[str, str], zone: ZoneInfo) -> datetime | None:
    day = _day(texts["valid_from"])
    return None if day is None else _at(day, _time(texts["valid_from_time"]), zone)


def _until(texts: Mapping[str, str], zone: ZoneInfo) -> datetime | None:
    day, clock = _day(texts["valid_until"]), _time(texts["valid_until_time"])
    if day is None:
        return None
    # A day without a time is meant to its end.
    return _at(day + timedelta(days=1), None, zone) if clock is None else _at(day, clock, zone)


def _at(day: date, clock: time | None, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock or time(), tzinfo=zone)


def _day(text: str) -> date | None:
    line = text.strip()
    if not line:
        return None
    french = _DATE.fullmatch(line)
    try:
        found = date(int(french[3]), int(french[2]), int(french[1])) if french else date.fromisoformat(line)
    except ValueError as wrong:
        raise Unreadable(words.NOT_A_DATE) from wrong
    if not 1970 < found.year < 9999:
        raise Unreadable(words.NOT_A_DATE)
    return found


def _time(text: str) -> time | None:
    line = text.strip().lower().replace("h", ":")
    if not line:
        return None
    try:
        found = time.fromisoformat(line.rstrip(":").zfill(2) if len(line) < 4 else line.zfill(5))
    except ValueError as wrong:
        raise Unreadable(words.NOT_A_TIME) from wrong
    return found.replace(tzinfo=None)


def _quantity(name: str, parse: Callable[[str], int], code: str) -> Callable[[Mapping[str, str], ZoneInfo], int | None]:
    def reader(texts: Mapping[str, str], _zone: ZoneInfo) -> int | None:
        line = _BLANKS.sub(" ", texts[name]).strip()
        if not line:
            return None
        try:
            return parse(line)
        except UnreadableQuantity as wrong:
            raise Unreadable(code) from wrong

    return reader


def _line(name: str, nothing: object = None) -> Callable[[Mapping[str, str], ZoneInfo], object]:
    return lambda texts, _zone: texts[name].strip() or nothing


def _price(texts: Mapping[str, str], _zone: ZoneInfo) -> str | None:
    """An amount as people write it: blanks between thousands, comma or point, a currency's sign beside it."""
    return _BLANKS.sub("", texts["price"]).strip("€$£").replace(",", ".")[:20] or None


def _devices(texts: Mapping[str, str], _zone: ZoneInfo) -> int:
    line = texts["max_devices"].strip() or "1"
    if not (line.isascii() and line.lstrip("-").isdigit() and len(line) <= 9):
        raise Unreadable(words.NOT_A_NUMBER)
    return int(line)


_READERS: Final[Mapping[str, Callable[[Mapping[str, str], ZoneInfo], object]]] = {
    "name": _line("name", ""),
    "valid_from": _from,
    "valid_until": _until,
    **{name: _quantity(name, parse_duration, words.NOT_A_DURATION) for name in DURATIONS},
    "period": _line("period"),
    **{name: _quantity(name, parse_rate, words.NOT_A_RATE) for name in RATES},
    **{name: _quantity(name, parse_volume, words.NOT_A_VOLUME) for name in VOLUMES},
    "max_devices": _devices,
    "price": _price,
    "currency": _line("currency"),
    "time_zone": _line("time_zone"),
}
# Which inputs of the form make up each field.
_INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    name: (name, f"{name}_time") if name in INSTANTS else (name,) for name in _READERS
}
_TEXTS: Final = tuple(one for inputs in _INPUTS.values() for one in inputs)
