"""SpotCoffee: Wi-Fi time on printed tickets, for cafés, hotels and campsites."""

from datetime import UTC, datetime
from typing import Final

__version__: Final = "0.1.0"
# A clock that reads earlier than this is wrong: no RADIUS request is answered by it.
RELEASED_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
