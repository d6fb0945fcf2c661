"""What needs care, each in a sentence with the way to mend it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, ngettext

from spotcoffee import RELEASED_AT
from spotcoffee.domain.permissions import Action
from spotcoffee.services import health as machine
from spotcoffee.services import settings as own
from spotcoffee.services.access_point_health import Health, Stranger
from spotcoffee.services.access_points import AccessPointView
from spotcoffee.services.desk import ForSale
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.wording.access_points import health_in_words

_BACKUP_EVERY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Care:
    """Something to look at. label, address: of its link; empty where there is none."""

    said: str
    label: str = ""
    address: str = ""


def of_access_points(
    views: Sequence[AccessPointView], healths: Mapping[int, Health], strangers: Sequence[Stranger], *, now: datetime
) -> Iterator[Care]:
    """Access points that fail, and equipment that nobody has added."""
    for view in views:
        health = healths[view.id]
        if not view.archived and not health.is_well:
            said = gettext("%(name)s: %(what)s") % {"name": view.name, "what": health_in_words(health, now=now)}
            yield Care(said, gettext("Look at it"), reverse("access-point", args=[view.id]))
    for stranger in strangers[:3]:
        said = gettext("Unknown equipment speaks from %(address)s.") % {"address": stranger.source}
        yield Care(said, gettext("Add it"), f"{reverse('new-access-point')}?address={stranger.source}")
    if not views:
        said = gettext("No access point yet: no guest can connect.")
        yield Care(said, gettext("Add an access point"), reverse("new-access-point"))


def of_stock(menu: Sequence[ForSale]) -> Iterator[Care]:
    """Offers that are sold from a stock which is nearly out."""
    for item in menu:
        if item.is_short:
            said = ngettext(
                "Only %(count)s ticket of “%(offer)s” is left.",
                "Only %(count)s tickets of “%(offer)s” are left.",
                item.left,
            ) % {"count": item.left, "offer": item.offer.name}
            yield Care(said, gettext("Generate some"), _lists_of(item.offer.pk))


def _lists_of(offer_id: int) -> str:
    try:
        return f"{reverse('lists')}?offer={offer_id}"
    except NoReverseMatch:
        return ""


def of_installation(visit: Visit, *, now: datetime) -> Iterator[Care]:
    """What fails on the machine itself, for whoever is there to mend it."""
    if now < RELEASED_AT:
        yield Care(gettext("The clock of this machine is wrong: no guest can log in until it is set."))
    if not visit.visitor.may(Action.CHANGE_SETTINGS):
        return
    found = machine.look(Path(settings.SPOTCOFFEE.data), now=now)
    if any(process.alive and process.counters.get("clock.went_back") for process in found.processes):
        yield Care(gettext("The clock of this machine went back: check that it is set by the network."))
    if found.disk_fault == "full":
        yield Care(gettext("The disk is full: make room, or nothing more can be counted."))
    if "radius" in found.missing:
        yield Care(gettext("The part that lets guests in has stopped: nobody can log in. Start SpotCoffee again."))
    if "worker" in found.missing:
        yield Care(gettext("The part that generates and prints has stopped. Start SpotCoffee again."))
    if own.is_alone():
        yield from _of_backups(now)


def _of_backups(now: datetime) -> Iterator[Care]:
    last = own.last_backup()
    if last is None:
        yield Care(gettext("No backup was made yet."), gettext("Make one"), f"{reverse('settings')}#backups")
    elif now - last.made_at > _BACKUP_EVERY:
        days = (now - last.made_at).days
        said = ngettext("The last backup is %(days)s day old.", "The last backup is %(days)s days old.", days)
        yield Care(said % {"days": days}, gettext("Make one"), f"{reverse('settings')}#backups")
