"""openNDS with this server as its forwarding authentication service (FAS): what the browser brings, levels 1 to 4.

A guest's browser comes with the parameters of his device, in base64 (levels 1 and 4) or encrypted as well (2 and 3).
It is let in either by bringing a hash back to openNDS (1 and 2), or because openNDS asks this server whom to let in
(3 and 4, module `opennds_authmon`). Read from openNDS 9.10 and checked against it in tests/lab; not checked ([mem] in
our notes): that PHP cuts a longer key at 32 octets, and the fields that versions above 9.10 add.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import (
    Arrival,
    Controller,
    Entry,
    Fault,
    Outcome,
    Redirect,
    Trust,
    Visit,
    VisitError,
)

KEY_OCTETS: Final = 32
AUTHDIR: Final = "opennds_auth"
DENYDIR: Final = "opennds_deny"
# The name that openNDS answers for itself on the guest's network.
OWN_NAME: Final = "status.client"

_HID: Final = re.compile(r"[0-9a-f]{64}")
_IV: Final = re.compile(r"[0-9a-f]{16}")
_DIRECTORY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that openNDS tells of. Raises VisitError; without a faskey nothing is believed."""
    if not trust.secret:
        raise VisitError(Fault.UNSIGNED, "faskey")
    fields = arrival.fields
    status = fields.get("status", "")
    if status not in ("", "authenticated"):
        raise VisitError(Fault.UNKNOWN_WORD, "status")
    encoded, iv = _encoded_of(fields)
    told = _parameters(_decrypted(encoded, iv, trust.secret) if iv else _decoded(encoded))
    hid = visits.needed(told, "hid")
    if not _HID.fullmatch(hid):
        raise VisitError(Fault.NOT_A_CHALLENGE, "hid")
    gateway = _gateway(visits.needed(told, "gatewayaddress"), trust)
    authdir = told.get("authdir") or AUTHDIR
    if not _DIRECTORY.fullmatch(authdir):
        raise VisitError(Fault.UNKNOWN_WORD, "authdir")
    return Visit(
        equipment=Equipment.OPENNDS,
        device=visits.parse_mac(visits.needed(told, "clientmac"), "clientmac"),
        address=visits.address(told, "clientip"),
        access_point=visits.mac(told, "gatewaymac"),
        wanted=_wanted(told),
        outcome=Outcome.ALREADY if status else Outcome.NOT_YET,
        state=(
            ("hid", hid),
            ("gateway", gateway),
            ("gatewayhash", gateway_hash(visits.needed(told, "gatewayname", most=1_000))),
            ("authdir", authdir),
            # A token of 32 bits can be guessed from a hash of it that the guest could read.
            ("sealed", "yes" if iv else "no"),
        ),
    )


def _encoded_of(fields: Mapping[str, str]) -> tuple[str, str | None]:
    """What openNDS encoded, and the start of its encryption. A guest who is on already brings them one level deeper."""
    if "fas" not in fields and fields.get("redir"):
        fields = dict(parse_qsl(urlsplit(fields["redir"]).query, max_num_fields=visits.MOST_FIELDS))
    iv = fields.get("iv") or None
    if iv is not None and not _IV.fullmatch(iv):
        raise VisitError(Fault.UNREADABLE, "iv")
    # A plus sign that was not encoded reads as a blank.
    return visits.needed(fields, "fas", most=visits.MOST_VALUE).replace(" ", "+"), iv


def _octets(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (NotBase64, ValueError) as broken:
        raise VisitError(Fault.UNREADABLE, "fas") from broken


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError as broken:
        raise VisitError(Fault.UNREADABLE, "fas") from broken


def _decoded(encoded: str) -> str:
    return _text(_octets(encoded))


def _decrypted(encoded: str, iv: str, faskey: str) -> str:
    """AES-256-CBC as PHP's openssl_encrypt does it, its own base64 encoded once more."""
    sealed = _octets(_decoded(encoded))
    key = faskey.encode()[:KEY_OCTETS].ljust(KEY_OCTETS, b"\0")
    decryptor = Cipher(AES(key), CBC(iv.encode())).decryptor()
    padding = PKCS7(AES.block_size).unpadder()
    try:
        padded = decryptor.update(sealed) + decryptor.finalize()
        return _text(padding.update(padded) + padding.finalize())
    except ValueError as broken:
        raise VisitError(Fault.UNREADABLE, "fas") from broken


def _parameters(text: str) -> dict[str, str]:
    """`name=value, name=value`; values may hold a percent-encoded comma, but none in clear."""
    pairs = (part.partition("=") for part in text.split(", ") if part)
    return visits.read_fields((name, value) for name, _, value in pairs)


def _gateway(address: str, trust: Trust) -> str:
    """Where the browser brings its hash: an address of the guest's network, or openNDS's own name. No path."""
    url = f"http://{address}"
    host = visits.host_of(url, "gatewayaddress")
    if urlsplit(url).netloc != address:
        raise VisitError(Fault.NOT_A_URL, "gatewayaddress")
    return url if host == OWN_NAME else visits.parse_target(url, trust=trust, name="gatewayaddress")


def _wanted(told: Mapping[str, str]) -> str | None:
    """The page first asked for. What a guest's browser asked in odd letters is not worth refusing him."""
    try:
        return visits.parse_url(unquote(told.get("originurl", "")))
    except VisitError:
        return None


def log_on(visit: Visit, entry: Entry, trust: Trust) -> Controller:
    """What the server needs to let this device in; whether the browser or openNDS fetches it, the server knows."""
    return Controller(
        Equipment.OPENNDS,
        visit.device,
        (
            ("rhid", return_hash(_held(visit, "hid"), trust.secret or "")),
            *((name, _held(visit, name)) for name in ("hid", "gateway", "gatewayhash", "authdir", "sealed")),
            ("back", entry.back),
            *((("address", visit.address),) if visit.address else ()),
        ),
    )


def log_off(visit: Visit) -> Redirect:
    """Where the browser goes to end its session."""
    return Redirect(f"{_held(visit, 'gateway')}/{DENYDIR}/")


def _held(visit: Visit, name: str) -> str:
    held = visit.held(name)
    if held is None:
        raise VisitError(Fault.MISSING, name)
    return held


def return_hash(hid: str, faskey: str) -> str:
    """`rhid`: what proves to openNDS that the holder of the faskey let a device in."""
    return sha256((hid.strip() + faskey.strip()).encode()).hexdigest()


def hid_of_token(token: str) -> str:
    """The hashed identity of a device, from the token that openNDS alone knows."""
    return sha256(token.encode()).hexdigest()


def gateway_hash(gateway_name: str) -> str:
    """How openNDS names itself when it asks: over its name as it stands in the browser's parameters."""
    return sha256(gateway_name.encode()).hexdigest()


def auth_url(fields: Mapping[str, str], custom: str) -> str:
    """Levels 1 and 2: where the browser brings the hash. custom: limits, for our script on the box."""
    query = {"tok": fields["rhid"], "redir": fields["back"], "custom": b64encode(custom.encode()).decode()}
    encoded = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"{fields['gateway']}/{fields['authdir']}/?{encoded}"
