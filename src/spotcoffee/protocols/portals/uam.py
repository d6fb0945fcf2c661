"""UAM, the way of ChilliSpot, CoovaChilli and our own gateway: both sides of it.

The gateway redirects a guest's browser to the portal, with a challenge and a signature over the whole address; the
portal sends it back to the gateway's logon address with an answer to the challenge. Rules of this file: the signature
is checked over the address as it came, before anything in it is believed; the portal's secret never leaves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from hmac import compare_digest
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Redirect, Trust, Visit, VisitError
from spotcoffee.protocols.radius.secret import md5

USUAL_PORT: Final = 3990
CHALLENGE_OCTETS: Final = 16
# Seconds after which a gateway takes no answer to a challenge any more.
CHALLENGE_LIFE: Final = 600
MOST_PASSWORD_OCTETS: Final = 128

LOGON_PATHS: Final = frozenset({"/logon", "/login"})
LOGOFF_PATHS: Final = frozenset({"/logoff", "/logout"})
LOGON: Final = "/logon"
LOGOFF: Final = "/logoff"
PRELOGIN: Final = "/prelogin"
STATUS: Final = "/status"
JSON_STATUS: Final = "/json/status"
JSON_LOGON: Final = "/json/logon"
JSON_LOGOFF: Final = "/json/logoff"
JSON_VERSION: Final = "1.0"

_HEXADECIMAL: Final = re.compile(r"(?:[0-9a-fA-F]{2})*")
_SIGNED: Final = re.compile(r"(?P<url>[^#]*)&md=(?P<md>[0-9a-fA-F]{32})")
_OUTCOMES: Final = {
    "notyet": Outcome.NOT_YET,
    "challenge": Outcome.NOT_YET,
    "splash": Outcome.NOT_YET,
    "failed": Outcome.FAILED,
    "success": Outcome.SUCCESS,
    "already": Outcome.ALREADY,
    "logoff": Outcome.LOGGED_OFF,
}
WORDS: Final = {
    Outcome.NOT_YET: "notyet",
    Outcome.FAILED: "failed",
    Outcome.SUCCESS: "success",
    Outcome.ALREADY: "already",
    Outcome.LOGGED_OFF: "logoff",
}


class ClientState(IntEnum):
    """`clientState` of the JSON interface."""

    NOT_AUTHORISED = 0
    AUTHORISED = 1
    PENDING = 2
    # The address is that of no guest.
    UNKNOWN = 3


# --- signatures and challenges, the same on both sides


def signature(url: str, secret: str) -> str:
    """`md` of an address without it: MD5(address + secret) in upper-case hexadecimal digits."""
    return md5((url + secret).encode()).digest().hex().upper()


def sign(url: str, secret: str) -> str:
    """An address that already has a query, with its `md`."""
    return f"{url}&md={signature(url, secret)}"


def verify(url: str, secret: str) -> None:
    """Check the `md` that ends an address. Raises VisitError(UNSIGNED) or VisitError(WRONG_SIGNATURE)."""
    found = _SIGNED.fullmatch(url)
    if found is None:
        raise VisitError(Fault.UNSIGNED, "md")
    if not compare_digest(signature(found["url"], secret), found["md"].upper()):
        raise VisitError(Fault.WRONG_SIGNATURE, "md")


def parse_challenge(text: str) -> bytes:
    """A challenge: 32 hexadecimal digits. Raises VisitError."""
    if len(text) != 2 * CHALLENGE_OCTETS or not _HEXADECIMAL.fullmatch(text):
        raise VisitError(Fault.NOT_A_CHALLENGE, "challenge")
    return bytes.fromhex(text)


def new_challenge(challenge: bytes, secret: str | None) -> bytes:
    """What is truly answered: the challenge mixed with the secret, where there is one."""
    return md5(challenge + secret.encode()).digest() if secret else challenge


def is_expired(made_at: float, *, now: float, life: float = CHALLENGE_LIFE) -> bool:
    """Whether a challenge is too old to be answered, or is of the future. Times: seconds of one clock."""
    return not 0 <= now - made_at < life


def chap_response(password: bytes, challenge: bytes, *, identifier: int = 0) -> bytes:
    """The answer to what `new_challenge` gave: MD5(identifier + password + challenge), 16 octets (RFC 1994 4.1)."""
    return md5(bytes((identifier,)) + password + challenge).digest()


def chap_matches(response: bytes, password: bytes, challenge: bytes, *, identifier: int = 0) -> bool:
    """Whether an answer was made from this password."""
    return compare_digest(chap_response(password, challenge, identifier=identifier), response)


def pap_hide(password: bytes, challenge: bytes) -> bytes:
    """A password over which the challenge was laid, again and again. Raises ValueError above 128 octets."""
    if len(password) > MOST_PASSWORD_OCTETS:
        raise ValueError("password too long")
    return _laid_over(password + bytes(-len(password) % CHALLENGE_OCTETS), challenge)


def pap_reveal(hidden: bytes, challenge: bytes) -> bytes:
    """The password under a challenge; NULs at its end are padding. Raises VisitError above 128 octets."""
    if len(hidden) > MOST_PASSWORD_OCTETS:
        raise VisitError(Fault.TOO_LONG, "password")
    return _laid_over(hidden, challenge).rstrip(b"\0")


def _laid_over(octets: bytes, challenge: bytes) -> bytes:
    mask = challenge * (len(octets) // len(challenge) + 1)
    return bytes(one ^ other for one, other in zip(octets, mask, strict=False))


# --- the portal's side


def read(arrival: Arrival, trust: Trust, *, equipment: Equipment = Equipment.COOVACHILLI) -> Visit:
    """The visit that a redirect tells of; signed where the access point has a secret. Raises VisitError."""
    if trust.secret:
        verify(arrival.url, trust.secret)
    fields = arrival.fields
    outcome = _OUTCOMES.get(visits.needed(fields, "res"))
    if outcome is None:
        raise VisitError(Fault.UNKNOWN_WORD, "res")
    challenge = fields.get("challenge")
    if challenge:
        parse_challenge(challenge)
    gateway = _gateway_of(fields, trust)
    kept = (("gateway", gateway), ("challenge", challenge), ("session", visits.text(fields, "sessionid")))
    return Visit(
        equipment=equipment,
        device=visits.mac(fields, "mac"),
        address=visits.address(fields, "ip"),
        access_point=visits.text(fields, "nasid") or visits.text(fields, "called"),
        login=visits.text(fields, "uid"),
        wanted=visits.wanted(fields, "userurl"),
        outcome=outcome,
        message=visits.message(fields, "reply"),
        state=tuple((name, value) for name, value in kept if value),
    )


def _gateway_of(fields: Mapping[str, str], trust: Trust) -> str:
    """Where the gateway listens. It is the guest's browser that goes there: only nearby, or signed by the secret."""
    host = visits.parse_address(visits.needed(fields, "uamip"), "uamip")
    port = visits.number(fields, "uamport", least=1, most=65_535) or USUAL_PORT
    url = f"http://{visits.bracketed(host)}:{port}"
    return url if trust.secret else visits.parse_target(url, trust=trust, name="uamip")


def log_on(visit: Visit, entry: Entry, trust: Trust) -> Redirect:
    """Where the browser brings the login: an answer to the challenge. Without a challenge, to where one is made.

    Raises VisitError for a login that no gateway would take.
    """
    challenge = visit.held("challenge")
    if challenge is None:
        return ask_again(visit, entry.back)
    if len(entry.login.encode()) > visits.MOST_NAME:
        raise VisitError(Fault.TOO_LONG, "login")
    response = chap_response(entry.password.encode(), new_challenge(parse_challenge(challenge), trust.secret))
    query = {"username": entry.login, "response": response.hex(), "userurl": entry.back}
    return Redirect(f"{_gateway(visit)}{LOGON}?{urlencode(query, quote_via=quote, safe='')}")


def log_off(visit: Visit) -> Redirect:
    """Where the browser goes to end its session."""
    return Redirect(f"{_gateway(visit)}{LOGOFF}")


def ask_again(visit: Visit, back: str = "") -> Redirect:
    """Where the browser gets a new challenge: the gateway sends it back to the portal with one, and with `back`."""
    query = f"?userurl={quote(back, safe='')}" if back else ""
    return Redirect(f"{_gateway(visit)}{PRELOGIN}{query}")


def knock(host: str, back: str) -> str:
    """For a guest whom the gateway did not send: where, at its host, it does. back: told as the page wanted."""
    return f"http://{visits.bracketed(host)}:{USUAL_PORT}{PRELOGIN}?userurl={quote(back, safe='')}"


def _gateway(visit: Visit) -> str:
    held = visit.held("gateway")
    if held is None:
        raise VisitError(Fault.MISSING, "uamip")
    return held


# --- the gateway's side


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection:
    """What a gateway tells the portal. called: its own MAC address, or another name; mac: the guest's.

    Both as 12 hexadecimal digits are written `AA-BB-…`. time_left: seconds.
    """

    outcome: Outcome
    gateway_address: str
    gateway_port: int = USUAL_PORT
    challenge: bytes | None = field(default=None, repr=False)
    called: str = ""
    login: str | None = None
    time_left: int | None = None
    device: str | None = None
    address: str | None = None
    reply: str | None = None
    nas_identifier: str | None = None
    session_id: str | None = None
    wanted: str | None = None


def redirect_url(portal: str, redirection: Redirection, *, secret: str | None) -> str:
    """The portal's address for a guest, its parameters in CoovaChilli's order, signed where there is a secret."""
    told = redirection
    parameters = (
        ("res", WORDS[told.outcome]),
        ("uamip", told.gateway_address),
        ("uamport", str(told.gateway_port)),
        ("challenge", told.challenge.hex() if told.challenge else None),
        ("called", _dashed(told.called)),
        ("uid", told.login),
        ("timeleft", None if told.time_left is None else str(told.time_left)),
        ("mac", _dashed(told.device) if told.device else None),
        ("ip", told.address),
        ("reply", told.reply),
        ("nasid", told.nas_identifier),
        ("sessionid", told.session_id),
        ("userurl", told.wanted),
    )
    query = urlencode([(name, value) for name, value in parameters if value is not None], quote_via=quote, safe="")
    url = f"{portal}{'&' if urlsplit(portal).query else '?'}{query}"
    return sign(url, secret) if secret else url


def _dashed(mac: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{12}", mac):
        return mac
    return "-".join(mac[position : position + 2] for position in range(0, 12, 2)).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Logon:
    """What a browser brings to the gateway. One of response (CHAP) and hidden (PAP under the challenge) is set."""

    login: str
    identifier: int = 0
    response: bytes | None = field(default=None, repr=False)
    hidden: bytes | None = field(default=None, repr=False)
    wanted: str | None = None

    def chap_password(self) -> bytes | None:
        """The CHAP-Password attribute of the Access-Request: identifier and answer (RFC 2865 5.3)."""
        return None if self.response is None else bytes((self.identifier,)) + self.response


def read_logon(fields: Mapping[str, str]) -> Logon:
    """The parameters of a logon address. Raises VisitError."""
    response, hidden = _octets(fields, "response"), _octets(fields, "password")
    if response is None and hidden is None:
        raise VisitError(Fault.MISSING, "response")
    if response is not None and len(response) != CHALLENGE_OCTETS:
        raise VisitError(Fault.NOT_A_CHALLENGE, "response")
    return Logon(
        login=visits.needed(fields, "username"),
        identifier=visits.number(fields, "ident", least=0, most=255) or 0,
        response=response,
        hidden=None if response is not None else hidden,
        wanted=visits.wanted(fields, "userurl"),
    )


def _octets(fields: Mapping[str, str], name: str) -> bytes | None:
    value = visits.text(fields, name, most=2 * MOST_PASSWORD_OCTETS)
    if value is None:
        return None
    if not _HEXADECIMAL.fullmatch(value):
        raise VisitError(Fault.UNREADABLE, name)
    return bytes.fromhex(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFigures:
    """A session in the JSON interface. Octets in the gateway's view: input is what the guest sent. 0: no limit."""

    session_id: str
    login: str
    # Seconds since 1970.
    started_at: int
    session_timeout: int = 0
    idle_timeout: int = 0
    session_time: int = 0
    idle_time: int = 0
    input_octets: int = 0
    output_octets: int = 0


def status_document(
    state: ClientState,
    *,
    nas_identifier: str = "",
    challenge: bytes | None = None,
    device: str | None = None,
    wanted: str = "",
    session: SessionFigures | None = None,
    message: str = "",
) -> dict[str, object]:
    """What /json/status, /json/logon and /json/logoff answer, as values for a JSON text."""
    document: dict[str, object] = {"version": JSON_VERSION, "clientState": int(state), "nasid": nas_identifier}
    if message:
        document["message"] = message
    if challenge is not None:
        document["challenge"] = challenge.hex()
    document["redir"] = {
        "originalURL": wanted,
        "redirectionURL": "",
        "macAddress": _dashed(device) if device else "",
    }
    if session is not None:
        document |= _session_document(session)
    return document


def _session_document(session: SessionFigures) -> dict[str, object]:
    return {
        "session": {
            "sessionId": session.session_id,
            "userName": session.login,
            "startTime": session.started_at,
            "sessionTimeout": session.session_timeout,
            "idleTimeout": session.idle_timeout,
        },
        "accounting": {
            "sessionTime": session.session_time,
            "idleTime": session.idle_time,
            "inputOctets": session.input_octets & 0xFFFFFFFF,
            "outputOctets": session.output_octets & 0xFFFFFFFF,
            "inputGigawords": session.input_octets >> 32,
            "outputGigawords": session.output_octets >> 32,
            "viewPoint": "nas",
        },
    }
