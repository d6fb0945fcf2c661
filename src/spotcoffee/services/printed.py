"""What stands on a ticket that was handed out, and whether the offer still says the same."""

from collections.abc import Mapping
from typing import Final

from spotcoffee.services.audit import plain
from spotcoffee.storage.models import Offer

# Everything but the name, which is display only, and the places.
TERMS: Final = (
    "valid_from",
    "valid_until",
    "lifetime",
    "session_duration",
    "credit",
    "period_limit",
    "period",
    "idle_timeout",
    "rate_down",
    "rate_up",
    "quota_down",
    "quota_up",
    "max_devices",
    "price",
    "currency",
)


def printed_terms(offer: Offer) -> dict[str, object]:
    """An offer's name and parameters as they stand in JSON."""
    terms = {name: getattr(offer, name) for name in TERMS}
    return plain({"offer": offer.name, **terms, "time_zone": offer.as_terms().zone.key}) or {}


def is_stale(printed: Mapping[str, object], offer: Offer) -> bool:
    """Whether a print shows other parameters than the offer has."""
    now = printed_terms(offer)
    return any(printed.get(name) != now[name] for name in TERMS)
