"""Access points behind one address: they share its secret, and their NAS-Identifier tells them apart."""

from spotcoffee.services.fields import Faults
from spotcoffee.storage.keys import KeyRing, SealBroken
from spotcoffee.storage.models import AccessPoint


def neighbours_of(point: AccessPoint) -> list[AccessPoint]:
    """The others behind the same address, in any organisation: packets tell no organisation."""
    if point.archived or not point.address:
        return []
    return list(AccessPoint.objects.filter(address=point.address, archived=False).exclude(pk=point.pk))


def shared_secret(neighbours: list[AccessPoint], keys: KeyRing) -> str | None:
    """The secret of the first whose seal opens; None where there is none."""
    for neighbour in neighbours:
        try:
            return keys.unseal(bytes(neighbour.secret_sealed))
        except SealBroken:
            continue
    return None


def address_faults(
    point: AccessPoint, neighbours: list[AccessPoint], secret: str | None, shared: str | None, keys: KeyRing
) -> Faults:
    """What keeps it from living behind its address: another organisation, another secret, the same identifier."""
    if not neighbours:
        return []
    if any(neighbour.organisation_id != point.organisation_id for neighbour in neighbours):
        return [("address", "taken")]
    found: Faults = []
    if any(neighbour.nas_identifier == point.nas_identifier for neighbour in neighbours):
        found.append(("nas_identifier", "same_address_same_identifier"))
    own = secret or (shared_secret([point], keys) if point.pk is not None else shared)
    if own != shared:
        found.append(("secret", "differs_at_same_address"))
    return found
