"""A place without RADIUS for tests: its access point, a ticket, and a guest whose device is let in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tests import factories
from tests.factories import KEYS, NOW

from spotcoffee.protocols.portals.visits import Controller
from spotcoffee.services import controllers
from spotcoffee.services.controllers import Admitted, Guest
from spotcoffee.storage.models import AccessPoint, Admission, Session, Ticket

DEVICE: Final = "020000000101"
FASKEY: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
INTERVAL: Final = 300


@dataclass
class Place:
    """An access point, and one ticket of its only offer."""

    point: AccessPoint
    ticket: Ticket

    @property
    def code(self) -> str:
        """What the guest types."""
        return factories.login_of(self.ticket)

    def let_in(self, controller: Controller, *, device: str = DEVICE, now: datetime = NOW, code: str = "") -> Admitted:
        """As the portal does once the code was right."""
        point = AccessPoint.objects.get(pk=self.point.pk)
        guest = Guest(
            access_point=point.as_value(interim_interval=INTERVAL),
            login=code or self.code,
            password="",
            device=device,
            controller=controller,
            secret=FASKEY,
        )
        return controllers.admit(guest, keys=KEYS, interim_interval=INTERVAL, now=now)

    def session(self) -> Session:
        """The newest session, or reservation."""
        found = Session.objects.order_by("-pk").first()
        assert found is not None
        return found

    def admission(self) -> Admission:
        """The newest admission."""
        found = Admission.objects.order_by("-pk").first()
        assert found is not None
        return found

    def used(self) -> Ticket:
        """The ticket as it stands."""
        return Ticket.objects.get(pk=self.ticket.pk)


def place(equipment: str, *, offer: dict[str, Any] | None = None, **columns: Any) -> Place:
    """An access point of this kind, with an offer of two hours unless said otherwise."""
    owner = factories.organisation()
    point = factories.access_point(owner, equipment=equipment, portal_secret_sealed=KEYS.seal(FASKEY), **columns)
    made = factories.offer(owner, point, **(offer if offer is not None else {"credit": 7_200}))
    return Place(point, factories.ticket(factories.ticket_list(made)))
