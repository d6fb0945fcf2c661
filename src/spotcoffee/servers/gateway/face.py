"""The guest's way in and out: UAM at the box, as CoovaChilli's portals know it, and the captive portal API (RFC 8908).

A request for a page of the Internet, which the kernel has turned to us, is sent on to the portal with a signed address.
What is asked of the box itself is logon, logoff and status. Nothing that a guest sends is shown to him as it stands.
"""

import asyncio
import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

from spotcoffee.protocols.portals import uam, visits
from spotcoffee.protocols.portals.uam import ClientState, Logon, Redirection, SessionFigures
from spotcoffee.protocols.portals.visits import Outcome, VisitError
from spotcoffee.servers.gateway.box import Admitted, Box, Clocks, Refused, Trouble, new_session_id
from spotcoffee.servers.gateway.box import Outcome as Decided
from spotcoffee.servers.gateway.challenges import Challenges
from spotcoffee.servers.gateway.enforcement import Address, Device
from spotcoffee.servers.gateway.http import Answer, Request, redirect
from spotcoffee.servers.gateway.packets import Claim
from spotcoffee.servers.gateway.sessions import Session
from spotcoffee.wording.gateway import language_of, repair_page

API: Final = "/captive-portal"
REPAIR: Final = "/repair"
# Seconds after which a browser looks again whether the service is back.
LOOK_AGAIN: Final = 20
_CALLBACK: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.]{0,63}")
_STATUS_PATHS: Final = frozenset({"/", REPAIR, uam.PRELOGIN, uam.STATUS})
_NOTHING: Final = frozenset({"/favicon.ico", "/robots.txt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the face tells of the box. secret: signs what is told to the portal. names: the hosts that are the box."""

    portal: str
    secret: str | None = field(repr=False)
    address4: str
    address6: str | None
    port: int
    name: str
    called: str
    names: frozenset[str]
    # Where its own pages are reached over TLS; None: nowhere.
    secure_url: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks."""

    device: Device
    address: Address
    request: Request


@dataclass(slots=True, eq=False)
class Face:
    """Answers guests."""

    box: Box
    house: House
    clocks: Clocks
    challenges: Challenges = field(default_factory=Challenges)
    _logons: dict[Device, asyncio.Task[Decided | None]] = field(default_factory=dict)

    async def respond(self, request: Request) -> Answer:
        """Answer a request."""
        address = ip_address(request.peer)
        device = self.box.enforcement.device_at(address)
        if device is None:
            return Answer(HTTPStatus.FORBIDDEN, "This device is not on the guests' network.\n")
        visitor = Visitor(device, address, request)
        if request.host not in self.house.names:
            return self._captured(visitor)
        try:
            return await self._asked(visitor)
        except VisitError:
            return Answer(HTTPStatus.BAD_REQUEST)

    # --- a page of the Internet was asked for

    def _captured(self, visitor: Visitor) -> Answer:
        if self._is_away:
            return redirect(f"{self._own_url(visitor)}{REPAIR}")
        try:
            wanted: str | None = visits.parse_url(visitor.request.url)
        except VisitError:
            wanted = None
        return self._to_portal(visitor, wanted=wanted)

    # --- the box itself was asked

    async def _asked(self, visitor: Visitor) -> Answer:
        request = visitor.request
        if request.method not in ("GET", "HEAD"):
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "GET, HEAD"),))
        path = request.path
        if path in uam.LOGON_PATHS:
            return await self._logon(visitor)
        if path in uam.LOGOFF_PATHS:
            return self._logoff(visitor)
        if path.startswith("/json/"):
            return await self._json(visitor)
        if path == API:
            return self._api(visitor)
        if path in _NOTHING:
            return Answer(HTTPStatus.NOT_FOUND)
        if path not in _STATUS_PATHS:
            return Answer(HTTPStatus.NOT_FOUND)
        if self._is_away:
            return self._repair(visitor)
        return self._to_portal(visitor, wanted=visits.wanted(visits.read_query(request.query), "userurl"))

    async def _logon(self, visitor: Visitor) -> Answer:
        logon = uam.read_logon(visits.read_query(visitor.request.query))
        already = visitor.device in self.box.guests
        match await self._decide(visitor, logon):
            case Admitted():
                outcome = Outcome.ALREADY if already else Outcome.SUCCESS
                return self._to_portal(visitor, outcome=outcome, wanted=logon.wanted)
            case Refused(reply):
                return self._to_portal(visitor, outcome=Outcome.FAILED, wanted=logon.wanted, reply=reply or None)
            case None:
                return self._to_portal(visitor, wanted=logon.wanted)
            case Trouble():
                return self._repair(visitor)

    async def _decide(self, visitor: Visitor, logon: Logon) -> Decided | None:
        """What becomes of a logon; None: its challenge is used or old. A second click waits for the first."""
        running = self._logons.get(visitor.device)
        if running is None:
            running = asyncio.ensure_future(self._log_in(visitor, logon))
            self._logons[visitor.device] = running
            running.add_done_callback(lambda _: self._logons.pop(visitor.device, None))
        return await asyncio.shield(running)

    async def _log_in(self, visitor: Visitor, logon: Logon) -> Decided | None:
        session = self.box.guests.get(visitor.device)
        if session is not None:
            return Admitted(session)
        challenge = self.challenges.take(visitor.device, now=self.clocks.monotonic())
        if challenge is None:
            return None
        mixed = uam.new_challenge(challenge, self.house.secret)
        password = b"" if logon.hidden is None else uam.pap_reveal(logon.hidden, mixed)
        claim = Claim(
            session_id=new_session_id(),
            device=visitor.device,
            address=visitor.address,
            login=logon.login,
            chap_password=logon.chap_password(),
            challenge=mixed,
            password=password,
        )
        return await self.box.log_in(claim)

    def _logoff(self, visitor: Visitor) -> Answer:
        self.box.log_off(visitor.device)
        if self._is_away:
            return self._repair(visitor)
        return self._to_portal(visitor, outcome=Outcome.LOGGED_OFF)

    # --- JSON

    async def _json(self, visitor: Visitor) -> Answer:
        fields = visits.read_query(visitor.request.query)
        callback = fields.get("callback")
        if callback is not None and not _CALLBACK.fullmatch(callback):
            return Answer(HTTPStatus.BAD_REQUEST)
        message = ""
        if visitor.request.path == uam.JSON_LOGON:
            match await self._decide(visitor, uam.read_logon(fields)):
                case Refused(reply):
                    message = reply
                case Trouble():
                    message = "unavailable"
        elif visitor.request.path == uam.JSON_LOGOFF:
            self.box.log_off(visitor.device)
        elif visitor.request.path != uam.JSON_STATUS:
            return Answer(HTTPStatus.NOT_FOUND)
        text = json.dumps(self._document(visitor, message=message))
        if callback is None:
            return Answer(HTTPStatus.OK, text, "application/json")
        return Answer(HTTPStatus.OK, f"/**/{callback}({text});", "text/javascript; charset=utf-8")

    def _document(self, visitor: Visitor, *, message: str) -> dict[str, object]:
        session = self.box.guests.get(visitor.device)
        now = self.clocks.monotonic()
        return uam.status_document(
            ClientState.NOT_AUTHORISED if session is None else ClientState.AUTHORISED,
            nas_identifier=self.house.name,
            challenge=self.challenges.give(visitor.device, now=now) if session is None else None,
            device=visitor.device,
            session=None if session is None else _figures(session, now),
            message=message,
        )

    def _api(self, visitor: Visitor) -> Answer:
        session = self.box.guests.get(visitor.device)
        now = self.clocks.monotonic()
        document: dict[str, object] = {"captive": session is None, "can-extend-session": True}
        portal = self.house.secure_url or self.house.portal
        if portal.startswith("https:"):
            document["user-portal-url"] = f"{portal}{uam.PRELOGIN}" if self.house.secure_url else portal
        if session is not None:
            left = session.seconds_left(now)
            if left is not None:
                document["seconds-remaining"] = max(0, int(left))
            octets = session.octets_left()
            if octets is not None:
                document["bytes-remaining"] = octets
        return Answer(HTTPStatus.OK, json.dumps(document), "application/captive+json")

    # --- where browsers go

    def _to_portal(
        self,
        visitor: Visitor,
        *,
        outcome: Outcome = Outcome.NOT_YET,
        wanted: str | None = None,
        reply: str | None = None,
    ) -> Answer:
        session = self.box.guests.get(visitor.device)
        now = self.clocks.monotonic()
        if session is not None and outcome is Outcome.NOT_YET:
            outcome = Outcome.ALREADY
        left = None if session is None else session.seconds_left(now)
        told = Redirection(
            outcome=outcome,
            gateway_address=self._own_address(visitor),
            gateway_port=self.house.port,
            challenge=self.challenges.give(visitor.device, now=now) if session is None else None,
            called=self.house.called,
            login=None if session is None else session.login,
            time_left=None if left is None else max(0, int(left)),
            device=visitor.device,
            address=str(visitor.address),
            reply=reply,
            nas_identifier=self.house.name,
            session_id=None if session is None else session.session_id,
            wanted=wanted,
        )
        return redirect(uam.redirect_url(self.house.portal, told, secret=self.house.secret))

    def _repair(self, visitor: Visitor) -> Answer:
        language = language_of(visitor.request.headers.get("accept-language", ""), default=self.house.language)
        page = repair_page(language, is_online=visitor.device in self.box.guests, look_again=LOOK_AGAIN)
        headers = (("Retry-After", str(LOOK_AGAIN)), ("Content-Language", language), ("Vary", "Accept-Language"))
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, page, "text/html; charset=utf-8", headers=headers)

    @property
    def _is_away(self) -> bool:
        return self.box.client.away

    def _own_address(self, visitor: Visitor) -> str:
        if visitor.address.version == 6 and self.house.address6 is not None:
            return self.house.address6
        return self.house.address4

    def _own_url(self, visitor: Visitor) -> str:
        own = self._own_address(visitor)
        return f"http://{f'[{own}]' if ':' in own else own}:{self.house.port}"


def _figures(session: Session, now: float) -> SessionFigures:
    return SessionFigures(
        session_id=session.session_id,
        login=session.login,
        started_at=int(session.started_at),
        session_timeout=session.limits.session_timeout or 0,
        idle_timeout=session.limits.idle_timeout or 0,
        session_time=int(session.time(now)),
        idle_time=int(session.idle(now)),
        input_octets=session.up,
        output_octets=session.down,
    )
