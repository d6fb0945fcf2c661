"""MikroTik's hotspot with an external login page: the router's page sends the browser here, with its variables.

The browser brings the login back by a form to `link-login-only`: in clear (HTTP-PAP), or, where the router gave a
challenge, as MD5 over it (HTTP-CHAP). The router gives identifier and challenge as octal escapes.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import visits
from spotcoffee.protocols.portals.visits import Arrival, Entry, Fault, Outcome, Post, Redirect, Trust, Visit, VisitError
from spotcoffee.protocols.radius.secret import md5

CHALLENGE_OCTETS: Final = 16
_ESCAPED: Final = re.compile(r"(?:\\[0-3][0-7]{2})*")


def read(arrival: Arrival, trust: Trust) -> Visit:
    """The visit that the router's page tells of. Raises VisitError."""
    fields = arrival.fields
    log_on_at = visits.target(fields, "link-login-only", trust=trust)
    identifier, challenge = _challenge_of(fields)
    error = visits.message(fields, "error")
    login = visits.text(fields, "username")
    kept = (
        ("log_on", log_on_at),
        ("log_off", visits.target(fields, "link-logout", trust=trust)),
        ("identifier", identifier),
        ("challenge", challenge),
    )
    return Visit(
        equipment=Equipment.MIKROTIK,
        device=visits.mac(fields, "mac"),
        address=visits.address(fields, "ip"),
        access_point=visits.text(fields, "identity"),
        login=login,
        wanted=visits.wanted(fields, "link-orig"),
        outcome=_outcome(fields, error),
        message=error,
        state=tuple((name, value) for name, value in kept if value),
    )


def _outcome(fields: Mapping[str, str], error: str | None) -> Outcome:
    """`res` is a word of our own pages for the router: `status.html` says `already`, `logout.html` `logoff`."""
    match fields.get("res", ""):
        case "already":
            return Outcome.ALREADY
        case "logoff":
            return Outcome.LOGGED_OFF
        case "":
            return Outcome.NOT_YET if error is None else Outcome.FAILED
    raise VisitError(Fault.UNKNOWN_WORD, "res")


def _challenge_of(fields: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Identifier and challenge as hexadecimal digits; both or neither."""
    identifier, challenge = unescape(fields.get("chap-id", "")), unescape(fields.get("chap-challenge", ""))
    if not identifier and not challenge:
        return None, None
    if len(identifier) != 1 or len(challenge) != CHALLENGE_OCTETS:
        raise VisitError(Fault.NOT_A_CHALLENGE, "chap-challenge")
    return identifier.hex(), challenge.hex()


def unescape(text: str) -> bytes:
    r"""Octets that were written as octal escapes, `\371\015`. Raises VisitError."""
    if not _ESCAPED.fullmatch(text):
        raise VisitError(Fault.NOT_A_CHALLENGE, "chap-challenge")
    return bytes(int(number, 8) for number in text.split("\\")[1:])


def log_on(visit: Visit, entry: Entry, _trust: Trust) -> Post:
    """The form that the browser brings to the router. Raises VisitError where the router did not say where."""
    url = visit.held("log_on")
    if url is None:
        raise VisitError(Fault.MISSING, "link-login-only")
    identifier, challenge = visit.held("identifier"), visit.held("challenge")
    password = entry.password
    if identifier is not None and challenge is not None:
        octets = bytes.fromhex(identifier) + password.encode() + bytes.fromhex(challenge)
        password = md5(octets).digest().hex()
    return Post(url, (("username", entry.login), ("password", password), ("dst", entry.back), ("popup", "false")))


def log_off(visit: Visit) -> Redirect | None:
    """Where the browser goes to end its session; None where the router did not say."""
    url = visit.held("log_off")
    return None if url is None else Redirect(url)


def knock(host: str, back: str) -> str:
    """For a guest whom the router did not send: where, at its host, it does. back: told as the page wanted."""
    return f"http://{visits.bracketed(host)}/login?dst={quote(back, safe='')}"
