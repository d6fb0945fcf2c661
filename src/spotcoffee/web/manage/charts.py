"""Charts as SVG without a script and without inline style: where each bar stands, and the table that says the same.

Bars of the first series are filled, those of the second only outlined: nothing hangs on telling colours apart.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from spotcoffee.wording.quantities import number

WIDTH: Final = 720
_LEFT, _TOP, _BOTTOM = 52, 18, 214
_LINES: Final = 3
# What a letter below a bar takes, and the gap between two names; and on a phone, where letters are larger.
_LETTER, _GAP = 7.5, 14
_LETTER_SMALL, _GAP_SMALL = 13, 26
_FILLED, _OUTLINED = "down", "up"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures. said: a figure in words, with its unit."""

    name: str
    values: Sequence[float]
    said: Callable[[float], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A rectangle."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    said: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place of an axis. is_minor: left out where there is little room."""

    at: float
    text: str
    is_minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All that the template needs. rows: of the table: what the bar is called, its figures in words."""

    lines: Sequence[Mark]
    names: Sequence[Mark]
    bars: Sequence[Bar]
    series: Sequence[Series]
    rows: Sequence[tuple[str, Sequence[str]]]
    peak: str
    peak_at: str
    is_empty: bool


def draw(
    names: Sequence[str], series: Sequence[Series], *, scale: float = 1, short_names: Sequence[str] | None = None
) -> Chart:
    """Bars beside one another, of one or two series.

    scale: what one on the axis is worth. short_names: what stands below the bars, where that is shorter.
    """
    top = _top(max((value for one in series for value in one.values), default=0) / scale)
    lines = [Mark(_y(top * step / _LINES, top), number(top * step / _LINES)) for step in range(_LINES + 1)]
    room = (WIDTH - _LEFT) / max(1, len(names))
    bars = [bar for at in range(len(names)) for bar in _bars_at(at, series, room, top * scale)]
    main = series[0].values
    peak = max(range(len(main)), key=lambda at: main[at]) if main else None
    return Chart(
        lines=lines,
        names=_names(short_names or names, room),
        bars=bars,
        series=series,
        rows=[(name, [one.said(one.values[at]) for one in series]) for at, name in enumerate(names)],
        peak="" if peak is None else series[0].said(main[peak]),
        peak_at="" if peak is None else names[peak],
        is_empty=not any(value for one in series for value in one.values),
    )


def _bars_at(at: int, series: Sequence[Series], room: float, top: float) -> list[Bar]:
    widths = (0.62,) if len(series) == 1 else (0.36, 0.22)
    x = _LEFT + room * (at + (1 - sum(widths)) / 2)
    found = []
    for one, share, kind in zip(series, widths, (_FILLED, _OUTLINED), strict=False):
        value = one.values[at]
        if value > 0:
            # What is little is still there.
            height = max(1.5, (_BOTTOM - _TOP) * value / top)
            found.append(
                Bar(
                    kind=kind,
                    x=round(x, 1),
                    y=round(_BOTTOM - height, 1),
                    width=round(room * share, 1),
                    height=round(height, 1),
                    said=one.said(value),
                )
            )
        x += room * share
    return found


def _names(names: Sequence[str], room: float) -> list[Mark]:
    longest = max((len(name) for name in names), default=0)
    every = math.ceil((longest * _LETTER + _GAP) / room)
    seldom = math.ceil((longest * _LETTER_SMALL + _GAP_SMALL) / room / every) * every
    return [
        Mark(round(_LEFT + room * (at + 0.5), 1), name, is_minor=at % seldom != 0)
        for at, name in enumerate(names)
        if at % every == 0
    ]


def _top(most: float) -> float:
    """The end of the axis: a round number that its lines divide into round numbers."""
    if most <= 0:
        return float(_LINES)
    size = 10 ** math.floor(math.log10(most / _LINES))
    return float(next(step for factor in (1, 2, 2.5, 5, 10) if (step := factor * size) * _LINES >= most) * _LINES)


def _y(value: float, top: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * value / top, 1)
