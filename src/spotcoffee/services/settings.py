"""What an administrator sets once: the picture on prints, and the backups that were made."""

import hashlib
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from spotcoffee.documents.errors import DocumentError
from spotcoffee.documents.logo import Logo, read_logo
from spotcoffee.services import audit, portal_look
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid
from spotcoffee.services.printing import Site
from spotcoffee.storage.models import Backup, Organisation, OrganisationLogo


def set_logo(caller: Caller, octets: bytes, *, now: datetime) -> None:
    """The picture on what is printed: a PNG or JPEG of at most documents.logo.HEAVIEST octets. Raises Invalid."""
    try:
        read_logo(octets)
    except DocumentError as unfit:
        raise Invalid([("logo", unfit.code.value)]) from unfit
    values = {"octets": octets, "digest": _mark(octets), "changed_at": now}
    with transaction.atomic():
        OrganisationLogo.objects.update_or_create(organisation_id=caller.organisation_id, defaults=values)
        after = {"logo": values["digest"]}
        audit.record(caller, "change", noun="organisation", noun_id=caller.organisation_id, after=after, now=now)


def remove_logo(caller: Caller, *, now: datetime) -> None:
    """Print without a picture again."""
    with transaction.atomic():
        removed, _ = OrganisationLogo.objects.filter(organisation_id=caller.organisation_id).delete()
        if removed:
            after = {"logo": None}
            audit.record(caller, "change", noun="organisation", noun_id=caller.organisation_id, after=after, now=now)


def logo_digest(organisation_id: int) -> str | None:
    """What names an organisation's picture; None where it has none."""
    return OrganisationLogo.objects.filter(organisation_id=organisation_id).values_list("digest", flat=True).first()


def logo_of(organisation_id: int) -> bytes | None:
    """An organisation's picture as it was uploaded: PNG or JPEG."""
    found = OrganisationLogo.objects.filter(organisation_id=organisation_id).first()
    return None if found is None else bytes(found.octets)


def site_of(organisation_id: int, *, portal_address: str | None) -> Site:
    """What tickets say about the place: its logo, and its Wi-Fi as the portal's look names it."""
    digest = logo_digest(organisation_id)
    logo = None if digest is None else _printed_logo(organisation_id, digest)
    network = portal_look.shown(organisation_id).network
    return Site(portal_address=portal_address or None, network=network, logo=logo)


@lru_cache(maxsize=8)
def _printed_logo(organisation_id: int, digest: str) -> Logo | None:
    """Read once for each picture: it is scaled and compressed on the way. digest: names the picture."""
    octets = logo_of(organisation_id)
    return None if octets is None or _mark(octets) != digest else read_logo(octets)


def _mark(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()[:16]


def note_backup(by: str, *, size: int, now: datetime) -> None:
    """Write down that a backup of the whole installation was made. size: octets of its database."""
    Backup.objects.create(made_at=now, by=by, size=size)


def last_backup() -> Backup | None:
    """The last backup that was made."""
    return Backup.objects.order_by("-made_at").first()


def is_alone() -> bool:
    """Whether there is one organisation: then what belongs to the installation as a whole is its own."""
    return Organisation.objects.order_by("pk")[:2].count() == 1
