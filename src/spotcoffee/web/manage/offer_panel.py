"""What the page of an offer says to what is typed: an answer to each field, one sentence, who keeps which limit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final
from zoneinfo import ZoneInfo

from spotcoffee.domain.enforcement import Keeper, keepers
from spotcoffee.domain.offers import Terms, warnings
from spotcoffee.domain.periods import Period
from spotcoffee.services import offers
from spotcoffee.services.offers import OfferView
from spotcoffee.storage.models import AccessPoint
from spotcoffee.web.manage.offer_form import Typed
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import interim_interval
from spotcoffee.wording.offer_faults import enforcement, offer_fault
from spotcoffee.wording.offers import Names, hint, label, per_period, said_back, sentence, warning

_TERMS: Final = tuple(one.name for one in fields(Terms) if one.name != "zone")
# As the memo groups them; each with the template of its input.
_GROUPS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "name": (("name", "text"), ("price", "decimal")),
    "validity": (("valid_from", "date"), ("valid_until", "date")),
    "time": (
        ("lifetime", "text"),
        ("session_duration", "text"),
        ("credit", "text"),
        ("period_limit", "text"),
        ("period", "period"),
        ("idle_timeout", "text"),
    ),
    "rates": (("rate_down", "text"), ("rate_up", "text")),
    "data": (("quota_down", "text"), ("quota_up", "text")),
    "devices": (("max_devices", "numeric"),),
    "rest": (("currency", "text"), ("time_zone", "text")),
}
_EXAMPLES: Final[Mapping[str, str]] = {"currency": "EUR", "time_zone": "Europe/Paris"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the form. kind: of its input. said: what was understood. fault, odd: what is wrong or odd."""

    name: str
    kind: str
    label: str
    hint: str
    text: str
    time: str = ""
    said: str = ""
    fault: str = ""
    odd: str = ""
    placeholder: str = ""
    is_touched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An access point that can be ticked. kept: who keeps which limit there."""

    id: int
    name: str
    ticked: bool
    kept: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All of it. sentence: empty while something is wrong. points_fault: what is wrong with the choice of them."""

    groups: dict[str, list[Field]]
    points: list[Point]
    points_fault: str
    sentence: str
    periods: list[tuple[str, str]]
    is_live: bool

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """(name, label) of the fields to be mended."""
        found = [(one.name, one.label) for group in self.groups.values() for one in group if one.fault]
        return [("access_points", label("access_points")), *found] if self.points_fault else found


def panel(
    visit: Visit,
    view: OfferView | None,
    form: Typed,
    values: Mapping[str, object],
    *,
    faults: list[tuple[str, str]],
    zone: ZoneInfo,
    is_live: bool = False,
) -> Panel:
    """The form as typed, with its answers. values: of the fields that can be read."""
    records = offers.access_points(visit.visitor.caller, None if view is None else view.id)
    names = Names({point.pk: point.name for point in records}, {}, zone, _currency(visit, values))
    said_faults = _faults(faults, form, records)
    good = {name: value for name, value in values.items() if name in _TERMS and name not in said_faults}
    terms = _terms(good, zone)
    odd = {name: warning(code.value) for name, code in warnings(terms)}
    blocking = set(said_faults) - {"name", "access_points"}

    def field(name: str, kind: str) -> Field:
        fault = said_faults.get(name, "")
        return Field(
            name=name,
            kind=kind,
            label=label(name),
            hint=hint(name),
            text=form.texts[name],
            time=form.texts.get(f"{name}_time", ""),
            said="" if fault else said_back(name, values.get(name), names),
            fault=fault,
            odd="" if fault else odd.get(name, ""),
            placeholder=visit.visitor.organisation.currency if name == "currency" else _placeholder(visit, name),
        )

    return Panel(
        groups={group: [field(*one) for one in those] for group, those in _GROUPS.items()},
        points=[_point(point, form, terms) for point in records],
        points_fault=said_faults.get("access_points", ""),
        sentence="" if blocking else sentence(terms),
        periods=[(one.value, per_period(one.value)) for one in Period],
        is_live=is_live,
    )


def terms_of(view: OfferView, zone: ZoneInfo) -> Terms:
    """The terms of an offer."""
    return _terms({name: getattr(view, name) for name in _TERMS}, zone)


def said_of(odd: Iterable[Mapping[str, str]]) -> list[str]:
    """What is odd about an offer, a sentence each."""
    return [warning(one["code"]) for one in odd]


def _terms(values: Mapping[str, Any], zone: ZoneInfo) -> Terms:
    known = dict(values)
    if known.get("period"):
        known["period"] = Period(known["period"])
    return Terms(**known, zone=zone)


def _faults(faults: list[tuple[str, str]], form: Typed, records: list[AccessPoint]) -> dict[str, str]:
    """For each field the first fault, in words."""
    found: dict[str, str] = {}
    for name, code in faults:
        typed = form.texts.get(name, "")
        if code == "not_a_time":
            typed = form.texts.get(f"{name}_time", "")
        uncounted = _uncounted(records, form) if code == "quota_not_counted" else []
        found.setdefault(name, offer_fault(code, typed, uncounted=uncounted))
    return found


def _uncounted(records: list[AccessPoint], form: Typed) -> list[str]:
    values = {
        point.name: point.as_value(interim_interval=interim_interval()) for point in records if point.pk in form.points
    }
    return [name for name, value in values.items() if value.accounting.value == "none"]


def _point(record: AccessPoint, form: Typed, terms: Terms) -> Point:
    value = record.as_value(interim_interval=interim_interval())
    kept = enforcement(keepers(terms, value), own_idle=value.idle_timeout_own)
    return Point(
        id=record.pk,
        name=record.name,
        ticked=record.pk in form.points,
        kept=[{"sentence": said, "by": keeper.value, "is_weak": keeper in _WEAK} for keeper, said in kept],
    )


_WEAK: Final = frozenset({Keeper.LATE, Keeper.OWN, Keeper.NOBODY})


def _currency(visit: Visit, values: Mapping[str, object]) -> str:
    typed = values.get("currency")
    return typed if isinstance(typed, str) and len(typed) == 3 else visit.visitor.organisation.currency


def _placeholder(visit: Visit, name: str) -> str:
    return visit.visitor.organisation.time_zone if name == "time_zone" else ""
