"""A place whose guests a controller lets in, with the worker's visits to it at the hour that the test says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tests.factories import KEYS, NOW
from tests.servers.controllers import omada_controller, unifi_controller
from tests.servers.controllers.omada_controller import OmadaController
from tests.servers.controllers.unifi_controller import UnifiController
from tests.services.controlled import DEVICE, INTERVAL, Place, place

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals.visits import Controller
from spotcoffee.servers.controllers.rounds import Visit
from spotcoffee.services import controller_rounds
from spotcoffee.services.orders import order_disconnect
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.models import AccessPoint

MAC: Final = "02:00:00:00:01:01"
AP: Final = "0200000000aa"
OF_UNIFI: Final = Controller(Equipment.UNIFI, DEVICE, (("ap", AP), ("back", "https://wifi.example/")))
OF_OMADA: Final = Controller(
    Equipment.OMADA,
    DEVICE,
    (("site", "Default"), ("ap", AP), ("ssid", "Wi-Fi"), ("radio", "1"), ("back", "https://wifi.example/")),
)


@dataclass
class Site:
    """A place and the worker's visits to its controller, at the hour that the test says."""

    place: Place
    at: float = 0
    visit: Visit = field(init=False)

    def __post_init__(self) -> None:
        (account,) = controller_rounds.accounts(keys=KEYS)
        settings = controller_rounds.Settings(keys=KEYS, interim_interval=INTERVAL)
        self.visit = Visit(account, settings, self.now, monotonic=lambda: 1_000 + self.at)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.at)

    def round(self, at: float) -> None:
        self.at = at
        self.visit.run()

    def let_in(self, controller: Controller) -> None:
        self.place.let_in(controller, now=self.now())
        self.round(self.at + 1)

    def sheet(self) -> Worksheet:
        point = AccessPoint.objects.get(pk=self.place.point.pk)
        points = {point.pk: point.as_value(interim_interval=INTERVAL)}
        sheet = Worksheet(access_points=points, now=self.now())
        sheet.load(ticket_ids=[self.place.ticket.pk])
        return sheet

    def order_off(self) -> None:
        sheet = self.sheet()
        (session,) = sheet.live_of(self.place.ticket.pk)
        assert order_disconnect(sheet, session, "staff", by="alice")
        sheet.store()

    def fault(self) -> str:
        return AccessPoint.objects.get(pk=self.place.point.pk).controller_fault


_opened: Final[list[Site]] = []


def hang_up() -> None:
    """End the visits of all sites."""
    while _opened:
        _opened.pop().visit.close()


def site(
    url: str, equipment: str, *, user: str, password: str, offer: dict[str, Any] | None = None, **more: Any
) -> Site:
    """A place of this kind with the account of its controller."""
    columns = {"controller_url": url, "controller_user": user, "controller_secret_sealed": KEYS.seal(password), **more}
    made = Site(place(equipment, offer=offer, **columns))
    _opened.append(made)
    return made


def unifi_site(controller: UnifiController, **more: Any) -> Site:
    """At this UniFi controller."""
    return site(
        controller.url, "unifi", **{"user": unifi_controller.USER, "password": unifi_controller.PASSWORD, **more}
    )


def omada_site(controller: OmadaController, **more: Any) -> Site:
    """At this Omada controller."""
    known = {"user": omada_controller.USER, "password": omada_controller.PASSWORD}
    return site(controller.url, "omada", controller_id=omada_controller.CONTROLLER, **{**known, **more})
