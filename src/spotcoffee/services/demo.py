"""A small place to try the product on: an account, two access points on this machine, offers, tickets.

The offers are those of the worked examples of the rules that hang on no calendar instant; their names tell their terms.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from spotcoffee.domain.codes import CodeFormat, printed
from spotcoffee.domain.staff import Role
from spotcoffee.domain.units import DAY, HOUR, MINUTE
from spotcoffee.services import access_points, demo_life, generation, offers, staff, ticket_lists
from spotcoffee.services.callers import Caller
from spotcoffee.services.pacing import Pace
from spotcoffee.services.randomness import draw_codes
from spotcoffee.services.staff import NewAccount
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import AccessPoint, Organisation, Ticket, TicketList

BY: Final = "demo"
EMAIL: Final = "demo@example.org"
TICKETS: Final = 20
_PASSWORD: Final = CodeFormat("abcdefghjkmnpqrstuvwxyz23456789", 12)
_NAMES: Final = {"fr": "Café de démonstration", "en": "Demo café"}
# Where the packets come from; whether it takes orders. Without orders the server grants shorter slices.
_POINTS: Final = (
    ({"fr": "Salle", "en": "Room"}, "127.0.0.1", 3799),
    ({"fr": "Terrasse", "en": "Terrace"}, "127.0.0.2", None),
)


@dataclass(frozen=True, slots=True)
class _Sample:
    """An offer to try, by its names; everywhere: on both access points, else on the first alone."""

    fr: str
    en: str
    terms: dict[str, object]
    everywhere: bool = True


_SAMPLES: Final = (
    _Sample("2 h, par sessions de 1 h", "2 h, in sessions of 1 h", {"credit": 2 * HOUR, "session_duration": HOUR}),
    _Sample("2 h", "2 h", {"credit": 2 * HOUR}),
    _Sample("2 h, 2 appareils", "2 h, 2 devices", {"credit": 2 * HOUR, "max_devices": 2}),
    _Sample("2 h, 5 appareils", "2 h, 5 devices", {"credit": 2 * HOUR, "max_devices": 5}),
    _Sample(
        "1 h, inactivité 10 min", "1 h, idle 10 min", {"credit": HOUR, "idle_timeout": 10 * MINUTE}, everywhere=False
    ),
    _Sample("24 h dès la première connexion", "24 h from the first login", {"lifetime": DAY}),
    _Sample("1 h par jour", "1 h a day", {"period_limit": HOUR, "period": "day"}),
    _Sample(
        "1 Go en téléchargement, 2 Mbit/s",
        "1 GB of download, 2 Mbit/s",
        {"quota_down": 10**9, "rate_down": 2_000_000, "rate_up": 2_000_000},
    ),
    _Sample("Sans limite", "No limit", {}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOffer:
    """An offer to try, with codes of tickets that nobody has used, as printed."""

    name: str
    codes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What there is to try. password: of the account; None unless it was made just now."""

    organisation: str
    email: str
    password: str | None
    access_points: list[tuple[str, str, str]]
    offers: list[DemoOffer]

    def __repr__(self) -> str:
        return f"Demo({self.organisation})"


def fill(*, keys: KeyRing, pace: Pace, language: str, zone: str) -> Demo | None:
    """Fill an empty database. Answers what there is to try; None where the database is someone's own."""
    password = None
    if not Organisation.objects.exists():
        password = draw_codes(1, _PASSWORD)[0]
        _fill(password, keys=keys, pace=pace, language=language, zone=zone)
    return describe(keys=keys, password=password)


def _fill(password: str, *, keys: KeyRing, pace: Pace, language: str, zone: str) -> None:
    now = pace.clock()
    account = NewAccount(email=EMAIL, role=Role.ADMINISTRATOR.value, password=password)
    made = staff.add_with_organisation(_NAMES[language], account, by=BY, language=language, zone=zone, now=now)
    caller = Caller(made.organisation_id, BY)
    # First, so that what the place sells stands first on its menu.
    demo_life.play(caller, keys=keys, pace=pace, language=language)
    points = [
        _add_point(caller, names[language], address, port, language, keys, now) for names, address, port in _POINTS
    ]
    for sample in _SAMPLES:
        name = sample.fr if language == "fr" else sample.en
        places = [point.pk for point in (points if sample.everywhere else points[:1])]
        offer = offers.add(caller, {"name": name, "access_points": places, **sample.terms}, now=now)
        into = ticket_lists.add(caller, {"name": name, "offer": offer.pk}, now=now)
        generation.generate(caller, into.pk, TICKETS, keys=keys, pace=pace)


def _add_point(
    caller: Caller, name: str, address: str, port: int | None, language: str, keys: KeyRing, now: datetime
) -> AccessPoint:
    values = {"name": name, "address": address, "coa_port": port, "language": language}
    return access_points.add(caller, values, keys=keys, now=now).access_point


def describe(*, keys: KeyRing, password: str | None = None, codes: int = 3) -> Demo | None:
    """What there is to try in a database that `fill` filled; None in any other."""
    owner = Organisation.objects.filter(staff__email=EMAIL, name__in=_NAMES.values()).first()
    if owner is None:
        return None
    points = AccessPoint.objects.filter(organisation=owner, archived=False, equipment="generic").order_by("pk")
    lists = TicketList.objects.filter(organisation=owner, archived=False, offer__price=None).order_by("pk")
    return Demo(
        organisation=owner.name,
        email=EMAIL,
        password=password,
        access_points=[(point.name, point.address, keys.unseal(bytes(point.secret_sealed))) for point in points],
        offers=[
            DemoOffer(name=each.offer.name, codes=_codes(each, keys, codes)) for each in lists.select_related("offer")
        ],
    )


def _codes(of: TicketList, keys: KeyRing, count: int) -> list[str]:
    fresh = Ticket.objects.filter(ticket_list=of, batch__ready=True, first_login_at=None, handed_out_at=None)
    sealed = fresh.order_by("pk").values_list("login_sealed", flat=True)[:count]
    return [printed(keys.unseal(bytes(login))) for login in sealed]
