"""The reference page of the settings, written from their table: `python -m spotcoffee.project.reference`."""

import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from spotcoffee.project.environment import PREFIX, Settings

INTRODUCTION: Final = """\
# Settings

Made from the table in `src/spotcoffee/project/environment.py` by `python -m spotcoffee.project.reference`; a test holds
it current.

Settings come from a TOML file (`spotcoffee --config FILE …`, or its path in `SPOTCOFFEE_CONFIG`) and from environment
variables, which win. In the file a setting has the name of the first column:

```toml
data = "/srv/spotcoffee"
time_zone = "Europe/Paris"
hosts = ["wifi.example.org"]
```

A setting that is unknown or can't be read stops every command, with one line for each fault. `spotcoffee check` looks
at what the settings point to.

| setting | variable | values | default | what it does |
|---|---|---|---|---|
"""


def render() -> str:
    """The whole page."""
    return INTRODUCTION + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    cells = [
        f"`{name}`",
        f"`{PREFIX}{name.upper()}`",
        _values(name, field),
        _default(name, field),
        field.description or "",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _values(name: str, field: FieldInfo) -> str:
    kind = _without_none(field.annotation)
    if get_origin(kind) is Literal:
        return " or ".join(f"`{value}`" for value in get_args(kind))
    if name.endswith("_bind"):
        return "`ADDRESS:PORT`"
    return {int: "whole number", Path: "path", str: "text"}.get(kind, "list")


def _without_none(kind: Any) -> Any:
    if isinstance(kind, UnionType):
        return next(part for part in get_args(kind) if part is not NoneType)
    return kind


def _default(name: str, field: FieldInfo) -> str:
    if name == "data":
        return "`/var/lib/spotcoffee` for root, else `$XDG_DATA_HOME/spotcoffee`"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "none" if value in (None, "", []) else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(render())
