"""Plays a guest's life as his equipment tells it by RADIUS: each packet of the file, to the whole server."""

from datetime import timedelta
from typing import Final

from tests import factories
from tests.factories import KEYS, NOW
from tests.servers.radius.house import INTERIM, House
from tests.servers.radius.life_files import Life, Step, datagram_of
from tests.servers.radius.peer import ADDRESS, SOURCE, said, verified

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.services import session_log, tickets
from spotcoffee.services.callers import Caller
from spotcoffee.services.session_log import SessionView
from spotcoffee.services.tickets import TicketView
from spotcoffee.storage.models import Session, Ticket

CODE: Final = "GUESTTICKT"


class RadiusLife:
    """The server, and the guest's ticket. ended: seconds since his login."""

    def __init__(self, kind: str, life: Life) -> None:
        owner = factories.organisation()
        point = factories.access_point(owner, equipment=kind, **life.access_point)
        offer = factories.offer(owner, point, **life.offer)
        self.ticket = factories.ticket(factories.ticket_list(offer), CODE)
        self.house = House()
        self.class_value: bytes | None = None

    def pass_to(self, at: int) -> None:
        """Let time pass, with what the server does by itself meanwhile."""
        gone = round((self.house.clock.now - NOW).total_seconds())
        while gone < at:
            step = min(10, at - gone)
            self.house.do_chores(step)
            gone += step

    def happen(self, step: Step) -> None:
        """One packet, or an order that must have gone out."""
        if step.word == "ordered":
            self.house.do_chores()
            assert [decode(sent.packet).code for sent in self.house.outgoing] == [Code[step.argument]]
            return
        request = datagram_of(step, class_value=self.class_value)
        answer = self._answered(request, step)
        secret = Secret(step.one("secret").encode())
        wanted = Code.ACCESS_ACCEPT if decode(request).code is Code.ACCESS_REQUEST else Code.ACCOUNTING_RESPONSE
        assert verified(answer, request, secret=secret) is wanted, step.argument
        self.class_value = decode(answer).first(assigned.CLASS) or self.class_value
        for line in step.said.get("answered", []):
            name, _, value = line.partition(" = ")
            assert said(answer).get(name) == value, step.argument

    def close(self) -> None:
        """Nothing is open."""

    def _answered(self, request: bytes, step: Step) -> bytes:
        source = (ADDRESS, int(step.one("from"))) if "from" in step.said else SOURCE
        receive = self.house.auth if request[0] == Code.ACCESS_REQUEST else self.house.acct
        at_once = receive(request, source)
        (answer,) = at_once or self.house.commit()
        return answer


def shown(ticket: Ticket, *, seconds: int) -> tuple[SessionView, TicketView]:
    """The guest's newest session and his ticket, as the API shows them."""
    caller = Caller(ticket.organisation_id, "alice@example.org")
    now = NOW + timedelta(seconds=seconds)
    (view,) = tickets.show(caller, [ticket.pk], keys=KEYS, interim_interval=INTERIM, now=now)
    newest = Session.objects.filter(ticket_id=ticket.pk, began_at__isnull=False).latest("pk")
    return session_log.show(caller, newest.pk), view
