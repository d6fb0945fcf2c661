"""A place with its guests, inside the test's own process: what equipment sends, what browsers type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.test import Client
from django.test.client import ClientHandler
from tests import factories

from spotcoffee.protocols.portals import uam
from spotcoffee.protocols.portals.visits import Outcome
from spotcoffee.storage.models import AccessPoint, Offer, Organisation, Session, Ticket, TicketList
from spotcoffee.web import surroundings

HOST: Final = "localhost"
UAM_SECRET: Final = "a secret of the gateway"
CHALLENGE: Final = bytes(range(16))
PHONE: Final = "0200000000aa"
# Its middleware is made once, as in a running server: it takes longer than a page does.
_HANDLER: Final = ClientHandler(enforce_csrf_checks=False)


@dataclass
class Answer:
    """What a browser got."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def heading(self) -> str:
        """Its first heading."""
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        return unescape(found[1]).strip() if found else ""

    @property
    def location(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "")

    @property
    def query(self) -> dict[str, str]:
        """The query of where it sends the browser."""
        return dict(parse_qsl(urlsplit(self.location).query))

    def hidden(self, name: str = "visit") -> str:
        """A hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, self.text
        return unescape(found[1])

    def form(self, having: str) -> str:
        """Where the form goes that has this in it."""
        forms = re.findall(r'<form method="post"(?: action="([^"]*)")?.*?>(.*?)</form>', self.text, re.DOTALL)
        return next(unescape(action) for action, inner in forms if having in inner)


@dataclass
class Place:
    """An access point, an offer on it, and a browser without cookies."""

    owner: Organisation
    point: AccessPoint
    offer: Offer
    tickets: TicketList
    language: str = "fr"
    address: str = "10.1.0.7"

    def ticket(self, login: str = "", password: str | None = None, **columns: Any) -> Ticket:
        """A ticket that works here."""
        return factories.ticket(self.tickets, login, password, **columns)

    @property
    def path(self) -> str:
        """The portal's address of this place."""
        return f"/portal/{self.point.pk}"

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._answer(self.client.get(path, REMOTE_ADDR=self.address, headers=self._headers(headers)))

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        body = urlencode(fields)
        return self._answer(
            self.client.post(
                path,
                body,
                content_type="application/x-www-form-urlencoded",
                REMOTE_ADDR=self.address,
                headers=self._headers(headers),
            )
        )

    @property
    def client(self) -> Client:
        """A browser that has been nowhere yet."""
        made = Client(HTTP_HOST=HOST)
        made.handler = _HANDLER
        return made

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {"accept-language": self.language, **{name.replace("_", "-"): text for name, text in headers.items()}}

    @staticmethod
    def _answer(response: Any) -> Answer:
        assert not response.cookies
        return Answer(response.status_code, dict(response.headers), response.content.decode())

    # UAM

    def redirect(self, outcome: Outcome = Outcome.NOT_YET, *, secret: str = UAM_SECRET, **told: Any) -> str:
        """The path and query with which the gateway sends a browser here."""
        usual: dict[str, Any] = {
            "gateway_address": "10.1.0.1",
            "challenge": CHALLENGE,
            "called": "000c29aabbcc",
            "device": PHONE,
            "address": "10.1.0.7",
            "nas_identifier": "nas01",
            "wanted": "http://example.org/first?page=1",
        }
        redirection = uam.Redirection(outcome=outcome, **(usual | told))
        url = uam.redirect_url(f"http://{HOST}{self.path}", redirection, secret=secret)
        return url.removeprefix(f"http://{HOST}")

    def arrive(self, outcome: Outcome = Outcome.NOT_YET, **told: Any) -> Answer:
        """A guest's browser, as the gateway sends it."""
        return self.get(self.redirect(outcome, **told))

    def type(self, code: str, page: Answer | None = None, **fields: str) -> Answer:
        """Type a code into the login page."""
        page = page or self.arrive()
        return self.post(self.path, {"visit": page.hidden(), "code": code, **fields})

    def let_in(self, ticket: Ticket, **columns: Any) -> Session:
        """What the RADIUS server stores when the gateway's request comes."""
        now = surroundings.now()
        instants = {"accepted_at": now, "began_at": now, "seen_at": now}
        return factories.session(ticket, self.point, **{"device": PHONE, **instants, **columns})


def open_place(owner: Organisation | None = None, **columns: Any) -> Place:
    """A café with a CoovaChilli gateway that signs; its offer has two hours of credit."""
    owner = owner or factories.organisation("Hôtel du Parc")
    signed = {"portal_secret_sealed": factories.KEYS.seal(UAM_SECRET), "nas_identifier": "nas01"}
    usual = {"name": "Café du Quai", "equipment": "coovachilli", **signed}
    point = factories.access_point(owner, **(usual | columns))
    offer = factories.offer(owner, point, credit=7_200)
    return Place(owner, point, offer, factories.ticket_list(offer))
