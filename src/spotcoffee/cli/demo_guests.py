"""`spotcoffee demo-guests`: a few guests on the demo's simulated access points, in real packets on loopback.

They buy a ticket, log in, are counted, leave, or are disconnected when staff say so. Part of `run --demo`.
"""

import argparse
import os
import random
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import structlog

from spotcoffee.cli import context
from spotcoffee.project.environment import Settings, parse_bind
from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.authenticator import verify_request, verify_response
from spotcoffee.protocols.radius.dictionary import Value, attribute
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.errors import RadiusError
from spotcoffee.protocols.radius.packet import Attribute, Code, Packet, decode
from spotcoffee.protocols.radius.passwords import pap_hide
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.services import sales
from spotcoffee.services.callers import Caller
from spotcoffee.services.demo import BY, EMAIL
from spotcoffee.services.demo_life import ORDERS_PORT, POINTS
from spotcoffee.services.errors import ServiceError
from spotcoffee.storage.models import AccessPoint, Offer, StaffAccount, Ticket

GUESTS: Final = 7
# Seconds between two looks, between two reports of a guest, and of the shortest and the longest stay.
TICK: Final = 1.0
REPORT: Final = 20.0
STAY: Final = (600.0, 5_400.0)
_PATIENCE: Final = 2.0
_DISCONNECTED: Final = 6
_USER: Final = 1

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Simulated:
    """One simulated access point: its sockets, and what it shares with the server."""

    address: str
    secret: Secret
    auth: tuple[str, int]
    acct: tuple[str, int]
    out: socket.socket
    orders: socket.socket | None
    _identifiers: "count[int]" = field(default_factory=count)

    def ask(
        self, code: Code, said: list[Attribute], *, to: tuple[str, int], random_octets: bytes | None
    ) -> Packet | None:
        """Send a request, three times if need be; its verified answer, or None."""
        packet = encode_request(code, next(self._identifiers) % 256, said, self.secret, authenticator=random_octets)
        for _ in range(3):
            self.out.sendto(packet, to)
            deadline = time.monotonic() + _PATIENCE
            while (left := deadline - time.monotonic()) > 0:
                self.out.settimeout(left)
                with suppress(TimeoutError, ConnectionError, RadiusError):
                    answer = decode(self.out.recv(4_096))
                    verify_response(answer, packet, self.secret)
                    return answer
        return None

    def take_order(self) -> str | None:
        """The session that staff want disconnected, if any; it is acknowledged."""
        if self.orders is None:
            return None
        with suppress(BlockingIOError, ConnectionError, RadiusError):
            data, source = self.orders.recvfrom(4_096)
            request = decode(data)
            verify_request(request, self.secret)
            done = Code.DISCONNECT_ACK if request.code is Code.DISCONNECT_REQUEST else Code.COA_ACK
            self.orders.sendto(encode_response(done, request, (), self.secret), source)
            if done is Code.DISCONNECT_ACK:
                return request.text(assigned.ACCT_SESSION_ID)
        return None


@dataclass(slots=True, eq=False)
class Guest:
    """One guest online. rate: bytes a second."""

    point: Simulated
    code: str
    device: str
    session: str
    stays: float
    rate: int
    class_value: bytes = b""
    began: float = field(default_factory=time.monotonic)
    reported: float = 0.0

    def log_in(self) -> bool:
        """Whether he was let in."""
        octets = os.urandom(16)
        word = attribute("User-Password", pap_hide(self.code.encode(), octets, self.point.secret))
        said = [*self._names(), word]
        answer = self.point.ask(Code.ACCESS_REQUEST, said, to=self.point.auth, random_octets=octets)
        if answer is None or answer.code is not Code.ACCESS_ACCEPT:
            return False
        self.class_value = answer.first(assigned.CLASS) or b""
        limit = answer.integer(assigned.SESSION_TIMEOUT)
        self.stays = self.stays if limit is None else min(self.stays, float(limit))
        return self.report(1)

    def report(self, status: int, *, cause: int | None = None) -> bool:
        """Start (1), Stop (2) or Interim-Update (3); whether it was answered."""
        elapsed = int(time.monotonic() - self.began)
        values: dict[str, Value] = {
            "Acct-Status-Type": status,
            "Acct-Session-Time": elapsed,
            "Acct-Output-Octets": elapsed * self.rate % 2**32,
            "Acct-Input-Octets": elapsed * self.rate // 8 % 2**32,
        }
        if cause is not None:
            values["Acct-Terminate-Cause"] = cause
        said = [*self._names(), *(attribute(name, value) for name, value in values.items())]
        if self.class_value:
            said.append((assigned.CLASS, self.class_value))
        self.reported = time.monotonic()
        return self.point.ask(Code.ACCOUNTING_REQUEST, said, to=self.point.acct, random_octets=None) is not None

    def _names(self) -> list[Attribute]:
        named: dict[str, Value] = {
            "User-Name": self.code,
            "Calling-Station-Id": self.device,
            "Acct-Session-Id": self.session,
        }
        return [attribute(name, value) for name, value in named.items()]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Until SIGTERM."""
    chance = random.Random()  # noqa: S311 - how long a simulated guest stays
    guests: list[Guest] = []
    with ExitStack() as stack:
        points = list(_points(settings, stack))
        while points:
            _look_after(guests)
            if len(guests) < GUESTS and (guest := _arriving(points, settings, chance)) is not None:
                guests.append(guest)
            time.sleep(TICK)
        # Not the demo's database: nothing to play, and nothing to restart for.
        while True:
            time.sleep(3_600)


def _points(settings: Settings, stack: ExitStack) -> Iterator[Simulated]:
    keys = context.keys(settings)
    auth = parse_bind(settings.radius_auth_bind)[1]
    acct = parse_bind(settings.radius_acct_bind)[1]
    for _, _, address in POINTS:
        row = AccessPoint.objects.filter(address=address, organisation__staff__email=EMAIL, archived=False).first()
        if row is None:
            continue
        out = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        out.bind((address, 0))
        secret = Secret(keys.unseal(bytes(row.secret_sealed)).encode())
        orders = _order_socket(address, stack)
        yield Simulated(address, secret, ("127.0.0.1", auth), ("127.0.0.1", acct), out, orders)


def _order_socket(address: str, stack: ExitStack) -> socket.socket | None:
    """Where orders arrive; None where another demo has taken the port."""
    listening = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    listening.setblocking(False)
    try:
        listening.bind((address, ORDERS_PORT))
    except OSError as taken:
        log.warning("demo_takes_no_orders", address=address, reason=taken.strerror)
        return None
    return listening


def _look_after(guests: list[Guest]) -> None:
    now = time.monotonic()
    for point in {guest.point for guest in guests}:
        session = point.take_order()
        for guest in [one for one in guests if one.point is point and one.session == session]:
            guest.report(2, cause=_DISCONNECTED)
            guests.remove(guest)
    for guest in list(guests):
        if now - guest.began >= guest.stays:
            guest.report(2, cause=_USER)
            guests.remove(guest)
        elif now - guest.reported >= REPORT:
            guest.report(3)


def _arriving(points: list[Simulated], settings: Settings, chance: random.Random) -> Guest | None:
    """The next guest, let in; None when none was."""
    point = chance.choice(points)
    owner = StaffAccount.objects.get(email=EMAIL)
    there = Offer.objects.filter(
        organisation_id=owner.organisation_id, archived=False, price__isnull=False, access_points__address=point.address
    )
    offer = chance.choice(list(there.values_list("pk", flat=True)))
    keys = context.keys(settings)
    try:
        sold = sales.sell(Caller(owner.organisation_id, BY), offer, keys=keys, pace=context.pace())
    except ServiceError:
        return None
    login = keys.unseal(bytes(Ticket.objects.values_list("login_sealed", flat=True).get(pk=sold)))
    guest = Guest(
        point=point,
        code=login,
        device="02-01-" + "-".join(f"{octet:02X}" for octet in struct.pack(">I", sold)),
        session=os.urandom(4).hex(),
        stays=chance.uniform(*STAY),
        rate=chance.randrange(20_000, 900_000),
    )
    return guest if guest.log_in() else None
