"""The one table of settings: name, type, default and help. It feeds the product, `spotcoffee check` and the reference.

A TOML file first, then SPOTCOFFEE_* variables, which win. What can't be parsed, or isn't known, refuses to start; all
faults are said at once, each with its mend.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX: Final = "SPOTCOFFEE_"
# Variables that are none of these settings: where the file is, the gateway's own (servers.gateway.settings), and what
# only the tests read.
_OTHERS: Final = ("SPOTCOFFEE_CONFIG", "SPOTCOFFEE_GATEWAY_", "SPOTCOFFEE_TEST_", "SPOTCOFFEE_FUZZ_")
# The gateway's own settings in the file.
GATEWAY_TABLE: Final = "gateway"

# It stands in a QR together with a code, and phones must still read that from a small ticket.
_LONGEST_ADDRESS: Final = 100


class SettingsError(Exception):
    """Settings that can't be used. faults: one line each, with its mend."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def parse_bind(text: str) -> tuple[str, int]:
    """Read `127.0.0.1:8443`, `[::1]:8443` or `:8443` (every address). Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError(f"write it as ADDRESS:PORT, for example 127.0.0.1:8443, not {text!r}")
    if host.startswith("[") != host.endswith("]") or (":" in host and not host.startswith("[")):
        raise ValueError(f"write an IPv6 address in brackets: [::1]:{port}")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - what an empty host means


def _bind(text: str) -> str:
    parse_bind(text)
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"{name!r} is no time zone; write one like Europe/Paris") from unknown
    return name


def _url(text: str) -> str:
    if text and not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE or sqlite:///PATH")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if text and not (parts.scheme in ("http", "https") and parts.hostname and text.isascii() and text.isprintable()):
        raise ValueError("write it as https://wifi.example, as guests reach it")
    if parts.query or parts.fragment or len(text) > _LONGEST_ADDRESS:
        raise ValueError(f"write it short, at most {_LONGEST_ADDRESS} characters, without ? and #")
    return text.rstrip("/")


def _words(value: Any) -> Any:
    return [word for word in value.replace(",", " ").split() if word] if isinstance(value, str) else value


def default_data(environ: Mapping[str, str]) -> Path:
    """/var/lib/spotcoffee for root, else the user's own data folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/spotcoffee")
    home = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".local/share")
    return Path(home) / "spotcoffee"


Bind = Annotated[str, AfterValidator(_bind)]
Zone = Annotated[str, AfterValidator(_zone)]


class Settings(BaseSettings):
    """All settings. A field's description is its line in the reference."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data: Path = Field(description="Folder for the database, keys and certificates; made if missing.")
    database_url: Annotated[str, AfterValidator(_url)] = Field(
        "", description="postgresql://… for PostgreSQL. Empty: SQLite in the data folder."
    )
    web_bind: Bind = Field("0.0.0.0:8443", description="Where staff pages and the API listen.")
    web_tls: Literal["on", "off"] = Field("on", description="off: plain HTTP, behind a proxy that encrypts.")
    tls_cert: Path | None = Field(None, description="Certificate (PEM). Without: one is made at the first start.")
    tls_key: Path | None = Field(None, description="Its key (PEM, PKCS#8).")
    hosts: Annotated[list[str], BeforeValidator(_words)] = Field(
        default_factory=list,
        description="Names under which the pages are reached; this machine's addresses always are.",
    )
    portal_bind: Annotated[str, AfterValidator(lambda text: text and _bind(text))] = Field(
        "", description="Where the guest's portal listens in plain HTTP. Empty: nowhere."
    )
    portal_address: Annotated[str, AfterValidator(_web_address)] = Field(
        "", description="Where guests reach the portal, for the QR on tickets: https://wifi.example. Empty: no such QR."
    )
    radius_auth_bind: Bind = Field("0.0.0.0:1812", description="Where logins arrive (UDP).")
    radius_acct_bind: Bind = Field("0.0.0.0:1813", description="Where reports arrive (UDP).")
    interim_interval: Annotated[int, Field(ge=1, le=86_400)] = Field(
        300, description="Seconds between two reports of a session, where an access point has no other."
    )
    time_zone: Zone = Field("Europe/Paris", description="Time zone of new organisations.")
    language: Literal["fr", "en"] = Field("fr", description="Language of new organisations and of the pages.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is logged.")

    @property
    def database_path(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        if not self.database_url:
            return self.data / "spotcoffee.sqlite3"
        scheme, _, rest = self.database_url.partition(":///")
        return Path("/" + rest.lstrip("/")) if scheme == "sqlite" else None

    @property
    def keys_path(self) -> Path:
        """The key ring, without which no code and no secret can be read."""
        return self.data / "keys.json"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` hands over: the process's own environment is read in one place."""
        return (init_settings,)


def load_settings(config: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings. Raises SettingsError with all faults."""
    faults: list[str] = []
    path = config or (Path(environ["SPOTCOFFEE_CONFIG"]) if environ.get("SPOTCOFFEE_CONFIG") else None)
    values: dict[str, Any] = {"data": default_data(environ)}
    values.update(_from_file(path, faults))
    values.update(_from_environment(environ, faults))
    try:
        settings = Settings(**values)
    except ValidationError as invalid:
        faults.extend(_faults(invalid))
        raise SettingsError(faults) from None
    if (settings.tls_cert is None) != (settings.tls_key is None):
        faults.append("tls_cert and tls_key: set both or neither")
    if faults:
        raise SettingsError(faults)
    return settings


def _from_file(path: Path | None, faults: list[str]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text())
    except OSError as unreadable:
        faults.append(f"{path}: {unreadable.strerror}; give the path of a file that can be read")
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        faults.append(f"{path}: not TOML: {broken}")
        return {}
    gateway = values.pop(GATEWAY_TABLE, {})
    if not isinstance(gateway, dict):
        faults.append(f"{path}: {GATEWAY_TABLE} is a table; write [gateway], and its settings below")
    return {key: values[key] for key in values if _is_known(key, f"{path}: {key}", faults)}


def gateway_table(environ: Mapping[str, str]) -> dict[str, Any]:
    """`[gateway]` of the settings file that `load_settings` has read without a fault."""
    path = environ.get("SPOTCOFFEE_CONFIG")
    table = tomllib.loads(Path(path).read_text()).get(GATEWAY_TABLE, {}) if path else {}
    return dict(table)


def _from_environment(environ: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    values = {}
    for name, value in sorted(environ.items()):
        if name.startswith(PREFIX) and not name.startswith(_OTHERS):
            key = name.removeprefix(PREFIX).lower()
            if _is_known(key, name, faults):
                values[key] = value
    return values


def _is_known(key: str, shown: str, faults: list[str]) -> bool:
    if key in Settings.model_fields:
        return True
    faults.append(f"{shown}: no such setting; the settings are {', '.join(Settings.model_fields)}")
    return False


def _faults(invalid: ValidationError) -> list[str]:
    lines = []
    for error in invalid.errors():
        name = str(error["loc"][0]) if error["loc"] else "settings"
        message = error["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {message}")
    return lines
