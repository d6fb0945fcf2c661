"""The gateway's own table of settings: `[gateway]` of the settings file, and SPOTCOFFEE_GATEWAY_* variables.

As with the product's table, all faults are said at once, each with its mend. Whether the settings fit the machine is
asked of the kernel afterwards (network.check).
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_network
from pathlib import Path
from socket import gethostname
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from spotcoffee.servers.gateway.enforcement import IPNetwork, Network

PREFIX: Final = "SPOTCOFFEE_GATEWAY_"
AUTH_PORT: Final = 1812
# What guests have no business in, unless the settings say otherwise: the house's own network.
PRIVATE: Final = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "fc00::/7",
)

_INTERFACE: Final = re.compile(r"[^\s/:]{1,15}")
_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.IGNORECASE)
_LONGEST_NAME: Final = 253


class GatewaySettingsError(Exception):
    """Settings that can't be used. faults: one line each, with its mend."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def _interface(name: str) -> str:
    if not _INTERFACE.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an interface; `ip link` lists them")
    return name


def _endpoint(text: str, *, port: int) -> tuple[str, int]:
    host, number = text, port
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        number = _port_of(rest.removeprefix(":"), text) if rest else port
    elif text.count(":") == 1:
        host, _, rest = text.partition(":")
        number = _port_of(rest, text)
    try:
        return str(ip_address(host)), number
    except ValueError as unreadable:
        raise ValueError(f"write {text!r} as ADDRESS or ADDRESS:PORT, for example 192.0.2.1:{port}") from unreadable


def _port_of(digits: str, text: str) -> int:
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) < 65_536):
        raise ValueError(f"{text!r} has no port from 1 to 65535 after its colon")
    return int(digits)


def _server(text: str) -> str:
    _host, port = _endpoint(text, port=AUTH_PORT)
    if port == 65_535:
        raise ValueError(f"{text!r}: the next port takes the reports; choose a lower one")
    return text


def _bind(text: str) -> str:
    _endpoint(text, port=3799)
    return text


def _portal(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii() or not url.isprintable():
        raise ValueError("write it as https://wifi.example/, as guests reach it")
    if parts.fragment or parts.username or len(url) > 500:
        raise ValueError("write it without a user name and without #, with at most 500 characters")
    return url


def _host(name: str) -> str:
    if name and (len(name) > _LONGEST_NAME or not _NAME.fullmatch(name) or _is_address(name)):
        raise ValueError(f"{name!r} is no host name; write it like wifi.example.org")
    return name.lower()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _place(text: str) -> str:
    """A network, an address or a host name."""
    if re.fullmatch(r"[0-9.]+(/\d+)?|.*:.*", text):
        _network(text)
        return text
    return _host(text)


def _network(text: str) -> IPNetwork:
    try:
        return ip_network(text)
    except ValueError as unreadable:
        raise ValueError(f"{text!r} is no network; write it like 192.0.2.0/24 or 2001:db8::/32") from unreadable


def _network_text(text: str) -> str:
    return str(_network(text))


def _words(value: Any) -> Any:
    return [word for word in value.replace(",", " ").split() if word] if isinstance(value, str) else value


def _none(value: Any) -> Any:
    return None if value == "" else value


Words = BeforeValidator(_words)


class GatewaySettings(BaseModel):
    """All settings of the gateway. A field's description is its line in the reference."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guest_interface: Annotated[str, AfterValidator(_interface)] = Field(
        description="Interface towards the Wi-Fi access points; may be a bridge."
    )
    uplink_interface: Annotated[str, AfterValidator(_interface)] = Field(description="Interface towards the Internet.")
    guest_address: IPv4Interface = Field(
        IPv4Interface("10.77.0.1/22"), description="The box's address on the guests' interface, with their network."
    )
    guest_address6: Annotated[IPv6Interface | None, BeforeValidator(_none)] = Field(
        None, description="The same for IPv6, a /64. Empty: no IPv6 for guests."
    )
    server: Annotated[list[Annotated[str, AfterValidator(_server)]], Words, Field(min_length=1)] = Field(
        description="RADIUS servers, ADDRESS or ADDRESS:PORT, asked in this order; reports go to the next port."
    )
    secret: str = Field("", repr=False, description="The secret shared with the RADIUS server.")
    secret_file: Path | None = Field(None, description="A file that holds that secret, instead.")
    portal: Annotated[str, AfterValidator(_portal)] = Field(description="Where guests are sent to log in.")
    portal_secret: str = Field(
        "", repr=False, description="Signs what is told to the portal (uamsecret). Empty: nothing is signed."
    )
    name: str = Field(
        default_factory=gethostname,
        min_length=1,
        max_length=_LONGEST_NAME,
        description="What the box calls itself to the server (NAS-Identifier).",
    )
    port: Annotated[int, Field(ge=1, le=65_535)] = Field(3990, description="TCP port of the box where guests log in.")
    orders_bind: Annotated[str, AfterValidator(_bind)] = Field(
        "0.0.0.0:3799", description="Where orders of the server arrive (CoA and Disconnect, UDP)."
    )
    host: Annotated[str, AfterValidator(_host)] = Field(
        "", description="Name of the box for its captive portal API (RFC 8908); needs a certificate."
    )
    tls_cert: Path | None = Field(None, description="Certificate (PEM) for that name. Phones believe only a valid one.")
    tls_key: Path | None = Field(None, description="Its key (PEM).")
    tls_port: Annotated[int, Field(ge=1, le=65_535)] = Field(4990, description="TCP port of that API.")
    open_ports: Annotated[list[Annotated[int, Field(ge=1, le=65_535)]], Words] = Field(
        default_factory=list, description="Further TCP ports of the box that guests may reach: a portal on the box."
    )
    walled_garden: Annotated[list[Annotated[str, AfterValidator(_place)]], Words] = Field(
        default_factory=list, description="Networks and host names that need no login. The portal is always among them."
    )
    forbidden: Annotated[list[Annotated[str, AfterValidator(_network_text)]], Words] = Field(
        default_factory=lambda: list(PRIVATE), description="Networks that no guest reaches: the house's own."
    )
    masquerade: Literal["on", "off"] = Field("on", description="off: guests' IPv4 goes out under their own addresses.")
    roaming: Literal["on", "off"] = Field(
        "off", description="on: a device may change the port of the bridge without a new login."
    )
    dhcp: Literal["on", "off"] = Field("on", description="off: another server gives out addresses and names.")
    lease: Annotated[int, Field(ge=120, le=604_800)] = Field(3_600, description="Seconds that an address is given for.")
    dns: Annotated[list[Annotated[str, AfterValidator(lambda text: _endpoint(text, port=53)[0])]], Words] = Field(
        default_factory=list, description="Resolvers to ask. Empty: the box's own."
    )
    legal_log: Literal["off", "on", "destinations"] = Field(
        "off", description="on: keeps which guest had which public port. destinations: and where to, under the decree."
    )
    legal_days: Annotated[int, Field(ge=1, le=3_650)] = Field(366, description="Days that it is kept.")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        faults = [*self._faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _faults(self) -> Iterable[str]:
        if bool(self.secret) == (self.secret_file is not None):
            yield "secret and secret_file: set one of them"
        if len({bool(self.host), self.tls_cert is not None, self.tls_key is not None}) != 1:
            yield "host, tls_cert and tls_key: set all three or none"
        if self.guest_interface == self.uplink_interface:
            yield f"guests and uplink can't share {self.guest_interface}; connect the guests to another interface"
        ports = [self.port, *([self.tls_port] if self.host else []), *self.open_ports]
        for port in sorted({port for port in ports if ports.count(port) > 1}):
            yield f"port {port} is taken twice; choose another for one of its uses"

    @property
    def servers(self) -> list[tuple[str, int]]:
        """Address and port for logins of each RADIUS server."""
        return [_endpoint(text, port=AUTH_PORT) for text in self.server]

    @property
    def orders(self) -> tuple[str, int]:
        """Where orders arrive."""
        return _endpoint(self.orders_bind, port=3799)

    def network(self, portal: Iterable[IPNetwork]) -> Network:
        """What the kernel is to enforce. portal: the addresses behind the portal's name."""
        walled = (*portal, *(ip_network(place) for place in self.walled_garden if not _is_name(place)))
        own: list[IPNetwork] = [self.guest_address.network]
        own += [self.guest_address6.network] if self.guest_address6 else []
        return Network(
            guest_interface=self.guest_interface,
            uplink_interface=self.uplink_interface,
            guest4=self.guest_address,
            guest6=self.guest_address6,
            portal_port=self.port,
            open_ports=(*([self.tls_port] if self.host else []), *self.open_ports),
            walled_garden=walled,
            forbidden=without((ip_network(text) for text in self.forbidden), (*walled, *own)),
            masquerade=self.masquerade == "on",
            roaming=self.roaming == "on",
        )

    @property
    def walled_names(self) -> list[str]:
        """The host names that need no login."""
        names = [place for place in self.walled_garden if _is_name(place)]
        host = self.portal_host
        return names if _is_address(host) else [*names, host]

    @property
    def portal_host(self) -> str:
        """The host of the portal: a name or an address."""
        return urlsplit(self.portal).hostname or ""

    @property
    def api_url(self) -> str | None:
        """The captive portal API (RFC 8908); None where the box has no certificate."""
        return f"https://{self.host}:{self.tls_port}/captive-portal" if self.host else None


def _is_name(place: str) -> bool:
    return not re.fullmatch(r"[0-9.]+(/\d+)?|.*:.*", place)


def without(networks: Iterable[IPNetwork], holes: Iterable[IPNetwork]) -> tuple[IPNetwork, ...]:
    """The networks less what is in the holes."""
    left = list(networks)
    for hole in holes:
        left = [part for network in left for part in _without(network, hole)]
    return tuple(left)


def _without(network: IPNetwork, hole: IPNetwork) -> list[IPNetwork]:
    if network.version != hole.version or not network.overlaps(hole):
        return [network]
    if network.prefixlen >= hole.prefixlen:
        return []
    return list(network.address_exclude(hole))  # type: ignore[arg-type]


def load_gateway_settings(table: Mapping[str, Any], environ: Mapping[str, str]) -> GatewaySettings:
    """Read the settings. table: `[gateway]` of the file. Raises GatewaySettingsError with all faults."""
    faults: list[str] = []
    values = {key: table[key] for key in table if _is_known(key, f"gateway.{key}", faults)}
    for name, value in sorted(environ.items()):
        if name.startswith(PREFIX):
            key = name.removeprefix(PREFIX).lower()
            if _is_known(key, name, faults):
                values[key] = value
    settings = None
    try:
        settings = GatewaySettings(**values)
    except ValidationError as invalid:
        faults.extend(_lines(invalid))
    if settings is not None and settings.secret_file is not None:
        faults.extend(_faults_of_secret(settings.secret_file))
    if settings is None or faults:
        raise GatewaySettingsError(faults)
    return settings


def read_secret(settings: GatewaySettings) -> bytes:
    """The secret shared with the server."""
    return settings.secret_file.read_bytes().strip() if settings.secret_file else settings.secret.encode()


def _is_known(key: str, shown: str, faults: list[str]) -> bool:
    if key in GatewaySettings.model_fields:
        return True
    faults.append(f"{shown}: no such setting; the settings are {', '.join(GatewaySettings.model_fields)}")
    return False


def _faults_of_secret(path: Path) -> Iterable[str]:
    try:
        if not path.read_bytes().strip():
            yield f"secret_file: {path} is empty; write the secret into it"
    except OSError as unreadable:
        yield f"secret_file: {path}: {unreadable.strerror}; give the path of a file that can be read"


def _lines(invalid: ValidationError) -> Iterable[str]:
    for error in invalid.errors():
        name = str(error["loc"][0]) if error["loc"] else ""
        message = error["msg"].removeprefix("Value error, ")
        if error["type"] == "missing":
            message = f"is needed: set {PREFIX}{name.upper()}, or {name} in the table [gateway] of the settings file"
        yield from (f"{name}: {line}" if name else line for line in message.splitlines())
