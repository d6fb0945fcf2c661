"""The headers of files that are handed out."""

from django.utils.translation import gettext, override

from spotcoffee.documents.tables import Profile
from spotcoffee.services.exports import COLUMNS


def export_headers(profile: Profile, *, language: str) -> list[str]:
    """A header for each column: words for people, the API's names for programs."""
    if profile is Profile.RFC4180:
        return list(COLUMNS)
    with override(language):
        words = {
            "login": gettext("Login"),
            "password": gettext("Password"),
            "list": gettext("List"),
            "offer": gettext("Offer"),
            "valid_from": gettext("Valid from"),
            "valid_until": gettext("Valid until"),
            "price": gettext("Price"),
            "currency": gettext("Currency"),
            "handed_out_at": gettext("Handed out on"),
        }
    return [words[name] for name in COLUMNS]
