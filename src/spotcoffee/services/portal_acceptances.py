"""That a guest accepted the conditions of a place: recorded, with what he saw."""

from spotcoffee.services.portal_logins import Asked
from spotcoffee.storage.models import PortalAcceptance


def record(asked: Asked, *, address: str, ticket_id: int, language: str, digest: str) -> None:
    """Note an acceptance. digest: SHA-256 of the text in that language, in hexadecimal."""
    PortalAcceptance.objects.create(
        organisation_id=asked.access_point.organisation_id,
        access_point_id=asked.access_point.id,
        at=asked.at,
        device=asked.device,
        address=address,
        ticket_id=ticket_id,
        language=language,
        digest=digest,
    )
