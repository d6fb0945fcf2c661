"""The reference page of the settings, written from their table: `python -m spotcoffee.project.reference`."""

import sys
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path
from socket import gethostname
from types import NoneType, UnionType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from spotcoffee.project.environment import PREFIX, Settings
from spotcoffee.servers.gateway.settings import PREFIX as GATEWAY_PREFIX
from spotcoffee.servers.gateway.settings import GatewaySettings

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


GATEWAY: Final = """
## The gateway

Of `spotcoffee gateway` alone (`src/spotcoffee/servers/gateway/settings.py`). In the file they stand in a table of their
own:

```toml
[gateway]
guest_interface = "br0"
uplink_interface = "eth0"
```

Networks are written like `192.0.2.0/24`, lists with spaces or commas between their parts.

| setting | variable | values | default | what it does |
|---|---|---|---|---|
"""


_KINDS: Final = {
    int: "whole number",
    Path: "path",
    str: "text",
    IPv4Interface: "`ADDRESS/BITS`",
    IPv6Interface: "`ADDRESS/BITS`",
}


def render() -> str:
    """The whole page."""
    rows = [_row(PREFIX, name, field) for name, field in Settings.model_fields.items()]
    own = [_row(GATEWAY_PREFIX, name, field) for name, field in GatewaySettings.model_fields.items()]
    return INTRODUCTION + "".join(rows) + GATEWAY + "".join(own)


def _row(prefix: str, name: str, field: FieldInfo) -> str:
    cells = [
        f"`{name}`",
        f"`{prefix}{name.upper()}`",
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
    kinds = {
        int: "whole number",
        Path: "path",
        str: "text",
        IPv4Interface: "ADDRESS/BITS",
        IPv6Interface: "ADDRESS/BITS",
    }
    return kinds.get(kind, "list")


def _without_none(kind: Any) -> Any:
    if isinstance(kind, UnionType):
        return next(part for part in get_args(kind) if part is not NoneType)
    return kind


def _default(name: str, field: FieldInfo) -> str:
    if name == "data":
        return "`/var/lib/spotcoffee` for root, else `$XDG_DATA_HOME/spotcoffee`"
    if field.default_factory is gethostname:
        return "this machine's name"
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, list):
        value = " ".join(value)
    return "none" if value in (None, "") else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(render())
