"""A guest at the portal: whose place he is at, what his equipment says of him, and what his pages carry."""

import math
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from django.http import HttpRequest
from django.urls import reverse

from spotcoffee.domain.devices import device_of
from spotcoffee.protocols.portals.visits import Fault, Visit, VisitError, parse_mac, read_query
from spotcoffee.services import portal_places, portal_tokens
from spotcoffee.services.portal_logins import Asked
from spotcoffee.services.portal_places import Place
from spotcoffee.services.portal_tokens import StayToken
from spotcoffee.web import surroundings
from spotcoffee.web.portal.adapters import ADAPTERS, Adapter
from spotcoffee.web.portal.languages import chosen, language_of
from spotcoffee.web.portal.pages import Surroundings
from spotcoffee.web.portal.requests import address_of, arrival_of, query_of

VISIT: Final = "visit"
PASSWORD: Final = "password"  # noqa: S105 - a field's name
MOST_CODE: Final = 64
# Seconds.
PLACE_KEPT: Final = 1.0
MOST_KEPT: Final = 10_000
# Of a database's id.
MOST_NUMBER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A guest's visit at a place, at an instant. token: the visit, sealed. chosen: the language that he switched to."""

    request: HttpRequest
    place: Place
    adapter: Adapter
    visit: Visit
    token: str
    language: str
    chosen: str
    now: datetime

    @property
    def device(self) -> str:
        """His device as the rules know it; one of its own for each address where the equipment does not say."""
        named = device_of(self.visit.device or "", self.visit.address or "", access_point_id=self.place.number)
        return named or f"?{address_of(self.request)}"

    @property
    def asked(self) -> Asked:
        """He as services know him."""
        return asked_at(self.place, self.device, now=self.now)

    @property
    def is_proven(self) -> bool:
        """Whether the equipment signed what the visit says."""
        return self.adapter.signs and self.place.trust.secret is not None

    @property
    def around(self) -> Surroundings:
        """What his pages have around them."""
        carried = {VISIT: self.token}
        return Surroundings(request=self.request, language=self.language, place=self.place, carried=carried)


def place_of(number: int) -> Place | None:
    """The place of this number, as it was at most a second ago."""
    return PLACES.get(number)


@dataclass(slots=True)
class Places:
    """Places as this process read them last. For a second each: a rush of guests reads them once."""

    _kept: dict[int, tuple[float, Place | None]] = field(default_factory=dict)

    def get(self, number: int) -> Place | None:
        """The place of this number."""
        if number > MOST_NUMBER:
            return None
        read_at, place = self._kept.get(number, (-math.inf, None))
        if time.monotonic() - read_at < PLACE_KEPT:
            return place
        now = time.monotonic()
        keys, interval = surroundings.keys(), surroundings.interim_interval()
        place = portal_places.find(number, keys=keys, interim_interval=interval)
        if len(self._kept) >= MOST_KEPT:
            # Numbers that somebody tries must not fill the memory.
            self._kept.clear()
        self._kept[number] = (now, place)
        return place

    def forget(self) -> None:
        """Read all anew."""
        self._kept.clear()


PLACES: Final = Places()


def asked_at(place: Place, device: str, *, now: datetime) -> Asked:
    """A device at a place, as services know it."""
    return Asked(access_point=place.access_point, access_points=place.points, device=device, at=now)


def guest_of(request: HttpRequest, place: Place, fields: dict[str, str]) -> Guest:
    """The guest whose equipment, or whose own form, sent these fields. Raises VisitError."""
    adapter = adapter_of(place)
    now, keys = surroundings.now(), surroundings.keys()
    if VISIT in fields:
        visit = portal_tokens.open_visit(fields[VISIT], place=place.number, keys=keys, now=now)
        token = fields[VISIT]
    else:
        visit = adapter.read(arrival_of(request, fields), place.trust)
        _check_name(visit, place)
        token = portal_tokens.seal_visit(visit, place=place.number, keys=keys, now=now)
    return Guest(
        request=request,
        place=place,
        adapter=adapter,
        visit=visit,
        token=token,
        language=language_of(request, fields, fallback=place.language),
        chosen=chosen(fields),
        now=now,
    )


def guest_who_stays(request: HttpRequest, place: Place, stay: StayToken) -> Guest:
    """The guest of a page that he reached with a right code. Raises VisitError."""
    fields, now, keys = query_of(request), surroundings.now(), surroundings.keys()
    return Guest(
        request=request,
        place=place,
        adapter=adapter_of(place),
        visit=stay.visit,
        token=portal_tokens.seal_visit(stay.visit, place=place.number, keys=keys, now=now),
        language=chosen(fields) or stay.language or language_of(request, fields, fallback=place.language),
        chosen=chosen(fields) or stay.language,
        now=now,
    )


def adapter_of(place: Place) -> Adapter:
    """The adapter of a place's equipment. Raises VisitError where there is none."""
    adapter = ADAPTERS.get(place.access_point.equipment)
    if adapter is None:
        raise VisitError(Fault.UNKNOWN_WORD, "equipment")
    return adapter


def _check_name(visit: Visit, place: Place) -> None:
    """Equipment that says its identifier must say this access point's; a MAC address says nothing of it."""
    if place.nas_identifier is None or visit.access_point in (None, place.nas_identifier):
        return
    try:
        parse_mac(visit.access_point or "")
    except VisitError as unlike:
        raise VisitError(Fault.OTHER_ACCESS_POINT) from unlike


def new_stay(guest: Guest, ticket_id: int, *, again: bool = False) -> StayToken:
    """The token of a right code that this guest typed now. again: it shall not be sent on by itself."""
    # Of a visit only what ends the session is needed any more, and the page that he wanted.
    lean = replace(guest.visit, login=None, message=None, wanted=wanted_of(guest.visit))
    return StayToken(
        place=guest.place.number,
        ticket_id=ticket_id,
        visit=lean,
        made_at=guest.now,
        again=again,
        language=guest.chosen,
    )


def stay_url(stay: StayToken) -> str:
    """The address of the guest's own page."""
    return reverse("portal-stay", args=[portal_tokens.seal_stay(stay, keys=surroundings.keys())])


def own_stay(guest: Guest) -> StayToken | None:
    """The token that the equipment had from us with a right code, and brought back; of this device and place alone."""
    mark = reverse("portal-stay", args=["-"]).removesuffix("-/")
    _, found, rest = (guest.visit.wanted or "").partition(mark)
    if not found:
        return None
    try:
        stay = portal_tokens.open_stay(rest.partition("/")[0], keys=surroundings.keys(), now=guest.now)
    except VisitError:
        return None
    is_his = stay.place == guest.place.number and stay.visit.device == guest.visit.device
    return stay if is_his else None


def wanted_of(visit: Visit) -> str | None:
    """The page first asked for, unless it is one of ours."""
    own = reverse("portal-door")
    return None if visit.wanted is None or own in visit.wanted else visit.wanted


def scanned_of(visit: Visit) -> tuple[str, str]:
    """Code and password that the guest scanned from his ticket before his equipment sent him here; empty if not."""
    mark = reverse("portal-scanned", args=["-"]).removesuffix("-/")
    _, found, rest = (visit.wanted or "").partition(mark)
    if not found:
        return "", ""
    code, _, query = rest.partition("/")
    try:
        password = read_query(query.removeprefix("?")).get(PASSWORD, "")
    except VisitError:
        password = ""
    return unquote(code)[:MOST_CODE], password[:MOST_CODE]
