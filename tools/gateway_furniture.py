"""What the gateway's demo finds in its database. Reads models: Django must have been set up."""

from dataclasses import dataclass

from spotcoffee.cli import context
from spotcoffee.domain.codes import printed
from spotcoffee.project.settings import SPOTCOFFEE
from spotcoffee.services import access_points, generation, offers, portal_places, staff, ticket_lists
from spotcoffee.services.callers import Caller
from spotcoffee.storage.models import Ticket


@dataclass(frozen=True)
class Furnished:
    """What the server's database was given. point: number of the box's access point."""

    point: int
    secret: str
    portal_secret: str
    codes: list[str]


def furnish(email: str, password: str, *, address: str) -> Furnished:
    """An organisation with an account, the box's access point, an offer and tickets. address: the box's."""
    keys, now = context.keys(SPOTCOFFEE), context.now()
    account = staff.NewAccount(email=email, role="administrator", password=password)
    zone = SPOTCOFFEE.time_zone
    owner = staff.add_with_organisation("Demo café", account, by="demo", language="en", zone=zone, now=now)
    caller = Caller(owner.organisation_id, "demo")
    values = {"name": "The box", "address": address, "equipment": "gateway", "coa_port": 3799, "interim_interval": 60}
    point = access_points.add(caller, values, keys=keys, now=now).access_point
    secret = keys.unseal(bytes(point.secret_sealed))
    portal_secret = portal_places.make_portal_secret(caller, point.pk, keys=keys, now=now)
    return Furnished(point.pk, secret, portal_secret, _codes(caller, point.pk))


def _codes(caller: Caller, point: int) -> list[str]:
    """Five of the tickets that were made."""
    keys, now = context.keys(SPOTCOFFEE), context.now()
    terms = {"credit": 3600, "idle_timeout": 120, "rate_down": 5_000_000, "rate_up": 1_000_000}
    offer = offers.add(caller, {"name": "1 h, 5 Mbit/s", "access_points": [point], **terms}, now=now)
    tickets = ticket_lists.add(caller, {"name": "Demo", "offer": offer.pk}, now=now)
    generation.generate(caller, tickets.pk, 20, keys=keys, pace=context.pace())
    sealed = Ticket.objects.filter(ticket_list=tickets).order_by("pk").values_list("login_sealed", flat=True)[:5]
    return [printed(keys.unseal(bytes(login))) for login in sealed]
