"""Plays a guest's life where no RADIUS tells of it: a controller that is polled, openNDS and our script on its box."""

import json
from base64 import b64encode
from datetime import timedelta
from typing import Final
from urllib.parse import unquote

from tests.factories import KEYS, NOW
from tests.servers.controllers.omada_controller import OmadaController
from tests.servers.controllers.sites import MAC, OF_OMADA, OF_UNIFI, Site, omada_site, unifi_site
from tests.servers.controllers.unifi_controller import UnifiController
from tests.servers.radius.life_files import Life, Step
from tests.services.controlled import DEVICE, FASKEY, INTERVAL, place

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import opennds as adapter
from spotcoffee.protocols.portals.opennds_authmon import proof_of
from spotcoffee.protocols.portals.visits import Controller
from spotcoffee.servers.controllers.chores import sweep
from spotcoffee.services import opennds
from spotcoffee.storage.models import Ticket

# How often the clock stops between two steps of a life; the worker's rounds come each second.
EVERY: Final = 30


class _PolledLife:
    """A controller that the worker visits."""

    site: Site

    @property
    def ticket(self) -> Ticket:
        return self.site.place.ticket

    def pass_to(self, at: int) -> None:
        """Let time pass, with the worker's rounds."""
        while self.site.at < at:
            self.site.round(min(at, self.site.at + EVERY))


class UnifiLife(_PolledLife):
    """A UniFi controller."""

    def __init__(self, _kind: str, life: Life) -> None:
        self.controller = UnifiController()
        self.site = unifi_site(self.controller, offer=life.offer, **life.access_point)

    def happen(self, step: Step) -> None:
        """The guest's code, what the controller counts, or what it must have been told."""
        match step.word:
            case "asks":
                self.site.place.let_in(OF_UNIFI, now=self.site.now())
            case "station":
                counted = dict(pair.split("=") for pair in step.argument.split())
                self.controller.station(MAC, down=int(counted["tx_bytes"]), up=int(counted["rx_bytes"]))
            case "told":
                assert self.controller.authorized.get(MAC) == json.loads(step.argument)

    def close(self) -> None:
        """Hang up."""
        self.site.visit.close()
        self.controller.close()


class OmadaLife(_PolledLife):
    """An Omada controller."""

    def __init__(self, _kind: str, life: Life) -> None:
        self.controller = OmadaController()
        self.site = omada_site(self.controller, offer=life.offer, **life.access_point)

    def happen(self, step: Step) -> None:
        """The guest's code, staff who put him off, or what the controller must have been told last."""
        match step.word:
            case "asks":
                self.site.place.let_in(OF_OMADA, now=self.site.now())
            case "put_off":
                self.site.order_off()
            case "told":
                assert self.controller.bodies[-1:] == [json.loads(step.argument)]

    def close(self) -> None:
        """Hang up."""
        self.site.visit.close()
        self.controller.close()


class OpenNdsLife:
    """openNDS at level 3: its authmon fetches the login, our script on its box reports, and tells of the end."""

    TOKEN: Final = "3a9e3735"
    GATEWAY: Final = "Lab%20Hotspot"

    def __init__(self, kind: str, life: Life) -> None:
        self.place = place(kind, offer=life.offer, **life.access_point)
        self.at = 0

    @property
    def ticket(self) -> Ticket:
        return self.place.ticket

    def pass_to(self, at: int) -> None:
        """Let time pass, with the worker's sweep of its sessions."""
        while self.at < at:
            self.at = min(at, self.at + EVERY)
            sweep(INTERVAL, able_since=NOW, now=NOW + timedelta(seconds=self.at))

    def happen(self, step: Step) -> None:
        """The guest's code, or a form that the box posts, and what it is answered."""
        if step.word == "asks":
            self.place.let_in(self._controller(), now=NOW + timedelta(seconds=self.at))
            return
        payload = "\n".join(step.said["payload"])
        fields = {
            "auth_get": step.argument,
            "gatewayhash": adapter.gateway_hash(self.GATEWAY),
            "payload": b64encode(payload.encode()).decode(),
            "proof": proof_of(payload, FASKEY) if step.argument in ("custom", "deauthed") else "",
        }
        now = NOW + timedelta(seconds=self.at)
        answer = opennds.answer(self.place.point.pk, fields, keys=KEYS, interim_interval=INTERVAL, now=now)
        # The last word of a list is for our script.
        expected = " ".join(step.said["answered"]).split()
        assert unquote(answer).split()[: len(expected)] == expected

    def close(self) -> None:
        """Nothing is open."""

    def _controller(self) -> Controller:
        hid = adapter.hid_of_token(self.TOKEN)
        fields = {
            "rhid": adapter.return_hash(hid, FASKEY),
            "hid": hid,
            "gateway": "http://10.77.0.1:2050",
            "gatewayhash": adapter.gateway_hash(self.GATEWAY),
            "authdir": "opennds_auth",
            "sealed": "yes",
            "back": "https://wifi.example/portal/s/x/",
            "address": "10.77.0.11",
        }
        return Controller(Equipment.OPENNDS, DEVICE, tuple(fields.items()))
