"""What operations stand on: the clock, the keys, the rhythm of big work. Read here, at the edge, and handed down."""

import socket
import time
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from spotcoffee.services.pacing import Pace
from spotcoffee.services.printing import Site
from spotcoffee.services.settings import site_of
from spotcoffee.storage.keys import KeyRing, load_or_make_keys
from spotcoffee.storage.models import Organisation


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def pace() -> Pace:
    """The rhythm of big work in this process."""
    return Pace(clock=now, stopwatch=time.perf_counter, sleep=time.sleep)


def keys() -> KeyRing:
    """The key ring of this installation. Raises KeysUnusable."""
    return _keys(settings.SPOTCOFFEE.keys_path)


@lru_cache(maxsize=1)
def _keys(path: Path) -> KeyRing:
    return load_or_make_keys(path)


def interim_interval() -> int:
    """Seconds between two reports, where an access point has no other."""
    return int(settings.SPOTCOFFEE.interim_interval)


def site(organisation: Organisation) -> Site:
    """What the tickets of an organisation say about the place, beside its name."""
    return site_of(organisation.pk, portal_address=settings.SPOTCOFFEE.portal_address)


def own_address() -> str:
    """Where others of this network reach this machine: its first name in the settings, else its address there."""
    if settings.SPOTCOFFEE.hosts:
        return str(settings.SPOTCOFFEE.hosts[0])
    # 192.0.2.0/24 is nobody's (RFC 5737).
    return address_towards("192.0.2.1")


def address_towards(address: str) -> str:
    """The address of this machine as another sees it; localhost where there is no way to it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        # Nothing is sent: the routing table says which address would be used.
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return "localhost"


def portal_address() -> str:
    """Where guests reach the portal; empty where nobody has said."""
    return str(settings.SPOTCOFFEE.portal_address)
