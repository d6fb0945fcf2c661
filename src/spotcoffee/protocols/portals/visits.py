"""The values that all adapters share: what arrives with a guest's browser, the visit it tells of, and our answers.

All that comes from outside is parsed here or refused with a VisitError; nothing of it is ever shown as it stands.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from spotcoffee.domain.access_points import Equipment

# Octets of a whole query or form, and of one value in it.
MOST_OCTETS: Final = 8_000
MOST_VALUE: Final = 4_000
MOST_FIELDS: Final = 60
# A RADIUS attribute holds no more (RFC 2865 5).
MOST_NAME: Final = 253
MOST_MESSAGE: Final = 1_000

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MAC: Final = re.compile(
    r"[0-9a-f]{12}|[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}(?:[.:-][0-9a-f]{4}){2}"
)
_NOT_HEXADECIMAL: Final = re.compile("[^0-9a-f]")
# What RFC 3986 lets stand in an address, and the few that browsers leave as they are: no space, < > or backslash.
_URL: Final = re.compile(r"https?://[!#-;=?-Z\[\]_a-z{|}~]+", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*")
# Networks that exist only on the guest's side of some router: no address in them can be a stranger's server.
_NEARBY: Final[tuple[IPv4Network | IPv6Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)


class Fault(StrEnum):
    """Why a visit is refused unread."""

    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TWICE = "twice"
    CONTROL_CHARACTER = "control_character"
    MISSING = "missing"
    NOT_A_MAC = "not_a_mac"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_A_URL = "not_a_url"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_CHALLENGE = "not_a_challenge"
    UNKNOWN_WORD = "unknown_word"
    # It would send the guest, and his code, to a host that is not this access point's.
    FOREIGN_HOST = "foreign_host"
    UNSIGNED = "unsigned"
    WRONG_SIGNATURE = "wrong_signature"
    # What was encrypted or encoded for us does not open.
    UNREADABLE = "unreadable"
    # The parameters are those of another access point than the address they came to.
    OTHER_ACCESS_POINT = "other_access_point"
    EXPIRED = "expired"


class VisitError(Exception):
    """What a browser or equipment brought can't be a visit. code: a Fault. field: the parameter, or empty."""

    def __init__(self, code: Fault, field: str = "") -> None:
        super().__init__(code.value, field)
        self.code = code
        self.field = field


class Outcome(Enum):
    """Where the equipment says that the guest stands."""

    NOT_YET = "not_yet"
    FAILED = "failed"
    SUCCESS = "success"
    ALREADY = "already"
    LOGGED_OFF = "logged_off"


@dataclass(frozen=True, slots=True)
class Trust:
    """What the settings of an access point let its visits do.

    secret: of its portal (uamsecret, faskey …); None: nothing is signed. hosts: names, in lower case, to which a guest
    may be sent besides addresses of the guest's own network.
    """

    secret: str | None = field(default=None, repr=False)
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came with the browser. url: the whole address as it was asked for. fields: its query, or a form's."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One guest's browser at the portal, sent by his access point's equipment.

    device: 12 hexadecimal digits in lower case. address: of the guest, as text. access_point: how the equipment names
    itself (its identifier or MAC address). login: who the equipment says is on, in its signed or own words. wanted: the
    page first asked for, http or https. message: of the equipment, never shown. state: what the adapter needs for its
    answers; the portal carries it, sealed, in a hidden field, so that no cookie is needed.
    """

    equipment: Equipment
    device: str | None = None
    address: str | None = None
    access_point: str | None = None
    login: str | None = None
    wanted: str | None = None
    outcome: Outcome = Outcome.NOT_YET
    message: str | None = None
    state: tuple[tuple[str, str], ...] = ()

    def held(self, name: str) -> str | None:
        """A value of the state."""
        return next((value for key, value in self.state if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a guest brings, as his ticket holds it. back: our own page, to which the equipment may send him on."""

    login: str = field(repr=False)
    password: str = field(repr=False)
    back: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """The guest's browser goes to the equipment."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Post:
    """The guest's browser sends a form to the equipment, by itself or by a button that he sees.

    marks_success: what the answer holds once he is let in, of equipment that answers with data instead of a page; empty
    where its answer brings the browser on.
    """

    url: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    marks_success: str = ""


@dataclass(frozen=True, slots=True)
class Controller:
    """The server itself has to tell the equipment, or its controller, to let the device through.

    fields: what that call needs beside the limits (site, access point's MAC address, token …), in the adapter's words.
    """

    equipment: Equipment
    device: str | None
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Granted:
    """Nothing is left to do: the device is let through already."""


Answer: TypeAlias = Redirect | Post | Controller | Granted


def read_query(query: str) -> dict[str, str]:
    """The parameters of a raw query, percent-decoded. Raises VisitError."""
    if len(query) > MOST_OCTETS:
        raise VisitError(Fault.TOO_LONG)
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as many:
        raise VisitError(Fault.TOO_MANY) from many
    return read_fields(pairs)


def read_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Check decoded parameters: none twice, none too long, no control character in any. Raises VisitError."""
    fields: dict[str, str] = {}
    total = 0
    for name, value in pairs:
        total += len(name) + len(value)
        if len(value) > MOST_VALUE or total > MOST_OCTETS:
            raise VisitError(Fault.TOO_LONG, name[:32])
        if _CONTROL.search(name) or _CONTROL.search(value):
            raise VisitError(Fault.CONTROL_CHARACTER)
        if name in fields:
            raise VisitError(Fault.TWICE, name[:32])
        fields[name] = value
        if len(fields) > MOST_FIELDS:
            raise VisitError(Fault.TOO_MANY)
    return fields


def text(fields: Mapping[str, str], name: str, *, most: int = MOST_NAME) -> str | None:
    """A parameter; None where it is missing or empty. most: octets. Raises VisitError(TOO_LONG)."""
    value = fields.get(name) or None
    if value is not None and len(value.encode("utf-8", "surrogatepass")) > most:
        raise VisitError(Fault.TOO_LONG, name)
    return value


def message(fields: Mapping[str, str], name: str) -> str | None:
    """What equipment says of a failure, cut to what may be kept."""
    return (fields.get(name) or "")[:MOST_MESSAGE] or None


def needed(fields: Mapping[str, str], name: str, *, most: int = MOST_NAME) -> str:
    """A parameter without which there is no visit. Raises VisitError."""
    value = text(fields, name, most=most)
    if value is None:
        raise VisitError(Fault.MISSING, name)
    return value


def mac(fields: Mapping[str, str], name: str) -> str | None:
    """A MAC address as 12 hexadecimal digits; None where it is missing or empty. Raises VisitError."""
    value = fields.get(name)
    return parse_mac(value, name) if value else None


def parse_mac(value: str, name: str = "") -> str:
    """A MAC address, in any usual notation, as 12 hexadecimal digits in lower case. Raises VisitError."""
    lower = value.lower()
    if not _MAC.fullmatch(lower):
        raise VisitError(Fault.NOT_A_MAC, name)
    return _NOT_HEXADECIMAL.sub("", lower)


def address(fields: Mapping[str, str], name: str) -> str | None:
    """An IP address in its usual form; None where it is missing or empty. Raises VisitError."""
    value = fields.get(name)
    return parse_address(value, name) if value else None


def parse_address(value: str, name: str = "") -> str:
    """An IPv4 or IPv6 address, without a zone, in its usual form. Raises VisitError."""
    try:
        found = ip_address(value)
    except ValueError as unreadable:
        raise VisitError(Fault.NOT_AN_ADDRESS, name) from unreadable
    if "%" in value:
        raise VisitError(Fault.NOT_AN_ADDRESS, name)
    return str(found)


def number(fields: Mapping[str, str], name: str, *, least: int, most: int) -> int | None:
    """A whole number written in digits; None where it is missing or empty. Raises VisitError."""
    value = fields.get(name)
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 20 and least <= int(value) <= most):
        raise VisitError(Fault.NOT_A_NUMBER, name)
    return int(value)


def as_text(value: str) -> str:
    """A free text for a visit's state, marked so that nobody takes it for an address."""
    return f"={value}"


def text_of(marked: str) -> str:
    """What `as_text` marked."""
    return marked.removeprefix("=")


def wanted(fields: Mapping[str, str], name: str) -> str | None:
    """The page first asked for; None where it is missing or empty. Raises VisitError."""
    value = fields.get(name)
    return parse_url(value, name) if value else None


def target(fields: Mapping[str, str], name: str, *, trust: Trust) -> str | None:
    """Where the guest's browser is to bring his login; None where it is missing or empty. Raises VisitError."""
    value = fields.get(name)
    return parse_target(value, trust=trust, name=name) if value else None


def parse_url(value: str, name: str = "") -> str:
    """An absolute address of http or https, of a host and no user. Raises VisitError."""
    host_of(value, name)
    return value


def parse_target(value: str, *, trust: Trust, name: str = "") -> str:
    """An address that is this access point's: nearby, or a host of its settings. Raises VisitError."""
    host = host_of(value, name)
    if not is_nearby(host) and host not in trust.hosts:
        raise VisitError(Fault.FOREIGN_HOST, name)
    return value


def parse_host(value: str, name: str = "") -> str:
    """A name or an IPv4 address alone, in lower case: no port, no path, no user. Raises VisitError."""
    host = host_of(f"http://{value}", name)
    if host != value.lower():
        raise VisitError(Fault.NOT_A_URL, name)
    return host


def host_of(url: str, name: str = "") -> str:
    """The host of an absolute http or https address, in lower case, without brackets. Raises VisitError."""
    if not _URL.fullmatch(url) or len(url) > MOST_VALUE:
        raise VisitError(Fault.NOT_A_URL, name)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as unreadable:
        raise VisitError(Fault.NOT_A_URL, name) from unreadable
    if port == 0 or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise VisitError(Fault.NOT_A_URL, name)
    return host


def origin_of(url: str) -> str:
    """Scheme, host and port of an address that was checked, as a Content-Security-Policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def is_nearby(host: str) -> bool:
    """Whether a host is an address of a private network."""
    try:
        found = ip_address(host)
    except ValueError:
        return False
    return any(found in network for network in _NEARBY if network.version == found.version)
