"""The values that are filled into configuration texts. None of them can leave the quotes it stands in."""

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from spotcoffee.domain.units import Seconds

# Letters, digits and signs that no shell, RouterOS, Cisco or XML text gives a meaning within quotes.
_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/@%+=~^,-]*")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
_ORIGIN: Final = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Unwritable(Exception):
    """A value would break out of the text it stands in, or is missing. field: which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Text(NamedTuple):
    """One text to copy. name: a stable word for what it is and where it goes; wording says it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What is filled in. server: where RADIUS is sent, an address or a name. portal: scheme, host and port.

    number: the access point's, as it stands in the portal's address. network: the name of the Wi-Fi, None if unknown.
    Raises Unwritable.
    """

    server: str
    portal: str
    number: int
    secret: str = field(repr=False)
    portal_secret: str | None = field(default=None, repr=False)
    auth_port: int = 1812
    acct_port: int = 1813
    coa_port: int | None = None
    nas_identifier: str | None = None
    network: str | None = None
    interim_interval: Seconds = 300
    idle_timeout: Seconds | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("secret", self.secret),
            ("portal_secret", self.portal_secret),
            ("nas_identifier", self.nas_identifier),
            ("network", self.network),
        ):
            if value is not None and not _PLAIN.fullmatch(value.replace(" ", "") if name == "network" else value):
                raise Unwritable(name)
        if not _HOST.fullmatch(self.server):
            raise Unwritable("server")
        if not _ORIGIN.fullmatch(self.portal):
            raise Unwritable("portal")
        if not self.secret:
            raise Unwritable("secret")

    @property
    def visit_url(self) -> str:
        """Where guests' browsers are sent."""
        return f"{self.portal}/portal/{self.number}/"

    @property
    def api_url(self) -> str:
        """The captive portal API (RFC 8908), for DHCP option 114 (RFC 8910)."""
        return f"{self.portal}/portal/api/{self.number}"

    @property
    def portal_host(self) -> str:
        """The portal's name or address."""
        return urlsplit(self.portal).hostname or ""

    @property
    def portal_port(self) -> int:
        """The portal's port."""
        parts = urlsplit(self.portal)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def is_https(self) -> bool:
        """Whether the portal is reached by TLS."""
        return self.portal.startswith("https://")

    def needed(self, name: str) -> str:
        """A value without which a text makes no sense. Raises Unwritable."""
        value = getattr(self, name)
        if not value:
            raise Unwritable(name)
        return str(value)
