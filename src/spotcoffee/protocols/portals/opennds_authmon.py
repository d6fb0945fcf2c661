"""What openNDS and the script on its box ask of this server, and the answers: authmon's `auth_get`, levels 3 and 4.

`clear`, `view` and `list` ask whom to let in; `deauthed` tells that a device is off. `custom` is openNDS's own opening
for what it has no word for: our script (see `configuration`) brings `ndsctl json` through it, with a proof, and takes
home which devices to put off. Durations are minutes for authmon and seconds for the script, rates kbit/s, volumes
1,024 octets; 0 is no limit, so that what is left is rounded up and never 0.
"""

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import quote

from spotcoffee.domain.accounting import EndCause
from spotcoffee.domain.units import BitsPerSecond, Octets, Seconds
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Fault, VisitError

# authmon lets in this many a poll, and reads no further than this in the list (its own limits).
MOST_PERMITS: Final = 4
MOST_CHARACTERS: Final = 1_024
MOST_PAYLOAD: Final = 1_000_000
KILOBYTE: Final = 1_024
ACKNOWLEDGED: Final = "ack"
NOBODY: Final = "*"

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_TOKEN: Final = re.compile(r"[0-9a-f]{1,64}")
_REPORTED: Final = re.compile(r"(\w+)=(\"[^\"]*\"|[^,\"]*)(?:, |\s*\Z)")
_CAUSES: Final = {
    "client_deauth": EndCause.USER,
    "idle_deauth": EndCause.IDLE,
    "timeout_deauth": EndCause.SESSION_TIMEOUT,
    "downquota_deauth": EndCause.QUOTA,
    "upquota_deauth": EndCause.QUOTA,
    "download_quota_deauth": EndCause.QUOTA,
    "upload_quota_deauth": EndCause.QUOTA,
    "ndsctl_deauth": EndCause.DISCONNECTED,
    "shutdown_deauth": EndCause.ACCESS_POINT_RESTART,
}


class Ask(Enum):
    """`auth_get`."""

    CLEAR = "clear"
    VIEW = "view"
    LIST = "list"
    DEAUTHED = "deauthed"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Poll:
    """One request of the box. payload: decoded once. proof: of our script, empty from authmon."""

    ask: Ask
    gateway_hash: str
    payload: str = field(repr=False)
    proof: str = field(default="", repr=False)

    def acknowledged(self) -> list[str]:
        """The hashes of the devices that are in by now; empty where the next list is asked for."""
        return [] if self.payload.strip() in ("none", "") else [w for w in self.payload.split() if _HASH.fullmatch(w)]

    @property
    def wants_list(self) -> bool:
        """Whether it asks for the list, not only acknowledges one. A bare `*` acknowledges nobody."""
        return self.payload.strip() in ("none", "")


def read_poll(fields: Mapping[str, str]) -> Poll:
    """Read a form of authmon, or of our script. Raises VisitError."""
    try:
        ask = Ask(fields.get("auth_get", ""))
    except ValueError as unknown:
        raise VisitError(Fault.UNKNOWN_WORD, "auth_get") from unknown
    gateway = fields.get("gatewayhash", "")
    if not _HASH.fullmatch(gateway):
        raise VisitError(Fault.UNREADABLE, "gatewayhash")
    return Poll(ask, gateway, _decoded(fields.get("payload", ""), "payload"), fields.get("proof", ""))


def _decoded(encoded: str, name: str) -> str:
    if len(encoded) > MOST_PAYLOAD:
        raise VisitError(Fault.TOO_LONG, name)
    try:
        return b64decode(encoded.replace(" ", "+"), validate=True).decode()
    except (NotBase64, ValueError) as broken:
        raise VisitError(Fault.UNREADABLE, name) from broken


# --- whom to let in


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a device is let in with; None: no limit."""

    session: Seconds | None = None
    rate_up: BitsPerSecond | None = None
    rate_down: BitsPerSecond | None = None
    up: Octets | None = None
    down: Octets | None = None

    def numbers(self) -> tuple[int, int, int, int]:
        """Rates and quotas, up before down, in openNDS's units."""
        return (
            _units(self.rate_up, 1_000),
            _units(self.rate_down, 1_000),
            _units(self.up, KILOBYTE),
            _units(self.down, KILOBYTE),
        )


def _units(value: int | None, size: int) -> int:
    """A limit in units of `size`, rounded up; 0 where there is none."""
    return 0 if value is None else max(1, -(-value // size))


@dataclass(frozen=True, slots=True)
class Permit:
    """One device to let in. rhid: see `opennds.return_hash`. custom: comes back with its reports."""

    rhid: str
    limits: Limits
    custom: str

    def record(self) -> str:
        """Its place in the list, percent-encoded as a whole."""
        numbers = (_units(self.limits.session, 60), *self.limits.numbers())
        custom = b64encode(self.custom.encode()).decode()
        return quote(f"{self.rhid} {' '.join(map(str, numbers))} {custom}", safe="")


def auth_list(permits: Iterable[Permit]) -> tuple[str, list[Permit]]:
    """The answer to `view` and `list`, and who stands in it: no more than authmon reads. The others wait."""
    told: list[Permit] = []
    written = ""
    for permit in permits:
        longer = f"{written} {permit.record()}"
        if len(told) == MOST_PERMITS or len(longer) > MOST_CHARACTERS:
            break
        told.append(permit)
        written = longer
    return NOBODY + written, told


def custom_of(limits: Limits, *, hid: str, faskey: str) -> str:
    """The limits for our script at levels 1 and 2, where they go through the guest's browser, proven against change."""
    values = f"{_units(limits.session, 1)} {' '.join(map(str, limits.numbers()))}"
    return f"{values} {sha256(f'{values} {hid}{faskey}'.encode()).hexdigest()}"


# --- what became of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Deauthed:
    """A device that openNDS has put off. token: known to openNDS alone. lasted: by the box's own clock."""

    cause: EndCause
    device: str
    token: str = field(repr=False)
    lasted: Seconds
    down: Octets
    up: Octets


def read_deauthed(payload: str) -> Deauthed:
    """Read the payload of `deauthed`; some versions encode it twice. Raises VisitError."""
    told = _reported(payload)
    if "method" not in told:
        told = _reported(_decoded(payload.strip(), "payload"))
    cause = _CAUSES.get(told.get("method", ""))
    if cause is None:
        raise VisitError(Fault.UNKNOWN_WORD, "method")
    start, end = (_whole(told, name) for name in ("session_start", "session_end"))
    return Deauthed(
        cause=cause,
        device=visits.parse_mac(told.get("clientmac", ""), "clientmac"),
        token=_token(told.get("token", "")),
        lasted=max(0, end - start),
        # What comes in from the Internet is the guest's download.
        down=_whole(told, "bytes_incoming"),
        up=_whole(told, "bytes_outgoing"),
    )


def _reported(payload: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _REPORTED.findall(payload)}


def _whole(told: Mapping[str, str], name: str) -> int:
    found = visits.number(told, name, least=0, most=2**63 - 1)
    if found is None:
        raise VisitError(Fault.MISSING, name)
    return found


def _token(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise VisitError(Fault.UNREADABLE, "token")
    return token


# --- our script on the box


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A device that is on, as `ndsctl json` lists it. began_at: seconds of the box's clock."""

    device: str
    token: str = field(repr=False)
    began_at: int
    down: Octets
    up: Octets


@dataclass(frozen=True, slots=True)
class Clients:
    """Who is on. at: the box's clock, seconds since 1970."""

    at: int
    clients: Sequence[Client]


def proof_of(payload: str, faskey: str) -> str:
    """What our script sends beside its payload: only who has the faskey can make it."""
    return sha256(f"{payload}{faskey}".encode()).hexdigest()


def is_proven(poll: Poll, faskey: str) -> bool:
    """Whether a poll comes from our script."""
    return compare_digest(proof_of(poll.payload, faskey).encode(), poll.proof.encode("utf-8", "replace"))


def read_clients(payload: str) -> Clients:
    """Read what our script brings: the box's clock on the first line, `ndsctl json` after it. Raises VisitError."""
    first, _, listed = payload.partition("\n")
    at = visits.number({"at": first.strip()}, "at", least=0, most=2**63 - 1)
    try:
        found = json.loads(listed)
        rows = found.get("clients", {})
        # An empty list stands for an empty object in some versions.
        told = [_client(row) for row in (rows.values() if isinstance(rows, dict) else rows)]
    except (ValueError, AttributeError, KeyError, TypeError) as unreadable:
        raise VisitError(Fault.UNREADABLE, "payload") from unreadable
    if at is None:
        raise VisitError(Fault.MISSING, "at")
    return Clients(at, [client for client in told if client is not None])


def _client(row: Mapping[str, Any]) -> Client | None:
    if row["state"] != "Authenticated":
        return None
    return Client(
        device=visits.parse_mac(str(row["mac"]), "mac"),
        token=_token(str(row["token"])),
        began_at=int(row["session_start"]),
        down=max(0, int(row["download_this_session"])) * KILOBYTE,
        up=max(0, int(row["upload_this_session"])) * KILOBYTE,
    )


def box_answer(devices: Iterable[str]) -> str:
    """The answer to our script: acknowledged, and the devices to put off, each on a line that is ended."""
    return "".join(f"{line}\n" for line in (ACKNOWLEDGED, *(f"deauth {_colons(device)}" for device in devices)))


def _colons(device: str) -> str:
    mac = visits.parse_mac(device)
    return ":".join(mac[at : at + 2] for at in range(0, 12, 2))
