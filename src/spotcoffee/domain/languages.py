"""The languages that the product speaks to guests and staff."""

from typing import Final

LANGUAGES: Final = ("fr", "en")
