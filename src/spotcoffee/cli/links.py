"""Addresses of the pages that a command prints for people to open."""

from urllib.parse import quote

from spotcoffee.project.environment import Settings, parse_bind


def invitation_address(settings: Settings, token: str) -> str:
    """Where an account's owner chooses a password."""
    return f"{_pages(settings)}/account/invitation/{quote(token, safe='')}/"


def setup_address(settings: Settings, token: str) -> str:
    """Where an installation is set up that nobody has set up."""
    return f"{_pages(settings)}/setup/{quote(token, safe='')}/"


def _pages(settings: Settings) -> str:
    """As the pages are reached: by their first name, else on this machine."""
    port = parse_bind(settings.web_bind)[1]
    host = settings.hosts[0] if settings.hosts else "localhost"
    if settings.web_tls == "on":
        return f"https://{host}" if port == 443 else f"https://{host}:{port}"
    # A proxy encrypts in front, on the usual port, where it has a name.
    return f"https://{host}" if settings.hosts else f"http://{host}:{port}"
