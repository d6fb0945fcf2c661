"""Two weeks in a small place, played through the services at the instants at which they happened.

A café and a campsite sell tickets, guests come and go, some tickets are used up, some expire, a few logins are refused:
so that every page has something to show. Nothing is written past the rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.domain.accounting import EndCause, Report, Status, Volume
from spotcoffee.domain.authorization import Accept
from spotcoffee.domain.credentials import Typed
from spotcoffee.domain.sessions import Origin
from spotcoffee.domain.units import DAY, HOUR, MINUTE
from spotcoffee.services import access_points, generation, handouts, offers, sales, ticket_lists
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.authorization import Login, LoginAnswer
from spotcoffee.services.batches import Batch, Item, decide
from spotcoffee.services.callers import Caller
from spotcoffee.services.pacing import Pace
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Ticket

DAYS: Final = 14
# Where the simulated equipment sends from. It takes orders.
POINTS: Final = (("Café du port", "Harbour café", "127.0.0.3"), ("Camping", "Campsite", "127.0.0.4"))
ORDERS_PORT: Final = 3799
_MEGABYTE: Final = 10**6


@dataclass(frozen=True, slots=True)
class _Sample:
    """An offer for sale. stock: tickets in its list, printed: how many were handed out. campsite: sold there too."""

    fr: str
    en: str
    price: str
    terms: dict[str, object]
    stock: int
    printed: int = 0
    campsite: bool = True


_SAMPLES: Final = (
    _Sample(
        "Pause café",
        "Coffee break",
        "2.00",
        {"credit": HOUR, "idle_timeout": 10 * MINUTE, "rate_down": 8_000_000, "rate_up": 2_000_000},
        stock=120,
        printed=60,
        campsite=False,
    ),
    _Sample(
        "2 heures",
        "2 hours",
        "3.50",
        {"credit": 2 * HOUR, "period_limit": HOUR, "period": "day", "lifetime": 2 * DAY, "idle_timeout": 10 * MINUTE},
        stock=160,
        printed=40,
    ),
    _Sample("La journée", "The day", "5.00", {"lifetime": DAY, "quota_down": 5 * 10**9}, stock=60),
    _Sample(
        "Semaine au camping",
        "Week at the campsite",
        "15.00",
        {"lifetime": 7 * DAY, "max_devices": 3, "rate_down": 10_000_000, "rate_up": 4_000_000},
        stock=24,
        printed=20,
    ),
)
# Of each day: offer, hour and minute of the sale, minutes online, megabytes down.
_VISITS: Final = (
    (0, 8, 40, 60, 140),
    (1, 9, 15, 58, 410),
    (0, 10, 30, 35, 60),
    (3, 11, 5, 190, 2_300),
    (0, 12, 20, 60, 220),
    (2, 14, 10, 240, 3_100),
    (1, 15, 45, 25, 90),
    (0, 16, 30, 60, 180),
    (3, 18, 0, 150, 1_700),
    (1, 20, 10, 60, 650),
)


@dataclass(slots=True, kw_only=True)
class _Play:
    """The stage: who acts, on which access points, with which offers."""

    caller: Caller
    keys: KeyRing
    pace: Pace
    points: Mapping[int, AccessPoint]
    where: list[int]
    offers: list[int]
    numbers: Iterator[int]

    def at(self, now: datetime) -> Pace:
        """The rhythm of work that happened then."""
        return replace(self.pace, clock=lambda: now, sleep=lambda _seconds: None)


def play(caller: Caller, *, keys: KeyRing, pace: Pace, language: str) -> None:
    """Fill an organisation with the last two weeks."""
    now = pace.clock()
    start = (now - timedelta(days=DAYS)).replace(hour=6, minute=0, second=0, microsecond=0)
    where = [_add_point(caller, names, keys, language, start) for names in POINTS]
    made = [_add_offer(caller, sample, where, language, start) for sample in _SAMPLES]
    points = access_points.all_access_points(interim_interval=5 * MINUTE)
    stage = _Play(caller=caller, keys=keys, pace=pace, points=points, where=where, offers=made, numbers=count(1))
    for sample, offer in zip(_SAMPLES, made, strict=True):
        _print_stock(stage, sample, offer, language, start)
    for day in range(DAYS + 1):
        _play_day(stage, start + timedelta(days=day), day=day, until=now - timedelta(minutes=10))


def _add_point(caller: Caller, names: tuple[str, str, str], keys: KeyRing, language: str, now: datetime) -> int:
    values = {
        "name": names[0] if language == "fr" else names[1],
        "address": names[2],
        "coa_port": ORDERS_PORT,
        "language": language,
        "equipment": "mikrotik",
    }
    return int(access_points.add(caller, values, keys=keys, now=now).access_point.pk)


def _add_offer(caller: Caller, sample: _Sample, where: list[int], language: str, now: datetime) -> int:
    values = {
        "name": sample.fr if language == "fr" else sample.en,
        "access_points": where if sample.campsite else where[:1],
        "price": sample.price,
        "currency": "EUR",
        **sample.terms,
    }
    return int(offers.add(caller, values, now=now).pk)


def _print_stock(stage: _Play, sample: _Sample, offer: int, language: str, now: datetime) -> None:
    name = f"{sample.fr}, automne" if language == "fr" else f"{sample.en}, autumn"
    into = ticket_lists.add(stage.caller, {"name": name, "offer": offer}, now=now)
    generation.generate(stage.caller, into.pk, sample.stock, keys=stage.keys, pace=stage.at(now))
    if sample.printed:
        # A list is handed out whole: what is to stay in stock comes afterwards.
        rest = sample.stock - sample.printed
        handouts.take(stage.caller, into.pk, pace=stage.at(now))
        generation.generate(stage.caller, into.pk, rest, keys=stage.keys, pace=stage.at(now))


def _play_day(stage: _Play, day_start: datetime, *, day: int, until: datetime) -> None:
    for number, (offer, hour, minute, minutes, megabytes) in enumerate(_VISITS):
        # A quieter day and a fuller one, so that the charts have a shape.
        if (number + day) % 5 == 0 or (day % 7 == 1 and number % 2):
            continue
        at = day_start.replace(hour=hour, minute=minute) + timedelta(minutes=(day * 7) % 23)
        if at + timedelta(minutes=minutes) < until:
            place = 0 if offer in (0, 1) and number % 2 == 0 else 1
            place = place if _SAMPLES[offer].campsite else 0
            _visit(stage, offer, place, at, minutes=minutes, megabytes=megabytes + 37 * day % 90)
    at = day_start.replace(hour=13, minute=7)
    if at < until:
        _try(stage, stage.where[0], "WRONG2CODE", at, device=next(stage.numbers))


def _visit(stage: _Play, offer: int, place: int, at: datetime, *, minutes: int, megabytes: int) -> None:
    """One guest: buys, logs in, is counted, leaves."""
    sold = sales.sell(stage.caller, stage.offers[offer], keys=stage.keys, pace=stage.at(at))
    login = stage.keys.unseal(bytes(Ticket.objects.values_list("login_sealed", flat=True).get(pk=sold)))
    number = next(stage.numbers)
    answer = _try(stage, stage.where[place], login, at + timedelta(minutes=2), device=number)
    if not isinstance(answer.decision, Accept):
        return
    began = at + timedelta(minutes=2)
    seconds = minutes * MINUTE
    for status, elapsed in ((Status.START, 0), (Status.INTERIM, seconds // 2), (Status.STOP, seconds)):
        report = Report(
            status=status,
            event_at=began + timedelta(seconds=elapsed),
            session_time=elapsed,
            down=Volume(megabytes * _MEGABYTE * elapsed // seconds, 0),
            up=Volume(megabytes * _MEGABYTE * elapsed // seconds // 8, 0),
            end_cause=EndCause.SESSION_TIMEOUT if minutes == 60 else EndCause.USER,
        )
        _decide(stage, _arrival(stage, place, login, answer, report, number), report.event_at)


def _arrival(stage: _Play, place: int, login: str, answer: LoginAnswer, report: Report, number: int) -> Arrival:
    point = stage.where[place]
    origin = Origin(
        access_point_id=point,
        source=POINTS[place][2],
        acct_session_id=f"demo{number}",
        device=_device(number),
        accept_id=answer.session_id,
    )
    return Arrival(access_point=stage.points[point], login=login, origin=origin, report=report)


def _try(stage: _Play, point: int, login: str, at: datetime, *, device: int) -> LoginAnswer:
    answer = _decide(
        stage,
        Login(
            access_point=stage.points[point],
            login=login,
            proof=Typed(login),
            device=_device(device),
            source=POINTS[stage.where.index(point)][2],
            at=at,
        ),
        at,
    )
    assert isinstance(answer, LoginAnswer)  # noqa: S101 - the answer to a Login
    return answer


def _decide(stage: _Play, item: Item, now: datetime) -> object:
    (answer,) = decide(Batch(items=[item], access_points=stage.points, keys=stage.keys, now=now))
    return answer


def _device(number: int) -> str:
    """A locally administered address: nobody's real device."""
    octets = (0x02, 0, 0, 0, *divmod(number, 256))
    return "".join(f"{octet:02x}" for octet in octets)
