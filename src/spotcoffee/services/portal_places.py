"""The place whose portal a guest is at: an access point with its look, and whom its visits may be trusted to be from.

A visit belongs to the access point whose number stands in the portal's address, as its configuration was given it. What
the equipment says of itself may only confirm it: where the access point has an identifier and the visit names another,
it is refused. Nothing of another organisation is ever looked up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from spotcoffee.domain import access_points as domain
from spotcoffee.domain.portal import Look
from spotcoffee.protocols.portals.visits import Trust, VisitError, host_of
from spotcoffee.services import access_points, audit, portal_look
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid
from spotcoffee.services.fields import Check, Unfit, Values, optional, read_fields, text
from spotcoffee.services.randomness import make_secret
from spotcoffee.storage.keys import KeyRing, SealBroken
from spotcoffee.storage.models import AccessPoint, Session, TicketList
from spotcoffee.storage.queries.access_points import bump_version

MOST_HOSTS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a guest is. title: what the place is called there. networks: where its equipment sends from.

    hosts: where it is reached on the guests' side, the first of them the usual one.
    points, names: of all access points of its organisation, by id.
    asks_password: some tickets here have a password; needs_password: all have.
    """

    access_point: domain.AccessPoint
    name: str
    title: str
    language: str
    zone: ZoneInfo
    nas_identifier: str | None
    trust: Trust
    look: Look
    networks: tuple[str, ...]
    hosts: tuple[str, ...]
    points: Mapping[int, domain.AccessPoint]
    names: Mapping[int, str]
    asks_password: bool
    needs_password: bool

    @property
    def number(self) -> int:
        """What stands in the portal's address."""
        return self.access_point.id

    @property
    def organisation_id(self) -> int:
        """Whose place it is."""
        return self.access_point.organisation_id

    def is_at(self, address: str) -> bool:
        """Whether an address is one that the access point itself sends from: then its guests' browsers do too."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in ip_network(network, strict=False) for network in self.networks)


def find(number: int, *, keys: KeyRing, interim_interval: int) -> Place | None:
    """The place of this number; None where there is none, or none any more."""
    points = AccessPoint.objects.filter(pk=number, archived=False).select_related("organisation")
    return next((_place(point, keys, interim_interval) for point in points), None)


def only_one(*, keys: KeyRing, interim_interval: int) -> Place | None:
    """The place of an installation that has one alone; None where there are several, or none."""
    points = list(AccessPoint.objects.filter(archived=False).select_related("organisation")[:2])
    return _place(points[0], keys, interim_interval) if len(points) == 1 else None


def around(address: str, *, keys: KeyRing, interim_interval: int) -> Place | None:
    """The one place whose access point sends from this address; None where none does, or several do."""
    points = AccessPoint.objects.filter(archived=False, source=address).select_related("organisation")[:2]
    found = list(points)
    return _place(found[0], keys, interim_interval) if len(found) == 1 else None


def of_site(equipment: domain.Equipment, site: str, *, keys: KeyRing, interim_interval: int) -> Place | None:
    """The one place of a kind whose controller has this site, or the only one of its kind; else None."""
    points = AccessPoint.objects.filter(equipment=equipment.value, archived=False).select_related("organisation")
    found = list(points.filter(controller_site=site)[:2]) or list(points[:2])
    return _place(found[0], keys, interim_interval) if len(found) == 1 else None


def online_at(place: Place, address: str) -> Session | None:
    """The newest open session of a guest by his address, for a portal that sees it (RFC 8908)."""
    if not address:
        return None
    sessions = Session.objects.filter(
        organisation_id=place.organisation_id,
        access_point_id=place.number,
        ended_at__isnull=True,
        acct_session_id__isnull=False,
        framed_address=address,
    )
    return sessions.order_by("-pk").first()


def _place(point: AccessPoint, keys: KeyRing, interim_interval: int) -> Place:
    organisation = point.organisation
    look = portal_look.shown(organisation.pk, point.pk)
    lists = TicketList.objects.filter(offer__access_points=point.pk, archived=False)
    formats = set(lists.order_by().values_list("password_format", flat=True).distinct())
    points = AccessPoint.objects.filter(organisation=organisation, archived=False)
    values = {other.pk: other.as_value(interim_interval=interim_interval) for other in points}
    return Place(
        access_point=values[point.pk],
        name=point.name,
        title=look.title or organisation.name,
        language=point.language,
        zone=ZoneInfo(organisation.time_zone),
        nas_identifier=point.nas_identifier,
        trust=Trust(_opened(point, keys), frozenset(point.portal_hosts.split())),
        hosts=tuple(point.portal_hosts.split()),
        look=look,
        networks=tuple(network for network in (point.address, point.source) if network),
        points=values,
        names={other.pk: other.name for other in points},
        asks_password=bool(formats - {"none"}),
        needs_password=bool(formats) and "none" not in formats,
    )


def _opened(point: AccessPoint, keys: KeyRing) -> str | None:
    if point.portal_secret_sealed is None:
        return None
    try:
        return keys.unseal(bytes(point.portal_secret_sealed))
    except SealBroken:
        # With no secret every visit would be believed; with one that nobody has, none is.
        return make_secret()


# Settings, for staff


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSettings:
    """What an access point's equipment and its portal agree on. secret: in clear, for its configuration."""

    secret: str | None
    hosts: tuple[str, ...]


def hosts_of(value: object) -> str:
    """Names and addresses, by blanks, as they are kept. Raises Unfit."""
    line = text(value, most=500, least=0).lower()
    hosts = line.split()
    if len(hosts) > MOST_HOSTS:
        raise Unfit("too_many")
    for host in hosts:
        shown = f"[{host}]" if ":" in host else host
        try:
            if host_of(f"http://{shown}/") != host:
                raise Unfit("not_a_host")
        except VisitError as unfit:
            raise Unfit("not_a_host") from unfit
    return " ".join(hosts)


_CHECKS: Final[dict[str, Check]] = {"secret": optional(text), "hosts": hosts_of}


def settings_of(caller: Caller, access_point_id: int, *, keys: KeyRing) -> PortalSettings:
    """What was agreed. Raises NotFound."""
    point = access_points.get(caller, access_point_id)
    return PortalSettings(secret=_opened(point, keys), hosts=tuple(point.portal_hosts.split()))


def save_settings(
    caller: Caller, access_point_id: int, values: Values, *, keys: KeyRing, now: datetime
) -> PortalSettings:
    """Change the secret (None: nothing is signed any more) or the hosts. Raises NotFound, Invalid."""
    point = access_points.get(caller, access_point_id)
    read, faults = read_fields(values, _CHECKS)
    if faults:
        raise Invalid(faults)
    if "secret" in read:
        secret = read["secret"]
        point.portal_secret_sealed = None if secret is None else keys.seal(str(secret))
    before = {"hosts": point.portal_hosts}
    point.portal_hosts = str(read.get("hosts", point.portal_hosts))
    with transaction.atomic():
        bump_version()
        point.save(update_fields=["portal_secret_sealed", "portal_hosts"])
        after = {"hosts": point.portal_hosts} | ({"secret": "set"} if "secret" in read else {})
        audit.record(caller, "change", noun="access_point", noun_id=point.pk, before=before, after=after, now=now)
    return settings_of(caller, access_point_id, keys=keys)


def make_portal_secret(caller: Caller, access_point_id: int, *, keys: KeyRing, now: datetime) -> str:
    """A new secret for the portal of an access point that has none; the one that it has. Raises NotFound."""
    known = settings_of(caller, access_point_id, keys=keys).secret
    if known is not None:
        return known
    made = make_secret()
    save_settings(caller, access_point_id, {"secret": made}, keys=keys, now=now)
    return made
