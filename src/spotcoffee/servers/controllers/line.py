"""The line to one controller: one HTTP request, one answer, its cookies kept, its certificate checked."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

from spotcoffee.protocols.portals.calls import JSON, Call, Reply

PATIENCE: Final = 5.0
MOST_OCTETS: Final = 8_000_000
AGENT: Final = "SpotCoffee"


class Unreachable(Exception):
    """No answer came. code: unreachable, wrong_certificate, too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Line:
    """A controller at an address. fingerprint: SHA-256 of its certificate; empty: any that is trusted and names it."""

    url: str
    fingerprint: str = ""
    _cookies: dict[str, str] = field(default_factory=dict)
    _connection: HTTPConnection | None = None

    def send(self, call: Call, headers: Mapping[str, str] | None = None) -> Reply:
        """One request and its answer. One that the other side had closed is opened anew. Raises Unreachable."""
        was_open = self._connection is not None
        try:
            return self._sent(call, headers or {})
        except ssl.SSLError as untrusted:
            self.close()
            raise Unreachable("wrong_certificate") from untrusted
        except (OSError, HTTPException, ValueError) as failed:
            self.close()
            if not was_open:
                raise Unreachable("unreachable") from failed
        return self.send(call, headers)

    def forget(self) -> None:
        """Drop what the controller knows us by."""
        self._cookies.clear()

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _sent(self, call: Call, headers: Mapping[str, str]) -> Reply:
        connection = self._connection = self._connection or self._opened()
        own = {"Accept": JSON, "User-Agent": AGENT, **headers}
        if call.body is not None:
            own["Content-Type"] = JSON
        if self._cookies:
            own["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        body = None if call.body is None else call.body.encode()
        connection.request(call.method, urlsplit(self.url).path.rstrip("/") + call.path, body=body, headers=own)
        answer = connection.getresponse()
        octets = answer.read(MOST_OCTETS + 1)
        if len(octets) > MOST_OCTETS:
            self.close()
            raise Unreachable("too_long")
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self._keep(cookie)
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, octets.decode("utf-8", "replace"), told)

    def _keep(self, cookie: str) -> None:
        try:
            jar = SimpleCookie(cookie)
        except CookieError:
            return
        for name, morsel in jar.items():
            self._cookies[name] = morsel.value

    def _opened(self) -> HTTPConnection:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme != "https":
            return HTTPConnection(host, port, timeout=PATIENCE)
        if not self.fingerprint:
            return HTTPSConnection(host, port, timeout=PATIENCE, context=ssl.create_default_context())
        return _Pinned(host, port, fingerprint=self.fingerprint)


class _Pinned(HTTPSConnection):
    """To a controller that made its certificate itself: nothing is said to one that is not the one agreed upon."""

    def __init__(self, host: str, port: int | None, *, fingerprint: str) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        super().__init__(host, port, timeout=PATIENCE, context=context)
        self._fingerprint = fingerprint.lower()

    def connect(self) -> None:
        """Connect, and again whenever the other side had hung up."""
        super().connect()
        found = self.sock.getpeercert(binary_form=True) or b""
        if not compare_digest(sha256(found).hexdigest(), self._fingerprint):
            self.close()
            raise ssl.SSLError("another certificate")
