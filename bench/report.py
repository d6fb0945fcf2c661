"""What was measured: shown as a table, kept as JSON lines in bench/results/."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

RESULTS: Final = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number. on: the database, or what else stood behind it."""

    part: str
    on: str
    name: str
    value: float
    unit: str


@dataclass(slots=True, kw_only=True)
class Report:
    """All figures of a run. name: of the file of JSON lines. condition: the machine's, as lines."""

    name: str
    condition: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    _console: Console = field(default_factory=Console)

    def say(self, line: str) -> None:
        """Tell how far it has come."""
        self._console.print(line, style="dim", highlight=False)

    def add(self, *, part: str, on: str, name: str, value: float, unit: str) -> None:
        """Keep one figure, on the disk at once."""
        figure = Figure(part=part, on=on, name=name, value=value, unit=unit)
        self.figures.append(figure)
        RESULTS.mkdir(exist_ok=True)
        with (RESULTS / f"{self.name}.jsonl").open("a") as lines:
            lines.write(json.dumps(asdict(figure)) + "\n")
        self.say(f"{part}, {on}: {name}: {shown(value)} {unit}")

    def show(self) -> None:
        """Print the table: a row for each name, a column for each database."""
        for line in self.condition:
            self._console.print(line, highlight=False)
        columns = list(dict.fromkeys(figure.on for figure in self.figures))
        table = Table("", *columns, "unit")
        for part, name, unit in dict.fromkeys((f.part, f.name, f.unit) for f in self.figures):
            values = {f.on: shown(f.value) for f in self.figures if (f.part, f.name, f.unit) == (part, name, unit)}
            table.add_row(f"{part}: {name}" if part else name, *(values.get(column, "") for column in columns), unit)
        self._console.print(table)


def shown(value: float) -> str:
    """A number with as many digits as mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
